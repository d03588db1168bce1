"""Periods of an organisation's calendar: days, weeks, months, quarters, years, and what is counted from their beginning to a day.

A period begins at midnight by the organisation's clock. Moments are kept in UTC; what is added to one to have the clock's time
is said once for each stretch in which it stays the same.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GRAINS = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
TO_DATE = {"month_to_date": "month", "quarter_to_date": "quarter", "year_to_date": "year"}
TRAILING = re.compile(r"^trailing_([1-9]\d?)_months$")
ALWAYS = datetime(9999, 12, 31)  # noqa: DTZ001 - moments are kept in UTC and do not say so
LONGEST = 120  # months that may trail


@dataclass(frozen=True)
class Span:
    """Days from `start` up to, and without, `end`."""

    start: date
    end: date


def start_of(day: date, grain: str) -> date:
    """The first day of the period that a day lies in; a week begins on Monday."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def moved(day: date, grain: str, count: int) -> date:
    """The same day so many periods later; the last of a month that is shorter."""
    if grain in ("day", "week"):
        return day + timedelta(days=count * (7 if grain == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * MONTHS[grain], 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def buckets(span: Span, grain: str) -> Iterator[date]:
    """The first days of the periods that a span touches."""
    day = start_of(span.start, grain)
    while day < span.end:
        yield day
        day = moved(day, grain, 1)


def window(name: str, upto: date) -> Span | None:
    """What a period such as `year_to_date` or `trailing_12_months` is on a day, that day within it; nothing where it is no such name."""
    end = upto + timedelta(days=1)
    if name in TO_DATE:
        return Span(start_of(upto, TO_DATE[name]), end)
    found = TRAILING.match(name)
    return Span(moved(end, "month", -int(found[1])), end) if found and int(found[1]) <= LONGEST else None


def previous_window(name: str, upto: date) -> Span | None:
    """The same period one before: the month before up to the same day, the months before those that trail."""
    if name in TO_DATE:
        return window(name, moved(upto, TO_DATE[name], -1))
    found = TRAILING.match(name)
    return window(name, moved(upto, "month", -int(found[1]))) if found else None


def midnight(day: date, zone: str) -> datetime:
    """When a day begins by a zone's clock, in UTC and without saying so, as moments are kept."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def offsets(span: Span, zone: str) -> list[tuple[datetime, int]]:
    """The seconds that a zone's clock is ahead of UTC within a span, each with the moment in UTC up to which it is; the last for all that comes."""
    found: list[tuple[datetime, int]] = []
    day, end = span.start - timedelta(days=1), span.end + timedelta(days=1)
    known = _ahead(datetime.combine(day, time()), zone)
    while day < end:
        following = day + timedelta(days=1)
        if (ahead := _ahead(datetime.combine(following, time()), zone)) != known:
            found.append((_turn(datetime.combine(day, time()), datetime.combine(following, time()), zone), known))
            known = ahead
        day = following
    return [*found, (ALWAYS, known)]


def _ahead(moment: datetime, zone: str) -> int:
    ahead = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def _turn(low: datetime, high: datetime, zone: str) -> datetime:
    """The first second at which the clock is as far ahead as at `high`."""
    late = _ahead(high, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds() // 2))
        low, high = (low, middle) if _ahead(middle, zone) == late else (middle, high)
    return high
