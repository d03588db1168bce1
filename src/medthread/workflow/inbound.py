"""Events of other systems, taken in once each: a CloudEvent that a company accepts becomes an event of ours, with what follows.

Whoever can write to the broker could otherwise bring about whatever follows from any event; so only the kinds that
the workspace names are taken. What is refused is kept with its reason, and does not come again.
"""

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.derive.cloud_event import FAMILY
from medthread.methods.canonical import hash_of
from medthread.model import Label
from medthread.model.errors import InvalidError, MedthreadError, RefusedError
from medthread.stores.bus import Delivery, Inlet
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import inbound_event
from medthread.trust.audit import record
from medthread.trust.log import Alarm
from medthread.workflow.context import Context
from medthread.workflow.outbox import emit
from medthread.workflow.react import follow_at_once

BY = "bus"  # who did it, as the audit log has it
LARGEST = 256 * 1024  # bytes of one event
LONGEST = 500  # characters of a name in it
BATCH = 50
PAUSE, LONGEST_PAUSE = 1.0, 30.0
LOG = logging.getLogger("medthread.inbound")


@dataclass(frozen=True)
class Arrived:
    """A CloudEvent as it came in."""

    source: str
    id: str
    type: str
    subject: str
    at: datetime
    data: dict[str, Any]


def read(content: bytes) -> Arrived:
    """The event of a text; `InvalidError` says what is wrong with it (CloudEvents 1.0.2, chapter 3)."""
    if len(content) > LARGEST:
        raise InvalidError(f"the event has {len(content)} bytes", hint=f"at most {LARGEST}")
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidError("the text is no JSON", hint="send CloudEvents in their JSON format, structured mode") from error
    if "\\u0000" in json.dumps(given) or any("\ud800" <= c <= "\udfff" for c in json.dumps(given, ensure_ascii=False)):
        raise InvalidError("the text holds characters that no store takes", hint="no NUL and no half surrogate pairs")
    if not isinstance(given, dict) or given.get("specversion") != "1.0":
        raise InvalidError("the text is no CloudEvent 1.0", hint="it says specversion: 1.0")
    texts = {}
    for name in ("source", "id", "type", "subject"):
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
            raise InvalidError(f"{name} is no text of up to {LONGEST} characters", hint="CloudEvents 1.0; subject is entity/id of our record")
        texts[name] = value
    data = given.get("data", {})
    if not isinstance(data, dict):
        raise InvalidError("data is no object", hint="facts go by name")
    return Arrived(**texts, at=_moment(given.get("time")), data=data)


def _moment(value: Any) -> datetime:
    if value is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InvalidError(f"time is {str(value)[:50]!r}", hint="RFC 3339, such as 2026-11-25T08:30:00Z") from error
    if found.tzinfo is None:
        raise InvalidError("time names no zone", hint="RFC 3339, such as 2026-11-25T08:30:00Z")
    return found


def take(tx: Connection, context: Context, delivery: Delivery, accepts: Sequence[str]) -> str:
    """Take one in, in the caller's transaction: `taken` with all that follows at once, `refused` with its reason, `repeated`."""
    try:
        arrived = read(delivery.content)
    except InvalidError as error:
        # Nothing names it but where it stood: its own text is not to be trusted with that.
        arrived = Arrived("unreadable", hash_of({"place": delivery.place}), "", delivery.place, datetime.now(UTC), {})
        return _refused(tx, arrived, error) if _is_new(tx, arrived) else "repeated"
    if not _is_new(tx, arrived):
        return "repeated"
    try:
        with tx.begin_nested():
            _become(tx, context, arrived, accepts)
    except MedthreadError as error:
        return _refused(tx, arrived, error)
    return "taken"


def _is_new(tx: Connection, arrived: Arrived) -> bool:
    made = insert(inbound_event).values(source=arrived.source, id=arrived.id, type=arrived.type, subject=arrived.subject, outcome="taken")
    return tx.execute(made.on_conflict_do_nothing().returning(inbound_event.c.id)).one_or_none() is not None


def _become(tx: Connection, context: Context, arrived: Arrived, accepts: Sequence[str]) -> None:
    type_ = arrived.type.removeprefix(FAMILY)
    if type_ not in accepts:
        raise RefusedError(f"events of type {arrived.type!r} are not accepted", hint="name it under accepts in [relay.inbound]")
    entity, _, id_ = arrived.subject.partition("/")
    context.known(entity)
    if not id_:
        raise InvalidError(f"subject {arrived.subject!r} names no record", hint="write entity/id")
    event = emit(tx, context, type_=type_, entity=entity, record=id_, by=BY, at=arrived.at, body=arrived.data)
    follow_at_once(tx, context, [event], by=BY)
    _note(tx, arrived, event=event.id)
    record(tx, actor=BY, action="event.take", object_=f"{entity}/{id_}", detail={"source": arrived.source, "id": arrived.id, "type": arrived.type})


def _refused(tx: Connection, arrived: Arrived, error: MedthreadError) -> str:
    _note(tx, arrived, outcome="refused", reason=error.message)
    record(tx, actor=BY, action="event.take", object_=f"event/{arrived.source}/{arrived.id}", outcome="refused", reason=error.code,
           detail={"type": arrived.type, "subject": arrived.subject, "message": error.message})
    return "refused"


def _note(tx: Connection, arrived: Arrived, **values: Any) -> None:
    here = (inbound_event.c.source == arrived.source) & (inbound_event.c.id == arrived.id)
    tx.execute(update(inbound_event).where(here).values(**values))


def counts(tx: Connection) -> dict[str, int]:
    """How many events came in, by what became of them."""
    rows = tx.execute(select(inbound_event.c.outcome, func.count().label("events")).group_by(inbound_event.c.outcome)).all()
    return {str(r.outcome): int(r.events) for r in rows}


class Receiver:
    """Takes events in beside the server; what is not noted when the process dies comes again."""

    def __init__(self, store: Store, context: Context, inlet: Inlet, accepts: Sequence[str]) -> None:
        self._store, self._context, self._inlet, self._accepts = store, context, inlet, tuple(accepts)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="inbound", daemon=True)
        self._failure: MedthreadError | None = None

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What keeps events from coming in."""
        if self._failure is None:
            return ()
        said = self._failure.message
        return (Alarm("inbound", Label(f"事件未能收进:{said}", f"events do not come in: {said}")),)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._inlet.close()

    def run(self) -> None:
        """Until told to stop; what fails is tried again, less and less often."""
        pause = PAUSE
        while not self._stop.is_set():
            try:
                self.settle()
            except MedthreadError as error:
                if self._failure is None:
                    LOG.warning("events do not come in: %s", error)
                self._failure = error
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._failure, pause = None, PAUSE

    def settle(self) -> int:
        """Take in what waits, each in a transaction of its own, and acknowledge it; gives how many."""
        deliveries = self._inlet.fetch(BATCH)
        for delivery in deliveries:
            with self._store.transaction() as tx:
                take(tx, self._context, delivery, self._accepts)
        if deliveries:
            self._inlet.done(deliveries)
        return len(deliveries)
