"""Every way in which somebody with the database in hand could change history is found, and told apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from medthread.methods.merkle import Frontier, append, leaf_hash, root
from medthread.methods.note import Checkpoint, signed
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_checkpoint
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.log import KINDS, AuditLog, Copies, check_log, export_bundle, renew, verifier
from medthread.trust.log.keys import signer
from medthread.trust.log.leaf import COLUMNS, leaf_of
from medthread.trust.signatures import KeptKeys, sign
from tests.trust.log.conftest import Write
from tests.trust.log.signing import signing_of

ROWS = 300


@pytest.fixture
def sealed(log: AuditLog, store: Store, keyring: Keyring, write: Write) -> AuditLog:
    """A log of two checkpoints and more than one kept node, with two electronic signatures, copied away."""
    for count in (5, ROWS - 5):
        with store.transaction() as tx:
            for n in range(count):
                record(tx, actor="ann", action="entity.update", object_=f"lot/{n}", before={"qty": "1"}, after={"qty": "2"})
            for name in ("ann", "bob"):
                sign(tx, KeptKeys(keyring), signing_of(name))
        log.seal(batch=1000)
    log.settle()
    return log


def rebuild(tx: Connection, log: AuditLog) -> None:
    """What somebody with every right over the database, but not the installation's key, does after changing a row."""
    rows = tx.execute(text(f"select {COLUMNS} from medthread.audit_leaf l join medthread.audit_event e on e.seq = l.seq order by leaf_index")).all()
    frontier = Frontier()
    tx.execute(text("delete from medthread.audit_node"))
    for n, row in enumerate(rows):
        leaf = leaf_hash(leaf_of(row))
        tx.execute(text("update medthread.audit_leaf set hash = :h, leaf_index = :n where seq = :s"), {"h": leaf, "n": n, "s": row.seq})
        done = append(frontier, [leaf])
        frontier = done.frontier
        for level, (first, nodes) in done.nodes.items():
            if level and nodes:
                tx.execute(text("insert into medthread.audit_node values (:l, :f, :h)"), {"l": level, "f": first, "h": nodes[0]})
    tx.execute(text("update medthread.audit_log set size = :s, peaks = :p"), {"s": frontier.size, "p": list(frontier.peaks)})


def resign(tx: Connection, log: AuditLog, stranger: Keyring) -> None:
    """All checkpoints made anew, by a key of the forger's own that is entered as the installation's."""
    head = tx.execute(text("select origin from medthread.audit_log")).scalar_one()
    tx.execute(text("delete from medthread.audit_key"))
    by = signer(tx, stranger, origin=head)
    hashes = [bytes(h) for h in tx.execute(text("select hash from medthread.audit_leaf order by leaf_index")).scalars()]
    for size in tx.execute(select(audit_checkpoint.c.size)).scalars().all():
        made = Checkpoint(head, size, root(append(Frontier(), hashes[:size]).frontier), "sha256")
        values = {"r": made.root, "n": signed(made.text, by.key, private=by.private), "k": by.key.id.hex(), "s": size}
        tx.execute(text("update medthread.audit_checkpoint set root = :r, note = :n, key = :k where size = :s"), values)


def test_an_untouched_log_stands(sealed: AuditLog, write: Write) -> None:
    write(2)
    checked = check_log(sealed)
    assert checked.findings.faults == []
    assert (checked.rows, checked.waiting, checked.checkpoints, checked.signatures) == (ROWS + 7, 2, 2, 4)
    assert checked.copies == 2


def test_an_empty_log_stands(log: AuditLog) -> None:
    checked = check_log(log)
    assert (checked.rows, checked.findings.faults) == (0, [])


