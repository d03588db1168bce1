"""Whether complaints about one problem of a model come faster than chance allows, per units sold (ISO 13485:2016, 8.4).

A u-chart over periods of thirty days: complaints by when they were known, over the units sold in the year before. The
newest period is judged by the exact Poisson limit of the earlier ones. A lot is judged by its share of all units sold.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from medthread.methods.spc import centre_of, poisson_upper, share_upper, u_chart
from medthread.model import Work

PERIOD = timedelta(days=30)
EXPOSURE = timedelta(days=365)
PERIODS = 13  # twelve of a baseline, and the newest
FEWEST = 3  # fewer complaints are a matter for each of them, not for a trend
PER = Decimal(1000)
SOLD = """
    with unit_lot as (
        select e.child_no as package, u.lot_no, count(*) as units from golden.genealogy_edge as e
        join golden.serial_unit as u on u.item = e.parent_item and u.serial_no = e.parent_no
        where e.parent_kind = 'unit' and e.child_kind = 'package' and e.parent_item in (select item from golden.device_model where model_no = $model)
        group by all)
    select cast(s.shipped_at as date) as day, coalesce(s.lot_no, u.lot_no, p.lot_no) as lot_no, sum(coalesce(u.units, s.quantity)) as units
    from golden.shipment as s
    left join golden.package as p on p.sscc = s.package
    left join unit_lot as u on u.package = s.package
    where coalesce(s.item, p.item) in (select item from golden.device_model where model_no = $model)
    group by all"""


@dataclass(frozen=True)
class Group:
    """A complaint, or units sold, by what they are counted under."""

    day: date
    lot_no: str | None
    number: float = 1.0


@dataclass(frozen=True)
class Signal:
    """A count above its limit. Rates are per thousand units."""

    lot_no: str | None
    observed: int
    units: Decimal
    centre: Decimal
    upper_limit: int
    chart: list[dict[str, Any]]

    def values(self) -> dict[str, Any]:
        """The facts of the signal, without its chart."""
        return {"lot_no": self.lot_no, "observed": self.observed, "units": self.units, "centre": self.centre, "upper_limit": self.upper_limit}


def sold(work: Work, model: str) -> list[Group]:
    """Units of a model by day and lot, from the release that readers see."""
    return [Group(r["day"], r["lot_no"], float(r["units"])) for r in work.released(SOLD, {"model": model})]


def judge(complaints: Collection[Group], sales: Collection[Group], *, today: date, lot_no: str | None) -> list[Signal]:
    """Signals of the newest period and of the lot; none where nothing was sold, for a rate needs something it is of."""
    found = [_newest(complaints, sales, today=today), _lot(complaints, sales, lot_no)]
    return [signal for signal in found if signal is not None]


def _newest(complaints: Collection[Group], sales: Collection[Group], *, today: date) -> Signal | None:
    ends = [today - n * PERIOD for n in reversed(range(PERIODS))]
    counts = [sum(end - PERIOD < c.day <= end for c in complaints) for end in ends]
    sizes = [sum(s.number for s in sales if end - EXPOSURE < s.day <= end) for end in ends]
    centre = centre_of(counts[:-1], sizes[:-1])
    if not sum(sizes[:-1]):
        return None
    chart = u_chart(counts, sizes, centre=centre)
    points: list[dict[str, Any]] = [
        {"period_end": end, "complaints": count, "units": _number(size), "rate": _per(rate), "upper_rate": _per(upper)}
        for end, count, size, rate, upper in zip(ends, counts, sizes, chart.rates, chart.upper, strict=True)
    ]
    return _above(counts[-1], sizes[-1], poisson_upper(centre * sizes[-1]), centre, chart=points)


def _lot(complaints: Collection[Group], sales: Collection[Group], lot_no: str | None) -> Signal | None:
    """A lot over its whole life: whether it has more than its share of the complaints about all lots."""
    if lot_no is None:
        return None
    count, size = sum(c.lot_no == lot_no for c in complaints), sum(s.number for s in sales if s.lot_no == lot_no)
    total = sum(s.number for s in sales)
    if not size or size == total:
        return None
    others = (len(complaints) - count) / (total - size)
    return _above(count, size, share_upper(len(complaints), size / total), others, lot_no=lot_no)


def _above(count: int, size: float, limit: int, centre: float, *, lot_no: str | None = None, chart: list[dict[str, Any]] | None = None) -> Signal | None:
    if not size or count < FEWEST or count <= limit:
        return None
    return Signal(lot_no, count, _number(size), _number(centre * float(PER)), limit, chart or [])


def _number(value: float) -> Decimal:
    return round(Decimal(str(value)), 6)


def _per(rate: float | None) -> Decimal | None:
    return None if rate is None else _number(rate * float(PER))
