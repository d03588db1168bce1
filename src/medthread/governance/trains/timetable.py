"""When trains leave, as the workspace says it.

    [release]
    trains = [{at = "06:30", on = "workdays"}, {at = "20:00", on = ["mon", "thu"]}, {at = "12:00"}]

Times are of the organisation's zone. A time that the clock skips in spring is the one an hour later; one that it shows
twice in autumn is the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from medthread.model.errors import ConfigurationError
from medthread.workflow import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = "workdays"
HINT = 'write [release] trains = [{at = "06:30", on = "workdays"}, {at = "20:00", on = ["mon", "thu"]}]'
FAR = 400  # days looked ahead or back: longer than any holiday


@dataclass(frozen=True)
class Train:
    """A time of day; on worked days only, on days of the week, or (none named) on every day."""

    at: time
    days: frozenset[int] = frozenset()
    worked: bool = False

    def leaves_on(self, day: date, calendar: Calendar) -> bool:
        """Whether it leaves on a day."""
        if self.worked:
            return calendar.is_worked(day)
        return not self.days or day.weekday() in self.days


@dataclass(frozen=True)
class Timetable:
    """All trains, and the calendar that they keep."""

    trains: tuple[Train, ...]
    calendar: Calendar

    @classmethod
    def read(cls, settings: Mapping[str, Any], calendar: Calendar) -> "Timetable":
        """What `medthread.toml` says; without trains every run publishes."""
        section = settings.get("release", {})
        given = section.get("trains", []) if isinstance(section, dict) else None
        if not isinstance(given, list):
            raise ConfigurationError("[release] trains is no list", hint=HINT)
        return cls(tuple(map(_train, given)), calendar)

    def last(self, now: datetime) -> datetime | None:
        """The newest departure at or before a moment."""
        found = ([d for d in self._on(now, -back) if d <= now] for back in range(FAR))
        return next((max(departures) for departures in found if departures), None)

    def next(self, now: datetime) -> datetime | None:
        """The first departure after a moment."""
        found = ([d for d in self._on(now, ahead) if d > now] for ahead in range(FAR))
        return next((min(departures) for departures in found if departures), None)

    def _on(self, now: datetime, days: int) -> list[datetime]:
        """Departures of the day so many days from that of a moment."""
        zone = ZoneInfo(self.calendar.zone)
        day = now.astimezone(zone).date() + timedelta(days=days)
        leaving = (t for t in self.trains if t.leaves_on(day, self.calendar))
        return [datetime.combine(day, t.at, zone).astimezone(UTC) for t in leaving]


def _train(given: Any) -> Train:
    if not isinstance(given, dict) or given.keys() - {"at", "on"}:
        raise ConfigurationError(f"{given!r} is no train", hint=HINT)
    try:
        at = time.fromisoformat(str(given["at"]))
    except (KeyError, ValueError) as error:
        raise ConfigurationError(f"a train leaves at no time: {given!r}", hint=HINT) from error
    on = given.get("on", [])
    if on == WORKDAYS:
        return Train(at.replace(tzinfo=None), worked=True)
    if not isinstance(on, list) or any(d not in DAYS for d in on):
        raise ConfigurationError(f"{on!r} names no days", hint=f"days are {', '.join(DAYS)}, or \"{WORKDAYS}\"")
    return Train(at.replace(tzinfo=None), frozenset(DAYS.index(d) for d in on))
