"""The rate of complaints: what chance allows raises nothing, what it does not allow raises one signal with its chart."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import pytest

from medthread.app import Installation
from medthread.domains.service.complaint_rate import Group, judge, sold
from medthread.model import Work
from medthread.stores.serving import LakeReader
from tests.domains.service.asking import Asking

TODAY = date(2026, 11, 25)
# A thousand units of each of two lots every month for three years.
SALES = [Group(TODAY - timedelta(days=30 * n), f"L{n % 2}", 1000.0) for n in range(36)]


def complaints(*days_ago: int, lot_no: str | None = None) -> list[Group]:
    return [Group(TODAY - timedelta(days=n), lot_no) for n in days_ago]


def test_a_steady_rate_raises_nothing() -> None:
    assert judge(complaints(*range(5, 390, 30)), SALES, today=TODAY, lot_no=None) == []


def test_a_burst_raises_one_signal_with_its_limit_and_chart() -> None:
    steady = complaints(*range(35, 390, 30))  # one a month: 12 in the baseline
    (signal,) = judge([*steady, *complaints(1, 2, 3, 4, 5, 6)], SALES, today=TODAY, lot_no=None)
    assert (signal.observed, signal.upper_limit, signal.lot_no) == (6, 5, None)  # one expected: the exact limit is five
    assert [p["complaints"] for p in signal.chart] == [1] * 12 + [6]
    assert signal.chart[-1]["period_end"] == TODAY
    assert signal.units == Decimal(13000)  # sold in the year up to today
    newest = signal.chart[-1]
    assert newest["rate"] > newest["upper_rate"]
    assert judge([*steady, *complaints(1, 2, 3, 4, 5)], SALES, today=TODAY, lot_no=None) == []


def test_fewer_than_three_are_no_trend_however_rare_the_problem_was() -> None:
    assert judge(complaints(1, 2), SALES, today=TODAY, lot_no=None) == []
    (signal,) = judge(complaints(1, 2, 3), SALES, today=TODAY, lot_no=None)
    assert signal.upper_limit == 0


def test_a_lot_is_judged_by_the_other_lots() -> None:
    spread = complaints(*range(40, 400, 40), lot_no="L0")
    bad = complaints(*range(41, 400, 9), lot_no="L1")
    (signal,) = judge([*spread, *bad], SALES, today=TODAY, lot_no="L1")
    assert (signal.lot_no, signal.observed) == ("L1", len(bad))
    assert judge([*spread, *bad], SALES, today=TODAY, lot_no="L0") == []
    # Three of three are no signal where nearly all that was sold is of that lot.
    uneven = [Group(TODAY - timedelta(days=100), "L1", 200.0), Group(TODAY - timedelta(days=100), "L0", 30.0)]
    assert judge(complaints(50, 60, 70, lot_no="L1"), uneven, today=TODAY, lot_no="L1") == []


@pytest.mark.parametrize("sales", [[], [Group(TODAY + timedelta(days=1), "L0", 5.0)]])
def test_where_nothing_was_sold_there_is_no_rate(sales: list[Group]) -> None:
    assert judge(complaints(1, 2, 3, 4), sales, today=TODAY, lot_no="L9") == []


@pytest.fixture
def asking(installation: Installation) -> Iterator[Asking]:
    reader = LakeReader(installation.releases)
    yield Asking(installation, reader)
    reader.close()


def test_units_sold_are_those_of_the_shipments(asking: Asking) -> None:
    rows = asking.released("""
        select m.model_no, i.code, sum(s.quantity) as units from golden.device_model as m
        join golden.item as i on i.id = m.item join golden.shipment as s on s.item = m.item group by all order by units desc limit 8""")
    assert len(rows) == 8
    for row in rows:
        counted = sold(cast("Work", asking), row["model_no"])
        assert sum(g.number for g in counted) == pytest.approx(float(row["units"]))
        assert all(g.lot_no for g in counted)
