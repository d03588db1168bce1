"""Beside the server: looks what is to be said, says it, and holds what sources say against it. Nothing is locked while a target is waited for."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from medthread.governance.writebacks.drift import compare
from medthread.governance.writebacks.queue import counts, enqueue, put_off, settle, take
from medthread.governance.writebacks.wanted import stamp, wanted
from medthread.model import Label, Registry, Source
from medthread.model.errors import MedthreadError, SourceError
from medthread.model.writeback import Writeback
from medthread.stores.lakehouse import Committer
from medthread.stores.postgres.store import Store
from medthread.stores.serving import LakeReader
from medthread.stores.ways import Sent, open_way
from medthread.trust.log import Alarm

LOOK = 5.0  # seconds between two looks
LOG = logging.getLogger("medthread.writebacks")


@dataclass(frozen=True)
class Desk:
    """What a writer works with: the records and the lake, the rules, the sources as they are mapped now, where files go, how secrets are found."""

    store: Store
    registry: Registry
    native: Mapping[str, Table]
    reader: LakeReader
    committer: Committer
    rules: Sequence[Writeback]
    sources: Callable[[], Sequence[Source]]
    outbox: Path
    secret: Callable[[str], str | None]


class Writer:
    """One round at a time; also asked by hand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store, self._reader, self.rules = desk.store, desk.reader, tuple(desk.rules)
        self._compared: str | None = None  # the release after which sources were held against what they were told
        self._failures: dict[str, str] = {}
        self._looked: dict[str, tuple[object, ...]] = {}  # by rule, how things stood when it was looked last
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="writebacks", daemon=True)

    @property
    def alarms(self) -> Sequence[Alarm]:
        """Rules that cannot be carried out."""
        return tuple(Alarm(f"writeback {name}", Label(f"回写 {name} 未能送达:{said}", f"{name} is not written back: {said}")) for name, said in sorted(self._failures.items()))

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is ended first."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def round(self, now: datetime | None = None) -> dict[str, int]:
        """Look, say, compare; gives by rule how much was delivered. A rule that fails is in nobody's way."""
        now = now or datetime.now(UTC)
        done: dict[str, int] = {}
        with self._turn:
            for rule in self.rules:
                try:
                    self._look(rule, now)
                    done[rule.name] = self._say(rule, now)
                    self._failures.pop(rule.name, None)
                except MedthreadError as error:
                    if self._failures.get(rule.name) != error.message:
                        LOG.warning("%s is not written back: %s", rule.name, error)
                    self._failures[rule.name] = error.message
            self._compare(now)
        return done

    def counts(self) -> dict[str, dict[str, int]]:
        """How many are in each state, by rule."""
        with self._store.transaction() as tx:
            return counts(tx, self.rules)

    def _look(self, rule: Writeback, now: datetime) -> None:
        snapshot = self._reader.current() if self._reader.published() else None
        asked = (rule, self._desk.registry, self._desk.native, snapshot)
        with self._store.transaction() as tx:
            if (now_stands := stamp(tx, *asked)) == self._looked.get(rule.name):
                return
            enqueue(tx, rule, wanted(tx, *asked), now=now)
        self._looked[rule.name] = now_stands

    def _say(self, rule: Writeback, now: datetime) -> int:
        if rule.way.kind == "hand":
            return 0
        with self._store.transaction() as tx:
            took = take(tx, rule, now=now)
        if not took.letters:
            return 0
        try:
            source = next(s for s in self._desk.sources() if s.name == rule.to)
            sent: list[Sent] = open_way(rule, source, outbox=self._desk.outbox, secret=self._secret_of(rule, source)).deliver(took.letters)
        except MedthreadError as error:
            with self._store.transaction() as tx:
                put_off(tx, [letter.id for letter in took.letters], error=error.message, now=now)
            raise
        with self._store.transaction() as tx:
            settle(tx, sent, now=now)
        return sum(s.refused is None and s.again is None for s in sent)

    def _secret_of(self, rule: Writeback, source: Source) -> str | None:
        named = rule.way.secret or (source.secret if rule.way.table is not None and rule.way.url is None else None)
        if named is None:
            return None
        found = self._desk.secret(named)
        if found is None:
            raise SourceError(f"{rule.name}: the environment has no {named}", hint=f"set {named} to the password before starting medthread")
        return found

    def _compare(self, now: datetime) -> None:
        if not self._reader.published() or (release := self._reader.current().release.id) == self._compared:
            return
        for rule in self.rules:
            with self._store.transaction() as tx:
                compare(tx, rule, self._desk.committer, now=now)
        self._compared = release

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self.round()
            except (MedthreadError, DBAPIError) as error:
                LOG.warning("writing back waits: %s", error)
