"""The keys of an installation, copied apart from what they open, and only the newest copy kept.

A key that was destroyed is in no copy from the next backup on, so what it sealed is erased in old backups too: a restored
database takes its keys from the newest copy, not from itself.
"""

import base64
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, func, select, update

from medthread.governance.backup.manifest import KEYS, KeyBundle
from medthread.model.errors import NotFoundError, StoreError
from medthread.stores.postgres.store import Store
from medthread.stores.targets import Target
from medthread.trust.backup_key import BackupKey
from medthread.trust.keys import WRAPPED, tables_of_keys
from medthread.trust.sealed_stream import AlteredError, hash_file, open_stream, seal_stream

SUFFIX = ".keys"


def bundle_of(store: Store, folder: Path, *, system: str) -> KeyBundle:
    """Every key that there is now."""
    files = {p.name: _text(p.read_bytes()) or "" for p in sorted(folder.glob("*")) if p.is_file()}
    with store.transaction() as tx:
        kept = {t.name: {r.id: _text(r.wrapped) for r in tx.execute(select(t.c.id, t.c[WRAPPED]))} for t in tables_of_keys()}
    return KeyBundle(made_at=datetime.now(UTC), system=system, files=files, tables=kept)


def keep_keys(bundle: KeyBundle, target: Target, key: BackupKey, spool: Path) -> str:
    """Seal the bundle and put it in place of the one before; gives its name."""
    body = io.BytesIO(bundle.model_dump_json().encode())
    content = hash_file(body)
    body.seek(0)
    older = target.sizes(KEYS)
    name = f"{KEYS}{bundle.made_at:%Y%m%dT%H%M%S.%fZ}.{content.partition(':')[2]}{SUFFIX}"
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool) as sealed:
        seal_stream(body, sealed, key=key, content=content, pack=True)
        sealed.flush()
        target.put(name, Path(sealed.name))
    for left in older:
        target.remove(left)
    return name


def bring_keys(target: Target, key: BackupKey) -> KeyBundle:
    """The newest bundle of a place."""
    names = sorted((n for n in target.sizes(KEYS) if n.endswith(SUFFIX)), reverse=True)
    if not names:
        raise NotFoundError(f"{target.name} holds no keys", hint="name the place that [backup] keys named; without the keys, sealed values stay sealed")
    body, content = io.BytesIO(), names[0].removesuffix(SUFFIX).rpartition(".")[2]
    open_stream(target.get(names[0]), body, key=key, content=f"sha256:{content}")
    try:
        return KeyBundle.model_validate_json(body.getvalue())
    except ValidationError as error:
        raise AlteredError(f"{names[0]} is of another version", hint="restore with the version that made it, or a newer one") from error


def put_back(tx: Connection, bundle: KeyBundle, folder: Path) -> None:
    """Give a restored installation its keys: those destroyed since the backup stay destroyed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in bundle.files.items():
        if "/" in name or name.startswith("."):
            raise StoreError(f"{name!r} is no key file", hint="the bundle was not made by this program")
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(text))
    known = {t.name: t for t in tables_of_keys()}
    for table_name, rows in bundle.tables.items():
        table = known.get(table_name)
        if table is None:
            continue
        given = [{"key": id_, "now": None if text is None else base64.b64decode(text)} for id_, text in rows.items()]
        if given:
            tx.execute(update(table).where(table.c.id == bindparam("key")).values({WRAPPED: bindparam("now")}), given)
        if "destroyed_at" in table.c:
            tx.execute(update(table).where(table.c[WRAPPED].is_(None), table.c.destroyed_at.is_(None)).values(destroyed_at=func.now()))


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()
