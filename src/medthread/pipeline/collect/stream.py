"""From a broker into landing files, in micro-batches: a message is acknowledged after the file that holds it is on the disk.

Whatever dies in between, the broker gives it again; rows that came twice are recognised when the files are taken in.
"""

import hashlib
import logging
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from medthread.model.errors import MedthreadError, StoreError
from medthread.pipeline.collect.message import Line, line_of
from medthread.pipeline.landing import PART, Landing
from medthread.stores.bus import Delivery, Inlet
from medthread.stores.readers.json import LINES

FIRST, FETCHED = 50, 500  # messages that one question asks for: the first, while nobody knows how large they are, and at the most
MOST_COLUMNS = 1_500  # different attributes in one file; its reader takes 2,000
PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds
PLAIN = re.compile(r"[A-Za-z0-9_]{1,100}")
LOG = logging.getLogger("medthread.collect")

State = Literal["listening", "landed", "held back", "away"]


@dataclass(frozen=True)
class Limits:
    """When a batch is closed, and when no other is begun."""

    messages: int = 20_000
    bytes: int = 32 << 20
    seconds: float = 10.0
    waiting: int = 20  # landing files of the table that are not taken in yet
    free: int = 1 << 30  # bytes left on the disk


@dataclass(frozen=True)
class Batch:
    """What landed: files, messages, and how many of these cannot be rows."""

    messages: int = 0
    poisoned: int = 0
    bytes: int = 0
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class News:
    """How a stream fares: told when that changes, and with each batch."""

    state: State
    batch: Batch = field(default_factory=Batch)
    error: MedthreadError | None = None


def durable_of(source: str, table: str) -> str:
    """The name under which a broker remembers how far a table has read; letters, digits, dashes and low lines."""
    if PLAIN.fullmatch(source) and PLAIN.fullmatch(table):
        return f"medthread-{source}-{table}"
    return "medthread-" + hashlib.sha256(f"{source}\0{table}".encode()).hexdigest()[:24]


def land_batch(inlet: Inlet, landing: Landing, source: str, table: str, *, limits: Limits, stop: threading.Event | None = None) -> Batch:
    """Take what comes within the limits, have it on the disk, then acknowledge it. Raises `StoreError`: what was not acknowledged comes again."""
    deliveries = _taken(inlet, limits, stop or threading.Event())
    if not deliveries:
        return Batch()
    lines = [line_of(d) for d in deliveries]
    files = []
    for part in _files(lines):
        with landing.landing(source, table, LINES.removeprefix(".")) as path, path.open("wb") as out:
            out.writelines(line.content for line in part)
        files.append(path.with_name(path.name.removesuffix(PART)))
    inlet.done(deliveries)
    return Batch(len(lines), sum(1 for line in lines if line.poison), sum(len(line.content) for line in lines), tuple(files))


def _taken(inlet: Inlet, limits: Limits, stop: threading.Event) -> list[Delivery]:
    deliveries: list[Delivery] = []
    most, size, largest, until = min(limits.messages, inlet.most), 0, 1, 0.0
    while len(deliveries) < most and size < limits.bytes and not stop.is_set():
        room = max(1, (limits.bytes - size) // largest)
        came = inlet.fetch(min(most - len(deliveries), FETCHED if deliveries else FIRST, room))
        if not deliveries and not came:
            break
        until = until or time.monotonic() + limits.seconds
        deliveries += came
        size += sum(len(d.content) for d in came)
        largest = max(largest, *(len(d.content) for d in came), 1)
        if time.monotonic() >= until:
            break
    return deliveries


def _files(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Cut where one file could not have the columns of all: too many, or two that differ only in case."""
    part: list[Line] = []
    names: dict[str, str] = {}
    for line in lines:
        fits = all(names.get(n.lower(), n) == n for n in line.names) and len(names) + len(line.names) <= MOST_COLUMNS
        if part and not fits:
            yield part
            part, names = [], {}
        part.append(line)
        names.update((n.lower(), n) for n in line.names)
    if part:
        yield part


class Listener:
    """Listens for one table beside the others: a broker that goes away is waited for, and what lies unread holds it back."""

    def __init__(
        self, open_: Callable[[], Inlet], landing: Landing, source: str, table: str, *, tell: Callable[[News], None], limits: Limits | None = None
    ) -> None:
        self._open, self._landing, self._source, self._table = open_, landing, source, table
        self._tell, self._limits = tell, limits or Limits()
        self._stop = threading.Event()
        self._state: State | None = None
        self._thread = threading.Thread(target=self.run, name=f"collect {source}.{table}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """Ask it to end."""
        self._stop.set()

    def stop(self) -> None:
        """End, after the batch that is under way."""
        self.leave()
        self._thread.join()

    def run(self) -> None:
        """Listen until `stop`."""
        inlet: Inlet | None = None
        pause = PAUSE
        while not self._stop.is_set():
            held = self.held_back()
            if held is not None:
                self._changed(News("held back", error=held))
                self._stop.wait(PAUSE)
                continue
            try:
                inlet = inlet or self._open()
                batch = land_batch(inlet, self._landing, self._source, self._table, limits=self._limits, stop=self._stop)
            except (MedthreadError, OSError) as error:
                _close(inlet)
                inlet = None  # another one is opened: some brokers give what was not acknowledged only to a new connection
                self._changed(News("away", error=_told(error)))
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = PAUSE
            if batch.messages:
                self._state = "landed"
                self._say(News("landed", batch))
            elif self._state != "landed":
                self._changed(News("listening"))
        _close(inlet)

    def held_back(self) -> MedthreadError | None:
        """Why nothing more is fetched now."""
        waiting = len(self._landing.waiting(self._source, self._table))
        if waiting >= self._limits.waiting:
            return StoreError(f"{waiting} files of {self._source}.{self._table} wait to be taken in", hint="medthread ingest takes them in; the broker keeps what comes meanwhile")
        self._landing.folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._landing.folder).free
        if free < self._limits.free:
            return StoreError(f"{free >> 20:,} MB are left on the disk of {self._landing.folder}", hint="make room; the broker keeps what comes meanwhile")
        return None

    def _changed(self, news: News) -> None:
        """Told once for each change of state, and for each new error."""
        if news.state == self._state and news.state != "away":
            return
        if news.error is not None:
            LOG.warning("%s.%s: %s", self._source, self._table, news.error.message)
        self._state = news.state
        self._say(news)

    def _say(self, news: News) -> None:
        try:
            self._tell(news)
        except Exception:
            # An edge: whoever is told may be away itself, as a database is, and listening goes on without.
            LOG.exception("%s.%s: %s could not be told", self._source, self._table, news.state)


def _told(error: MedthreadError | OSError) -> MedthreadError:
    if isinstance(error, MedthreadError):
        return error
    return StoreError(f"landing failed: {error}", hint="is the disk full, or the folder not ours to write?")


def _close(inlet: Inlet | None) -> None:
    if inlet is not None:
        inlet.close()