SQL = {
    "row.changed": ["update medthread.audit_event set actor = 'eve' where seq = 7"],
    "row.changed, its number as text": ["update medthread.audit_event set after = '{\"qty\": 2}' where seq = 7"],
    "row.changed, its time": ["update medthread.audit_event set at = at - interval '1 microsecond' where seq = 7"],
    "row.removed": ["delete from medthread.audit_event where seq = 7"],
    "row.time, written late": [
        "insert into medthread.audit_event (at, actor, action, outcome, object) values (now() - interval '40 days', 'eve', 'a', 'done', 'o')", "seal"],
    "row.time, written ahead": [
        "insert into medthread.audit_event (at, actor, action, outcome, object) values (now() + interval '5 years', 'eve', 'a', 'done', 'o')", "seal"],
    "row.time, without end": ["insert into medthread.audit_event (at, actor, action, outcome, object) values ('infinity', 'eve', 'a', 'done', 'o')", "seal"],
    "trigger.changed": ["alter table medthread.audit_event disable trigger audit_event_append_only"],
    "trigger.changed, gone": ["drop trigger audit_leaf_append_only on medthread.audit_leaf"],
    "trigger.changed, one more": [
        "create function medthread.hide() returns trigger language plpgsql as $$ begin new.actor := 'bob'; return new; end $$",
        "create trigger a_hide before insert on medthread.audit_event for each row execute function medthread.hide()"],
    "trigger.changed, what it does": ["create or replace function medthread.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$"],
    "trigger.changed, never asked": [
        "create or replace trigger audit_event_append_only before update or delete on medthread.audit_event for each row when (false) execute function medthread.refuse_change()"],
    "trigger.changed, a rule": ["create rule quiet as on delete to medthread.audit_event do instead nothing"],
    "row.unsealed": ["delete from medthread.audit_leaf where seq = 7"],
    "row.unsealed, slipped in": ["insert into medthread.audit_event (actor, action, outcome, object) values ('eve', 'a', 'done', 'o')", "delete from medthread.audit_unsealed"],
    "row.vanished": ["insert into medthread.audit_event (actor, action, outcome, object) values ('eve', 'a', 'done', 'o')", "delete from medthread.audit_event where actor = 'eve'"],
    "leaf.missing": ["delete from medthread.audit_leaf where seq = 7", "delete from medthread.audit_event where seq = 7"],
    "leaf.uncovered": ["delete from medthread.audit_checkpoint where size = (select max(size) from medthread.audit_checkpoint)"],
    "checkpoint.removed": ["delete from medthread.audit_checkpoint where size = (select min(size) from medthread.audit_checkpoint)"],
    "node.changed": ["update medthread.audit_node set hash = sha256('x')"],
    "node.changed, one too many": ["insert into medthread.audit_node values (8, 77, sha256('x'))"],
    "head.changed": ["update medthread.audit_log set size = size - 1"],
    "head.changed, gone": ["delete from medthread.audit_log"],
    "root.differs": [
        "update medthread.audit_leaf set leaf_index = -1 where leaf_index = 3", "update medthread.audit_leaf set leaf_index = 3 where leaf_index = 4",
        "update medthread.audit_leaf set leaf_index = 4 where leaf_index = -1"],
    "log.cut": [
        "delete from medthread.audit_event where seq > 200", "delete from medthread.audit_leaf where seq > 200", "delete from medthread.audit_node",
        "delete from medthread.audit_checkpoint where size > 200"],
    "memory.differs": ["delete from medthread.audit_leaf where leaf_index > 20", "delete from medthread.audit_checkpoint where size > 5"],
    "checkpoint.forged": ["update medthread.audit_checkpoint set note = replace(note, 'audit.test', 'audit.east')"],
    "checkpoint.forged, swapped": [
        "update medthread.audit_checkpoint c set note = (select note from medthread.audit_checkpoint d where d.size <> c.size order by size limit 1)"],
    "checkpoint.forged, another root beside the note": ["update medthread.audit_checkpoint set root = sha256('x')"],
    "key.foreign": ["update medthread.audit_key set public = sha256('x')"],
    "key.foreign, without its private half": ["update medthread.audit_key set wrapped = null"],
    "signature.another": ["update medthread.signing_key set account = 'zoe' where account = 'ann'", "update medthread.signing_key set account = 'ann' where account = 'bob'", "sign"],
    "signature.removed": ["delete from medthread.signature where id = (select min(id) from medthread.signature)"],
    "signature.broken": ["update medthread.signature set reason = 'another'"],
    "signature.broken, its content": ["update medthread.signature set content = content || '{\"x\": 1}'"],
    "signature.broken, its key": ["update medthread.signing_key set public = sha256('x')"],
    "signature.broken, its key gone": ["delete from medthread.signing_key"],
    "signature.foreign": ["update medthread.signature set id = 'another' where id = (select min(id) from medthread.signature)"],
    "signature.foreign, its bytes": ["update medthread.signature set signature = set_byte(signature, 0, 255 - get_byte(signature, 0))"],
}


