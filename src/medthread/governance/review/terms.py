"""How soon held rows are to be looked at, and how sure a rule must be to mend by itself: `[quality]` of `medthread.toml`.

    [quality]
    review_within = "5 wd"
    corrects_from = 0.95

Without `review_within` a held row is due at no time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from medthread.model.errors import ConfigurationError
from medthread.model.process import SPAN
from medthread.model.rules import SURE
from medthread.workflow import Calendar

FORMAT = "%Y-%m-%d %H:%M:%S.%f"  # as the desk has moments, so that text sorts as time does
LONGEST_DAYS = 4000


@dataclass(frozen=True)
class ReviewTerms:
    """The span in which somebody looks at a held row, by the organisation's calendar."""

    calendar: Calendar
    within: str | None = None
    corrects_from: float = SURE

    @classmethod
    def read(cls, settings: Mapping[str, object], calendar: Calendar) -> "ReviewTerms":
        """What a workspace says. Raises `ConfigurationError` for a span or a share that is none."""
        section = settings.get("quality", {})
        within = section.get("review_within") if isinstance(section, Mapping) else None
        if within is not None and (not isinstance(within, str) or SPAN.fullmatch(within) is None):
            raise ConfigurationError(f"[quality] review_within = {within!r}", hint='a span of time: review_within = "5 wd"')
        sure = section.get("corrects_from", SURE) if isinstance(section, Mapping) else SURE
        if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 < sure <= 1:
            raise ConfigurationError(f"[quality] corrects_from = {sure!r}", hint="how sure a rule must be to mend by itself, up to 1: 0.95")
        return cls(calendar, within, float(sure))

    def due(self, came: datetime) -> datetime | None:
        """When a row that came then is to have been looked at."""
        return self.calendar.after(came, self.within) if self.within is not None else None

    def overdue_before(self, now: datetime) -> str | None:
        """Rows that came before this moment are overdue, as the desk has moments; nothing where none is due."""
        if self.within is None:
            return None
        zone = ZoneInfo(self.calendar.zone)
        if not self.within.endswith(("wd", "mo")):
            return (now - (self.calendar.after(now, self.within) - now)).astimezone(UTC).strftime(FORMAT)
        day = now.astimezone(zone).date()
        for _ in range(LONGEST_DAYS):  # the end of the last day whose limit is behind us
            end = datetime.combine(day + timedelta(days=1), time(), zone)
            if self.calendar.after(end - timedelta(microseconds=1), self.within) < now:
                return end.astimezone(UTC).strftime(FORMAT)
            day -= timedelta(days=1)
        return None
