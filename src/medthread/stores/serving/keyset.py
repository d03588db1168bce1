"""Paging by key: the next page begins after the last row seen, however deep, and rows that come do not shift it."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medthread.derive.columns import DUCK
from medthread.model import Kind
from medthread.model.errors import InvalidError
from medthread.stores.engines import quote
from medthread.stores.serving.values import value_of


@dataclass(frozen=True)
class SortKey:
    """A column that is sorted by. Where all of a list are filled, a page is one range of an index."""

    name: str
    kind: Kind = Kind.TEXT
    filled: bool = False  # never null, and the store knows it


ID = SortKey("id", filled=True)


@dataclass(frozen=True)
class Page:
    """SQL of a page: a condition with parameters, and the order."""

    where: str
    parameters: tuple[Any, ...]
    order: str


def encode(*values: Any) -> str:
    """The cursor after a row: what it is sorted by as text, and its id."""
    texts = [None if v is None else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def decode(cursor: str, *, columns: int = 1) -> tuple[tuple[str | None, ...], str]:
    """What `encode` put in: the values of as many columns, and the id."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _foreign() from error
    if not isinstance(found, list) or len(found) != columns + 1 or not all(v is None or isinstance(v, str) for v in found) or found[-1] is None:
        raise _foreign()
    return tuple(found[:-1]), found[-1]


def _foreign() -> InvalidError:
    return InvalidError("the cursor is not one of this list in this order", hint="begin again without `after`")


def page_clause(keys: Sequence[SortKey], *, descending: bool, after: str | None, last: SortKey = ID) -> Page:
    """Order by columns, one after the other, and then the id, or what else tells rows apart, nulls last, beginning after a cursor."""
    way, columns = ("desc" if descending else "asc"), (*keys, last)
    order = ", ".join(f"{quote(k.name)} {way}{'' if k.filled else ' nulls last'}" for k in columns)
    if after is None:
        return Page("true", (), order)
    found, id_ = decode(after, columns=len(keys))
    try:
        values = [None if v is None else value_of(v, k.kind) for k, v in zip(columns, (*found, id_), strict=True)]
    except InvalidError as error:
        raise _foreign() from error
    beyond = "<" if descending else ">"
    if all(k.filled for k in columns):
        names, marks = ", ".join(quote(k.name) for k in columns), ", ".join(_given(k) for k in columns)
        return Page(f"({names}) {beyond} ({marks})", tuple(values), order)
    return Page(*_one_by_one(columns, values, beyond), order)


def _given(key: SortKey) -> str:
    return f"cast(? as {DUCK[key.kind]})"


def _one_by_one(columns: Sequence[SortKey], values: Sequence[str | None], beyond: str) -> tuple[str, tuple[str, ...]]:
    """Beyond the row in the first column, or alike there and beyond it in the next, and so on; nothing is beyond a null."""
    ways: list[str] = []
    parameters: list[str] = []
    alike: list[str] = []
    bound: list[str] = []
    for key, value in zip(columns, values, strict=True):
        name = quote(key.name)
        if value is None:
            alike.append(f"{name} is null")
            continue
        farther = f"{name} {beyond} {_given(key)}"
        ways.append(" and ".join([*alike, farther if key.filled else f"({farther} or {name} is null)"]))
        parameters += [*bound, value]
        alike.append(f"{name} = {_given(key)}")
        bound.append(value)
    return f"({' or '.join(f'({w})' for w in ways)})", tuple(parameters)
