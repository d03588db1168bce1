"""Events to other systems: from the outbox, which stays the record, to a broker, as CloudEvents, those of one record in order.

Nothing is locked while the broker is waited for: an open transaction would hold back everybody who reads behind the
horizon. What was acknowledged is noted afterwards; killed between the two, the relay publishes it again under the same
id, which the broker drops within its window and a subscriber after it. One relay works at a time; others stand by.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection as Listening
from psycopg import Error as DriverError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from medthread.derive.cloud_event import MEDIA, cloud_event, event_name
from medthread.model import EventType, Label
from medthread.model.errors import MedthreadError, StoreError
from medthread.model.events import Event
from medthread.stores.bus import Message, Publisher
from medthread.stores.postgres.store import Store
from medthread.trust.log import Alarm
from medthread.workflow.leaving import Leaving, as_they_are
from medthread.workflow.outbox import CHANNEL

SUBSCRIBER = "relay"
Shared = Callable[[Connection, Sequence[Any]], Leaving]  # what of rows of the outbox may go
BATCH = 500
PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two looks; and between two attempts at most, when they fail
LOG = logging.getLogger("medthread.relay")
# Events that came in from outside do not go out again: they are counted as read.
PLACE = text("select xid::text::bigint as xid, seq from medthread.subscription where name = :name")
WAITING = text("""
    select o.seq, o.xid::text::bigint as xid, o.id, o.type, o.entity, o.record, o.at, o.by, o.body, i.event is not null as inbound
    from medthread.outbox o left join medthread.inbound_event i on i.event = o.id
    where (o.xid, o.seq) > (cast(cast(:xid as text) as xid8), :seq) and o.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by o.xid, o.seq limit :limit
""")
# Only from where it was read: a second relay that came from elsewhere moves nothing.
NOTE = text("""
    insert into medthread.subscription (name, xid, seq) values (:name, cast(cast(:xid as text) as xid8), :seq)
    on conflict (name) do update set xid = excluded.xid, seq = excluded.seq, at = now()
    where subscription.xid::text::bigint = :from_xid and subscription.seq = :from_seq
""")
LEAD = text("select pg_try_advisory_lock(hashtext('medthread.relay'))")
BEHIND = text("""
    select count(*) as events, min(o.at) as oldest from medthread.outbox o
    where (o.xid, o.seq) > (
        coalesce((select xid from medthread.subscription where name = :name), '0'::xid8),
        coalesce((select seq from medthread.subscription where name = :name), 0))
""")
BACK = text("""
    with earlier as (select xid, seq from medthread.outbox where at < :since order by xid desc, seq desc limit 1)
    insert into medthread.subscription (name, xid, seq)
    select :name, coalesce((select xid from earlier), '0'::xid8), coalesce((select seq from earlier), 0)
    on conflict (name) do update set xid = excluded.xid, seq = excluded.seq, at = now()
    where (excluded.xid, excluded.seq) < (subscription.xid, subscription.seq)
""")


@dataclass(frozen=True)
class Behind:
    """What still waits to go out."""

    events: int
    oldest: datetime | None


def behind(tx: Connection) -> Behind:
    """How far the relay is behind what happened."""
    row = tx.execute(BEHIND, {"name": SUBSCRIBER}).one()
    return Behind(row.events, row.oldest)


def again_since(tx: Connection, since: datetime) -> None:
    """Let everything since a moment go out once more; never forwards."""
    tx.execute(BACK, {"name": SUBSCRIBER, "since": since})


def carry(store: Store, publisher: Publisher, events: Mapping[str, EventType], *, source: str, shared: Shared = as_they_are, limit: int = BATCH) -> int:
    """Publish the next events, as far as they may be shared, and note how far; gives how many were read. `StoreError` leaves the note where it was."""
    with store.transaction() as tx:
        place = tx.execute(PLACE, {"name": SUBSCRIBER}).one_or_none()
        xid, seq = (place.xid, place.seq) if place else (0, 0)
        rows = tx.execute(WAITING, {"xid": xid, "seq": seq, "limit": limit}).all()
        leaving = shared(tx, rows)
    if not rows:
        return 0
    publisher.publish([_message(r, b, events, source) for r, b in zip(rows, leaving.bodies, strict=True) if not r.inbound and b is not None])
    last = rows[-1]
    with store.transaction() as tx:
        noted = tx.execute(NOTE, {"name": SUBSCRIBER, "xid": last.xid, "seq": last.seq, "from_xid": xid, "from_seq": seq})
        if noted.rowcount == 0:
            raise StoreError("the relay's place was moved by somebody else", hint="it goes on from there")
        leaving.note(tx)
    return len(rows)


def _message(row: Any, body: Mapping[str, Any], events: Mapping[str, EventType], source: str) -> Message:
    event = Event(row.id, row.type, row.entity, row.record, row.at, row.by, body)
    declared = events.get(row.type)
    sent = cloud_event(event, version=declared.version if declared else 1, source=source, sequence=f"{row.xid:020d}.{row.seq:020d}")
    content = json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(event_name(row.type), row.id, sent["partitionkey"], content, MEDIA)


class Relay:
    """Runs beside the server or alone; what it was doing when the process dies is done at the next start."""

    def __init__(self, store: Store, publisher: Publisher, events: Mapping[str, EventType], *, source: str, shared: Shared = as_they_are) -> None:
        self._store, self._publisher, self._events, self._source, self._shared = store, publisher, events, source, shared
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="relay", daemon=True)
        self._failure: MedthreadError | None = None
        self._pause = PAUSE

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What keeps events from going out."""
        if self._failure is None:
            return ()
        said = self._failure.message
        return (Alarm("relay", Label(f"事件未能发出:{said}", f"events do not go out: {said}")),)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._publisher.close()

    def run(self) -> None:
        """Until told to stop; what fails is tried again, less and less often."""
        while not self._stop.is_set():
            try:
                self._lead()
            except (DBAPIError, DriverError) as error:  # whoever listens meets the driver's own
                said = error.orig if isinstance(error, DBAPIError) else error
                self._failed(StoreError(f"the database: {said}", hint="the relay goes on when it answers"))
            except MedthreadError as error:
                self._failed(error)

    def _failed(self, error: MedthreadError) -> None:
        if self._failure is None or self._failure.message != error.message:
            LOG.warning("events do not go out: %s", error)
        self._failure = error
        self._stop.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _lead(self) -> None:
        """Stand by until no other relay works, then carry what waits and listen for more."""
        with self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, Listening)  # noqa: S101 - the store speaks through psycopg alone
            try:
                while not self._stop.is_set():
                    if not connection.execute(LEAD).scalar_one():
                        self._stop.wait(PAUSE)
                        continue
                    self._carry_on(driver)
            finally:
                connection.invalidate()  # with it goes the lock, whatever state it is in

    def _carry_on(self, driver: Listening[Any]) -> None:
        driver.execute(f"listen {CHANNEL}".encode())
        while not self._stop.is_set():
            carried = carry(self._store, self._publisher, self._events, source=self._source, shared=self._shared)
            self._recovered()
            if carried:
                continue
            for _ in driver.notifies(timeout=PAUSE, stop_after=1):
                break

    def _recovered(self) -> None:
        if self._failure is not None:
            LOG.warning("events go out again")
        self._failure, self._pause = None, PAUSE
