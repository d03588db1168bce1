"""When something expires: days, months, month ends, leap days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.shelf_life import expiry, left


@pytest.mark.parametrize(("made", "days", "months", "end"), [
    (date(2026, 1, 31), None, 1, date(2026, 2, 28)), (date(2024, 1, 31), None, 1, date(2024, 2, 29)), (date(2026, 11, 30), None, 3, date(2027, 2, 28)),
    (date(2024, 2, 29), None, 12, date(2025, 2, 28)), (date(2026, 1, 1), None, 0, date(2026, 1, 1)), (date(2026, 1, 1), 365, None, date(2027, 1, 1)),
    (date(2024, 1, 1), 366, None, date(2025, 1, 1)), (date(2026, 12, 15), None, 24, date(2028, 12, 15)),
])
def test_expiry(made: date, days: int | None, months: int | None, end: date) -> None:
    assert expiry(made, days=days, months=months) == end


@pytest.mark.parametrize(("days", "months", "words"), [(None, None, "one of the two"), (1, 1, "one of the two"), (-1, None, "negative"), (None, 10**6, "calendar|range|year"), (10**9, None, "calendar")])
def test_what_makes_no_sense_is_refused(days: int | None, months: int | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        expiry(date(2026, 1, 1), days=days, months=months)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_a_later_month_never_ends_earlier(made: date, months: int) -> None:
    assert expiry(made, months=months) <= expiry(made, months=months + 1)


def test_what_is_left() -> None:
    made, end = date(2026, 1, 1), date(2027, 1, 1)
    assert left(made, end, on=made) == (365, 1.0)
    assert left(made, end, on=end) == (0, 0.0)
    assert left(made, end, on=date(2027, 2, 1)) == (-31, 0.0)
    assert left(made, made, on=made) == (0, 0.0)
