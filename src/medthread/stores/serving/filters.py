"""Filters of lists: `field:operator:value`, turned into SQL with parameters, in words that every engine reads alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medthread.derive.columns import DUCK
from medthread.derive.functions import as_text
from medthread.model import Kind
from medthread.model.errors import InvalidError
from medthread.stores.engines import quote
from medthread.stores.serving.values import value_of

OPERATORS = {"eq": "=", "ne": "is distinct from", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
MOST_VALUES = 500  # after `in`


@dataclass(frozen=True)
class Condition:
    """SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...]


def parse_condition(text: str, *, kinds: Mapping[str, Kind], zone: str = "UTC") -> Condition:
    """A condition over the columns in `kinds`; a moment without an offset is by the clock of `zone`."""
    field, _, rest = text.partition(":")
    operator, separator, value = rest.partition(":")
    if not separator:
        raise InvalidError(f"{text!r} is not a filter", hint="write field:operator:value, for example status:eq:active")
    if field not in kinds:
        raise InvalidError(f"cannot filter by {field!r}", hint=f"fields: {', '.join(kinds)}")
    kind = kinds[field]
    if operator in OPERATORS:
        return compared(field, OPERATORS[operator], value, kind=kind, zone=zone)
    if operator == "contains":
        return holding({field: kind}, value)
    if operator == "in":
        values = tuple(value_of(v, kind, zone=zone) for v in value.split(",", MOST_VALUES))
        if len(values) > MOST_VALUES:
            raise InvalidError(f"more than {MOST_VALUES} values for {field!r}", hint=f"ask for up to {MOST_VALUES} at a time")
        return Condition(f"{quote(field)} in ({', '.join(f'cast(? as {DUCK[kind]})' for _ in values)})", values)
    raise InvalidError(f"no operator {operator!r}", hint=f"operators: {', '.join(OPERATORS)}, contains, in")


def compared(field: str, operator: str, value: str, *, kind: Kind, zone: str = "UTC") -> Condition:
    """A column compared with a value as somebody wrote it."""
    return Condition(f"{quote(field)} {operator} cast(? as {DUCK[kind]})", (value_of(value, kind, zone=zone),))


def holding(columns: Mapping[str, Kind], words: str) -> Condition:
    """Any of the columns holds the words as text, without regard to case; nothing in them is a wildcard."""
    sql = [f"strpos(medthread.folded({as_text(quote(name), DUCK[kind])}), medthread.folded(?)) > 0" for name, kind in columns.items()]
    return Condition(f"({' or '.join(sql)})", (value_of(words, Kind.TEXT),) * len(columns))


def belonging(bounds: Iterable[tuple[str, Sequence[str]]]) -> Condition:
    """Rows that belong to places, by the columns that say so; what belongs to none is everybody's."""
    return all_of([Condition(f'({quote(c)} is null or {quote(c)} in ({", ".join("?" for _ in values)}))', tuple(values)) for c, values in bounds])


def all_of(conditions: Sequence[Condition]) -> Condition:
    """All conditions together; true where there are none."""
    return Condition(" and ".join(c.sql for c in conditions) or "true", tuple(p for c in conditions for p in c.parameters))
