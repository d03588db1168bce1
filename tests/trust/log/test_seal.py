"""Sealing: in order, once each, behind open transactions; checkpoints that anybody can check; proofs that lead to them."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from medthread.methods.canonical import canonical
from medthread.methods.merkle import is_consistent, leaf_hash, root_by_inclusion
from medthread.methods.note import Checkpoint, opened
from medthread.model.errors import ConfigurationError, DeclarationError, InvalidError, NotFoundError, StoreError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_checkpoint, audit_event, audit_leaf
from medthread.trust.audit import record, record_read
from medthread.trust.keys import Keyring
from medthread.trust.log import (
    AuditLog,
    Copies,
    LogSettings,
    Sealer,
    alarms,
    check_log,
    consistency,
    inclusion,
    last_checkpoint,
    public_keys,
    renew,
    waiting,
)
from medthread.trust.log.leaf import COLUMNS, leaf_of
from tests.trust.log.conftest import Write


def sealed_seqs(store: Store) -> list[int]:
    with store.transaction() as tx:
        return list(tx.execute(select(audit_leaf.c.seq).order_by(audit_leaf.c.leaf_index)).scalars())


def leaf_at(tx: Connection, seq: int) -> bytes:
    return leaf_of(tx.execute(text(f"select {COLUMNS} from medthread.audit_event e where seq = :seq"), {"seq": seq}).one())


@contextmanager
def unfinished(store: Store, **given: str) -> Iterator[Connection]:
    """A transaction that wrote an audit row and is still open."""
    with store.transaction() as tx:
        record(tx, actor="slow", action="x", object_="y", **given)  # type: ignore[arg-type]
        yield tx


def test_rows_are_sealed_once_and_checkpoints_are_signed(log: AuditLog, store: Store, write: Write) -> None:
    write(7)
    assert log.seal(batch=5) == 5
    assert log.seal_all() == 3, "two rows and the one that tells of the new key"
    assert log.seal_all() == 0
    assert len(sealed_seqs(store)) == len(set(sealed_seqs(store))) == 8
    with store.transaction() as tx:
        keys = public_keys(tx)
        notes = tx.execute(select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size)).scalars().all()
        assert waiting(tx).rows == 0
        announced = tx.execute(select(audit_event.c.after).where(audit_event.c.action == "audit_key.create")).scalar_one()
    checkpoints = [Checkpoint.parse(opened(n, keys) or "") for n in notes]
    assert [c.size for c in checkpoints] == [5, 8]
    assert {(c.origin, c.algorithm) for c in checkpoints} == {("audit.test/plant", "sha256")}
    assert announced == {"key": keys[0].text}
    lines = notes[-1].split("\n")
    assert lines[0] == "audit.test/plant"
    assert lines[1] == "8"
    assert lines[3] == "hash sha256"
    assert lines[4] == f"time {checkpoints[1].at}", "the first batch was a full one: what waited behind it may be older"
    assert lines[5] == ""
    assert lines[6].startswith("— audit.test/plant ")


def test_a_number_that_is_taken_early_and_committed_late_is_not_lost(log: AuditLog, store: Store, write: Write) -> None:
    with unfinished(store) as slow:
        late = slow.execute(select(func.max(audit_event.c.seq))).scalar_one()
        write(3)
        assert log.seal_all() == 0, "behind the oldest open transaction"
    assert log.seal_all() == 4
    assert log.seal_all() == 1, "the key"
    assert late in sealed_seqs(store)


def test_a_transaction_that_fails_leaves_a_gap_and_no_leaf(log: AuditLog, store: Store, write: Write) -> None:
    with pytest.raises(ZeroDivisionError), unfinished(store):
        raise ZeroDivisionError
    write(2)
    log.seal_all()
    with store.transaction() as tx:
        assert set(sealed_seqs(store)) <= set(tx.execute(select(audit_event.c.seq)).scalars())
        assert waiting(tx).rows <= 1


def test_rows_of_many_writers_are_all_sealed_by_two_sequencers(log: AuditLog, store: Store, write: Write) -> None:
    writers = [threading.Thread(target=write, args=(40,)) for _ in range(4)]
    done = threading.Event()

    def seal() -> None:
        while not done.is_set():
            log.seal(batch=7)

    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    while log.seal_all():
        pass
    with store.transaction() as tx:
        written = set(tx.execute(select(audit_event.c.seq)).scalars())
    assert sorted(sealed_seqs(store)) == sorted(written)
    assert len(written) == 161


def test_every_record_is_proven_and_every_checkpoint_begins_with_the_last(log: AuditLog, store: Store, write: Write) -> None:
    for count in (3, 260, 5, 40):
        write(count)
        log.seal(batch=1000)
    log.seal_all()
    with store.transaction() as tx:
        newest = last_checkpoint(tx)
        assert newest is not None
        root = Checkpoint.parse(opened(newest.note, public_keys(tx)) or "").root
        for seq in (1, 2, 100, 256, 257, 300):
            proof = inclusion(tx, seq)
            assert proof is not None
            assert proof.leaf == leaf_hash(leaf_at(tx, seq))
            assert proof.checkpoint == newest.note
            assert root_by_inclusion(proof.leaf, index=proof.index, size=proof.size, path=proof.path) == root
        rows = tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)).all()
        assert len(rows) >= 4
        for old, new in pairwise(rows):
            path = consistency(tx, old.size, new.size).path
            assert is_consistent(old=old.size, old_root=old.root, size=new.size, new_root=new.root, path=path)
        with pytest.raises(NotFoundError, match="no checkpoint of size 2"):
            consistency(tx, 2, newest.size)
        with pytest.raises(InvalidError):
            consistency(tx, 0, newest.size)
        assert inclusion(tx, 10**9) is None


def test_a_leaf_is_canonical_and_keeps_fractions_exactly(store: Store) -> None:
    with store.transaction() as tx:
        record(tx, actor="李", action="a", object_="o", before={"q": Decimal("1.50"), "f": 0.1}, after=[1, True, None, "x"])
        seq, at = tx.execute(select(audit_event.c.seq, audit_event.c.at).order_by(audit_event.c.seq.desc()).limit(1)).one()
        leaf = leaf_at(tx, seq)
        said = {"seq": seq, "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "actor": "李", "action": "a", "object": "o", "outcome": "done",
                "reason": None, "before": {"q": "1.5", "f": "0.1"}, "after": [1, True, None, "x"], "detail": None}
        assert leaf == canonical(said)
        tx.execute(text("insert into medthread.audit_event (actor, action, outcome, object, detail) values ('b', 'a', 'done', 'o', '{\"n\": 1.50}')"))
        assert b'"detail":{"n":{"$number":"1.50"}}' in leaf_at(tx, seq + 1)


def test_a_look_under_a_mask_is_an_audit_row_without_the_values(store: Store) -> None:
    with store.transaction() as tx:
        record_read(tx, actor="ann", object_="customer/1", fields=("phone", "name"), reason="a recall call", grant="g1")
        row = tx.execute(select(audit_event)).one()
    assert (row.outcome, row.action, row.reason) == ("read", "entity.unmask", "a recall call")
    assert row.detail == {"fields": ["name", "phone"], "grant": "g1"}


def test_late_rows_raise_an_alarm_that_names_what_holds_them(log: AuditLog, store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medthread.trust.log.alarm.LATE", 0.2)
    write(1)
    with ExitStack() as open_:
        slow = open_.enter_context(unfinished(store))
        pid = slow.execute(text("select pg_backend_pid()")).scalar_one()
        time.sleep(0.3)
        with store.transaction() as tx:
            assert [a.code for a in alarms(tx)] == ["audit.unsealed"], "nobody seals"
        write(1)
        time.sleep(0.3)
        log.seal_all()
        with store.transaction() as tx:
            [alarm] = alarms(tx)
        assert str(pid) in alarm.label.en
        assert str(pid) in alarm.label.zh
    while log.seal_all():
        pass
    with store.transaction() as tx:
        assert alarms(tx) == []


def test_the_sealer_seals_while_it_runs_and_when_it_stops(log: AuditLog, store: Store, copies: Copies, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medthread.trust.log.sealer.PAUSE", 0.05)
    sealer = Sealer(log)
    sealer.start()
    write(2)
    for _ in range(100):
        if len(sealed_seqs(store)) == 3:
            break
        time.sleep(0.05)
    assert len(sealed_seqs(store)) == 3
    monkeypatch.setattr("medthread.trust.log.sealer.PAUSE", 60)
    time.sleep(0.1)
    write(2)
    sealer.stop()
    assert len(sealed_seqs(store)) == 5
    assert sealer.alarms == ()
    with store.transaction() as tx:
        newest = last_checkpoint(tx)
    assert newest is not None
    assert copies.files()[-1].read_text(encoding="utf-8") == newest.note


def test_copies_are_taken_up_where_they_ended(log: AuditLog, store: Store, copies: Copies, write: Write) -> None:
    write(1)
    log.settle()
    write(1)
    log.settle()
    held = copies.files()
    assert [int(p.stem) for p in held] == sorted(int(p.stem) for p in held)
    assert Copies(copies.folder).catch_up(store) == 0
    held[-1].unlink()
    assert Copies(copies.folder).catch_up(store) == 1
    assert copies.files() == held
    assert {p.stat().st_mode & 0o777 for p in held} == {0o444}
    (copies.folder / "2026-01-01").mkdir()
    (held[-1].parent / "notes.checkpoint").touch()
    with pytest.raises(StoreError, match="no copy of a checkpoint"):
        Copies(copies.folder).catch_up(store)


def test_a_log_shorter_than_its_copies_is_an_alarm_until_they_are_put_aside(log: AuditLog, store: Store, copies: Copies, write: Write, tmp_path: Path) -> None:
    write(3)
    log.settle()
    write(1)
    log.settle()
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        tx.execute(text("delete from medthread.audit_checkpoint where size > 3"))
    sealer = Sealer(AuditLog(store, log.keyring, log.origin, Copies(copies.folder)))
    sealer.round()
    [alarm] = sealer.alarms
    assert (alarm.code, "it was cut" in alarm.label.en) == ("audit.copies", True)
    for late in copies.files()[1:]:
        late.rename(tmp_path / late.name)
    sealer.round()
    assert sealer.alarms == ()


def test_a_folder_that_is_away_is_an_alarm_and_sealing_goes_on(store: Store, keyring: Keyring, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    sealer = Sealer(AuditLog(store, keyring, copies=Copies(tmp_path / "file" / "away")))
    write(1)
    sealer.round()
    sealer.round()
    assert [a.code for a in sealer.alarms] == ["audit.copies"]
    assert "file/away" in sealer.alarms[0].label.zh
    assert len(caplog.records) == 1, "told once, tried every second"
    assert len(sealed_seqs(store)) == 2
    sealer.log = AuditLog(store, keyring, copies=Copies(tmp_path / "there"))
    sealer.round()
    assert sealer.alarms == ()
    assert len(sealer.log.copies.files() if sealer.log.copies else []) == 2


def test_a_renewed_key_signs_from_then_on_and_the_log_tells_of_it(log: AuditLog, store: Store, write: Write) -> None:
    with pytest.raises(NotFoundError), store.transaction() as tx:
        renew(tx, log.keyring, by="ann", reason="early")
    write(2)
    log.settle()
    with store.transaction() as tx:
        renew(tx, log.keyring, by="ann", reason="昔日的密钥外泄")
    write(2)
    log.settle()
    with store.transaction() as tx:
        old, new = public_keys(tx)
        first, *_, last = tx.execute(select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size)).scalars()
        told = tx.execute(select(audit_event.c.actor, audit_event.c.reason).where(audit_event.c.action == "audit_key.create").order_by(audit_event.c.seq)).all()
    assert [opened(first, [old]) is not None, opened(first, [new]), opened(last, [old]), opened(last, [new]) is not None] == [True, None, None, True]
    assert [tuple(r) for r in told] == [("system", None), ("ann", "昔日的密钥外泄")]
    assert check_log(log).findings.faults == []


def test_another_master_key_seals_nothing(log: AuditLog, store: Store, write: Write, tmp_path: Path) -> None:
    write(1)
    log.seal_all()
    write(1)
    stranger = AuditLog(store, Keyring.open(tmp_path / "other.key"))
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        stranger.seal_all()
    before = len(sealed_seqs(store))
    assert log.seal_all() > 0
    assert len(sealed_seqs(store)) > before


def test_a_log_keeps_the_name_it_began_with(log: AuditLog, store: Store, keyring: Keyring, write: Write) -> None:
    write(1)
    log.seal_all()
    with pytest.raises(ConfigurationError, match="cannot become"):
        AuditLog(store, keyring, "audit.test/other").seal_all()
    assert AuditLog(store, keyring).seal_all() > 0, "not said is as it was"


def test_rows_of_a_restored_dump_are_sealed_although_their_transactions_are_unknown(log: AuditLog, store: Store, write: Write) -> None:
    write(2)
    with store.transaction() as tx:
        tx.execute(text("update medthread.audit_unsealed set xid = '999999999999'"))
    write(1)
    assert log.seal_all() == 3
    assert log.seal_all() == 1


@pytest.mark.parametrize(("said", "match"), [
    ({"audit": "x"}, "not a section"), ({"audit": {"orgin": "x"}}, "orgin"), ({"audit": {"checkpoints": 3}}, "checkpoints"),
    ({"audit": {"origin": "two words"}}, "two words"), ({"audit": {"origin": "a+b"}}, "a\\+b"), ({"audit": {"checkpoints": " "}}, "checkpoints"),
])
def test_settings_that_cannot_be_meant_are_refused(said: dict[str, object], match: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=match):
        LogSettings.read(said, home=tmp_path)


def test_settings_name_a_folder_from_the_workspace(tmp_path: Path) -> None:
    assert LogSettings.read({}, home=tmp_path) == LogSettings()
    assert LogSettings.read({"audit": {"checkpoints": "away", "origin": "a.example/b"}}, home=tmp_path) == LogSettings("a.example/b", tmp_path / "away")
    assert LogSettings.read({"audit": {"checkpoints": "/mnt/x"}}, home=tmp_path).checkpoints == Path("/mnt/x")


def test_the_leaf_hash_is_that_of_rfc_9162() -> None:
    assert leaf_hash(b"record") == hashlib.sha256(b"\0record").digest()
