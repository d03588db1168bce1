"""What is due is proposed with its formula, decided by another, looked at once more, destroyed everywhere, and written down."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyiceberg.table import StaticTable
from sqlalchemy import select, text

from medthread.governance.backup.take import alone
from medthread.governance.retention.naming import ways
from medthread.methods.canonical import hash_of
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.pipeline.release import move_pointer
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import audit_event, destruction, encryption_key, lake_file
from medthread.trust.log import check_log
from medthread.workflow.guarding import objections
from tests.conftest import PROGRAM
from tests.governance.retention.conftest import Firm, found, moves, opened

DISPUTE = {"kind": "contract", "counterparty": "张三 13900001111", "claim": "claims", "amount": "5", "legal_hold": "no", "legal_owner": "ann"}


def dispute(firm: Firm, *, closed: str | None = "2009-01-01", **more: str) -> tuple[str, str]:
    """A dispute with a line; gives id and number."""
    id_ = firm.write("dispute", **{**DISPUTE, **more})
    with firm.store.transaction() as tx:
        number = tx.execute(text("select dispute_no from native.dispute where id = :id"), {"id": id_}).scalar_one()
    firm.write("dispute_record", dispute=number, entity="complaint", record="CP-1")
    if closed:
        firm.closed_on("dispute", id_, closed)
    return id_, number


def count(firm: Firm, table: str) -> int:
    with firm.store.transaction() as tx:
        return int(tx.execute(text(f"select count(*) from native.{table}")).scalar_one())


def test_native_records_go_with_their_lines_their_case_and_their_keys(firm: Firm) -> None:
    old, number = dispute(firm)
    young, _ = dispute(firm, closed="2024-01-01")
    running, _ = dispute(firm, closed=None)
    id_ = firm.propose("dispute")
    items = firm.items(id_)
    assert list(items) == [number]
    assert (str(items[number].due_on), items[number].inputs, items[number].status) == ("2019-01-01", {"close": "2009-01-01"}, "proposed")
    with pytest.raises(ConflictError, match="proposes dispute already"):
        firm.propose("dispute")
    with pytest.raises(ConflictError, match="is proposed"):
        firm.execute(id_)
    with pytest.raises(ForbiddenError, match="does not decide it"):
        firm.decide(id_, by="ann")
    with pytest.raises(InvalidError):
        firm.decide(id_, reason=" ")
    assert count(firm, "dispute") == 3
    firm.decide(id_)
    done = firm.execute(id_)
    assert (done.records, done.spared) == (1, 0)
    assert (count(firm, "dispute"), count(firm, "dispute_record")) == (2, 2)
    with firm.store.transaction() as tx:
        kept = tx.execute(text("select record from medthread.process_case where entity = 'dispute'")).scalars().all()
        key = tx.execute(select(encryption_key).where(encryption_key.c.id == f"dispute/{old}")).one()
        row = tx.execute(select(destruction).where(destruction.c.id == id_)).one()
        told = tx.execute(select(audit_event).where(audit_event.c.object == f"destruction/{id_}").order_by(audit_event.c.seq)).all()
    assert set(kept) == {young, running}
    assert key.wrapped is None
    assert key.destroyed_at is not None
    hashed = hash_of(["dispute", old, number])
    assert (row.status, row.records, row.keys_hash, row.proposed_by, row.decided_by, row.executed_by) == ("executed", 1, hash_of([hashed]), "ann", "bob", "ann")
    after = firm.items(id_)
    assert list(after) == [hashed], "what was destroyed is known by a hash only"
    assert after[hashed].inputs == {}
    assert [(t.action, t.outcome) for t in told] == [
        ("retention.propose", "done"), ("retention.execute", "refused"), ("retention.decide", "refused"), ("retention.decide", "refused"),
        ("retention.approve", "done"), ("retention.execute", "done")]
    firm.installation.log.settle()
    assert check_log(firm.installation.log).findings.faults == [], "what was done is still proven"
    with pytest.raises(ConflictError, match="no dispute is due"):
        firm.propose("dispute")


def test_a_hold_a_longer_rule_and_whoever_refers_spare_a_record_and_say_so(firm: Firm) -> None:
    _, held = dispute(firm)
    _, by_kind = dispute(firm)
    _, free = dispute(firm)
    hold = firm.write("legal_hold", matter="诉讼", cause_entity="recall", cause_no="RC-1")
    with firm.store.transaction() as tx:
        hold_no = tx.execute(text("select hold_no from native.legal_hold where id = :id"), {"id": hold}).scalar_one()
    firm.write("legal_hold_scope", hold_no=hold_no, line_no=1, kind="record", entity="dispute", record=held)
    firm.write("legal_hold", matter="另案", cause_entity="dispute", cause_no=by_kind)
    id_ = firm.propose("dispute")
    items = firm.items(id_)
    assert {k: i.status for k, i in items.items()} == {held: "spared", by_kind: "spared", free: "proposed"}
    assert items[held].because[0]["guard"] == "no_standing_legal_hold"
    assert items[held].because[0]["record"] == f"legal_hold/{hold_no}"
    firm.decide(id_)
    # Between approval and destruction somebody places a hold on the last one.
    firm.write("legal_hold_scope", hold_no=hold_no, line_no=2, kind="entity", entity="dispute")
    done = firm.execute(id_)
    assert (done.records, done.spared) == (0, 3)
    assert count(firm, "dispute") == 3


def nonconformance(firm: Firm, lot: str, *, line: str | None = None) -> str:
    """One that was closed long ago, found on a lot, with a line on another; gives its number."""
    id_ = firm.write("nonconformance", source="stock", item="M1", lot_no=lot, defect_code="strength", description="evidence")
    with firm.store.transaction() as tx:
        number: str = tx.execute(text("select ncr_no from native.nonconformance where id = :id"), {"id": id_}).scalar_one()
        tx.execute(text("update native.nonconformance set _created_at = '2001-01-01' where id = :id"), {"id": id_})
    if line is not None:
        firm.write("nonconformance_lot", nonconformance=number, item="M1", lot_no=line, quantity="1")
    firm.closed_on("nonconformance", id_, "2001-02-01")
    return number


def hold_lot(firm: Firm, lot: str, *, item: str | None = "M1") -> str:
    """A legal hold over everything that names a lot; gives its number."""
    hold = firm.write("legal_hold", matter="诉讼", cause_entity="recall", cause_no="RC-1")
    with firm.store.transaction() as tx:
        number: str = tx.execute(text("select hold_no from native.legal_hold where id = :id"), {"id": hold}).scalar_one()
    firm.write("legal_hold_scope", hold_no=number, line_no=1, kind="lot", item=item, lot_no=lot)
    return number


def test_a_hold_over_a_lot_spares_whatever_names_it_in_a_field_in_a_line_or_under_another_name(firm: Firm) -> None:
    own, line, later, free = nonconformance(firm, "L1"), nonconformance(firm, "L2", line="L1"), nonconformance(firm, "L3"), nonconformance(firm, "L2")
    hold = hold_lot(firm, "L1")
    id_ = firm.propose("nonconformance")
    items = firm.items(id_)
    assert {k: i.status for k, i in items.items()} == {own: "spared", line: "spared", later: "proposed", free: "proposed"}
    for spared in (own, line):
        assert [(b["guard"], b["record"]) for b in items[spared].because] == [("no_standing_legal_hold", f"legal_hold/{hold}")]
    firm.decide(id_)
    hold_lot(firm, "L3", item=None)  # between approval and destruction
    done = firm.execute(id_)
    assert (done.records, done.spared) == (1, 3)
    assert count(firm, "nonconformance") == 3


def test_a_hold_over_a_lot_spares_movements_of_the_lake(firm: Firm) -> None:
    hold_lot(firm, "L1")
    items = firm.items(firm.propose("stock_movement"))
    assert {k: i.status for k, i in items.items()} == {"OLD1/1": "spared", "OLD2/1": "proposed"}


def test_a_lot_under_another_name_is_found_by_its_declaration_and_one_without_an_item_is_held_by_its_number(firm: Firm) -> None:
    cases = {
        "line_clearance": ("previous_lot", "previous_item"), "hold": ("origin_lot", "origin_item"), "service_part": ("removed_lot_no", "item"), "complaint": ("lot_no", "item")}
    for name, (lot, item) in cases.items():
        assert {"lot_no": lot, "item": item} in ways(firm.installation.registry[name], firm.installation.registry, ("item", "lot_no")), name
    assert {"lot_no": "what_lot"} in ways(firm.installation.registry["batch_reconciliation"], firm.installation.registry, ("item", "lot_no"))
    decision = firm.context.rulebook.decisions["may_destroy"]
    hold = hold_lot(firm, "L1")
    asked = {**dict.fromkeys(decision.takes), "entity": "complaint", "record": "CP-1", "lot_no": "L1"}
    with firm.store.transaction() as tx:
        for item, held in ((None, True), ("M1", True), ("M2", False)):
            found = objections(tx, firm.context, ["no_standing_legal_hold"], {**asked, "item": item})
            assert [o.record for o in found] == [f"legal_hold/{hold}"] * held, item


def test_a_rule_in_force_keeps_longer_than_the_declaration(firm: Firm) -> None:
    dispute(firm, closed="2009-01-01")
    rule = firm.write("retention_rule", class_code="dispute", jurisdiction="CN", basis="集团规定", anchor="close", years="20")
    with firm.store.transaction() as tx:
        tx.execute(text("update medthread.process_case set state = 'in_force' where record = :r"), {"r": rule})
    item = next(iter(firm.items(firm.propose("dispute")).values()))
    assert item.status == "spared"
    assert (item.because[0]["guard"], item.because[0]["detail"]) == ("no_longer_rule", "保留至 / kept until 2029-01-01")


def test_a_proposal_with_nothing_to_destroy_is_not_approved_and_a_refused_one_may_be_made_again(firm: Firm) -> None:
    _, number = dispute(firm)
    firm.write("legal_hold", matter="另案", cause_entity="dispute", cause_no=number)
    id_ = firm.propose("dispute")
    with pytest.raises(ConflictError, match="everything in it is spared"):
        firm.decide(id_)
    firm.decide(id_, approve=False)
    with pytest.raises(ConflictError, match="is refused"):
        firm.execute(id_)
    assert firm.propose("dispute") != id_
    with pytest.raises(NotFoundError):
        firm.decide("destruction-none")


@pytest.mark.parametrize(("entity", "words"), [
    ("dispute_record", "are lines"), ("registration_certificate", "can ever be due"), ("equipment", "can ever be due"), ("nonsense", "no entity"),
])
def test_what_cannot_be_proposed_is_refused_in_words(firm: Firm, entity: str, words: str) -> None:
    with pytest.raises((ConflictError, NotFoundError), match=words):
        firm.propose(entity)


def ids(firm: Firm, table: str) -> list[str]:
    return sorted(r["movement_no"] for r in firm.rows(table))


def verified(firm: Firm) -> None:
    """Every release is whole, and Iceberg has the rows that the release has."""
    for row in firm.installation.release_rows():
        assert firm.installation.faults(firm.installation.releases.get(row["id"])) == []
    with firm.store.transaction() as tx:
        heads = tx.execute(text("select table_namespace || '.' || table_name as name, metadata_location as at from iceberg_tables")).all()
        live = {r.table: r.rows for r in tx.execute(text('select "table", sum(rows) as rows from medthread.lake_file where removed_in is null group by 1'))}
    for head in heads:
        assert StaticTable.from_metadata(head.at).scan().to_arrow().num_rows == live[head.name], head.name


def test_lake_records_go_from_every_layer_and_from_older_releases_too(firm: Firm) -> None:
    first = firm.reader.current().release.id
    moves(firm.installation.workspace.home, "move3.csv", [("NEW3", "L3", "2026/4/1")])
    firm.run()
    second = firm.reader.current().release.id
    assert ids(firm, "golden.stock_movement") == ["NEW1", "NEW2", "NEW3", "OLD1", "OLD2"]
    id_ = firm.propose("stock_movement")
    assert {k: str(i.due_on) for k, i in firm.items(id_).items()} == {"OLD1/1": "2020-03-01", "OLD2/1": "2020-03-01"}
    firm.decide(id_)
    with firm.store.transaction() as tx:
        before = {r.path for r in tx.execute(select(lake_file.c.path).where(lake_file.c.table.like("%movement%")))}
    done = firm.execute(id_)
    assert done.records == 2
    assert done.outcome["rows"] == {"raw.erp_move": 3, "golden.stock_movement": 2, "standard.stock_movement": 3}
    for release in (second, first):
        with firm.store.transaction() as tx:
            if firm.installation.releases.current_id(tx) != release:
                move_pointer(tx, firm.installation.releases, id_=release, by="test", reason="looking back")
        assert not {"OLD1", "OLD2"} & set(ids(firm, "golden.stock_movement"))
        assert not {"OLD1", "OLD2"} & set(ids(firm, "standard.stock_movement"))
        raw = firm.rows("raw.erp_move")
        assert [r for r in raw if r["no"] in ("OLD1", "OLD2")] == []
        assert {r["no"] for r in raw} >= {"NEW1", "NEW2", "X1", None}, "others keep their place"
        assert all(value is None for r in raw if r["no"] is None for value in r.values())
    verified(firm)
    there = {p for p in before if Path(p).is_file()}
    texts = [str(pq.read_table(p).to_pylist()) for p in (firm.installation.workspace.data / "lake").rglob("*.parquet")]
    assert not any("OLD1" in t or "memo OLD2" in t for t in texts), "no file that is left says it"
    assert there < before
    with firm.store.transaction() as tx:
        move_pointer(tx, firm.installation.releases, id_=second, by="test", reason="back")
    firm.run()
    assert ids(firm, "golden.stock_movement") == ["NEW1", "NEW2", "NEW3"]
    firm.run()
    verified(firm)


def test_a_raw_row_that_tells_of_something_kept_stays(firm: Firm) -> None:
    """A receipt's row tells of an edge of the genealogy too, which is kept longer."""
    home = firm.installation.workspace.home
    (home / "inbox" / "receipt8.csv").write_text("no,line,supplier,item,slot,lot,qty,at\nR800,1,V1,M1,S800,L800,5,2010/1/5\n", encoding="utf-8")
    firm.run()
    id_ = firm.propose("receipt")
    assert list(firm.items(id_)) == ["R800/1"]
    firm.decide(id_)
    done = firm.execute(id_)
    assert "raw.erp_receipt" not in done.outcome["rows"]
    assert not [r for r in firm.rows("golden.receipt") if r["receipt_no"] == "R800"]
    assert [r for r in firm.rows("golden.genealogy_edge") if r["activity"] == "R800"]
    verified(firm)


