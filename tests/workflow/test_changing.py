"""Who may change what a record says: those with a part in it, never what was decided, never its name, and nobody checks their own change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from medthread.model import Clock
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.stores.postgres.tables import audit_event, process_case
from medthread.trust.access import Actor
from medthread.workflow import Change, replace_native
from medthread.workflow.native import remove_line
from medthread.workflow.reading import case_view
from tests.workflow.conftest import Plant
from tests.workflow.permit import PROCESS

BUYER = Actor("buy", "Buyer", ("purch",))


def mended(plant: Plant, hands: Actor, id_: str, entity: str = "hot_work", *, reason: str | None = "found out", **values: Any) -> None:
    row = plant.row(id_, entity)
    body = {n: row[n] for n in plant.context.registry[entity].fields} | values
    with plant.store.transaction() as tx:
        change = Change(values=body, version=str(row["_revision"]), reason=reason)
        replace_native(tx, plant.context, entity=entity, id_=id_, change=change, by=hands.name, hands=hands)


def removed(plant: Plant, hands: Actor, id_: str, *, reason: str | None = "found out") -> None:
    change = Change(values={}, version=str(plant.row(id_, "hot_work_tool")["_revision"]), reason=reason)
    with plant.store.transaction() as tx:
        remove_line(tx, plant.context, entity="hot_work_tool", id_=id_, change=change, by=hands.name, hands=hands)


def tool(plant: Plant, who: str, permit: str, line: int = 1, **values: Any) -> str:
    return plant.create(who, entity="hot_work_tool", permit=plant.row(permit)["permit_no"], line_no=line, **{"tool": "torch", **values})


def possible(plant: Plant, id_: str, hands: Actor) -> list[str]:
    with plant.store.transaction() as tx:
        return list(case_view(tx, plant.context, entity="hot_work", record=id_, actor=hands)["changes"])


@pytest.fixture
def asked(plant: Plant) -> str:
    return plant.create("eve", kind="weld", place="hall 1")


def test_whoever_has_no_part_in_it_adds_lines_and_changes_nothing(plant: Plant, asked: str) -> None:
    line = tool(plant, "eve", asked)
    with pytest.raises(ForbiddenError, match="buy may not change a hot_work"):
        mended(plant, BUYER, asked, note="quietly")
    with pytest.raises(ForbiddenError, match="buy may not change a hot_work"):
        mended(plant, BUYER, line, "hot_work_tool", tool="grinder")
    with pytest.raises(ForbiddenError, match="buy may not change a hot_work"):
        removed(plant, BUYER, line)
    assert possible(plant, asked, BUYER) == ["add"]
    assert possible(plant, asked, plant.actor("eve")) == ["change", "add", "fill", "remove"]


def test_who_opened_it_and_who_acts_on_it_change_it(plant: Plant, asked: str) -> None:
    mended(plant, plant.actor("eve"), asked, note="by who asked")
    mended(plant, plant.actor("dan"), asked, note="by who closes")
    assert plant.row(asked)["note"] == "by who closes"


def test_a_contributor_changes_lines_of_others_too(plant: Plant, asked: str) -> None:
    line = tool(plant, "eve", asked)
    helped = plant.under(replace(PROCESS, version=2, contributors=("purch",)))
    second = helped.create("eve", kind="cut", place="hall 2")
    mended(helped, BUYER, tool(helped, "eve", second), "hot_work_tool", tool="grinder")
    with pytest.raises(ForbiddenError):
        mended(helped, BUYER, line, "hot_work_tool", tool="grinder")  # its case stands on the version before


def test_past_the_first_state_a_line_is_changed_and_taken_off_for_a_reason(plant: Plant, asked: str) -> None:
    line = tool(plant, "eve", asked)
    mended(plant, plant.actor("eve"), line, "hot_work_tool", reason=None, tool="grinder")
    plant.act("ann", asked, "check")
    with pytest.raises(InvalidError, match="changed for a reason"):
        mended(plant, plant.actor("eve"), line, "hot_work_tool", reason=None, tool="torch")
    with pytest.raises(InvalidError, match="changed for a reason"):
        removed(plant, plant.actor("eve"), line, reason=" ")
    removed(plant, plant.actor("eve"), line)


RESTING: list[tuple[str, Callable[[Plant, str], Plant]]] = [
    ("rest", lambda plant, _: plant.under(replace(PROCESS, version=2, rest=("checked",)))),
    ("binding", lambda plant, _: plant.under(replace(PROCESS, version=2, binding=("checked",)))),
]


@pytest.mark.parametrize(("word", "under"), RESTING)
def test_what_was_decided_changes_by_an_act_alone(plant: Plant, word: str, under: Callable[[Plant, str], Plant]) -> None:
    plant = under(plant, word)
    id_ = plant.create("eve", kind="weld", place="hall 1")
    line = tool(plant, "eve", id_)
    plant.act("ann", id_, "check")
    for attempt in (lambda: mended(plant, plant.actor("bob"), id_, note="x"), lambda: mended(plant, plant.actor("eve"), line, "hot_work_tool", tool="x"),
                    lambda: removed(plant, plant.actor("eve"), line)):
        with pytest.raises(ConflictError, match="changes by an act alone"):
            attempt()
    assert possible(plant, id_, plant.actor("eve")) == ([] if word == "rest" else ["add"])
    if word == "binding":
        tool(plant, "eve", id_, 2)
    else:
        with pytest.raises(ConflictError, match="changes by an act alone"):
            tool(plant, "eve", id_, 2)


def test_a_record_keeps_its_name_and_a_line_its_whole(plant: Plant, asked: str) -> None:
    other = plant.create("eve", kind="cut", place="hall 2")
    line = tool(plant, "eve", asked)
    with pytest.raises(InvalidError, match="permit_no names the record"):
        mended(plant, plant.actor("eve"), asked, permit_no="HW-1999-00001")
    with pytest.raises(InvalidError, match="permit names the record"):
        mended(plant, plant.actor("eve"), line, "hot_work_tool", permit=plant.row(other)["permit_no"])


def test_a_line_of_a_closed_record_goes_nowhere(plant: Plant, asked: str) -> None:
    line = tool(plant, "eve", asked)
    plant.act("ann", asked, "check")
    for who in ("bob", "cai"):
        plant.act(who, asked, "grant")
    plant.act("dan", asked, "close", reason="done")
    other = plant.create("eve", kind="cut", place="hall 2")
    with pytest.raises((InvalidError, ConflictError)):
        mended(plant, plant.actor("eve"), line, "hot_work_tool", permit=plant.row(other)["permit_no"])
    with pytest.raises(ConflictError, match="and its lines with it"):
        removed(plant, plant.actor("eve"), line)


def test_nobody_checks_their_own_change(plant: Plant, asked: str) -> None:
    mended(plant, plant.actor("dan"), asked, place="hall 3")  # before it was checked: who checks it vouches for that
    plant.act("ann", asked, "check")
    mended(plant, plant.actor("bob"), asked, place="hall 4")
    with plant.store.transaction() as tx:
        assert tx.execute(select(process_case.c.bound).where(process_case.c.record == asked)).scalar_one() == ["close/bob", "grant/bob"]
    with pytest.raises(ForbiddenError, match="the record was changed by bob"):
        plant.act("bob", asked, "grant")
    with plant.store.transaction() as tx:
        (grant,) = [a for a in case_view(tx, plant.context, entity="hot_work", record=asked, actor=plant.actor("bob"))["acts"] if a["action"] == "grant"]
    assert grant["bound"]["by"] == ["Bob"]
    assert grant["bound"]["label"]["en"] == "Change the record"


def test_a_statutory_limit_moves_for_a_reason_and_the_log_tells_from_when_to_when(plant: Plant) -> None:
    clock = Clock(name="report", zh="上报", en="Report", since="asked_at", span="15 d", until=("granted", "closed"), statutory=True, when=(("kind", "weld"),))
    plant = plant.under(replace(PROCESS, version=2, clocks=(clock,)))
    id_ = plant.create("eve", kind="weld", place="hall 1", asked_at=datetime(2026, 3, 1, 8, tzinfo=UTC))
    with pytest.raises(InvalidError, match="a statutory limit runs from asked_at"):
        mended(plant, plant.actor("eve"), id_, reason=None, asked_at=datetime(2026, 3, 9, 8, tzinfo=UTC))
    mended(plant, plant.actor("eve"), id_, reason="the call was found", asked_at=datetime(2026, 3, 2, 8, tzinfo=UTC))
    mended(plant, plant.actor("eve"), id_, reason="it was cut", kind="cut")
    with plant.store.transaction() as tx:
        here = (audit_event.c.object == f"hot_work/{id_}") & (audit_event.c.action == "entity.update") & (audit_event.c.outcome == "done")
        rows = tx.execute(select(audit_event.c.detail).where(here).order_by(audit_event.c.at)).scalars().all()
    limits = [r["limits"]["report"] for r in rows]
    assert [{k: v[:10] for k, v in limit.items()} for limit in limits] == [{"was": "2026-03-16", "is": "2026-03-17"}, {"was": "2026-03-17"}]
