"""When trains leave: by the organisation's clock and calendar."""

from datetime import UTC, date, datetime

import pytest

from medthread.governance.trains import Timetable
from medthread.model.errors import ConfigurationError
from medthread.workflow import Calendar


def timetable(*trains: dict[str, object], **calendar: object) -> Timetable:
    return Timetable.read({"release": {"trains": list(trains)}}, Calendar(**calendar))  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("train", "now", "last", "following"), [
    ({"at": "06:30"}, "2026-11-25T06:29:59+08:00", "2026-11-24T06:30+08:00", "2026-11-25T06:30+08:00"),
    ({"at": "06:30"}, "2026-11-25T06:30:00+08:00", "2026-11-25T06:30+08:00", "2026-11-26T06:30+08:00"),
    ({"at": "06:30", "on": "workdays"}, "2026-11-28T12:00+08:00", "2026-11-27T06:30+08:00", "2026-11-30T06:30+08:00"),
    ({"at": "06:30", "on": ["mon", "thu"]}, "2026-11-25T12:00+08:00", "2026-11-23T06:30+08:00", "2026-11-26T06:30+08:00"),
])
def test_the_last_and_the_next(train: dict[str, object], now: str, last: str, following: str) -> None:
    found = timetable(train)
    assert (found.last(at(now)), found.next(at(now))) == (at(last), at(following))


def test_the_calendar_says_what_is_worked() -> None:
    found = timetable({"at": "06:30", "on": "workdays"}, holidays=frozenset({date(2026, 11, 26)}), workdays=frozenset({date(2026, 11, 28)}))
    assert found.next(at("2026-11-25T12:00+08:00")) == at("2026-11-27T06:30+08:00")
    assert found.next(at("2026-11-27T12:00+08:00")) == at("2026-11-28T06:30+08:00")


def test_several_trains_leave_in_the_order_of_their_times() -> None:
    found = timetable({"at": "20:00"}, {"at": "12:00", "on": ["wed"]})
    assert found.next(at("2026-11-25T09:00+08:00")) == at("2026-11-25T12:00+08:00")
    assert found.next(at("2026-11-25T12:00+08:00")) == at("2026-11-25T20:00+08:00")


def test_a_clock_that_is_put_forward_or_back_skips_no_train_and_doubles_none() -> None:
    found = timetable({"at": "02:30"}, zone="Europe/Berlin")
    moment, seen = datetime(2026, 3, 27, tzinfo=UTC), []
    while moment < datetime(2026, 4, 1, tzinfo=UTC):
        following = found.next(moment)
        assert following
        assert found.last(following) == following
        seen.append(following.date())
        moment = following
    assert len(seen) == len(set(seen)) == 6


def test_without_trains_nothing_is_due() -> None:
    assert timetable().last(datetime.now(UTC)) is None
    assert timetable().next(datetime.now(UTC)) is None


@pytest.mark.parametrize(("given", "message"), [
    ("06:30", "trains is no list"), ([{"at": "25:00"}], "no time"), ([{"on": "workdays"}], "no time"), ([{"at": "06:30", "on": ["funday"]}], "names no days"),
    ([{"at": "06:30", "every": 3}], "is no train"), (["06:30"], "is no train"),
])
def test_what_is_no_timetable_is_told(given: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Timetable.read({"release": {"trains": given}}, Calendar())
