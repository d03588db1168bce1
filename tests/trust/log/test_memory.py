"""What was signed last is remembered outside the database: a log rewritten there with all its checkpoints is not signed on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from medthread.model.errors import ConfigurationError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_checkpoint, audit_event
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog, ForkedError, Memory, Sealer, adopt, check_log, export_bundle, verifier
from tests.trust.log.conftest import Write
from tests.trust.log.test_verify import rebuild


@pytest.fixture
def alone(log: AuditLog, write: Write) -> AuditLog:
    """A log without a folder for copies, as an installation is by default."""
    write(300)
    alone = replace(log, copies=None)
    alone.settle()
    write(5)
    alone.settle()
    return alone


def fork(tx: Connection, log: AuditLog) -> None:
    """What who administers the database does to the middle of the log, with every right there and no key."""
    tx.execute(text("set local session_replication_role = replica"))
    tx.execute(text("update medthread.audit_event set actor = 'eve', reason = 'as agreed' where seq = 7"))
    tx.execute(text("delete from medthread.audit_checkpoint"))
    rebuild(tx, log)


def test_a_log_rewritten_with_all_its_checkpoints_is_not_signed_on(alone: AuditLog, store: Store, write: Write, tmp_path: Path) -> None:
    with store.transaction() as tx:
        fork(tx, alone)
    write(1)  # one sign-in
    sealer = Sealer(alone)
    sealer.round()
    sealer.round()
    assert [a.code for a in sealer.alarms] == ["audit.forked"]
    assert "被改写" in sealer.alarms[0].label.zh
    assert "rewritten" in sealer.alarms[0].label.en
    with store.transaction() as tx:
        assert tx.execute(select(audit_checkpoint)).all() == []
    with pytest.raises(ForkedError, match="does not begin with"):
        alone.settle()
    assert check_log(alone).findings.counts["memory.differs"] == 1
    export_bundle(alone, tmp_path / "bundle")
    told = verifier.Check(tmp_path / "bundle", keys=[_key(tmp_path / "bundle")]).run().faults
    assert "records do not lead to the signed root" in {what for what, _ in told}


def test_a_longer_log_over_a_rewritten_middle_is_not_signed_on_either(alone: AuditLog, store: Store, memory: Memory, write: Write) -> None:
    """A second server, or one of before, signed the fork: this one remembers less, and what it remembers differs."""
    with store.transaction() as tx:
        fork(tx, alone)
    write(300)
    replace(alone, memory=None).settle()
    write(1)
    with pytest.raises(ForkedError):
        alone.settle()
    assert check_log(replace(alone, memory=None)).findings.faults == [], "the database by itself cannot tell"
    assert check_log(alone).findings.counts == {"memory.differs": 1}


def _key(bundle: Path) -> str:
    return next(said["key"] for line in (bundle / "keys.ndjson").read_text(encoding="utf-8").splitlines() if (said := json.loads(line))["kind"] == "log")


def test_a_file_older_than_the_database_is_extended_by_it(alone: AuditLog, store: Store, memory: Memory, write: Write) -> None:
    """Killed between the commit and the file; or another server sealed meanwhile."""
    before = memory.path.read_bytes()
    write(280)
    alone.settle()
    memory.path.write_bytes(before)
    assert check_log(alone).findings.faults == []
    write(1)
    assert alone.settle() == 1
    found = memory.read()
    assert found is not None
    assert (found.checkpoint.size, found.begun) == (587, 0)
    assert memory.path.stat().st_mode & 0o777 == 0o600


def test_an_older_note_is_not_remembered_over_a_newer_one(alone: AuditLog, store: Store, memory: Memory) -> None:
    with store.transaction() as tx:
        oldest = tx.execute(select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size).limit(1)).scalar_one()
    before = memory.path.read_bytes()
    memory.keep(oldest, begun=0)
    assert memory.path.read_bytes() == before


def test_remembering_begins_with_what_is_there_and_says_from_when_on(log: AuditLog, store: Store, keyring: Keyring, memory: Memory, write: Write) -> None:
    write(20)
    AuditLog(store, keyring).settle()
    assert check_log(log).since is None
    write(1)
    replace(log, origin=None).settle()
    found = memory.read()
    assert found is not None
    assert found.begun == 20
    checked = check_log(log)
    assert (checked.begun, checked.since, checked.remembered) == (20, found.since, found.checkpoint.size)


def test_after_a_restore_the_log_goes_on_by_an_act_that_it_tells_of(alone: AuditLog, store: Store, memory: Memory, write: Write) -> None:
    was = memory.read()
    assert was is not None
    with store.transaction() as tx:  # an older database, put back
        tx.execute(text("set local session_replication_role = replica"))
        size = tx.execute(select(audit_checkpoint.c.size).order_by(audit_checkpoint.c.size).limit(1)).scalar_one()
        tx.execute(text("delete from medthread.audit_event where seq in (select seq from medthread.audit_leaf where leaf_index >= :n)"), {"n": size})
        tx.execute(text("delete from medthread.audit_leaf where leaf_index >= :n"), {"n": size})
        tx.execute(text("delete from medthread.audit_checkpoint where size > :n"), {"n": size})
        rebuild(tx, alone)
    write(1)
    with pytest.raises(ForkedError):
        alone.settle()
    adopt(store, memory, by="ops", reason="the disk broke")
    assert alone.settle() == 2
    with store.transaction() as tx:
        row = tx.execute(select(audit_event).where(audit_event.c.action == "audit_log.adopt")).one()
    assert (row.actor, row.reason, row.before["size"], row.before["note"], row.after) == ("ops", "the disk broke", was.checkpoint.size, was.note, {"size": size})
    now = memory.read()
    assert now is not None
    assert (now.checkpoint.size, now.begun) == (size + 2, size)
    assert "memory.differs" not in check_log(alone).findings.counts


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"note": "x", "kept": "2026-01-01T00:00:00+00:00", "since": "2026-01-01T00:00:00+00:00", "begun": 0}', "\0"])
def test_a_file_that_says_nothing_stops_signing_until_somebody_looks(alone: AuditLog, store: Store, memory: Memory, write: Write, body: str) -> None:
    memory.path.write_text(body, encoding="utf-8")
    write(1)
    with pytest.raises(ConfigurationError, match="does not say what was signed last"):
        alone.settle()
    adopt(store, memory, by="ops", reason="a broken disk")
    assert alone.settle() == 2
