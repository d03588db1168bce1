"""What was decided, told outside: an event for each act and source, and once a day that rows of a source wait past their time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from medthread.governance.review.desk import Seen, State, Wanted, desk
from medthread.governance.review.terms import ReviewTerms
from medthread.model import EventType, Source
from medthread.stores.postgres.tables import watch_told
from medthread.stores.serving import Snapshot
from medthread.workflow import Context
from medthread.workflow.notices import Why, tell
from medthread.workflow.outbox import emit

ABOUT = "source"  # what the events and notices are about: a source, by its name
STEWARDS = "steward"
DECIDED = EventType("held_rows.decided", "隔离行已处理", "Held rows were decided on", "quality", source="decisions on held rows")
UNDONE = EventType("held_rows.undone", "隔离行的处理已撤销", "A decision on held rows was undone", "quality", source="decisions on held rows")
OVERDUE = EventType("held_rows.overdue", "隔离行逾期未处理", "Held rows wait past their time", "quality", source="daily clock")
WATCH = "held_rows.overdue"


def tell_decided(tx: Connection, context: Context, *, act: str, kind: str, reason: str, by: str, rows: Mapping[str, int]) -> None:
    """One event for each source that an act is about, with how many of its rows; no value of any row is in it."""
    for source, count in sorted(rows.items()):
        body = {"act": act, "kind": kind, "rows": count, "reason": reason}
        emit(tx, context, type_=DECIDED.name, entity=ABOUT, record=source, by=by, at=datetime.now(UTC), body=body)


def tell_undone(tx: Connection, context: Context, *, act: str, by: str, rows: Mapping[str, int]) -> None:
    """The same of an act that was taken back."""
    for source, count in sorted(rows.items()):
        emit(tx, context, type_=UNDONE.name, entity=ABOUT, record=source, by=by, at=datetime.now(UTC), body={"act": act, "rows": count})


def remind(tx: Connection, context: Context, snapshot: Snapshot, sources: tuple[Source, ...], terms: ReviewTerms, *, now: datetime) -> int:
    """Tell of each source with rows past their time, once a day and not once a row; gives how many were told of."""
    late = terms.overdue_before(now)
    if late is None:
        return 0
    with desk(snapshot, tx, seen=Seen(tuple(s.name for s in sources))) as held:
        overdue = [(s, n) for s in sources if (n := held.count_before(Wanted(state=(State.OPEN,), source=s.name), late))]
    today = now.astimezone(ZoneInfo(context.calendar.zone)).date().isoformat()
    return sum(_told(tx, context, source, count, today=today, now=now) for source, count in overdue)


def _told(tx: Connection, context: Context, source: Source, count: int, *, today: str, now: datetime) -> bool:
    fresh = insert(watch_told).values(watch=WATCH, entity=ABOUT, record=source.name, due=today).on_conflict_do_nothing()
    if tx.execute(fresh.returning(watch_told.c.watch)).one_or_none() is None:
        return False
    body: dict[str, Any] = {"rows": count, "owner": source.owner}
    emit(tx, context, type_=OVERDUE.name, entity=ABOUT, record=source.name, by="system", at=now, body=body)
    # The owner is a function of the company; where it is a role as well, those who hold it are told beside the stewards.
    for role in dict.fromkeys((STEWARDS, source.owner)):
        tell(tx, context, role=role, why=Why.UNREVIEWED, entity=ABOUT, record=source.name, about={"rows": count})
    return True
