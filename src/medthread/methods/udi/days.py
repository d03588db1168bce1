"""Days as carriers write them. Two-digit years follow the sliding century of the GS1 General Specifications 7.12."""

import calendar
import datetime as dt


def century(year: int, *, today: dt.date | None = None) -> int:
    """A two-digit year, at most 50 years ahead and 49 back of today."""
    now = (today or dt.datetime.now(dt.UTC).date()).year
    ahead = year - now % 100
    base = now - now % 100
    if ahead >= 51:  # noqa: PLR2004 - the bounds are the specification's
        return base - 100 + year
    return base + 100 + year if ahead <= -50 else base + year  # noqa: PLR2004


def day_of(year: int, month: int, day: int) -> str | None:
    """An ISO day; day 0 is the last of the month; none where the calendar has no such day."""
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1]).isoformat()
    except ValueError:
        return None


def yymmdd(text: str) -> str | None:
    """`YYMMDD`, where `DD` 00 means the end of the month."""
    if not text.isdecimal():
        return None
    return day_of(century(int(text[:2])), int(text[2:4]), int(text[4:6]))


def yyjjj(text: str) -> str | None:
    """`YYJJJ`, the day of the year from 001."""
    if not text.isdecimal():
        return None
    year, ordinal = century(int(text[:2])), int(text[2:])
    if not 1 <= ordinal <= (366 if calendar.isleap(year) else 365):
        return None
    return (dt.date(year, 1, 1) + dt.timedelta(days=ordinal - 1)).isoformat()
