"""Values that somebody wrote in a question, as text that every engine casts to the same."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from medthread.model import Kind
from medthread.model.errors import InvalidError

MOST_INTEGER = 2**63 - 1
MOST_DECIMAL, STEP = Decimal(10**18), Decimal("0.000001")
# The words that sources may use, too.
TRUTHS = dict.fromkeys(("1", "true", "t", "y", "yes", "是", "真"), "true") | dict.fromkeys(("0", "false", "f", "n", "no", "否", "假"), "false")
EXAMPLES = {
    Kind.TEXT: "letters, without control characters", Kind.INTEGER: "a whole number, for example 12", Kind.DECIMAL: "a number, for example 12.5",
    Kind.BOOLEAN: "true or false", Kind.DATE: "a day, for example 2026-11-25", Kind.TIMESTAMP: "a moment, for example 2026-11-25T08:30:00+08:00",
}


def value_of(text: str, kind: Kind, *, zone: str = "UTC") -> str:
    """The value in its usual form: numbers as they would be stored, moments in UTC, those without an offset read by the clock of `zone`. What is no value of the kind is refused."""
    try:
        return _moment(text, zone).isoformat(sep=" ") if kind is Kind.TIMESTAMP else _READERS[kind](text)
    except (ValueError, ArithmeticError, KeyError) as error:
        raise InvalidError(f"{text!r} is not a value of this kind: {kind.value}", hint=f"write {EXAMPLES[kind]}") from error


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    text.encode()  # half a surrogate pair has no bytes
    return text


def _integer(text: str) -> str:
    value = Decimal(text.strip())
    if not abs(value) <= MOST_INTEGER or value != value.to_integral_value():
        raise ValueError(text)
    return str(int(value))


def _decimal(text: str) -> str:
    value = Decimal(text.strip()).quantize(STEP, ROUND_HALF_UP)
    if not abs(value) < MOST_DECIMAL:
        raise ValueError(text)
    return f"{value:f}"


def _moment(text: str, zone: str = "UTC") -> datetime:
    value = datetime.fromisoformat(text.strip())
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC).replace(tzinfo=None)


def _day(text: str) -> str:
    text = text.strip()
    return (date.fromisoformat(text) if len(text) <= len("2026-11-25") else _moment(text).date()).isoformat()


_READERS: dict[Kind, Callable[[str], str]] = {
    Kind.TEXT: _text, Kind.INTEGER: _integer, Kind.DECIMAL: _decimal, Kind.BOOLEAN: lambda text: TRUTHS[text.strip().lower()],
    Kind.DATE: _day,
}
