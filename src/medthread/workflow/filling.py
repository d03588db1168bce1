"""What a new record gets without being told: the next number of its series, now, today, me."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from medthread.model import Entity, Field
from medthread.stores.engines import literal
from medthread.stores.postgres.tables import number_series
from medthread.workflow.context import Context

DIGITS = 5


def filled(tx: Connection, context: Context, entity: type[Entity], values: dict[str, Any], *, by: str, at: datetime) -> dict[str, Any]:
    """The values with those added that the declaration gives."""
    words, year = _words(context, by=by, at=at)
    found = dict(values)
    for field in entity.fields.values():
        if found.get(field.name) in (None, ""):
            value = _default(tx, field, words, year=year)
            if value is not None:
                found[field.name] = value
    return found


def blanks_of(tx: Connection, context: Context, entity: type[Entity], rows: pa.Table, *, by: str, at: datetime, first: int) -> dict[str, str]:
    """The same for many rows, by field: SQL for the text that stands where there is none. Numbers are given where no row brings its own."""
    words, year = _words(context, by=by, at=at)
    found = {f.name: literal(str(words.get(f.mark.default, f.mark.default))) for f in entity.fields.values() if f.mark.default}
    for field in entity.fields.values():
        if field.mark.series and field.name not in rows.column_names:
            last = take_numbers(tx, field.mark.series, year=year, count=len(rows))
            number = f"cast({last - len(rows) - first + 1} + _row as varchar)"
            found[field.name] = f"{literal(f'{field.mark.series}-{year}-')} || lpad({number}, cast(greatest(length({number}), {DIGITS}) as integer), '0')"
    return found


def _words(context: Context, *, by: str, at: datetime) -> tuple[dict[str, Any], int]:
    local = at.astimezone(ZoneInfo(context.calendar.zone))
    return {"now": at, "today": local.date(), "me": by}, local.year


def _default(tx: Connection, field: Field, words: dict[str, Any], *, year: int) -> Any:
    if field.mark.series:
        return _next(tx, field.mark.series, year=year)
    return words.get(field.mark.default, field.mark.default) if field.mark.default else None


def _next(tx: Connection, prefix: str, *, year: int) -> str:
    return f"{prefix}-{year}-{take_numbers(tx, prefix, year=year, count=1):0{DIGITS}d}"


def take_numbers(tx: Connection, prefix: str, *, year: int, count: int) -> int:
    """The last of as many numbers. They follow one another without a gap: the row stays locked until all is committed or refused."""
    table = number_series
    take = insert(table).values(prefix=prefix, year=year, last=count)
    take = take.on_conflict_do_update(index_elements=["prefix", "year"], set_={"last": table.c.last + count})
    return int(tx.execute(take.returning(table.c.last)).scalar_one())
