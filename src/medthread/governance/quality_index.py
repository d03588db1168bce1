"""The quality index: the share of checks that held, by rule and by dimension; of all, or of one part of the data.

A dimension's index is 100 · (1 - broken / checked) over its rules; the whole is the mean of the dimensions that
were checked at all, so that a dimension with few checks is not drowned by one with many. Rules of intake are added up
over the loads of the last ninety days; a rule of whole tables counts as it stood last in them, for each asking counts
the same rows again.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from medthread.governance.rule_library import ListedRule, listed
from medthread.model import Dimension, Label, Registry
from medthread.model.rule_file import Point, QualityRule
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import rule_verdict
from medthread.workflow import Calendar

DIMENSIONS = {
    Dimension.ACCURACY: Label("准确性", "Accuracy"), Dimension.COMPLETENESS: Label("完整性", "Completeness"),
    Dimension.CONSISTENCY: Label("一致性", "Consistency"), Dimension.TIMELINESS: Label("及时性", "Timeliness"),
    Dimension.UNIQUENESS: Label("唯一性", "Uniqueness"), Dimension.VALIDITY: Label("有效性", "Validity"),
}
WINDOW = 90  # days


@dataclass(frozen=True)
class Cell:
    """What one rule counted of one asset on one day."""

    day: date
    rule: str
    asset: str
    intake: bool
    source: str | None
    checked: int
    broken: int
    corrected: int


def cells(store: Store, *, since: date, zone: str) -> list[Cell]:
    """All since a day; days are those of `zone`. Of whole tables the last verdict of a day, of intake all of it."""
    t = rule_verdict.c
    day = cast(func.timezone(zone, t.at), Date).label("day")
    counts = [func.sum(t[n]).label(n) for n in ("checked", "broken", "corrected")]
    last = [func.array_agg(aggregate_order_by(t[n], t.at.desc()))[1].label(f"last_{n}") for n in ("checked", "broken", "corrected")]
    query = (
        select(day, t.rule, t.asset, t.point, t.source, *counts, *last)
        .where(day >= since, t.state.not_in(("learning", "failed"))).group_by(day, t.rule, t.asset, t.point, t.source)
    )
    with store.transaction() as tx:
        rows = tx.execute(query).all()
    found = []
    for r in rows:
        intake = r.point == Point.INTAKE.value
        sums = (r.checked, r.broken, r.corrected) if intake else (r.last_checked, r.last_broken, r.last_corrected)
        found.append(Cell(r.day, r.rule, r.asset, intake, r.source, *map(int, sums)))
    return found


def today_in(zone: str) -> date:
    """The day that it is for the organisation."""
    return datetime.now(ZoneInfo(zone)).date()


def standing(found: Iterable[Cell], *, until: date) -> list[Cell]:
    """Those that count at the end of a day: of intake all of the window, of whole tables the last."""
    shown = [c for c in found if until - timedelta(days=WINDOW) < c.day <= until]
    last = {(c.rule, c.asset): c for c in sorted((c for c in shown if not c.intake), key=lambda c: c.day)}
    return [*(c for c in shown if c.intake), *last.values()]


def index_of(broken: int, checked: int) -> float:
    """Rounded down: a hundred means that nothing was broken."""
    return math.floor(10_000 * (checked - broken) / checked) / 100


def reckoned(found: Iterable[Cell], dimension_of: Mapping[str, Dimension]) -> tuple[float | None, dict[Dimension, float]]:
    """The index of what was counted, and that of each dimension; none where nothing was checked."""
    totals = {d: [0, 0] for d in Dimension}
    for cell in found:
        if cell.rule in dimension_of:
            totals[dimension_of[cell.rule]][0] += cell.checked
            totals[dimension_of[cell.rule]][1] += cell.broken
    by_dimension = {d: index_of(broken, checked) for d, (checked, broken) in totals.items() if checked}
    whole = math.floor(100 * sum(by_dimension.values()) / len(by_dimension)) / 100 if by_dimension else None
    return whole, by_dimension


def quality_of(store: Store, registry: Registry, rules: Sequence[QualityRule] = (), *, zone: str = Calendar.zone) -> dict[str, Any]:
    """Index, dimensions and rules."""
    day = today_in(zone)
    found = standing(cells(store, since=day - timedelta(days=WINDOW), zone=zone), until=day)
    known = {r.id: r for r in listed(registry, rules)}
    whole, by_dimension = reckoned(found, {id_: r.dimension for id_, r in known.items()})
    sums: dict[str, list[int]] = {}
    for cell in found:
        counted = sums.setdefault(cell.rule, [0, 0, 0])
        for place, n in enumerate((cell.checked, cell.broken, cell.corrected)):
            counted[place] += n
    told = [_told(known[id_], *counted) for id_, counted in sums.items() if id_ in known]
    told.sort(key=lambda r: (-r["failed"], r["id"]))
    dimensions = [{"name": d.value, "label": {"zh": DIMENSIONS[d].zh, "en": DIMENSIONS[d].en}, "index": i} for d, i in by_dimension.items()]
    return {"index": whole, "dimensions": dimensions, "rules": told}


def _told(rule: ListedRule, checked: int, broken: int, corrected: int) -> dict[str, Any]:
    return {
        "id": rule.id, "label": {"zh": rule.label.zh, "en": rule.label.en}, "entity": rule.asset, "dimension": rule.dimension.value, "gate": rule.gate,
        "checked": checked, "failed": broken, "corrected": corrected, "rate": round(broken / checked, 6) if checked else 0.0,
    }
