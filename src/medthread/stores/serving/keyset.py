"""Paging by key: the next page begins after the last row seen, however deep, and rows that come do not shift it."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from medthread.model.errors import InvalidError
from medthread.stores.engines import quote


@dataclass(frozen=True)
class Page:
    """SQL of a page: a condition with parameters, and the order."""

    where: str
    parameters: tuple[Any, ...]
    order: str


def encode(value: Any, id_: str) -> str:
    """The cursor after a row: its sort value as text, and its id."""
    text = None if value is None else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, id_]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[str | None, str]:
    """What `encode` put in."""
    try:
        value, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        text = f"{value}{id_}".encode()  # a lone surrogate has no bytes
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidError("the cursor is not one of ours", hint="begin again without `after`") from error
    if b"\0" in text or not isinstance(id_, str) or not (value is None or isinstance(value, str)):
        raise InvalidError("the cursor is not one of ours", hint="begin again without `after`")
    return value, id_


def page_clause(*, column: str, kind: str, descending: bool, after: str | None, id_column: str = "id") -> Page:
    """Order by a column and the id, nulls last, beginning after a cursor."""
    name, key = quote(column), quote(id_column)
    way = "desc" if descending else "asc"
    order = f"{name} is null, {name} {way}, {key}" if column != id_column else f"{key} {way}"
    if after is None:
        return Page("true", (), order)
    value, id_ = decode(after)
    beyond = "<" if descending else ">"
    if column == id_column:
        return Page(f"{key} {beyond} ?", (id_,), order)
    if value is None:
        return Page(f"({name} is null and {key} > ?)", (id_,), order)
    given = f"try_cast(? as {kind})"
    where = f"({name} {beyond} {given} or ({name} = {given} and {key} > ?) or {name} is null)"
    return Page(where, (value, value, id_), order)
