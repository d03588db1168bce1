"""Many at once: all of them or none, each row judged as if a person had typed it, one line in the log for all."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select, text

from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.stores.postgres.row_security import EVERYWHERE, Place, Reach
from medthread.stores.postgres.tables import audit_event
from medthread.workflow import handle
from medthread.workflow.many import SET, Batch, batch_of, create_many, sets_of
from tests.made import values_of
from tests.workflow.conftest import Plant


def made(plant: Plant, entity: str, rows: Any, *, within: Reach = EVERYWHERE, place: Place | None = None) -> Batch:
    act = lambda tx: create_many(tx, plant.context, entity=entity, sets=[rows] if isinstance(rows, pa.Table) else sets_of(rows), by="ann", within=within, place=place)  # noqa: E731
    return handle(plant.store, by="ann", action="entity.create_many", object_=entity, act=act)


def serials(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"item": "PUMP-1", "serial_no": f"SN{n:06d}", "device_model": "MP-1", "customer": "H-1", "installed_on": "2026年11月01日", **more} for n in range(count)]


def test_rows_are_written_with_who_and_where_and_are_told_of_once(plant: Plant) -> None:
    batch = made(plant, "gas_reading", [{"place": "hall", "level": " none "}, {"place": "roof", "level": "high"}], place=Place("ORG", "P1"))
    rows = {r["place"]: r for r in plant.all("gas_reading")}
    assert batch.count == 2
    assert (rows["hall"]["level"], rows["hall"]["_created_by"], rows["hall"]["_org"], rows["hall"]["_plant"], rows["hall"]["_revision"]) == ("none", "ann", "ORG", "P1", 1)
    assert {batch_of(r["id"]) for r in rows.values()} == {batch.id}
    assert batch_of("0" * 32) is None
    with plant.store.transaction() as tx:
        (told,) = tx.execute(select(audit_event).where(audit_event.c.action == "entity.create_many")).all()
    assert (told.object, told.outcome, told.detail["rows"]) == (f"gas_reading/{batch.id}", "done", 2)
    assert len(told.detail["sha256"]) == 64


def test_values_are_read_by_kind_whatever_form_they_come_in(plant: Plant) -> None:
    permit = plant.row(plant.create("ann", kind="weld"))["permit_no"]
    given = pa.table({"permit": [permit] * 2, "line_no": ["1", "２"], "tool": ["torch", "hose"]})
    made(plant, "hot_work_tool", given)
    assert sorted((r["line_no"], r["tool"]) for r in plant.all("hot_work_tool")) == [(1, "torch"), (2, "hose")]
    moment, local = datetime(2026, 11, 25, 8, tzinfo=UTC), "2026-11-25 16:00"  # the calendar of the house is Shanghai's
    readings = [("a", "2026-11-25T08:00:00Z", "1,234.5"), ("b", moment, Decimal("1234.5")), ("c", local, "１２３４．５"), ("d", "2026-11-25 16:00:00+08:00", "1234.500")]
    for place, at, ppm in readings:
        made(plant, "gas_reading", [{"place": place, "level": "high", "read_at": at, "ppm": ppm}])
    assert {(r["read_at"], r["ppm"]) for r in plant.all("gas_reading")} == {(moment, Decimal("1234.5"))}
    made(plant, "gas_reading", [{"place": "e", "level": "high"}])
    assert datetime.now(UTC) - next(r["read_at"] for r in plant.all("gas_reading") if r["place"] == "e") < timedelta(minutes=1)


@pytest.mark.parametrize(("row", "words"), [
    ({"place": None, "level": "none"}, "row 2: place: must not be empty"),
    ({"place": "   ", "level": "none"}, "row 2: place: must not be empty"),
    ({"place": "x" * 4001, "level": "none"}, "is longer than 4000"),
    ({"place": "sealed:1:k:abc", "level": "none"}, "begins like a sealed value"),
    ({"place": "p", "level": "none", "nonsense": "1"}, "has no field 'nonsense'"),
    ({"place": "p\0q", "level": "none"}, "a value cannot be stored"),
])
def test_one_bad_row_and_nothing_is_written(plant: Plant, row: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        made(plant, "gas_reading", [{"place": "hall", "level": "none"}, row])
    assert plant.all("gas_reading") == []
    with plant.store.transaction() as tx:
        assert tx.execute(select(audit_event.c.outcome).where(audit_event.c.action == "entity.create_many")).scalars().all() == ["refused"]


def test_what_is_wrong_is_told_row_by_row_up_to_twenty(plant: Plant) -> None:
    rows = [*serials(3), *({**r, "status": "lost", "installed_on": "soon", "serial_no": f"X{n}"} for n, r in enumerate(serials(30)))]
    with pytest.raises(InvalidError, match="30 of 33 rows break a rule of installed_unit, first in row 4") as refused:
        made(plant, "installed_unit", rows)
    told = refused.value.attributes["rows"]
    assert len(told) == 20
    assert {(t["row"], t["field"], t["value"]) for t in told[:2]} == {(4, "status", "lost"), (4, "installed_on", "soon")}
    assert all(t["label"]["zh"] and t["label"]["en"] for t in told)


def test_a_key_that_is_there_already_refuses_all_and_says_which(plant: Plant) -> None:
    made(plant, "installed_unit", serials(2))
    with pytest.raises(ConflictError, match="SN000001"):
        made(plant, "installed_unit", [*serials(5)[4:], *serials(2)[1:]])
    with pytest.raises(ConflictError, match="SN000007"):
        made(plant, "installed_unit", [*serials(8)[7:], *serials(8)[7:]])
    assert len(plant.all("installed_unit")) == 2


def test_defaults_are_given_and_numbers_follow_one_another(plant: Plant) -> None:
    made(plant, "installed_unit", [*serials(1), {**serials(2)[1], "status": "installed"}])
    assert {r["serial_no"]: r["status"] for r in plant.all("installed_unit")} == {"SN000000": "shipped", "SN000001": "installed"}
    rng = random.Random(7)
    for count in (3, 1):
        plans = [values_of(plant.context.registry["maintenance_plan"], rng) for _ in range(count)]
        made(plant, "maintenance_plan", [{n: v for n, v in p.items() if n != "plan_no"} for p in plans])
    assert sorted(r["plan_no"][-6:] for r in plant.all("maintenance_plan")) == ["-00001", "-00002", "-00003", "-00004"]


def test_what_has_a_process_or_personal_values_is_made_one_by_one(plant: Plant) -> None:
    with pytest.raises(InvalidError, match="goes through a process"):
        made(plant, "hot_work", [{"kind": "weld"}])
    with pytest.raises(InvalidError, match="holds personal values"):
        made(plant, "person", [{"person_no": "1"}])
    with pytest.raises(ConflictError, match="comes from source systems"):
        made(plant, "supplier", [{"code": "1"}])


def test_lines_belong_to_one_open_record(plant: Plant) -> None:
    ids = [plant.create("ann", kind="weld") for _ in range(2)]
    one, two = (plant.row(i)["permit_no"] for i in ids)
    with pytest.raises(InvalidError, match="lines of 2 records"):
        made(plant, "hot_work_tool", [{"permit": p, "line_no": 1, "tool": "t"} for p in (one, two)])
    with pytest.raises(InvalidError, match="there is no hot_work 'HW-0'"):
        made(plant, "hot_work_tool", [{"permit": "HW-0", "line_no": 1, "tool": "t"}])
    made(plant, "hot_work_tool", [{"permit": one, "line_no": n, "tool": "t"} for n in (1, 2)])
    with plant.store.transaction() as tx:
        tx.execute(text("update medthread.process_case set state = 'closed', closed_at = now() where record = :r"), {"r": ids[1]})
    with pytest.raises(ConflictError, match="is closed, and its lines with it"):
        made(plant, "hot_work_tool", [{"permit": two, "line_no": 1, "tool": "t"}])


def test_whoever_is_bound_writes_rows_of_their_own_place_only(plant: Plant) -> None:
    own = Reach(plants=("P1",))
    made(plant, "gas_reading", [{"place": "hall", "level": "none"}], within=own)
    assert [r["_plant"] for r in plant.all("gas_reading")] == ["P1"]
    with pytest.raises(ForbiddenError, match="not yours"):
        made(plant, "gas_reading", [{"place": "roof", "level": "none"}], within=own, place=Place(None, "P2"))
    assert len(plant.all("gas_reading")) == 1


def test_more_rows_than_one_set_are_all_there_in_order(plant: Plant) -> None:
    count = SET + 10
    batch = made(plant, "gas_reading", ({"place": f"p{n}", "level": "none"} for n in range(count)))
    with plant.store.transaction() as tx:
        n, first, last = tx.execute(text("select count(*), min(id), max(id) from native.gas_reading")).one()
    assert (n, first, last) == (count, f"{batch.id}-0000001", f"{batch.id}-{count:07d}")


def test_nothing_to_write_leaves_no_trace(plant: Plant) -> None:
    assert made(plant, "gas_reading", []).count == 0
    with plant.store.transaction() as tx:
        assert tx.execute(select(audit_event.c.seq).where(audit_event.c.action == "entity.create_many")).all() == []
