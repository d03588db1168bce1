"""Which releases stay by their age, and what of `[release]` is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model.errors import ConfigurationError
from medthread.pipeline.release import Keeping

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def made(*days_ago: float) -> list[tuple[str, datetime]]:
    return [(f"R{d}", NOW - timedelta(days=d)) for d in days_ago]


def test_all_of_the_first_days_then_one_a_day_then_one_a_month() -> None:
    keeping = Keeping(days=2, daily=10, monthly=3, at_least=2)
    releases = made(0, 0.1, 0.2, 1.5, 5, 5.1, 5.2, 40, 40.1, 41, 70, 90, 100, 400)
    # 17 October and 16 October are one month; 17 September stands for its month; 28 August is beyond three months.
    assert keeping.kept(releases, now=NOW) == {"R0", "R0.1", "R0.2", "R1.5", "R5", "R40", "R70"}


def test_the_newest_stay_however_old_they_are() -> None:
    assert Keeping(days=1, daily=0, monthly=0, at_least=2).kept(made(900, 800, 1000), now=NOW) == {"R800", "R900"}


def test_a_day_is_that_of_the_companys_clock() -> None:
    keeping = Keeping(days=1, daily=30, monthly=0, at_least=2)
    evening = [("late", datetime(2026, 11, 10, 17, tzinfo=UTC)), ("early", datetime(2026, 11, 10, 15, tzinfo=UTC)), *made(0, 0.5)]
    assert "early" not in keeping.kept(evening, now=NOW)
    assert "early" in keeping.kept(evening, now=NOW, zone=ZoneInfo("Asia/Shanghai"))  # 23:00, and 01:00 of the next day


@given(st.lists(st.floats(0, 2000), max_size=40, unique=True), st.integers(1, 60), st.integers(0, 400), st.integers(0, 40), st.integers(2, 9))
def test_more_is_kept_never_less_where_more_is_said(ages: list[float], days: int, daily: int, monthly: int, at_least: int) -> None:
    releases = made(*ages)
    kept = Keeping(days, daily, monthly, at_least).kept(releases, now=NOW)
    assert len(kept) >= min(at_least, len(releases))
    assert all(id_ in kept for id_, at in releases if NOW - at < timedelta(days=days))
    assert kept <= Keeping(days + 1, daily + 10, monthly + 1, at_least + 1).kept(releases, now=NOW)


@pytest.mark.parametrize("said", [
    "forever", {"keep": 400}, {"keep": {"days": 0}}, {"keep": {"days": "30"}}, {"keep": {"days": True}}, {"keep": {"at_least": 1}},
    {"keep": {"yearly": 3}}, {"keep": {"monthly": -1}}, {"keep": {"daily": 1.5}}, {"keep": []},
])
def test_what_cannot_be_meant_is_refused_with_what_to_write(said: object) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Keeping.read({"release": said})
    assert refused.value.hint


def test_what_is_said_counts_and_the_rest_is_as_it_was() -> None:
    assert Keeping.read({}) == Keeping()
    assert Keeping.read({"release": {"keep": {"days": 7}}}) == Keeping(days=7)
