"""The part of the command path that nobody waits for: reactions soon after their event, time limits swept, in a thread of its own."""

import logging
import threading
import time
from datetime import UTC, datetime

from psycopg import Connection as Listening
from psycopg import Error as DriverError
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from medthread.model.errors import MedthreadError
from medthread.stores.postgres.store import Store
from medthread.trust.audit import record
from medthread.workflow.act import Act
from medthread.workflow.cases import case_of
from medthread.workflow.command import do
from medthread.workflow.context import Context
from medthread.workflow.deadlines import Overdue, sweep
from medthread.workflow.notices import Why, tell
from medthread.workflow.outbox import CHANNEL
from medthread.workflow.react import drain
from medthread.workflow.standing import MACHINE
from medthread.workflow.watching import look

PAUSE = 1.0  # seconds between two looks when nobody wakes it
PACE = 0.1  # seconds from one look to the next: what happens close together is handled together
SWEEP = 10.0  # seconds between two sweeps of the time limits
LOOK = 600.0  # seconds between two looks for dates that came
LOG = logging.getLogger("medthread.worker")


def settle(store: Store, context: Context) -> int:
    """Handle everything that waits now; gives how many events."""
    handled = 0
    while done := drain(store, context):
        handled += done  # what followed may have told of more: until nothing waits
    return handled


def sweep_deadlines(store: Store, context: Context, *, at: datetime | None = None) -> int:
    """Warn and escalate, and do what clocks do when they pass; gives how many limits were told of. The inbox of the role shows them."""
    with store.transaction() as tx:
        found = sweep(tx, at=at or datetime.now(UTC))
        for late in found:
            detail = {"clock": late.clock, "due_at": late.due_at.isoformat(), "role": late.role}
            action = "deadline.escalate" if late.passed else "deadline.warn"
            record(tx, actor="system", action=action, object_=f"{late.entity}/{late.record}", detail=detail)
            why = Why.PASSED if late.passed else Why.NEAR
            tell(tx, context, role=late.role, why=why, entity=late.entity, record=late.record, about=detail)
            if late.passed:
                _lapse(tx, context, late)
    return len(found)


def _lapse(tx: Connection, context: Context, late: Overdue) -> None:
    """The first of the clock's own acts that nothing refuses; refusals are written down."""
    case = case_of(tx, context, entity=late.entity, record=late.record)
    clock = next((c for c in case.process.clocks if c.name == late.clock), None)
    for action in clock.then if clock else ():
        version = str(tx.execute(select(context.table(late.entity).c["_revision"]).where(context.table(late.entity).c.id == late.record)).scalar_one())
        act = Act(entity=late.entity, record=late.record, action=action, version=version, reason=f"{late.clock}: {late.due_at.isoformat()}")
        try:
            with tx.begin_nested():
                do(tx, context, act, MACHINE)
        except MedthreadError as error:
            detail = {"message": error.message}
            record(tx, actor="system", action=f"{late.entity}.{action}", object_=f"{late.entity}/{late.record}", outcome="refused", reason=error.code, detail=detail)
        else:
            return


class Worker:
    """Runs beside the server. What it was doing when the process dies is done at the next start: the cursor stood still."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store, self._context = store, context
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reactions", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (DBAPIError, DriverError, MedthreadError):  # whoever listens meets the driver's own
                LOG.exception("reactions pause; they go on when the database answers")
                self._stop.wait(PAUSE)

    def _listen(self) -> None:
        """Until told to stop: handle what waits, then sleep until woken or a second has passed."""
        swept = looked = -LOOK
        with self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, Listening)  # noqa: S101 - the store speaks through psycopg alone
            driver.execute(f"listen {CHANNEL}".encode())
            while not self._stop.is_set():
                settle(self._store, self._context)
                if time.monotonic() - swept > SWEEP:
                    sweep_deadlines(self._store, self._context)
                    swept = time.monotonic()
                if time.monotonic() - looked > LOOK:
                    look(self._store, self._context)
                    looked = time.monotonic()
                self._stop.wait(PACE)
                for _ in driver.notifies(timeout=PAUSE, stop_after=1):
                    break
            driver.execute(f"unlisten {CHANNEL}".encode())
