"""The published codes come out, each is taken once, and a clock may be one step off."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.one_time import STEP_SECONDS, accepted_step, hotp, step_of, totp

SECRET = b"12345678901234567890"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), [  # RFC 6238, appendix B
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
])
def test_codes_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp(SECRET, datetime.fromtimestamp(seconds, UTC), digits=8) == code


def test_codes_of_rfc_4226() -> None:
    assert [hotp(SECRET, i) for i in range(4)] == ["755224", "287082", "359152", "969429"]  # appendix D


@given(st.integers(-200, 200))
def test_a_clock_may_be_one_step_off(seconds: int) -> None:
    shown = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    steps_off = step_of(shown) - step_of(NOW)
    step = accepted_step(SECRET, totp(SECRET, shown), NOW, after=0)
    assert step == (step_of(shown) if abs(steps_off) <= 1 else None)


def test_a_code_is_taken_once_and_none_older_after_it() -> None:
    code, earlier = totp(SECRET, NOW), totp(SECRET, datetime.fromtimestamp(NOW.timestamp() - STEP_SECONDS, UTC))
    used = accepted_step(SECRET, code, NOW, after=0)
    assert used == step_of(NOW)
    assert accepted_step(SECRET, code, NOW, after=used) is None
    assert accepted_step(SECRET, earlier, NOW, after=used) is None
    for wrong in ("", "12345", "abcdef", "１２３４５６", code + "0"):
        assert accepted_step(SECRET, wrong, NOW, after=0) is None
