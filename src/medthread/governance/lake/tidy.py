"""Tidying: small files are merged, releases beyond what is kept are withdrawn, and what nobody names any more is taken off the disk.

Each step finds by itself what is to be done, so that one which was killed is finished by the next. Nothing is removed that a
head, a release or a build names, nor what one of them named until just now: somebody may be reading it. Nobody else
changes the lake, and no backup copies it, meanwhile.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from medthread.governance.backup.take import alone
from medthread.governance.lake.setting import LakeSetting
from medthread.governance.lake.trace_indexes import idle_indexes, remove_index
from medthread.model.errors import ConflictError, MedthreadError, StoreError
from medthread.pipeline.context import Context
from medthread.pipeline.release import Rule, beyond, withdraw
from medthread.stores.lakehouse import leftover
from medthread.stores.lakehouse.expire import Expired, Expirer
from medthread.stores.lakehouse.leftover import Leftover
from medthread.stores.lakehouse.merge import Merger, groups
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import audit_event, lake_commit
from medthread.trust.audit import record

LOG = logging.getLogger("medthread.lake")
OBJECT, BEGUN, ENDED = "lake", "lake.tidy", "lake.tidied"
CUT_SHORT = timedelta(days=1)  # a file that no commit knows is left by one that was cut short, and not by one under way, after so long
FREE = text("update medthread.release_table set files = '{}' where release = any(:ids)")


@dataclass
class Tidied:
    """What went, or would go: releases, builds, files and their bytes; files that wait for readers; what was left for lack of time."""

    merged: int = 0  # files that became fewer
    into: int = 0
    releases: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)  # releases that are not what was sealed, tables with a file that is not what was committed: left
    builds: int = 0
    files: int = 0
    bytes: int = 0
    waiting_files: int = 0
    waiting_bytes: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    indexes: int = 0
    snapshots: int = 0
    metadata_files: int = 0
    finished: bool = True


@dataclass(frozen=True)
class Tidying:
    """The lake, the rules, and how long it may take: `seconds` None takes its time, and looks into every corner."""

    context: Context
    setting: LakeSetting
    rule: Rule
    seconds: float | None = None

    def tidy(self, *, by: str, now: datetime | None = None) -> Tidied:
        """Do it. Refused while a run, a destruction or a backup is under way."""
        now = now or datetime.now(UTC)
        with turn(self.context.store), alone(self.context.store):
            until = None if self.seconds is None else time.monotonic() + self.seconds
            plan = self._plan(now)
            with self.context.store.transaction() as tx:
                record(tx, actor=by, action=BEGUN, object_=OBJECT, detail=_told(plan))
            done = self._done(now, until, by=by)
            with self.context.store.transaction() as tx:
                record(tx, actor=by, action=ENDED, object_=OBJECT, detail=_told(done))
        return done

    def when_due(self) -> None:
        """After a run, whose outcome stands whatever becomes of this: tidy if it is time, for as long as it may take."""
        with self.context.store.transaction() as tx:
            due = is_due(tx, self.setting, now=datetime.now(UTC))
        try:
            if due:
                self.tidy(by="system")
        except ConflictError:
            LOG.info("the lake is not tidied now: something else is under way")  # the next run finds it due again
        except (MedthreadError, OSError) as error:
            LOG.warning("the lake was not tidied to the end: %s", error)

    def plan(self, *, now: datetime | None = None) -> Tidied:
        """What it would come to, found by doing it in a transaction that is undone; expired snapshots are not counted."""
        return self._plan(now or datetime.now(UTC))

    def _plan(self, now: datetime) -> Tidied:
        with self.context.store.engine.connect() as tx:
            found = list(groups(tx, size=self.setting.file_mb << 20))
            plan = Tidied(sum(len(g.hashes) for g in found), len(found), releases=beyond(tx, self.rule, now=now))
            tx.execute(FREE, {"ids": plan.releases})
            plan.builds = leftover.forget_builds(tx, before=now - self.setting.builds)
            leftover.mark(tx, now=now)
            going, plan.orphans, plan.orphan_bytes = self._count(tx, plan, now)
            plan.files, plan.bytes = len(going), sum(f.bytes for f in going)
            plan.indexes = len(idle_indexes(tx, self.context.trace, before=now - self.setting.grace))
            tx.rollback()
        return plan

    def _count(self, tx: Connection, told: Tidied, now: datetime) -> tuple[list[Leftover], int, int]:
        before = now - self.setting.grace
        told.waiting_files, told.waiting_bytes = leftover.waiting(tx, before=before)
        left = leftover.abandoned(tx, self.context.lake.resolve(), before=now - CUT_SHORT)
        return leftover.freed(tx, before=before), len(left), sum(f.bytes for f in left)

    def _done(self, now: datetime, until: float | None, *, by: str) -> Tidied:
        store, lake, before = self.context.store, self.context.lake.resolve(), now - self.setting.grace
        done = Tidied()
        self._merge(done, until)
        gone = withdraw(self.context, self.rule, by=by, now=now)
        done.releases, done.altered = gone.gone, done.altered + gone.altered
        with store.transaction() as tx:
            done.builds = leftover.forget_builds(tx, before=now - self.setting.builds)
            leftover.mark(tx, now=now)
        self._expire(done, before, until)
        with store.transaction() as tx:
            going, _, _ = self._count(tx, done, now)
            lost = leftover.abandoned(tx, lake, before=now - CUT_SHORT)
            indexes = idle_indexes(tx, self.context.trace, before=before)
        for batch in _batches(going):
            if _is_over(until):
                done.finished = False
                break
            for file in batch:
                leftover.unlink(lake, file.path)
            with store.transaction() as tx:
                leftover.told_gone(tx, [f.path for f in batch], now=datetime.now(UTC))
            done.files, done.bytes = done.files + len(batch), done.bytes + sum(f.bytes for f in batch)
        for file in lost:
            if leftover.unlink(lake, file.path):
                done.orphans, done.orphan_bytes = done.orphans + 1, done.orphan_bytes + file.bytes
        for folder in indexes:
            remove_index(folder)
        done.indexes = len(indexes)
        leftover.drop_empty(lake)
        return done

    def _merge(self, done: Tidied, until: float | None) -> None:
        merger = Merger(self.context.store, self.context.lake, memory=self.context.memory, threads=self.context.threads)
        merger.settle()
        with self.context.store.transaction() as tx:
            found = list(groups(tx, size=self.setting.file_mb << 20))
        for group in found:
            if _is_over(until):
                done.finished = False
                break
            try:
                done_now = merger.merge(group)
            except StoreError as error:  # one file that was changed keeps nothing else from being tidied
                LOG.warning("%s: %s", group.table, error.message)
                done.altered.append(group.table)
                continue
            if done_now:
                done.merged, done.into = done.merged + len(group.hashes), done.into + 1

    def _expire(self, done: Tidied, before: datetime, until: float | None) -> None:
        expirer, expired = Expirer(self.context.store, self.context.lake, before=before), Expired()
        for table in expirer.tables():
            if _is_over(until):
                done.finished = False
                break
            expirer.expire(table, expired, thorough=self.seconds is None)
        done.snapshots, done.metadata_files = expired.snapshots, expired.files


def is_due(tx: Connection, setting: LakeSetting, *, now: datetime) -> bool:
    """Whether it is time to tidy: so long after the last time, or after the lake was begun. A cheap question."""
    if not setting.tidy_hours:
        return False
    ended = select(audit_event.c.at).where(audit_event.c.object == OBJECT, audit_event.c.action == ENDED).order_by(audit_event.c.seq.desc()).limit(1)
    last = tx.execute(ended).scalar_one_or_none() or tx.execute(select(func.min(lake_commit.c.at))).scalar_one_or_none()
    return last is not None and now - last >= timedelta(hours=setting.tidy_hours)


def _told(of: Tidied) -> dict[str, Any]:
    """For the log: how many releases, each of which tells of itself, and all numbers."""
    return asdict(of) | {"releases": len(of.releases), "altered": of.altered}


def _batches(files: list[Leftover]) -> Iterator[list[Leftover]]:
    return (files[n : n + leftover.BATCH] for n in range(0, len(files), leftover.BATCH))


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