# What the system itself does after that, and knows nothing.
LATER: dict[str, Callable[[Connection, AuditLog], object]] = {
    "seal": lambda tx, log: None,
    "sign": lambda tx, log: sign(tx, KeptKeys(log.keyring), signing_of("ann")),
}


@pytest.mark.parametrize("name", SQL)
def test_what_somebody_does_to_the_database_is_found(sealed: AuditLog, store: Store, name: str) -> None:
    kind = name.partition(",")[0]
    assert kind in KINDS
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))  # as one who may switch triggers off
        for statement in (s for s in SQL[name] if s not in LATER):
            tx.execute(text("set local session_replication_role = " + ("origin" if statement.startswith("insert into medthread.audit_event") else "replica")))
            tx.execute(text(statement))
    for act in (s for s in SQL[name] if s in LATER):
        with store.transaction() as tx:
            LATER[act](tx, sealed)
        sealed.settle()
    assert kind in check_log(sealed).findings.counts


def test_every_kind_of_fault_is_tried() -> None:
    assert {n.partition(",")[0] for n in SQL} == set(KINDS)


CHANGES: dict[str, Callable[[Connection], object]] = {
    "changed": lambda tx: tx.execute(text("update medthread.audit_event set actor = 'eve' where seq = 7")),
    "removed": lambda tx: [tx.execute(text(f"delete from medthread.{t} where seq = 7")) for t in ("audit_leaf", "audit_event")],
    "reordered": lambda tx: [tx.execute(text(f"update medthread.audit_leaf set leaf_index = {a} where leaf_index = {b}")) for a, b in ((-1, 3), (3, 4), (4, -1))],
    "truncated": lambda tx: [tx.execute(text(f"delete from medthread.{t} where seq > 100")) for t in ("audit_leaf", "audit_event")],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_rebuilt_without_the_key_is_found_by_its_checkpoints(sealed: AuditLog, store: Store, change: str) -> None:
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        CHANGES[change](tx)
        rebuild(tx, sealed)
    counts = check_log(sealed).findings.counts
    assert counts["root.differs"] or counts["log.cut"]
    assert not counts["row.changed"], "the rebuilt log agrees with itself"


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_rebuilt_and_signed_anew_is_found_by_the_key_and_by_the_copies(sealed: AuditLog, store: Store, tmp_path: Path, change: str) -> None:
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        CHANGES[change](tx)
        tx.execute(text("delete from medthread.audit_event where action = 'audit_key.create'"))
        tx.execute(text("delete from medthread.audit_leaf l where not exists (select from medthread.audit_event e where e.seq = l.seq)"))
        rebuild(tx, sealed)
        resign(tx, sealed, Keyring.open(tmp_path / "forger.key"))
    counts = check_log(sealed).findings.counts
    assert counts["key.foreign"]
    assert counts["checkpoint.forged"]


def test_a_log_set_back_with_all_its_checkpoints_is_found_by_the_copies_alone(sealed: AuditLog, store: Store) -> None:
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        [first, *_] = tx.execute(select(audit_checkpoint.c.size).order_by(audit_checkpoint.c.size)).scalars()
        tx.execute(text("delete from medthread.audit_event where seq in (select seq from medthread.audit_leaf where leaf_index >= :n)"), {"n": first})
        tx.execute(text("delete from medthread.audit_leaf where leaf_index >= :n"), {"n": first})
        tx.execute(text("delete from medthread.audit_checkpoint where size > :n"), {"n": first})
        tx.execute(text("delete from medthread.signature where id not in (select detail->>'signature' from medthread.audit_event where action = 'signature.create')"))
        rebuild(tx, sealed)
        # The key was announced after the first checkpoint: the forger leaves that row, waiting.
        tx.execute(text("insert into medthread.audit_event (actor, action, outcome, object, after) values ('system', 'audit_key.create', 'done', 'x', :a)"),
                   {"a": '{"key": "' + _key(sealed) + '"}'})
        tx.execute(text("insert into medthread.audit_unsealed (seq) select max(seq) from medthread.audit_event"))
    without = check_log(AuditLog(sealed.store, sealed.keyring, sealed.origin))
    assert without.findings.faults == [], "the database by itself cannot tell"
    assert check_log(sealed).findings.counts["log.cut"] == 1


def _key(log: AuditLog) -> str:
    from medthread.trust.log import public_keys

    with log.store.transaction() as tx:
        return public_keys(tx)[0].text


def test_what_an_old_key_signs_after_it_was_replaced_is_found(sealed: AuditLog, store: Store, write: Write, tmp_path: Path) -> None:
    """Whoever took the old key may not write on with it: neither in the database nor in a bundle."""
    with store.transaction() as tx:
        renew(tx, sealed.keyring, by="ann", reason="taken")
    sealed.settle()
    write(1)
    with store.transaction() as tx:  # as if the renewal had not been
        tx.execute(text("update medthread.audit_key set retired_at = case when retired_at is null then now() end"))
    sealed.settle()
    assert check_log(sealed).findings.counts == {"checkpoint.forged": 2, "leaf.uncovered": 1}, "in the database and its copy; the row stands under nothing else"
    export_bundle(sealed, tmp_path / "bundle")
    assert {what for what, _ in verifier.Check(tmp_path / "bundle").run().faults} == {"checkpoint signed by a key that was replaced"}


def test_a_copy_that_was_altered_is_found(sealed: AuditLog, copies: Copies) -> None:
    path = copies.files()[0]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"hash sha256", b"hash sha512"))
    assert check_log(sealed).findings.counts == {"checkpoint.forged": 1}