def test_not_while_a_run_or_a_backup_is_under_way(firm: Firm) -> None:
    id_ = firm.propose("stock_movement")
    firm.decide(id_)
    with turn(firm.store), pytest.raises(ConflictError, match="the lake is being changed"):
        firm.execute(id_)
    with alone(firm.store), pytest.raises(ConflictError, match="a backup is under way"):
        firm.execute(id_)
    with turn(firm.store), pytest.raises(ConflictError, match="the lake is being changed"):
        firm.run()
    assert firm.execute(id_).records == 2


def test_killed_anywhere_it_is_carried_out_from_where_it_stood(tmp_path: Path) -> None:
    home = found(tmp_path / "firm")
    with opened(home) as firm:
        id_ = firm.propose("stock_movement")
        firm.decide(id_)
    command, chance = [PROGRAM, "retention", "execute", id_, "--home", str(home)], random.Random(3)
    for _ in range(4):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(1.0, 6.0))
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
        child.wait()
    last = subprocess.run(command, check=False, capture_output=True, text=True)
    with opened(home) as firm:
        with firm.store.transaction() as tx:
            status = tx.execute(select(destruction.c.status).where(destruction.c.id == id_)).scalar_one()
        assert status == "executed", last.stderr
        assert ids(firm, "golden.stock_movement") == ["NEW1", "NEW2"]
        verified(firm)
        firm.run()
        assert ids(firm, "golden.stock_movement") == ["NEW1", "NEW2"]
