"""Periods of the calendar, and the clock by which days begin."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.periods import GRAINS, Span, buckets, midnight, moved, offsets, previous_window, start_of, window

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 1, 1))


@given(DAYS, st.sampled_from(GRAINS))
def test_a_day_lies_in_the_period_that_begins_at_its_start(day: date, grain: str) -> None:
    start = start_of(day, grain)
    assert start <= day < moved(start, grain, 1)
    assert start_of(start, grain) == start


@given(DAYS, st.sampled_from(GRAINS), st.integers(1, 400))
def test_the_periods_of_a_span_follow_each_other_and_hold_all_of_it(day: date, grain: str, length: int) -> None:
    found = list(buckets(Span(day, day + timedelta(days=length)), grain))
    assert found[0] <= day
    assert found[-1] <= day + timedelta(days=length - 1) < moved(found[-1], grain, 1)
    assert all(moved(a, grain, 1) == b for a, b in pairwise(found))


def test_the_last_of_a_month_stays_the_last_of_a_shorter_one() -> None:
    assert moved(date(2026, 3, 31), "month", -1) == date(2026, 2, 28)
    assert moved(date(2024, 2, 29), "year", 1) == date(2025, 2, 28)


@pytest.mark.parametrize(("name", "upto", "span", "before"), [
    ("month_to_date", date(2026, 3, 31), Span(date(2026, 3, 1), date(2026, 4, 1)), Span(date(2026, 2, 1), date(2026, 3, 1))),
    ("quarter_to_date", date(2026, 5, 10), Span(date(2026, 4, 1), date(2026, 5, 11)), Span(date(2026, 1, 1), date(2026, 2, 11))),
    ("year_to_date", date(2026, 5, 10), Span(date(2026, 1, 1), date(2026, 5, 11)), Span(date(2025, 1, 1), date(2025, 5, 11))),
    ("trailing_12_months", date(2026, 6, 30), Span(date(2025, 7, 1), date(2026, 7, 1)), Span(date(2024, 7, 1), date(2025, 7, 1))),
    ("trailing_12_months", date(2026, 5, 10), Span(date(2025, 5, 11), date(2026, 5, 11)), Span(date(2024, 5, 11), date(2025, 5, 11))),
])
def test_a_period_up_to_a_day_and_the_one_before(name: str, upto: date, span: Span, before: Span) -> None:
    assert window(name, upto) == span
    assert previous_window(name, upto) == before


@pytest.mark.parametrize("name", ["fortnight", "trailing_0_months", "trailing_500_months", "trailing_12_years"])
def test_what_is_no_period_is_none(name: str) -> None:
    assert window(name, date(2026, 1, 1)) is None


def test_a_day_begins_by_the_zones_clock() -> None:
    assert midnight(date(2026, 2, 1), "Asia/Shanghai") == datetime(2026, 1, 31, 16)


@given(st.datetimes(min_value=datetime(2025, 1, 2), max_value=datetime(2026, 12, 30)), st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
def test_what_is_added_to_a_moment_gives_the_zones_clock(moment: datetime, zone: str) -> None:
    found = offsets(Span(date(2025, 1, 1), date(2027, 1, 1)), zone)
    ahead = next(seconds for until, seconds in found if moment < until)
    told = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert moment + timedelta(seconds=ahead) == told
