"""An audit bundle: the log carried out with everything that proves it, and the program that checks it without us.

Every file is listed with its hash in `MANIFEST`, a signed note; a zip carries a second note over all its bytes as its
comment. Records that were not asked for are there as their leaf hashes: the roots can still be computed.
"""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from medthread.methods.canonical import canonical
from medthread.methods.note import encode, signed
from medthread.model.errors import ConflictError, NotFoundError
from medthread.stores.postgres.tables import audit_checkpoint, audit_log, signature, signing_key
from medthread.trust.log import verifier
from medthread.trust.log.keys import LOG, MADE, Signer, public_keys, signer
from medthread.trust.log.leaf import COLUMNS, DECODE, leaf_of
from medthread.trust.log.seal import AuditLog
from medthread.trust.log.verify import SNAPSHOT, STEP
from medthread.trust.signatures import SAID

PROGRAM, README = "verify.py", "README.txt"
KEYS_TOLD = ("signing_key.create", MADE)  # always given: without them signatures prove less
LEAVES = f"""
    select {COLUMNS}, l.hash, l.seq as sealed, ({{chosen}}) as chosen from medthread.audit_leaf l
    left join medthread.audit_event e on e.seq = l.seq where l.leaf_index < :size order by l.leaf_index
"""
ABOUT = """医脉审计包 · A Medthread audit bundle

核验(只需 Python 3.8 以上,不联网) · To check it (Python 3.8 or later, no network):

    python3 verify.py .  --key KEY

KEY 是公司公布的核验密钥;请从审计包之外取得,也请从别处取得 verify.py 或核对其哈希。
KEY is the verifier key that the company published. Take it from elsewhere than this bundle, and verify.py too, or compare its hash.

records.ndjson      审计记录,每行一条,按日志顺序;sha256:… 是未给出的记录的叶哈希 · records in the order of the log; sha256:… is the leaf hash of one withheld
checkpoints.ndjson  签名检查点(C2SP) · signed checkpoints (C2SP tlog-checkpoint)
elsewhere.ndjson    库外所存的最后检查点 · the last checkpoints that were kept outside the database
signatures.ndjson   电子签名及其内容 · electronic signatures with what was signed
keys.ndjson         公钥 · public keys
MANIFEST            各文件的哈希,已签名 · the hash of each file, signed
"""


@dataclass(frozen=True)
class Chosen:
    """Which records a bundle gives: a condition over `audit_event e` with its values; the others stand as hashes."""

    sql: str = "true"
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Exported:
    """What a bundle holds."""

    records: int
    withheld: int
    checkpoints: int
    signatures: int
    key: str


def export_bundle(log: AuditLog, path: Path, *, chosen: Chosen = Chosen(), now: datetime | None = None) -> Exported:
    """Write a bundle, a zip where the name ends so, else a folder. All from one snapshot, up to the last checkpoint."""
    if path.exists():
        raise ConflictError(f"{path} is there already", hint="choose another name; a bundle is never written over")
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        fresh.mkdir(parents=True)
        exported, by = _files(log, fresh, chosen, now or datetime.now(UTC))
        if path.suffix == ".zip":
            _zipped(fresh, path, by)
        else:
            fresh.rename(path)
    except OSError as error:
        raise ConflictError(f"{path} cannot be written: {error.strerror}", hint="choose a folder that may be written to, with room enough") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return exported


def _files(log: AuditLog, folder: Path, chosen: Chosen, now: datetime) -> tuple[Exported, Signer]:
    _write(folder / verifier.ELSEWHERE, _elsewhere(log))  # before the snapshot: then it holds all that was signed
    with log.store.transaction() as tx:
        tx.execute(SNAPSHOT)
        head = tx.execute(select(audit_log).where(audit_log.c.name == LOG)).one_or_none()
        if head is None or not head.size:
            raise NotFoundError("nothing is sealed yet", hint="the first act of somebody begins the log")
        by = signer(tx, log.keyring, origin=head.origin)
        counts = {"shown": 0, "withheld": 0}
        ids: set[str] = set()
        _write(folder / verifier.RECORDS, _records(tx, head.size, chosen, counts, ids))
        checkpoints = _write(folder / verifier.CHECKPOINTS, _checkpoints(tx, head.size))
        signatures = _write(folder / verifier.SIGNATURES, _signatures(tx, ids))
        _write(folder / verifier.KEYS, _keys(tx))
    (folder / PROGRAM).write_bytes(Path(verifier.__file__).read_bytes())
    (folder / README).write_text(ABOUT, encoding="utf-8")
    _manifest(folder, by, origin=head.origin, size=head.size, now=now)
    return Exported(counts["shown"], counts["withheld"], checkpoints, signatures, by.key.text), by