def test_many_faults_are_counted_and_some_shown(sealed: AuditLog, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medthread.trust.log.fault.SHOWN", 10)
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        tx.execute(text("update medthread.audit_event set actor = 'eve'"))
    findings = check_log(sealed).findings
    assert findings.counts["row.changed"] == ROWS + 7
    assert len(findings.faults) == 10




@pytest.mark.parametrize("name", [n for n in SQL if n.startswith(("row.time", "signature.another"))])
def test_the_offline_program_finds_them_too(sealed: AuditLog, store: Store, tmp_path: Path, name: str) -> None:
    test_what_somebody_does_to_the_database_is_found(sealed, store, name)
    export_bundle(sealed, tmp_path / "bundle")
    [(what, where)] = verifier.Check(tmp_path / "bundle").run().faults
    assert what in {"record dated outside what its checkpoint allows", "electronic signature made with another person's key"}
    assert where


def test_rows_that_waited_behind_a_full_batch_are_not_dated_by_hand(log: AuditLog, store: Store, write: Write) -> None:
    """Nobody sealed for days, and then it takes several batches: the second is sealed a moment after the first, its rows are days old."""
    write(1)
    log.seal()
    with store.transaction() as tx:
        tx.execute(text("insert into medthread.audit_event (at, actor, action, outcome, object) select now() - interval '30 minutes', 'ann', 'a', 'done', 'o' from generate_series(1, 12)"))
    past = "2020-01-01T00:00:00.000000Z"
    held = log.memory.read() if log.memory else None
    assert held is not None
    log.memory.path.write_text(log.memory.path.read_text().replace(str(held.after), past), encoding="utf-8")  # type: ignore[union-attr]
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        tx.execute(text("update medthread.audit_event set at = now() - interval '3 days' where action = 'a'"))
    while log.seal(batch=5):
        pass
    assert check_log(log).findings.faults == []


def test_checkpoints_of_before_that_say_no_time_stand(sealed: AuditLog, store: Store) -> None:
    with store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        by = signer(tx, sealed.keyring, origin="audit.test/plant")
        for row in tx.execute(select(audit_checkpoint)).all():
            note = signed(Checkpoint("audit.test/plant", row.size, bytes(row.root), "sha256").text, by.key, private=by.private)
            tx.execute(text("update medthread.audit_checkpoint set note = :n where size = :s"), {"n": note, "s": row.size})
    assert check_log(sealed).findings.faults == []
