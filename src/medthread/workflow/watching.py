"""Watches asked: what only time brings about becomes an event, once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert

from medthread.model.events import Event, Row
from medthread.model.watches import COLUMNS, Watch
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import watch_told
from medthread.workflow.context import Context
from medthread.workflow.guarding import PARAMETER
from medthread.workflow.outbox import emit
from medthread.workflow.react import follow_at_once

BY = "system"


def look(store: Store, context: Context, *, at: datetime | None = None) -> int:
    """Ask every watch; gives how many events came of it. Each watch is a transaction of its own: one that fails stops no other."""
    now = at or datetime.now(UTC)
    told = 0
    for watch in context.rulebook.watches.values():
        with store.transaction() as tx:
            events = list(_told(tx, context, watch, now))
            follow_at_once(tx, context, events, by=BY)
        told += len(events)
    return told


def _told(tx: Connection, context: Context, watch: Watch, now: datetime) -> Iterator[Event]:
    for row in _found(tx, context, watch, now):
        entity, record, due = (str(row[c]) for c in COLUMNS)
        fresh = insert(watch_told).values(watch=watch.name, entity=entity, record=record, due=due).on_conflict_do_nothing()
        if tx.execute(fresh.returning(watch_told.c.watch)).one_or_none() is not None:
            body = {k: v for k, v in row.items() if k not in ("entity", "record")}
            yield emit(tx, context, type_=watch.event, entity=entity, record=record, by=BY, at=now, body=body)


def _found(tx: Connection, context: Context, watch: Watch, now: datetime) -> list[Row]:
    named = set(PARAMETER.findall(watch.finds))
    known: dict[str, Any] = {"now": now, "today": now.astimezone(ZoneInfo(context.calendar.zone)).date()}
    used = {k: v for k, v in known.items() if k in named}
    if watch.over == "release":
        return context.released.rows(PARAMETER.sub(r"$\1", watch.finds), used)
    return [dict(r._mapping) for r in tx.execute(text(watch.finds), used)]  # noqa: SLF001 - SQLAlchemy's documented way
