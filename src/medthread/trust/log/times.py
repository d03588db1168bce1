"""When a row can have been written that was sealed under a checkpoint, by the times that the checkpoint's signature covers.

A row says when its transaction began, by the clock of the database. It is sealed within a second of the end of every
transaction that began to write before it (see `seal`), so it can hardly be later than its checkpoint, nor much earlier
than the one before that left nothing waiting.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from medthread.methods.note import MOMENT, Checkpoint
from medthread.trust.log.fault import Findings

SKEW = timedelta(minutes=5)  # between the clocks of the database and of who signs; the alarm `audit.clock` comes at a fifth of it
# The longest that a row may wait: two transactions one after the other, its own and the longest that began before it.
# Nothing here keeps one open for half an hour; what the server computes for longer is not done within a transaction.
LONGEST = timedelta(hours=1)


class Times:
    """The bounds of each checkpoint, as texts of the form `MOMENT`."""

    def __init__(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        self._sizes = sorted(checkpoints)
        self._checkpoints = checkpoints

    def check(self, rows: Iterable[Any], size: int, findings: Findings) -> None:
        """Rows that became leaves of one checkpoint, the last of them leaf `size` - 1."""
        place = bisect_left(self._sizes, size)
        if place == len(self._sizes):
            return
        checkpoint = self._checkpoints[self._sizes[place]]
        if checkpoint.at is None:
            return
        earliest, latest = _moved(checkpoint.after, -LONGEST) if checkpoint.after else "0", _moved(checkpoint.at, SKEW)
        for row in rows:
            if row.seq is not None and not earliest <= (row.at or "") <= latest:  # an endless date is written as none
                findings.add("row.time", f"{row.sealed}, {row.at}")


def _moved(moment: str, by: timedelta) -> str:
    return (datetime.strptime(moment, MOMENT) + by).strftime(MOMENT)  # noqa: DTZ007 - UTC by its Z
