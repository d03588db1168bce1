"""Filters of lists: `field:operator:value`, turned into SQL with parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medthread.model.errors import InvalidError
from medthread.stores.engines import quote

OPERATORS = {"eq": "=", "ne": "is distinct from", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@dataclass(frozen=True)
class Condition:
    """SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...]


def parse_condition(text: str, *, types: Mapping[str, str]) -> Condition:
    """A condition over the columns in `types` (name → DuckDB type)."""
    field, _, rest = text.partition(":")
    operator, separator, value = rest.partition(":")
    if not separator:
        raise InvalidError(f"{text!r} is not a filter", hint="write field:operator:value, for example status:eq:active")
    if field not in types:
        raise InvalidError(f"cannot filter by {field!r}", hint=f"fields: {', '.join(types)}")
    column = quote(field)
    if operator in OPERATORS:
        return Condition(f"{column} {OPERATORS[operator]} try_cast(? as {types[field]})", (value,))
    if operator == "contains":
        return Condition(f"contains(lower(cast({column} as varchar)), lower(?))", (value,))
    if operator == "in":
        values = value.split(",")
        marks = ", ".join(f"try_cast(? as {types[field]})" for _ in values)
        return Condition(f"{column} in ({marks})", tuple(values))
    raise InvalidError(f"no operator {operator!r}", hint=f"operators: {', '.join(OPERATORS)}, contains, in")
