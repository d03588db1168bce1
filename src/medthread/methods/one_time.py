"""One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238), SHA-1, six digits, thirty seconds: what authenticator apps compute."""

import hmac
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1  # RFC 6238, 5.2: one step for the way to us and for clocks that differ


def hotp(secret: bytes, counter: int, *, digits: int = DIGITS) -> str:
    """The code of a counter (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(at: datetime) -> int:
    """Which step of thirty seconds since 1970 a moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def totp(secret: bytes, at: datetime, *, digits: int = DIGITS) -> str:
    """The code of a moment."""
    return hotp(secret, step_of(at), digits=digits)


def accepted_step(secret: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """The step whose code was given, one step off allowed; none that is not later than `after`, the last one used."""
    now = step_of(at)
    fits = [s for s in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1) if hmac.compare_digest(hotp(secret, s).encode(), code.encode())]
    return next((s for s in fits if s > after), None)
