"""An act is done whole, or refused with its rule and its record, and both are written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from medthread.model import Transition
from medthread.model.errors import (
    ConfigurationError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    MedthreadError,
    PreconditionError,
    PreconditionRequiredError,
    RefusedError,
)
from medthread.stores.postgres.tables import audit_event, deadline, delegation, process_step, signature
from medthread.trust.signatures import stands
from medthread.workflow import Change, Once, once, replace_native
from medthread.workflow.worker import sweep_deadlines
from tests.workflow.conftest import Plant
from tests.workflow.permit import PROCESS


def granted(plant: Plant) -> str:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.act("ann", id_, "check")
    plant.act("bob", id_, "grant")
    plant.act("cai", id_, "grant")
    return id_


def state(plant: Plant, id_: str) -> Any:
    with plant.store.transaction() as tx:
        from medthread.workflow.cases import case_of
        return case_of(tx, plant.context, entity="hot_work", record=id_).state


def test_a_record_goes_its_way_and_every_step_is_signed(plant: Plant) -> None:
    id_ = granted(plant)
    assert plant.row(id_)["permit_no"] == f"HW-{datetime.now(UTC).year}-00001"
    assert plant.act("dan", id_, "close", reason="done").state == "closed"
    with plant.store.transaction() as tx:
        signed = tx.execute(select(signature).order_by(signature.c.signed_at)).all()
        assert [(s.signer, s.meaning, s.action) for s in signed] == [("ann", "verified", "check"), ("bob", "approved", "grant"), ("cai", "approved", "grant")]
        assert all(stands(tx, s.id) for s in signed)
        assert signed[0].content["values"]["place"] == "hall 1"
        tx.execute(update(signature).where(signature.c.id == signed[1].id).values(reason="another"))
        assert not stands(tx, signed[1].id)


REFUSED: list[tuple[str, Callable[[Plant, str], Any], type[MedthreadError], str]] = [
    ("an act of another state", lambda p, i: p.act_unseen("bob", i, "grant"), ConflictError, "possible now: check"),
    ("an act nobody knows", lambda p, i: p.act_unseen("ann", i, "paint"), ConflictError, "cannot be done now"),
    ("somebody without the role", lambda p, i: p.act_unseen("eve", i, "check"), ForbiddenError, "it takes qc"),
    ("a version that moved on", lambda p, i: p.act_unseen("ann", i, "check", version="7"), PreconditionError, "read it again"),
    ("no version at all", lambda p, i: p.act_unseen("ann", i, "check", version=None), PreconditionRequiredError, "If-Match"),
    ("a field nobody declares", lambda p, i: p.act_unseen("ann", i, "check", values={"colour": "red"}), InvalidError, "no field 'colour'"),
    ("the key of the record", lambda p, i: p.act_unseen("ann", i, "check", values={"permit_no": "X"}), InvalidError, "does not change"),
    ("a value of another kind", lambda p, i: p.act_unseen("ann", i, "check", values={"asked_on": "soon"}), InvalidError, "asked_on"),
    ("no answer to what it asks", lambda p, i: p.act("ann", p.create("eve", kind="cut"), "check"), InvalidError, "needs place"),
    ("no signature", lambda p, i: p.act_unseen("ann", i, "check"), InvalidError, "is signed: verified"),
    ("something else than was shown", lambda p, i: p.act_unseen("ann", i, "check", shown="sha256:00"), PreconditionError, "not what was shown"),
    ("a wrong password", lambda p, i: p.act("ann", i, "check", password="a wrong word 99"), MedthreadError, "not proven"),
]


@pytest.mark.parametrize(("act", "error", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_may_not_be_is_refused_and_changes_nothing(plant: Plant, act: Callable[[Plant, str], Any], error: type[MedthreadError], words: str) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    before = plant.row(id_)
    with pytest.raises(error, match=words):
        act(plant, id_)
    assert plant.row(id_) == before
    assert state(plant, id_) == "asked"
    with plant.store.transaction() as tx:
        last = tx.execute(select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert last.outcome == "refused"


def test_a_guard_names_the_record_that_stands_in_the_way(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    reading = plant.create("eve", entity="gas_reading", place="hall 1", level="high")
    plant.act("ann", id_, "check")
    assert plant.look("bob", id_, "grant")["objections"][0]["record"] == f"gas_reading/{reading}"
    with pytest.raises(RefusedError, match="no gas at the place") as refused:
        plant.act("bob", id_, "grant")
    assert refused.value.attributes["because"][0]["detail"] == "hall 1 high"
    with plant.store.transaction() as tx:
        last = tx.execute(select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert (last.outcome, last.detail["because"][0]["guard"]) == ("refused", "no_gas")


def test_who_checked_does_not_close_and_nobody_signs_twice(plant: Plant) -> None:
    mine = plant.create("ann", kind="weld", place="hall 1")  # ann opened it, so she might close it, had she not checked it
    plant.act("ann", mine, "check")
    plant.act("cai", mine, "grant")
    with pytest.raises(ForbiddenError, match="signed grant already"):
        plant.act("cai", mine, "grant")
    assert plant.act("bob", mine, "grant").state == "granted"
    with pytest.raises(ForbiddenError, match="check and close take different persons"):
        plant.act("ann", mine, "close", reason="done")


def test_a_role_that_was_lent_binds_both(plant: Plant) -> None:
    now = datetime.now(UTC)
    with plant.store.transaction() as tx:
        tx.execute(insert(delegation).values(
            id="d1", giver="ann", taker="dan", roles=["qc"], valid_from=now - timedelta(hours=1), valid_to=now + timedelta(hours=1), reason="leave"))
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.act("dan", id_, "check")
    plant.act("bob", id_, "grant")
    plant.act("cai", id_, "grant")
    with pytest.raises(ForbiddenError, match="done by ann / dan"):
        plant.act("dan", id_, "close", reason="done")
    with plant.store.transaction() as tx:
        assert tx.execute(select(signature.c.on_behalf_of).where(signature.c.action == "check")).scalar_one() == "ann"
        tx.execute(update(delegation).values(valid_to=now - timedelta(minutes=1)))
    with pytest.raises(ForbiddenError, match="it takes qc"):
        plant.act("dan", plant.create("eve", kind="weld", place="hall 1"), "check")


def test_a_change_while_others_are_awaited_makes_them_sign_again(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.act("ann", id_, "check")
    assert plant.act("bob", id_, "grant").awaiting == ("eng_mgr",)
    row = plant.row(id_)
    values = {k: v for k, v in row.items() if k in ("permit_no", "kind", "place", "asked_on")} | {"note": "two welders"}
    with plant.store.transaction() as tx, pytest.raises(InvalidError, match="for a reason"):
        replace_native(tx, plant.context, entity="hot_work", id_=id_, change=Change(values=values, version=str(row["_revision"])), by="eve")
    with plant.store.transaction() as tx:
        replace_native(tx, plant.context, entity="hot_work", id_=id_, change=Change(values=values, version=str(row["_revision"]), reason="more"), by="eve")
    assert plant.act("cai", id_, "grant").awaiting == ("qa_mgr",) or state(plant, id_) == "checked"
    plant.create("eve", entity="hot_work_tool", permit=row["permit_no"], line_no=1, tool="torch")
    assert plant.act("bob", id_, "grant").awaiting == ("eng_mgr",)
    assert plant.act("cai", id_, "grant").state == "granted"


def test_all_who_sign_one_act_sign_the_same(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.act("ann", id_, "check")
    first = plant.act("bob", id_, "grant", note="one welder")
    assert first.awaiting == ("eng_mgr",)
    assert (plant.row(id_)["note"], plant.row(id_)["_revision"]) == ("one welder", first.revision)
    # Nobody's name stands under what they did not see: other values are refused, at the signature and when it is looked at.
    for other in ("two welders", None):
        with pytest.raises(ConflictError, match="signed by qa_mgr with another note"):
            plant.look("cai", id_, "grant", note=other)
        with pytest.raises(ConflictError, match="all who sign it sign the same"):
            plant.act_unseen("cai", id_, "grant", values={"note": other})
    assert state(plant, id_) == "checked"
    with plant.store.transaction() as tx:
        assert not any(tx.execute(select(process_step.c.void)).scalars())
    # Changed for a reason, both sign anew, and to the letter the same.
    plant.mend("eve", id_, reason="another comes along", note="two welders")
    assert plant.act("cai", id_, "grant", note="two welders").awaiting == ("qa_mgr",)
    assert plant.act("bob", id_, "grant").state == "granted"
    assert plant.row(id_)["note"] == "two welders"
    with plant.store.transaction() as tx:
        notes = tx.execute(select(signature.c.signer, signature.c.content["values"]["note"].astext).where(signature.c.action == "grant").order_by(signature.c.signed_at))
        assert [tuple(r) for r in notes] == [("bob", "one welder"), ("cai", "two welders"), ("bob", "two welders")]
        last = tx.execute(select(signature.c.content).where(signature.c.action == "grant").order_by(signature.c.signed_at.desc()).limit(2)).scalars().all()
        assert last[0]["values"] == last[1]["values"]
        assert last[0]["parts"] == last[1]["parts"]
        steps = tx.execute(select(process_step.c.actor, process_step.c.void).where(process_step.c.action == "grant").order_by(process_step.c.id))
        assert [tuple(r) for r in steps] == [("bob", True), ("cai", False), ("bob", False)]


def test_closed_records_and_their_lines_are_never_edited(plant: Plant) -> None:
    id_ = granted(plant)
    plant.act("dan", id_, "close", reason="done")
    row = plant.row(id_)
    with plant.store.transaction() as tx, pytest.raises(ConflictError, match="never edited"):
        replace_native(tx, plant.context, entity="hot_work", id_=id_, change=Change(values={}, version=str(row["_revision"]), reason="x"), by="eve")
    with pytest.raises(ConflictError, match="and its lines with it"):
        plant.create("eve", entity="hot_work_tool", permit=row["permit_no"], line_no=1, tool="torch")
    with pytest.raises(InvalidError, match="there is no hot_work"):
        plant.create("eve", entity="hot_work_tool", permit="HW-0", line_no=1, tool="torch")


def test_clocks_start_warn_escalate_once_and_stop(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    now = datetime.now(UTC)
    assert sweep_deadlines(plant.store, plant.context, at=now) == 0
    assert sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=23)) == 1  # the warning, two hours before
    assert sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=23)) == 0
    assert sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=25)) == 1
    assert sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=26)) == 0
    plant.act("ann", id_, "check")
    plant.act("bob", id_, "grant")
    plant.act("cai", id_, "grant")
    with plant.store.transaction() as tx:
        rows = {r.clock: r for r in tx.execute(select(deadline))}
    assert rows["answer"].met_at is not None
    assert rows["work"].met_at is None
    assert (rows["work"].escalate, rows["work"].due_at - rows["work"].started_at) == ("eng_mgr", timedelta(hours=8))
    cut = plant.create("eve", kind="cut", place="hall 1")
    with plant.store.transaction() as tx:
        assert [r.clock for r in tx.execute(select(deadline).where(deadline.c.record == cut))] == ["answer"]


def test_when_a_limit_passes_the_system_does_what_the_clock_says_unless_it_is_refused(plant: Plant) -> None:
    clocks = (PROCESS.clocks[0], replace(PROCESS.clocks[1], then=("check", "close")))
    strict = plant.under(replace(PROCESS, clocks=clocks, version=2))
    id_ = strict.create("eve", kind="weld", place="hall 1")
    for name, action in (("ann", "check"), ("bob", "grant"), ("cai", "grant")):
        strict.act(name, id_, action)
    assert sweep_deadlines(strict.store, strict.context, at=datetime.now(UTC) + timedelta(hours=9)) == 1
    assert state(strict, id_) == "closed"
    with strict.store.transaction() as tx:
        rows = tx.execute(select(audit_event).where(audit_event.c.actor == "system", audit_event.c.object == f"hot_work/{id_}").order_by(audit_event.c.seq)).all()
    told = [(r.action, r.outcome) for r in rows]
    assert told == [("deadline.escalate", "done"), ("hot_work.check", "refused"), ("hot_work.close", "done")]


def test_mending_a_record_neither_restarts_a_clock_nor_leaves_one_that_it_does_not_have(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    for name, action in (("ann", "check"), ("bob", "grant"), ("cai", "grant")):
        plant.act(name, id_, action)

    def clocks() -> dict[str, datetime]:
        with plant.store.transaction() as tx:
            return {r.clock: r.started_at for r in tx.execute(select(deadline).where(deadline.c.record == id_))}

    before = clocks()
    assert set(before) == {"answer", "work"}
    plant.mend("eve", id_, reason="the hall has another name", place="hall 2")
    assert clocks() == before
    plant.mend("eve", id_, reason="it is cut, not welded", kind="cut")
    assert set(clocks()) == {"answer"}


def test_a_case_stays_on_the_version_it_began_with(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    shorter = (*PROCESS.transitions[1:], Transition(action="wave_through", zh="免检", en="Wave through", from_=("asked",), to="checked", by="prod"))
    with pytest.raises(ConfigurationError, match="raise its version"):
        plant.under(replace(PROCESS, transitions=shorter))
    after = plant.under(replace(PROCESS, transitions=shorter, version=2))
    assert after.look("ann", id_, "check")["content"]["version"] == 1
    with pytest.raises(ConflictError, match="possible now: check"):
        after.act_unseen("eve", id_, "wave_through")
    assert after.act_unseen("eve", after.create("eve", kind="weld"), "wave_through").state == "checked"


def test_a_request_sent_again_under_its_key_is_not_done_again(plant: Plant) -> None:
    def make(key: str, request: str) -> dict[str, Any]:
        with plant.store.transaction() as tx:
            return once(tx, Once(key, "eve", request), lambda: {"made": plant.create("eve", kind="weld")})

    first = make("k1", "a")
    assert make("k1", "a") == first
    assert make("k2", "a") != first
    with pytest.raises(InvalidError, match="another request"):
        make("k1", "b")
    with pytest.raises(InvalidError, match="too long"):
        make("k" * 201, "a")
    assert len(plant.all("hot_work")) == 2
