"""Trains leaving while the server runs: each departure once, whatever was down when it was due."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from medthread.governance.trains.timetable import Timetable
from medthread.model.errors import ConflictError, MedthreadError
from medthread.pipeline.context import Context
from medthread.pipeline.release import move_pointer
from medthread.pipeline.run import IndexTrace, judge_served, run_pipeline
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import train_departure

LOG = logging.getLogger("medthread.trains")
LOOK = 10.0  # seconds between two looks at the clock
LATE = timedelta(hours=12)  # a train that is later than this does not leave any more: the next one will
BY = "train"


def depart(context: Context, *, due: datetime, index_trace: IndexTrace) -> str | None:
    """Take in what arrived, build, and take to readers what is ready; where that fails, what was ready before. Once for each time.

    Gives the release that readers see from now on; None where there is none that is newer.
    """
    if not _begin(context.store, due):
        return None
    message = None
    try:
        run_pipeline(context, by=BY, index_trace=index_trace)
    except ConflictError:
        raise  # the lake is being changed; the departure stays begun, and the next look begins it again
    except (MedthreadError, OSError) as error:
        message = str(error)
    taken = _take(context.store, due)
    if taken is not None:
        judge_served(context, run=f"train {due.isoformat()}")
    with context.store.transaction() as tx:
        ended = {"ended_at": func.clock_timestamp(), "release": taken, "message": message}
        tx.execute(update(train_departure).where(train_departure.c.due_at == due).values(**ended))
    return taken


def _begin(store: Store, due: datetime) -> bool:
    """Whether it has not left yet. One that was begun by a server that died is begun again."""
    begin = insert(train_departure).values(due_at=due)
    again = begin.on_conflict_do_update(index_elements=["due_at"], set_={"begun_at": func.clock_timestamp()}, where=train_departure.c.ended_at.is_(None))
    with store.transaction() as tx:
        return tx.execute(again.returning(train_departure.c.due_at)).one_or_none() is not None


def _take(store: Store, due: datetime) -> str | None:
    releases = Releases(store)
    with store.transaction() as tx:
        ready = releases.ready(tx)
        if ready is not None:
            move_pointer(tx, releases, id_=ready, by=BY, reason=f"train {due.isoformat()}")
    return ready


class TrainService:
    """Runs beside the server."""

    def __init__(self, timetable: Timetable, context: Callable[[], Context], *, index_trace: IndexTrace, afterwards: Callable[[], None] = lambda: None) -> None:
        self._timetable, self._context, self._index_trace, self._afterwards = timetable, context, index_trace, afterwards
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._watch, name="trains", daemon=True)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._clock.start()

    def stop(self) -> None:
        """Let a train that is leaving leave."""
        self._stop.set()
        self._clock.join()

    def look(self, now: datetime) -> str | None:
        """Let the train leave that is due, unless it left or is too late."""
        due = self._timetable.last(now)
        if due is None or now - due > LATE:
            return None
        taken = depart(self._context(), due=due, index_trace=self._index_trace)
        if taken is not None:
            self._afterwards()
        return taken

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self.look(datetime.now(UTC))
            except ConflictError:
                continue  # the lake is being changed: the next look finds it free
            except Exception:
                # An edge: nobody above this thread would hear of it, and the next train shall leave.
                LOG.exception("a train did not leave")