def _write(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with path.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
    return count


def _records(tx: Connection, size: int, chosen: Chosen, counts: dict[str, int], ids: set[str]) -> Iterator[bytes]:
    """Leaves as they were sealed; `ids` gathers the electronic signatures that they tell of."""
    told = ", ".join(f"'{k}'" for k in KEYS_TOLD)
    query = text(LEAVES.format(chosen=f"({chosen.sql}) or e.action in ({told})"))
    for row in tx.execute(query, {"size": size, **dict(chosen.values)}, execution_options={"yield_per": STEP}):
        if row.seq is not None and row.chosen:
            counts["shown"] += 1
            if row.action == "signature.create":
                ids.add(DECODE(row.detail)["signature"])
            yield leaf_of(row)
        else:
            counts["withheld"] += 1
            yield (verifier.WITHHELD if row.seq is not None else verifier.GONE) + bytes(row.hash).hex().encode()


def _checkpoints(tx: Connection, size: int) -> Iterator[bytes]:
    for row in tx.execute(select(audit_checkpoint).where(audit_checkpoint.c.size <= size).order_by(audit_checkpoint.c.size)):
        yield canonical({"size": row.size, "at": _utc(row.at), "note": row.note})


def _elsewhere(log: AuditLog) -> Iterator[bytes]:
    """What was signed last as it is remembered outside the database, and the newest copy: the log must lead to their roots too."""
    remembered, copies = None if log.memory is None else log.memory.read(), [] if log.copies is None else log.copies.files()
    if remembered is not None:
        yield canonical({"place": "remembered", "note": remembered.note, "at": _utc(remembered.kept), "since": _utc(remembered.since), "begun": remembered.begun})
    for copy in copies[-1:]:
        yield canonical({"place": "copy", "note": copy.read_text(encoding="utf-8", errors="replace")})


def _signatures(tx: Connection, ids: set[str]) -> Iterator[bytes]:
    for row in tx.execute(select(signature).order_by(signature.c.signed_at, signature.c.id), execution_options={"yield_per": STEP}):
        if row.id in ids:
            said = {name: getattr(row, name) for name in SAID} | {"content": row.content, "key": row.key, "algorithm": row.algorithm}
            raw = {n: None if getattr(row, n) is None else encode(bytes(getattr(row, n))) for n in ("signature", "certificate_chain", "time_stamp")}
            yield canonical(said | raw | {"signed_at": _utc(row.signed_at)})


def _keys(tx: Connection) -> Iterator[bytes]:
    for key in public_keys(tx):
        yield canonical({"kind": "log", "key": key.text})
    for row in tx.execute(select(signing_key).order_by(signing_key.c.at, signing_key.c.id)):
        yield canonical({"kind": "person", "id": row.id, "account": row.account, "algorithm": row.algorithm, "public": encode(bytes(row.public))})


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _manifest(folder: Path, by: Signer, *, origin: str, size: int, now: datetime) -> None:
    files = "".join(f"sha256 {_digest(p)} {p.name}\n" for p in sorted(folder.iterdir()))
    told = f"{verifier.SUBJECT}\norigin {origin}\nsize {size}\nmade {_utc(now)}\n{files}"
    (folder / verifier.MANIFEST).write_text(signed(told, by.key, private=by.private), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _zipped(folder: Path, path: Path, by: Signer) -> None:
    """The folder as a zip. Its comment is a note over every byte before it; the length of that note is known beforehand."""
    note: Callable[[str], bytes] = lambda digest: signed(f"{verifier.CONTAINER}\nsha256 {digest}\n", by.key, private=by.private).encode()  # noqa: E731
    fresh = folder / path.name
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as file:
        for part in sorted(p for p in folder.iterdir() if p != fresh):
            file.write(part, part.name)
        file.comment = bytes(len(note("0" * 64)))
    with fresh.open("r+b") as raw:
        length = fresh.stat().st_size - len(file.comment)
        comment = note(verifier.digest_of(raw, length))
        raw.seek(length)
        raw.write(comment)
    fresh.rename(path)
