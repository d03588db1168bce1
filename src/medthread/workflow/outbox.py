"""What happened, written in the transaction in which it happened, and read in the order of commits.

A cursor on the sequence alone loses events: a transaction with a lower number may commit after one with a higher.
So readers stay behind the oldest transaction still open (`pg_snapshot_xmin`).
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from medthread.methods.canonical import plain
from medthread.model.errors import DeclarationError
from medthread.model.events import Event
from medthread.stores.postgres.tables import outbox
from medthread.stores.postgres.writing import Write, adding, put
from medthread.workflow.context import Context

CHANNEL = "medthread_outbox"  # a trigger on the table calls it (`stores.postgres.migrate`)
UNREAD = text("""
    select seq, xid::text::bigint as xid, id, type, entity, record, at, by, body from medthread.outbox
    where (xid, seq) > (cast(cast(:xid as text) as xid8), :seq) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, seq limit :limit
""")
CURSOR = text("select xid::text::bigint as xid, seq from medthread.subscription where name = :name for update")
BEGIN = text("""
    insert into medthread.subscription (name, xid, seq) values (:name, '0', 0) on conflict (name) do nothing
""")
# A place that nothing was written with may be lost with the last moments before a crash: what was passed over is passed over again.
MOVE = text("""
    update medthread.subscription set xid = cast(cast(:xid as text) as xid8), seq = :seq, at = now() where name = :name
    returning set_config('synchronous_commit', case when :lasting then current_setting('synchronous_commit') else 'off' end, true)
""")


def emit(tx: Connection, context: Context, *, type_: str, entity: str, record: str, by: str, at: datetime, body: Mapping[str, Any]) -> Event:
    """Write an event; whoever listens is woken when the transaction commits."""
    event = happened(context, type_=type_, entity=entity, record=record, by=by, at=at, body=body)
    put(tx, [telling(event)])
    return event


def happened(context: Context, *, type_: str, entity: str, record: str, by: str, at: datetime, body: Mapping[str, Any]) -> Event:
    """An event of a declared type."""
    if type_ not in context.rulebook.events:
        raise DeclarationError(f"event {type_!r} is not declared", hint="declare EventType(...) for it")
    return Event(str(uuid.uuid4()), type_, entity, record, at, by, plain(dict(body)))


def telling(event: Event) -> Write:
    """An event, to be written together with what brought it about."""
    return adding(outbox, {"id": event.id, "type": event.type, "entity": event.entity, "record": event.record, "by": event.by, "at": event.at, "body": event.body})


def unread(tx: Connection, *, name: str, limit: int) -> list[tuple[int, int, Event]]:
    """The next events of a subscriber, whose cursor is locked until the transaction ends: (xid, seq, event)."""
    cursor = tx.execute(CURSOR, {"name": name}).one_or_none()
    if cursor is None:
        tx.execute(BEGIN, {"name": name})
        cursor = tx.execute(CURSOR, {"name": name}).one()
    rows = tx.execute(UNREAD, {"xid": cursor.xid, "seq": cursor.seq, "limit": limit}).all()
    return [(r.xid, r.seq, Event(r.id, r.type, r.entity, r.record, r.at, r.by, r.body)) for r in rows]


def move(tx: Connection, *, name: str, xid: int, seq: int, lasting: bool) -> None:
    """Everything up to here was read. `lasting` where something was written with it: both are on disk when it is committed."""
    tx.execute(MOVE, {"name": name, "xid": xid, "seq": seq, "lasting": lasting})
