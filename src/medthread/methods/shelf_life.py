"""When something expires, and how much of its life is left."""

from calendar import monthrange
from datetime import date, timedelta


def expiry(made_on: date, *, days: int | None = None, months: int | None = None) -> date:
    """The last day of life: so many days after it was made, or the same day so many months later (the month's last where it has no such day).

    Exactly one of the two is given, not negative; ValueError otherwise.
    """
    if (days is None) == (months is None):
        raise ValueError("give the shelf life in days or in months, one of the two")
    if min(n for n in (days, months) if n is not None) < 0:
        raise ValueError("a shelf life is not negative")
    try:
        if days is not None:
            return made_on + timedelta(days=days)
        years, month = divmod(made_on.month - 1 + (months or 0), 12)
        year = made_on.year + years
        return made_on.replace(year=year, month=month + 1, day=min(made_on.day, monthrange(year, month + 1)[1]))
    except OverflowError as error:
        raise ValueError("that shelf life goes past the calendar") from error


def left(made_on: date, expires_on: date, *, on: date) -> tuple[int, float]:
    """Days left, negative when it is past, and the share of the whole life that they are: 1 when new, 0 at its end and after."""
    whole = (expires_on - made_on).days
    days = (expires_on - on).days
    return days, max(0.0, min(1.0, days / whole)) if whole > 0 else 0.0
