"""While the server runs, sources are asked when they are due, and what has arrived is taken in.

A source whose schedule says `files arrive` is taken in as soon as its files lie still. One that cannot be read is asked
again after twice the time, and twice that, up to an hour; no other waits for it.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select

from medthread.governance.trains.timetable import Timetable, Train
from medthread.model import Schedule, Source
from medthread.model.errors import ConflictError, MedthreadError
from medthread.model.source import DAYS, length_of
from medthread.pipeline.collect import ASKED, collect
from medthread.pipeline.context import Context
from medthread.pipeline.ingest import matching_files
from medthread.stores.postgres.tables import collection, load
from medthread.workflow import Calendar

LOG = logging.getLogger("medthread.sources")
LOOK = 3.0  # seconds between two looks; a file that did not change from one to the next lies still
PARTING = 2.0  # seconds that the end of the server waits for each source
LONGEST = timedelta(hours=1)  # a source that is away is asked at least as often, unless it is always asked more rarely
AGAIN = timedelta(minutes=5)  # first wait after a failure of a source that is asked at a time of day
MOST = 10  # doublings
BY = "schedule"
Standing = dict[Path, tuple[int, int]]


class SourceClock:
    """Runs beside the server. `run` starts a run of what has arrived, and raises `ConflictError` while another is under way."""

    def __init__(self, context: Callable[[], Context], calendar: Calendar, *, run: Callable[[], None]) -> None:
        self._context, self._calendar, self._run = context, calendar, run
        self._asking: dict[str, threading.Thread] = {}
        self._lying: Standing = {}
        self._taken: Standing = {}
        self._last: dict[str, datetime] = {}
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._watch, name="sources", daemon=True)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._clock.start()

    def stop(self) -> None:
        """Begin nothing more. What is still being read ends with the process: it lands whole or not at all."""
        self._stop.set()
        self._clock.join()
        for asking in self._asking.values():
            asking.join(PARTING)

    def look(self, now: datetime) -> bool:
        """Ask the sources that are due, and start a run where something new has arrived; whether one was started."""
        context = self._context()
        due = [s for s in context.sources if s.schedule is not None and self._is_due(context, s, now)]
        for source in due:
            self._last[source.name] = now
            if source.kind in ASKED and not self._is_asking(source):
                asking = threading.Thread(target=self._ask, args=(context, source), name=f"clock {source.name}", daemon=True)
                self._asking[source.name] = asking
                asking.start()
        delivered = any(s.kind == "files" for s in due)
        settled = self._settled(context)
        if not (delivered or settled or _has_landed(context)):
            return False
        self._run()
        self._taken |= settled
        return True

    def next(self, source: Source, *, asked: datetime | None, failures: int) -> datetime | None:
        """When a source is asked next, by when it was asked last and how often it failed since it answered; None where it waits for files."""
        schedule = source.schedule
        if schedule is None or schedule.as_ is not None:
            return None
        if asked is None:
            return datetime.min.replace(tzinfo=UTC)
        if schedule.every is not None:
            every = length_of(schedule.every)
            return asked + min(every * (1 << min(failures, MOST)), max(every, LONGEST))
        planned = self._timetable(schedule).next(asked)
        again = asked + min(AGAIN * (1 << min(failures - 1, MOST)), LONGEST) if failures else None
        return min(m for m in (planned, again) if m is not None) if planned or again else None

    def _timetable(self, schedule: Schedule) -> Timetable:
        worked = schedule.on == "workdays"
        days = frozenset() if worked else frozenset(DAYS.index(d) for d in schedule.on)
        return Timetable((Train(time.fromisoformat(schedule.at or ""), days, worked),), self._calendar)

    def _is_due(self, context: Context, source: Source, now: datetime) -> bool:
        asked, failures = self._last.get(source.name), 0
        if source.kind in ASKED:
            asked, failures = last_asked(context, source)
        due = self.next(source, asked=asked, failures=failures)
        return due is not None and due <= now

    def _is_asking(self, source: Source) -> bool:
        asking = self._asking.get(source.name)
        return asking is not None and asking.is_alive()

    def _ask(self, context: Context, source: Source) -> None:
        try:
            collect(context, [source], by=BY)
        except (MedthreadError, OSError):
            # What a source answers is told in its row; this is our own trouble, and the next look tries again.
            LOG.exception("%s could not be asked", source.name)

    def _settled(self, context: Context) -> Standing:
        """Files of watched sources that lie still and were not yet taken in as they are."""
        watched = [s for s in context.sources if s.schedule is not None and s.schedule.as_ is not None]
        patterns = [t.files for s in watched for t in s.tables.values() if t.files is not None]
        lying = {p: (found.st_size, found.st_mtime_ns) for pattern in patterns for p in matching_files(context.inbox, pattern) if (found := p.stat())}
        before, self._lying = self._lying, lying
        return {p: state for p, state in lying.items() if before.get(p) == state and self._taken.get(p) != state}

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self.look(datetime.now(UTC))
            except ConflictError:
                continue  # a run is under way: the next look finds it ended
            except Exception:
                # An edge: nobody above this thread would hear of it, and the other sources go on.
                LOG.exception("sources could not be looked at")


def last_asked(context: Context, source: Source) -> tuple[datetime | None, int]:
    """When a source was asked last, and how many times in a row since then back some table of it could not be read."""
    query = select(collection.c.started_at, collection.c.status).where(collection.c.source == source.name)
    with context.store.transaction() as tx:
        rows = tx.execute(query.order_by(collection.c.id.desc()).limit(20 * len(source.tables))).all()
    failures = 0
    for row in rows:
        if row.status in ("landed", "nothing"):
            break
        failures += row.status == "failed"
    tables = sum(t.is_collected for t in source.tables.values())
    return (rows[0].started_at if rows else None), -(-failures // max(tables, 1))


def _has_landed(context: Context) -> bool:
    """Whether something was collected that no run has seen."""
    folder = context.landing.folder
    waiting = [p.relative_to(folder).as_posix() for s in context.sources for t in s.tables for p in context.landing.waiting(s.name, t)]
    if not waiting:
        return False
    with context.store.transaction() as tx:
        known = set(tx.execute(select(load.c.file).where(load.c.file.in_(waiting))).scalars())
    return bool(set(waiting) - known)
