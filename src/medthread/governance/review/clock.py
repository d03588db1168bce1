"""Beside the server: a look, every few minutes, for held rows that nobody looked at in time."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from medthread.governance.review.terms import ReviewTerms
from medthread.governance.review.told import remind
from medthread.model import Source
from medthread.stores.postgres.store import Store
from medthread.stores.serving import LakeReader
from medthread.workflow import Context

LOOK = 600.0  # seconds between two looks
LOG = logging.getLogger("medthread.review")


class ReviewClock:
    """Tells of overdue rows once a day for each source."""

    def __init__(self, store: Store, context: Context, reader: LakeReader, sources: Callable[[], tuple[Source, ...]], terms: Callable[[], ReviewTerms]) -> None:
        self._store, self._context, self._reader, self._sources, self._terms = store, context, reader, sources, terms
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="review", daemon=True)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._thread.start()

    def stop(self) -> None:
        """End; a look that is under way is ended first."""
        self._stop.set()
        self._thread.join()

    def look(self, now: datetime) -> int:
        """Tell of what is overdue now and was not told of today."""
        if not self._reader.published():
            return 0
        with self._store.transaction() as tx:
            return remind(tx, self._context, self._reader.current(), self._sources(), self._terms(), now=now)

    def _watch(self) -> None:
        while True:
            try:
                self.look(datetime.now(UTC))
            except Exception:
                # An edge: nobody above this thread would hear of it, and the next look tries again.
                LOG.exception("held rows could not be looked at")
            if self._stop.wait(LOOK):
                return
