"""Rules of an entity tried on one row that a person typed: the same conditions that the batch path scans with."""

from datetime import UTC
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa

from medthread.derive.checks import Check, declared_checks
from medthread.derive.columns import ARROW, DUCK
from medthread.model import Entity, Field, Gate
from medthread.model.errors import InvalidError
from medthread.stores.engines import question, quote


def broken_rules(entity: type[Entity], values: dict[str, Any]) -> list[Check]:
    """The declared checks that the values break and that would hold a row back.

    References of typed rows are free text until their target is native.
    """
    checks, query = _tried(entity)  # type: ignore[arg-type] # a class can be a key, whatever its instances are
    if not checks:
        return []
    columns = {f.name: column_of(f, values.get(f.name)) for f in entity.fields.values()}
    with question() as con:
        con.register("typed", pa.table(columns))
        found = con.execute(query).fetchall()[0]
    return [c for c, broken in zip(checks, found, strict=True) if broken]


def column_of(field: Field, value: Any) -> "pa.Array[Any]":
    """A value as a column. What no table of ours can hold is refused: a number too large, a moment that lies outside all years in UTC."""
    try:
        return pa.array([_bare(value)], ARROW[field.kind])
    except (OverflowError, pa.ArrowInvalid) as error:
        raise InvalidError(
            f"{field.name}: {str(value)[:40]} is beyond what can be kept", hint="give a smaller number, or a moment between the years 1 and 9999") from error


def text_of(value: object) -> str | None:
    """A value as the lake reads it back from text: truths in small letters, numbers without an exponent."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@cache
def _tried(entity: type[Entity]) -> tuple[tuple[Check, ...], str]:
    """The checks that hold a row back, and the query that tries them on the row `typed`."""
    checks = tuple(c for c in declared_checks(entity) if c.rule.gate is not Gate.WARN and c.rule.broken)
    typed = ", ".join(f"cast({quote(f.name)} as {DUCK[f.kind]}) as {quote(f.name)}" for f in entity.fields.values())
    tried = ", ".join(f"coalesce({c.rule.broken}, false)" for c in checks)
    return checks, f"select {tried} from (select {typed} from typed)"


def _bare(value: Any) -> Any:
    """Moments of several zones are compared in one: UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
