"""Values as drivers give them, as text."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from medthread.stores.databases.trouble import unreadable

FETCH = 10_000
EXACT = 1e15  # a whole float beyond this has lost digits
PLAIN = {str, type(None)}
Row = tuple[int, list[str | None]]


def rows_of(cursor: Any, columns: Sequence[str], *, name: str) -> Iterator[Row]:
    """Numbered rows of text from a cursor, a few thousand in memory at a time."""
    number = 0
    while rows := cursor.fetchmany(FETCH):
        for row in rows:
            number += 1
            if set(map(type, row)) <= PLAIN:
                yield number, [v or None for v in row]
            else:
                yield number, [text_of(v, column=c, row=number, name=name) for v, c in zip(row, columns, strict=True)]


def table_of(cursor: Any, columns: Sequence[str], *, name: str) -> pa.Table:
    """A few rows, all of them in memory."""
    rows = [row for _, row in rows_of(cursor, columns, name=name)]
    return pa.table({c: pa.array([r[i] for r in rows], pa.string()) for i, c in enumerate(columns)})


def text_of(value: Any, *, column: str, row: int, name: str) -> str | None:
    """A value as text; empty is null. Bytes are a `SourceError`."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bytes | bytearray | memoryview):
        raise unreadable(name, column, row=row)
    return _simple(value)


def _simple(value: Any) -> str:
    for kind, text in TEXTS.items():
        if isinstance(value, kind):
            return text(value)
    return str(value)


def _nested(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return _simple(value)


def _clock(value: timedelta) -> str:
    """A span of time as hours, minutes and seconds, as servers write it."""
    sign, rest = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(rest.days * 86_400 + rest.seconds, 60)
    fraction = f".{rest.microseconds:06}" if rest.microseconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{fraction}"


TEXTS: dict[Any, Callable[[Any], str]] = {  # the first that fits
    bool: lambda v: "true" if v else "false",
    float: lambda v: str(int(v)) if v.is_integer() and abs(v) < EXACT else repr(v),
    Decimal: lambda v: format(v, "f") if v.is_finite() else str(v),
    datetime: lambda v: str(v.astimezone(UTC) if v.tzinfo else v),
    timedelta: _clock,
    list | tuple | dict: lambda v: json.dumps(v, ensure_ascii=False, default=_nested),
    date | time: lambda v: str(v.isoformat()),
}
