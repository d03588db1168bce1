"""What a new record gets without being told: the next number of its series, now, today, me."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from medthread.model import Entity, Field
from medthread.stores.postgres.tables import number_series
from medthread.workflow.context import Context

DIGITS = 5


def filled(tx: Connection, context: Context, entity: type[Entity], values: dict[str, Any], *, by: str, at: datetime) -> dict[str, Any]:
    """The values with those added that the declaration gives."""
    local = at.astimezone(ZoneInfo(context.calendar.zone))
    words = {"now": at, "today": local.date(), "me": by}
    found = dict(values)
    for field in entity.fields.values():
        if found.get(field.name) in (None, ""):
            value = _default(tx, field, words, year=local.year)
            if value is not None:
                found[field.name] = value
    return found


def _default(tx: Connection, field: Field, words: dict[str, Any], *, year: int) -> Any:
    if field.mark.series:
        return _next(tx, field.mark.series, year=year)
    return words.get(field.mark.default, field.mark.default) if field.mark.default else None


def _next(tx: Connection, prefix: str, *, year: int) -> str:
    """Numbers follow one another without a gap: the row stays locked until the record is committed or refused."""
    table = number_series
    take = insert(table).values(prefix=prefix, year=year, last=1)
    take = take.on_conflict_do_update(index_elements=["prefix", "year"], set_={"last": table.c.last + 1})
    number = tx.execute(take.returning(table.c.last)).scalar_one()
    return f"{prefix}-{year}-{number:0{DIGITS}d}"
