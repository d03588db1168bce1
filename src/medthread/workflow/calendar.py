"""Spans of time as clocks mean them: hours and days run always, working days by the organisation's calendar."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from medthread.model.process import SPAN

SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `holidays` are weekdays off, `workdays` weekends that are worked instead (调休)."""

    zone: str = "Asia/Shanghai"
    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)

    def is_worked(self, day: date) -> bool:
        """Whether people work on a day."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def after(self, start: datetime, span: str) -> datetime:
        """The moment a span after another. Working days end where the day ends, in the organisation's zone."""
        found = SPAN.fullmatch(span)
        if found is None:
            raise ValueError(span)
        number, unit = int(found[1]), found[2]
        if unit == "mo":
            return self._months(start, number)
        if unit == "wd":
            return self._working_days(start, number)
        return start + number * {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit]

    def _months(self, start: datetime, number: int) -> datetime:
        local = start.astimezone(ZoneInfo(self.zone))
        years, month = divmod(local.month - 1 + number, 12)
        year = local.year + years
        return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))

    def _working_days(self, start: datetime, number: int) -> datetime:
        local = start.astimezone(ZoneInfo(self.zone))
        day = local.date()
        while number:
            day += timedelta(days=1)
            number -= self.is_worked(day)
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=ZoneInfo(self.zone))
