"""The offline program: it stands alone, it knows Ed25519, it finds every change of a bundle."""

import ast
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, text

from medthread.methods.merkle import Frontier, append, leaf_hash, root, root_by_inclusion
from medthread.methods.note import Checkpoint, NoteKey, decode, signed
from medthread.model.errors import ConflictError, NotFoundError
from medthread.stores.postgres import Store
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog, Chosen, export_bundle, last_checkpoint, verifier
from medthread.trust.signatures import KeptKeys, sign
from tests.trust.log.signing import signing_of

SOURCE = Path(verifier.__file__)
FLIPS = 1000


def act(store: Store, keyring: Keyring, count: int) -> None:
    with store.transaction() as tx:
        for n in range(count):
            record(tx, actor="ann" if n % 2 else "bob", action="entity.update", object_=f"lot/{n % 5}", before={"qty": "1"}, after={"qty": "2", "名": "批"})
        sign(tx, KeptKeys(keyring), signing_of("ann"))


@pytest.fixture
def sealed(log: AuditLog, store: Store, keyring: Keyring) -> AuditLog:
    for count in (3, 12, 7):
        act(store, keyring, count)
        log.settle()
    return log


@pytest.fixture
def bundle(sealed: AuditLog, tmp_path: Path) -> Path:
    export_bundle(sealed, tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def zipped(sealed: AuditLog, tmp_path: Path) -> Path:
    export_bundle(sealed, tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def faults(path: Path, **given: object) -> list[tuple[str, str]]:
    return verifier.Check(path, **given).run().faults  # type: ignore[arg-type]


def key_of(bundle: Path) -> str:
    return next(json.loads(x)["key"] for x in (bundle / "keys.ndjson").read_text(encoding="utf-8").splitlines() if json.loads(x)["kind"] == "log")


def test_it_imports_the_standard_library_alone_and_is_old_python() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(n.partition(".")[0] in sys.stdlib_module_names for n in names)


def test_an_untouched_bundle_is_whole_run_by_itself_in_a_place_of_its_own(bundle: Path, zipped: Path) -> None:
    for path, program in ((bundle, bundle / "verify.py"), (zipped, bundle / "verify.py")):
        done = subprocess.run([sys.executable, "-I", "-S", str(program), str(path), "--key", key_of(bundle)], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "whole and unchanged" in done.stdout
        assert "完整" in done.stdout
    assert (bundle / "verify.py").read_bytes() == SOURCE.read_bytes()
    assert faults(bundle) == faults(zipped) == []


def test_it_says_when_the_bundle_was_made_and_of_when_the_last_record_is(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.main([str(bundle)]) == 0
    last = json.loads((bundle / "records.ndjson").read_text(encoding="utf-8").splitlines()[-1])["at"]
    made = next(x for x in (bundle / "MANIFEST").read_text(encoding="utf-8").splitlines() if x.startswith("made "))
    told = capsys.readouterr().out.splitlines()[2]
    assert made in told
    assert last in told


@pytest.mark.parametrize("kind", ["empty folder", "symlinked folder", "symlinked file"])
def test_a_folder_or_a_link_in_a_bundle_is_found(bundle: Path, tmp_path: Path, kind: str) -> None:
    if kind == "empty folder":
        (bundle / "more").mkdir()
    elif kind == "symlinked folder":
        (tmp_path / "elsewhere").mkdir()
        (bundle / "more").symlink_to(tmp_path / "elsewhere")
    else:
        (bundle / "records.ndjson").rename(tmp_path / "records")
        (bundle / "records.ndjson").symlink_to(tmp_path / "records")
    assert "file that nobody signed" in {what for what, _ in faults(bundle)}


def test_a_record_is_proven(sealed: AuditLog, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sealed.store.transaction() as tx:
        newest = last_checkpoint(tx)
    assert newest is not None
    assert verifier.main([str(bundle), "--record", "7"]) == 0
    _, _, _, _, line, head, *hashes, _ = capsys.readouterr().out.splitlines()
    assert json.loads(line)["seq"] == 7
    index, size = int(head.split()[1]), int(head.split()[3].rstrip(","))
    assert root_by_inclusion(leaf_hash(line.encode()), index=index, size=size, path=[decode(h.strip()) for h in hashes]) == decode(newest.note.split("\n")[2])
    assert verifier.main([str(bundle), "--record", "7777"]) == 3
    assert "record not in the bundle" in capsys.readouterr().out


def test_what_is_no_bundle_and_no_key_is_told_without_a_traceback(tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.main([str(tmp_path / "nothing")]) == 1
    assert verifier.main([str(bundle), "--key", "nonsense"]) == 1
    (tmp_path / "empty").mkdir()
    assert verifier.main([str(tmp_path / "empty")]) == 3
    (tmp_path / "x.zip").write_bytes(b"PK\3\4 not really")
    assert verifier.main([str(tmp_path / "x.zip")]) == 3
    assert "Traceback" not in "".join(capsys.readouterr())


def test_a_bundle_of_some_records_proves_them_and_hides_the_others(sealed: AuditLog, tmp_path: Path) -> None:
    made = export_bundle(sealed, tmp_path / "some", chosen=Chosen("e.object = :object", (("object", "lot/3"),)))
    lines = (tmp_path / "some" / "records.ndjson").read_bytes().splitlines()
    shown = [json.loads(x) for x in lines if x.startswith(b"{")]
    assert {r["object"] for r in shown if not r["action"].endswith("key.create")} == {"lot/3"}
    assert made.withheld == sum(x.startswith(b"sha256:") for x in lines) > 10
    assert b"lot/2" not in b"".join(p.read_bytes() for p in (tmp_path / "some").iterdir() if p.name != "verify.py")
    assert made.signatures == 0
    assert faults(tmp_path / "some", record=shown[0]["seq"]) == []


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_every_one_of_a_thousand_turned_bits_is_found(bundle: Path, zipped: Path, kind: str) -> None:
    """Anywhere: in records, notes, keys, hashes, the program, the bytes of the archive."""
    chance, files = random.Random(5), sorted(bundle.iterdir()) if kind == "folder" else [zipped]
    whole = {p: p.read_bytes() for p in files}
    sizes = [len(whole[p]) for p in files]
    for _ in range(FLIPS // 2):
        path = chance.choices(files, sizes)[0] if chance.random() < 0.5 else chance.choice(files)
        raw = bytearray(whole[path])
        bit = chance.randrange(len(raw) * 8)
        raw[bit // 8] ^= 1 << bit % 8
        path.write_bytes(raw)
        assert faults(bundle if kind == "folder" else zipped), (path.name, bit)
        path.write_bytes(whole[path])
    assert faults(bundle if kind == "folder" else zipped) == []


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def keep(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(b"".join(x + b"\n" for x in lines))


def edit(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    return lambda bundle: keep(bundle / name, change(lines_of(bundle / name)))


def replaced(old: bytes, new: bytes, at: int) -> Callable[[list[bytes]], list[bytes]]:
    def change(lines: list[bytes]) -> list[bytes]:
        assert old in lines[at]
        return [*lines[:at], lines[at].replace(old, new, 1), *lines[at:][1:]]

    return change


CONTENT = {  # beside the hash of the file, each is found by what it says itself
    "records do not lead to the signed root, changed": edit("records.ndjson", replaced(b"bob", b"eve", 2)),
    "records do not lead to the signed root, removed": edit("records.ndjson", lambda x: x[:2] + x[3:]),
    "records do not lead to the signed root, reordered": edit("records.ndjson", lambda x: [x[1], x[0], *x[2:]]),
    "records do not lead to the signed root, doubled": edit("records.ndjson", lambda x: [x[0], *x]),
    "records do not lead to the signed root, withheld": edit("records.ndjson", lambda x: [b"sha256:" + b"00" * 32, *x[1:]]),
    "record removed before the export": edit("records.ndjson", lambda x: [b"gone sha256:" + leaf_hash(x[0]).hex().encode(), *x[1:]]),
    "records end before a checkpoint": edit("records.ndjson", lambda x: x[:-3]),
    "number of records": edit("records.ndjson", lambda x: [*x, x[-1]]),
    "record unreadable": edit("records.ndjson", replaced(b"{", b"", 2)),
    "checkpoint forged, size": edit("checkpoints.ndjson", replaced(b'"size":', b'"size":1', 0)),
    "checkpoint forged, swapped": edit("checkpoints.ndjson", lambda x: [x[1], x[0], *x[2:]]),
    "checkpoint forged, its note": edit("checkpoints.ndjson", replaced(b"sha256", b"sha512", 1)),
    "electronic signature missing": edit("signatures.ndjson", lambda x: x[1:]),
    "electronic signature does not stand, its meaning": edit("signatures.ndjson", replaced(b"approved", b"rejected", 0)),
    "electronic signature does not stand, its signer": edit("signatures.ndjson", replaced(b'"signer":"ann"', b'"signer":"eve"', 0)),
    "electronic signature does not stand, its hour": edit("signatures.ndjson", replaced(b'Z"', b'1Z"', 0)),
    "content of an electronic signature changed": edit("signatures.ndjson", replaced(b'"qty":"5"', b'"qty":"6"', 0)),
    "electronic signature that the log does not tell of": edit("signatures.ndjson", replaced(b'"id":"', b'"id":"0', 0)),
    "electronic signature of an algorithm that this program does not know": edit("signatures.ndjson", replaced(b'"ed25519"', b'"sm2"', 0)),
    "key of an electronic signature that the log does not tell of": edit("keys.ndjson", lambda x: [x[0], *(_another_key(k) for k in x[1:])]),
    "file missing": lambda bundle: (bundle / "README.txt").unlink(),
    "file that nobody signed": lambda bundle: (bundle / "more.txt").touch(),
    "unreadable": lambda bundle: (bundle / "MANIFEST").unlink(),
}


def _another_key(line: bytes) -> bytes:
    import base64

    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return verifier.canonical({**json.loads(line), "public": base64.b64encode(public).decode()})


@pytest.mark.parametrize("name", CONTENT)
def test_what_was_done_to_a_bundle_is_named(bundle: Path, name: str) -> None:
    CONTENT[name](bundle)
    found = {what for what, _ in faults(bundle)}
    assert name.partition(",")[0] in found or (name.endswith("hour") and "electronic signature unreadable" in found)


def forge(bundle: Path, keys: list[str] | None = None) -> list[tuple[str, str]]:
    """A bundle rebuilt from changed records with a key of the forger's own, consistent in itself."""
    private = bytes(range(32))
    algorithm = Ed25519PrivateKey.from_private_bytes(private)
    key = NoteKey("audit.test/plant", "ed25519", algorithm.public_key().public_bytes_raw())
    old = key_of(bundle)
    records = [r.replace(b"bob", b"eve").replace(old.encode(), key.text.encode()) for r in lines_of(bundle / "records.ndjson")]
    keep(bundle / "records.ndjson", records)
    keep(bundle / "keys.ndjson", [k.replace(old.encode(), key.text.encode()) for k in lines_of(bundle / "keys.ndjson")])
    made, hashes = [], [leaf_hash(r) for r in records]
    for line in lines_of(bundle / "checkpoints.ndjson"):
        said = json.loads(line)
        checkpoint = Checkpoint("audit.test/plant", said["size"], root(append(Frontier(), hashes[: said["size"]]).frontier), "sha256")
        made.append(verifier.canonical({**said, "note": signed(checkpoint.text, key, private=private)}))
    keep(bundle / "checkpoints.ndjson", made)
    keep(bundle / "elsewhere.ndjson", [])
    text_, _, _ = (bundle / "MANIFEST").read_text(encoding="utf-8").rpartition("\n\n")
    import hashlib

    said_lines = [f"sha256 {hashlib.sha256((bundle / x.split()[2]).read_bytes()).hexdigest()} {x.split()[2]}" if x.startswith("sha256") else x for x in text_.split("\n")]
    (bundle / "MANIFEST").write_text(signed("\n".join(said_lines) + "\n", key, private=private), encoding="utf-8")
    return faults(bundle, keys=keys)


def test_a_bundle_forged_as_a_whole_is_found_by_the_published_key_alone(bundle: Path) -> None:
    published = key_of(bundle)
    assert forge(bundle) == [], "consistent in itself: this is why the key is published elsewhere"
    found = {what for what, _ in faults(bundle, keys=[published])}
    assert "key in the bundle is not the published one" in found
    assert "checkpoint forged" in found


def test_a_checkpoint_kept_elsewhere_finds_a_log_rebuilt_with_the_right_key(sealed: AuditLog, store: Store, tmp_path: Path) -> None:
    """Even the installation itself cannot tell two histories: what was mailed away stands against it."""
    with store.transaction() as tx:
        newest = last_checkpoint(tx)
    assert newest is not None
    (tmp_path / "kept").write_text(newest.note, encoding="utf-8")
    export_bundle(sealed, tmp_path / "before")
    assert faults(tmp_path / "before", checkpoints=[str(tmp_path / "kept")]) == []
    with store.transaction() as tx:
        _rewrite(tx, sealed)
    export_bundle(sealed, tmp_path / "told")
    assert faults(tmp_path / "told"), "what is remembered outside the database, and the copy, are in it"
    export_bundle(replace(sealed, memory=None, copies=None), tmp_path / "after")
    assert faults(tmp_path / "after") == []
    found = {what for what, _ in faults(tmp_path / "after", checkpoints=[str(tmp_path / "kept")])}
    assert found & {"checkpoint kept elsewhere differs", "records do not lead to the signed root"}


def _rewrite(tx: Connection, log: AuditLog) -> None:
    from tests.trust.log.test_verify import rebuild

    tx.execute(text("set local session_replication_role = replica"))
    tx.execute(text("update medthread.audit_event set actor = 'eve' where seq = 2"))
    rebuild(tx, log)
    hashes = [bytes(h) for h in tx.execute(text("select hash from medthread.audit_leaf order by leaf_index")).scalars()]
    from medthread.trust.log.keys import signer

    by = signer(tx, log.keyring, origin="audit.test/plant")
    for size in tx.execute(text("select size from medthread.audit_checkpoint")).scalars().all():
        checkpoint = Checkpoint("audit.test/plant", size, root(append(Frontier(), hashes[:size]).frontier), "sha256")
        tx.execute(text("update medthread.audit_checkpoint set root = :r, note = :n where size = :s"),
                   {"r": checkpoint.root, "n": signed(checkpoint.text, by.key, private=by.private), "s": size})


def test_a_row_that_was_removed_is_not_passed_off_as_withheld(sealed: AuditLog, store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        tx.execute(text("delete from medthread.audit_event where seq = 2"))
    export_bundle(sealed, tmp_path / "b")
    assert "record removed before the export" in {what for what, _ in faults(tmp_path / "b")}


def test_a_bundle_is_never_written_over_and_needs_a_log(sealed: AuditLog, bundle: Path, log: AuditLog, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="there already"):
        export_bundle(sealed, bundle)
    (tmp_path / "file").touch()
    with pytest.raises(ConflictError, match="cannot be written"):
        export_bundle(sealed, tmp_path / "file" / "b.zip")


def test_nothing_sealed_is_nothing_to_export(log: AuditLog, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        export_bundle(log, tmp_path / "b")
    assert not list(tmp_path.glob("*b*"))


def test_a_zip_with_something_behind_it_or_repacked_is_found(zipped: Path, tmp_path: Path) -> None:
    whole = zipped.read_bytes()
    zipped.write_bytes(whole + b"\0")
    assert faults(zipped)
    zipped.write_bytes(whole)
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(tmp_path / "again.zip", "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        new.comment = old.comment
    assert faults(tmp_path / "again.zip") == [("bytes of the archive changed", "again.zip")]


class TestEd25519:
    """Against the vectors of RFC 8032 (7.1) and against OpenSSL."""

    VECTORS = (
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    )

    @pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
    def test_the_vectors_of_the_rfc_stand(self, public: str, message: str, signature: str) -> None:
        assert verifier.ed25519_stands(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))

    def test_it_agrees_with_openssl_and_takes_no_other_form(self) -> None:
        chance = random.Random(11)
        for _ in range(12):
            private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
            public, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
            signature = private.sign(message)
            assert verifier.ed25519_stands(public, signature, message)
            s = int.from_bytes(signature[32:], "little") + verifier.ORDER
            assert not verifier.ed25519_stands(public, signature[:32] + s.to_bytes(32, "little"), message), "malleable"
            bent = bytearray(signature)
            bent[chance.randrange(64)] ^= 1 << chance.randrange(8)
            assert not verifier.ed25519_stands(public, bytes(bent), message)
            assert not verifier.ed25519_stands(public, signature, message + b"x")
            assert not verifier.ed25519_stands(chance.randbytes(32), signature, message)
        assert not verifier.ed25519_stands(bytes(31), bytes(64), b"")
        assert not verifier.ed25519_stands((verifier.P + 1).to_bytes(32, "little"), bytes(64), b""), "y beyond the field"
        assert not verifier.ed25519_stands((1 | 1 << 255).to_bytes(32, "little"), bytes(64), b""), "x = 0 with a sign"


