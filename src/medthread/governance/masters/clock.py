"""Beside the server: news of masters told as soon as readers see them, pairs kept in time, the sample of match quality drawn when it is due."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from medthread.governance.masters.care import due_of, keep_pairs, tell_overdue
from medthread.governance.masters.news import tell_news
from medthread.governance.masters.sample_due import sample_when_due
from medthread.governance.masters.setting import MasterSetting
from medthread.model import Entity
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres.store import Store
from medthread.stores.serving import LakeReader
from medthread.workflow import Context

LOOK, DUE = 10.0, 600.0  # seconds between two looks at the pointer, and at what is due
LOG = logging.getLogger("medthread.masters")


class MasterClock:
    """Looks at the release that readers see, whoever moved the pointer and from where."""

    def __init__(self, store: Store, context: Context, reader: LakeReader, releases: Releases, masters: Sequence[type[Entity]], setting: Callable[[], MasterSetting]) -> None:
        self._store, self._context, self._reader, self._releases, self._masters, self._setting = store, context, reader, releases, masters, setting
        self._told: str | None = None  # the release whose news are told
        self._looked = datetime.min.replace(tzinfo=UTC)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="masters", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; a look that is under way is ended first."""
        self._stop.set()
        self._thread.join()

    def look(self, now: datetime) -> None:
        """What is new is told, and what is due now is done."""
        if not self._reader.published():
            return
        is_new = self._reader.current().release.id != self._told
        if is_new:
            self._tell(now)
        if is_new or (now - self._looked).total_seconds() >= DUE:
            self._look_after(now)
            self._looked = now

    def _tell(self, now: datetime) -> None:
        snapshot = self._reader.current()
        due = due_of(self._context.calendar, self._setting(), now)
        for entity in self._masters:
            with self._store.transaction() as tx:
                tell_news(tx, self._context, snapshot, entity, now=now)
                keep_pairs(tx, snapshot, entity, due=due, now=now)
        self._told = snapshot.release.id

    def _look_after(self, now: datetime) -> None:
        snapshot = self._reader.current()
        for entity in self._masters:
            with self._store.transaction() as tx:
                tell_overdue(tx, self._context, entity, now=now)
            with self._store.transaction() as tx:
                sample_when_due(tx, self._context, self._releases, snapshot, entity, self._setting(), now=now)

    def _watch(self) -> None:
        while True:
            try:
                self.look(datetime.now(UTC))
            except Exception:
                # An edge: nobody above this thread would hear of it, and the next look tries again.
                LOG.exception("masters could not be looked after")
            if self._stop.wait(LOOK):
                return
