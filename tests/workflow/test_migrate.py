"""Open cases onto another version of their process: whole, for a reason, case by case in the audit log; or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from medthread.model import Clock, State
from medthread.model.errors import ConflictError, InvalidError, MedthreadError
from medthread.stores.postgres.tables import audit_event, deadline, process_case, process_step
from medthread.workflow import handle
from medthread.workflow.migrate import migrate_cases
from tests.workflow.conftest import Plant
from tests.workflow.permit import PROCESS

REVIEWED = State("reviewed", "已复核", "Reviewed")
LATER = replace(  # `checked` is called `reviewed`; another clock
    PROCESS, version=2, states=(PROCESS.states[0], REVIEWED, *PROCESS.states[2:]),
    transitions=tuple(replace(t, to="reviewed" if t.to == "checked" else t.to, from_=tuple("reviewed" if f == "checked" else f for f in t.from_)) for t in PROCESS.transitions),
    clocks=(Clock(name="review", zh="复核", en="Review", since="reviewed", span="2 h", until=("granted", "closed")),))


def migrate(plant: Plant, *, at: datetime | None = None, **states: str) -> int:
    return handle(plant.store, by="ann", action="process.migrate", object_="hot_work", act=lambda tx: migrate_cases(
        tx, plant.context, entity="hot_work", states=states, by="ann", reason="the new procedure", at=at))


def case(plant: Plant, id_: str) -> Any:
    with plant.store.transaction() as tx:
        return tx.execute(select(process_case).where(process_case.c.record == id_)).one()


def limits(plant: Plant, id_: str) -> dict[str, Any]:
    with plant.store.transaction() as tx:
        return {r.clock: r for r in tx.execute(select(deadline).where(deadline.c.record == id_))}


def test_open_cases_move_with_their_states_clocks_and_an_audit_row_each(plant: Plant) -> None:
    asked, checked, closed = (plant.create("eve", kind="weld", place="hall 1") for _ in range(3))
    for id_ in (checked, closed):
        plant.act("ann", id_, "check")
    plant.act("bob", checked, "grant")  # waits for the other
    for name in ("bob", "cai"):
        plant.act(name, closed, "grant")
    plant.act("dan", closed, "close", reason="done")
    since = case(plant, asked).state_since
    later = plant.under(LATER)
    moment = datetime.now(UTC)
    assert migrate(later, at=moment, checked="reviewed") == 2
    assert [(case(later, i).version, case(later, i).state) for i in (asked, checked, closed)] == [(2, "asked"), (2, "reviewed"), (1, "closed")]
    assert case(later, asked).state_since == since
    assert set(limits(later, asked)) == set()  # its clock is none of the new version's
    assert limits(later, checked)["review"].due_at == moment + timedelta(hours=2)
    assert limits(later, closed)["answer"].met_at is not None  # what was met stays
    with later.store.transaction() as tx:
        told = tx.execute(select(audit_event).where(audit_event.c.action == "process.migrate").order_by(audit_event.c.seq)).all()
        assert {r.object: (r.actor, r.reason, r.before, r.after) for r in told} == {
            f"hot_work/{asked}": ("ann", "the new procedure", {"version": 1, "state": "asked"}, {"version": 2, "state": "asked"}),
            f"hot_work/{checked}": ("ann", "the new procedure", {"version": 1, "state": "checked"}, {"version": 2, "state": "reviewed"})}
        assert list(tx.execute(select(process_step.c.void).where(process_step.c.record == checked, process_step.c.action == "grant")).scalars()) == [True]
    # They go on by the new version, and whoever waited signs anew.
    assert later.act("cai", checked, "grant").awaiting == ("qa_mgr",)
    assert later.act("bob", checked, "grant").state == "granted"
    assert migrate(later) == 0


def test_a_case_that_moves_to_an_end_is_closed(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    later = plant.under(replace(PROCESS, version=2))
    assert migrate(later, asked="closed") == 1
    assert case(later, id_).closed_at is not None
    assert limits(later, id_)["answer"].met_at is not None
    with pytest.raises(ConflictError, match="never edited"):
        later.mend("eve", id_, reason="too late", place="hall 2")


REFUSED: list[tuple[str, dict[str, str], type[MedthreadError], str]] = [
    ("a state that the new version lacks", {}, ConflictError, "stand in checked, which version 2 does not have"),
    ("a goal nobody knows", {"checked": "painted"}, InvalidError, "no state 'painted'"),
    ("an origin nobody knows", {"checked": "reviewed", "chekced": "reviewed"}, InvalidError, "no state 'chekced'"),
]


@pytest.mark.parametrize(("states", "error", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_cannot_move_whole_does_not_move(plant: Plant, states: dict[str, str], error: type[MedthreadError], words: str) -> None:
    ids = [plant.create("eve", kind="weld", place="hall 1") for _ in range(2)]
    plant.act("ann", ids[0], "check")
    later = plant.under(LATER)
    before = [(c.version, c.state, c.state_since) for c in (case(later, i) for i in ids)]
    with pytest.raises(error, match=words):
        migrate(later, **states)
    assert [(c.version, c.state, c.state_since) for c in (case(later, i) for i in ids)] == before
    with later.store.transaction() as tx:
        last = tx.execute(select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert (last.action, last.outcome) == ("process.migrate", "refused")
