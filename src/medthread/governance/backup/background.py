"""Backups and drills while the server runs: when they are due, or when somebody asks; one at a time, in a thread of its own."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from medthread.governance.backup.records import Keeping
from medthread.model.errors import ConflictError, MedthreadError
from medthread.stores.postgres.tables import backup_run
from medthread.stores.postgres.tables import drill as drills

LOG = logging.getLogger("medthread.backup")
LOOK = 30.0  # seconds between two looks at the clock
SYSTEM = "system"


class BackgroundKeeping:
    """Runs beside the server."""

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._clock = threading.Thread(target=self._watch, name="backup-clock", daemon=True)
        self._work: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look at the clock."""
        self._clock.start()

    def stop(self) -> None:
        """Let what is under way come to its end."""
        self._stop.set()
        self._clock.join()
        if self._work is not None:
            self._work.join()

    def run(self, *, by: str, whole: bool) -> None:
        """Begin a backup."""
        self._begin("backup", lambda: self.keeping.run(by=by, whole=whole))

    def drill(self, *, by: str, target: str | None, backup: str | None) -> None:
        """Begin a drill; a target or backup that is not there is refused at once."""
        self.keeping.shelf(target).find(backup)
        self._begin("drill", lambda: self.keeping.drill(by=by, target=target, backup=backup))

    @property
    def under_way(self) -> str | None:
        """What is being done now."""
        work = self._work
        return work.name if work is not None and work.is_alive() else None

    def _begin(self, name: str, act: Callable[[], Any]) -> None:
        with self._lock:
            if self.under_way is not None:
                raise ConflictError(f"a {self.under_way} is under way", hint="wait for it to end; the page shows how it ended")
            self._work = threading.Thread(target=_told, args=(name, act), name=name)
            self._work.start()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self._look(datetime.now(UTC))
            except MedthreadError:
                LOG.exception("the clock of backups pauses")

    def _look(self, now: datetime) -> None:
        """Begin what is due."""
        if self.under_way is not None:
            return
        setting = self.keeping.setting
        if _is_due(self._last(backup_run.c.started_at), setting.every, now):
            self.run(by=SYSTEM, whole=False)
        elif _is_due(self._last(drills.c.started_at), setting.drill_every, now) and self._last(backup_run.c.point_at) is not None:
            self.drill(by=SYSTEM, target=None, backup=None)

    def _last(self, column: Any) -> datetime | None:
        with self.keeping.subject.store.transaction() as tx:
            at: datetime | None = tx.execute(select(func.max(column))).scalar_one_or_none()
        return at


def _is_due(last: datetime | None, every: timedelta | None, now: datetime) -> bool:
    return every is not None and (last is None or now - last >= every)


def _told(name: str, act: Callable[[], Any]) -> None:
    """What a thread of its own does with an error: the record says what went wrong, the program's log keeps how."""
    try:
        act()
    except MedthreadError as error:
        LOG.error("%s failed: %s", name, error.message)  # noqa: TRY400 - a failure with words of its own needs no trace
    except Exception:
        # An edge: nobody above this thread would hear of it.
        LOG.exception("%s failed", name)
