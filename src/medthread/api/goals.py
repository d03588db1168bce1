"""Records that pursue a metric, as far as somebody sees them, each with how far it is."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from medthread.api.listing import Listing, listing_of, shown
from medthread.api.metrics import Asking, line_of, number
from medthread.governance.metrics.answer import Wanted
from medthread.governance.metrics.goal import Goal, progress
from medthread.governance.quality_index import today_in
from medthread.model import Entity
from medthread.model.errors import ForbiddenError
from medthread.model.metric import Metric
from medthread.model.pursuit import Pursuit

MOST = 500  # records of one kind


def goals_of(asking: Asking) -> list[dict[str, Any]]:
    """All of them, the next due first."""
    found = [goal for entity in asking.given.registry.values() if entity.about.pursues for goal in _of_entity(asking, entity, entity.about.pursues)]
    return sorted(found, key=lambda g: (g["due"], g["record"]))


def _of_entity(asking: Asking, entity: type[Entity], pursuit: Pursuit) -> Iterator[dict[str, Any]]:
    listing = listing_of(asking.given, entity, asking.actor, q=None, filters=(), sort=None)
    if set(pursuit.fields) - listing.kinds.keys():
        return  # whoever does not see what is to be reached is told of none
    parent = entity.about.part_of
    under = entity.fields[parent].mark.ref if parent else None
    for row in _rows(listing):
        item = shown(asking.given, row, opened=frozenset())
        of = f"{under.entity}/{item[parent]}" if parent and under else None
        yield {"entity": entity.name, "record": f"{entity.name}/{item['_id']}", "of": of, **_told(asking, pursuit, row)}


def _rows(listing: Listing) -> list[dict[str, Any]]:
    return listing.rows.query(f'select * from {listing.source} where {listing.where} order by "id" limit {MOST}', listing.parameters)


def _told(asking: Asking, pursuit: Pursuit, row: dict[str, Any]) -> dict[str, Any]:
    goal = Goal(row[pursuit.start], row[pursuit.target], row[pursuit.since], row[pursuit.due])
    metric = asking.book.metrics.get(row[pursuit.metric])
    now, upto = _now(asking, metric, row[pursuit.period]) if metric else (None, None)
    how = progress(goal, now, today_in(asking.zone))
    said = line_of(asking, metric) if metric else {"label": {"zh": row[pursuit.metric], "en": row[pursuit.metric]}, "unit": "", "decimals": 2}
    return {
        "metric": row[pursuit.metric], "known": metric is not None, "label": said["label"], "unit": said["unit"], "decimals": said["decimals"],
        "period": row[pursuit.period], "start": number(goal.start), "target": number(goal.target), "now": number(now), "upto": upto, "since": goal.since, "due": goal.due,
        "share": how.share, "expected": how.expected, "standing": how.standing.value,
    }


def _now(asking: Asking, metric: Metric, period: str) -> tuple[Any, date | None]:
    """The metric's figure as it is now, and the last day that there is something of; none where the reader may not see it."""
    dated = asking.has_periods(metric)
    with suppress(ForbiddenError):
        found = asking.answer(metric, Wanted(period) if dated else Wanted())
        return found.whole.value, date.fromordinal(found.span.end.toordinal() - 1) if found.span else None
    return None, None

