"""A recall's lines against the trace index, which counts by another way: the same units, the same customers, the same sums."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

import pytest

from medthread.app import Installation
from medthread.domains.service.recall_trace import affected, trace
from medthread.model import Work
from medthread.stores.serving import LakeReader
from tests.conftest import Demonstration
from tests.domains.service.asking import Asking


@pytest.fixture
def asking(installation: Installation) -> Iterator[Asking]:
    reader = LakeReader(installation.releases)
    yield Asking(installation, reader)
    reader.close()


def traced_lots(asking: Asking) -> list[tuple[str, str]]:
    """Some lots of every kind: received, semi-finished, of serial devices, of goods that have none; and those after which tracing breaks off."""
    rows = asking.released("""
        select i.code, l.lot_no from golden.lot as l join golden.item as i on i.id = l.item
        qualify row_number() over (partition by left(i.code, 2), l.kind order by hash(l.lot_no)) <= 4
        union select code, parent_no from golden.genealogy_edge as e join golden.item as i on i.id = e.parent_item where e.child_no is null""")
    return [(r["code"], r["lot_no"]) for r in rows]


def test_lines_add_up_to_what_the_index_says(asking: Asking, demonstration: Demonstration) -> None:
    told = demonstration.report["trace"]
    compared = broken = loose = 0
    for item, lot_no in [(told["item"], told["lot"]), *traced_lots(asking)]:
        answer = asking.question(item, lot_no)
        found = trace(cast("Work", asking), [(item, lot_no)])
        sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for line in found.lines:
            sums[line.consignee]["shipped"] += float(line.shipped)
            sums[line.consignee]["returned"] += float(line.returned or 0)
        assert {c["code"]: (c["shipped"], c["returned"]) for c in answer["customers"]} == {c: (s["shipped"], s["returned"]) for c, s in sums.items()}
        assert found.units == answer["units_total"]
        assert {end["end_no"] for end in found.unresolved} == {end["id"] for end in answer["unresolved"]}
        compared += len(answer["customers"])
        broken += len(found.unresolved)
        loose += sum(line.returned is None for line in found.lines)
    assert compared > 80
    assert broken > 0
    assert loose > 0


def test_lots_of_affected_units_are_in_scope(asking: Asking, demonstration: Demonstration) -> None:
    told = demonstration.report["trace"]
    found = trace(cast("Work", asking), [(told["item"], told["lot"])])
    assert (told["item"], told["lot"]) in found.lots
    made = {(line.item, line.lot_no) for line in found.lines}
    assert made <= set(found.lots)
    assert found.units == told["true_units"]
    units = asking.question(told["item"], told["lot"])["units"]
    reached = {(u["item"], u["number"]) for u in units}
    strangers = {(item, number + "x") for item, number in reached}
    assert affected(cast("Work", asking), [(told["item"], told["lot"])], reached | strangers) == reached


def test_a_lot_that_nobody_knows_is_its_own_scope(asking: Asking) -> None:
    found: Any = trace(cast("Work", asking), [("NO-SUCH", "L0")])
    assert found.lots == (("NO-SUCH", "L0"),)
    assert not found.lines
    assert found.units == 0
    assert not found.unresolved
