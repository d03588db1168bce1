"""How every source is doing: derived from its loads and from what was asked of it, kept nowhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from medthread.model import Label, Source
from medthread.stores.databases import is_tried
from medthread.stores.postgres.tables import collection, load
from medthread.workflow import Calendar

REFUSED = ("rejected", "blocked")
ANSWERED = ("landed", "nothing")
Place = tuple[str, str]


class Health(StrEnum):
    """The worst that is true of a source, worst first."""

    FAILING = "failing"  # a table could not be read when it was asked for last
    REFUSING = "refusing"  # something that came is held as a whole, and waits for somebody
    NEVER = "never"  # a table was never taken in
    LATE = "late"  # what readers are promised is not kept
    WELL = "well"


HEALTHS = {
    Health.FAILING: Label("读取失败", "Failing"),
    Health.REFUSING: Label("有拒收", "Refusing"),
    Health.NEVER: Label("从未接入", "Never loaded"),
    Health.LATE: Label("已过时", "Late"),
    Health.WELL: Label("正常", "Well"),
}


@dataclass(frozen=True)
class TableStanding:
    """One table: when it was taken in last, when the source last said what it has, and what stands in the way."""

    name: str
    loaded_at: datetime | None
    answered_at: datetime | None
    until: datetime | None  # how long what is known is fresh enough; none where nothing is promised
    refused: int  # loads that are held as a whole
    message: Mapping[str, Any] | None  # why it could not be read when it was asked for last
    health: Health

    @property
    def fresh_at(self) -> datetime | None:
        """As of when the source's own state is known: a question that found nothing new counts."""
        return max((m for m in (self.loaded_at, self.answered_at) if m is not None), default=None)


@dataclass(frozen=True)
class SourceStanding:
    """A source and its tables."""

    source: Source
    tables: tuple[TableStanding, ...]
    is_tried: bool  # whether what reads it ever met a live system of its kind

    @property
    def health(self) -> Health:
        """The worst of its tables."""
        found = {t.health for t in self.tables}
        return next((h for h in Health if h in found), Health.NEVER)

    @property
    def keeps_promise(self) -> bool | None:
        """Whether all tables are as fresh as readers are promised; none where nothing is promised."""
        if self.source.fresh_within is None:
            return None
        return all(t.until is not None and t.health not in (Health.LATE, Health.NEVER) for t in self.tables)


def standings(tx: Connection, sources: Iterable[Source], *, calendar: Calendar, now: datetime) -> list[SourceStanding]:
    """Every source's standing, in the order given."""
    loaded, refused, asked, answered = _loaded(tx), _refused(tx), _asked(tx), _answered(tx)

    def standing(source: Source, name: str) -> TableStanding:
        place = (source.name, name)
        loaded_at, said = loaded.get(place), asked.get(place)
        answered_at = answered.get(place)
        last = max((m for m in (loaded_at, answered_at) if m is not None), default=None)
        until = calendar.after(last, source.fresh_within) if last is not None and source.fresh_within is not None else None
        message = said.message if said is not None and said.status == "failed" else None
        count = refused.get(place, 0)
        is_failing = said is not None and said.status == "failed"
        health = _health(failing=is_failing, refused=count, never=last is None, late=until is not None and until < now)
        return TableStanding(name, loaded_at, answered_at, until, count, message, health)

    return [SourceStanding(s, tuple(standing(s, t) for t in s.tables), _is_tried(s)) for s in sources]


def _health(*, failing: bool, refused: int, never: bool, late: bool) -> Health:
    held = {Health.FAILING: failing, Health.REFUSING: refused > 0, Health.NEVER: never, Health.LATE: late}
    return next((health for health, holds in held.items() if holds), Health.WELL)


def _is_tried(source: Source) -> bool:
    return source.url is None or source.kind != "database" or is_tried(source.url)


def _loaded(tx: Connection) -> dict[Place, datetime]:
    query = select(load.c.source, load.c.table, func.max(load.c.at)).where(load.c.status.in_(("accepted", "repeated")), load.c.corrects.is_(None))
    return {(s, t): at for s, t, at in tx.execute(query.group_by(load.c.source, load.c.table)).all()}


def _refused(tx: Connection) -> dict[Place, int]:
    query = select(load.c.source, load.c.table, func.count()).where(load.c.status.in_(REFUSED))
    return {(s, t): n for s, t, n in tx.execute(query.group_by(load.c.source, load.c.table)).all()}


def _asked(tx: Connection) -> dict[Place, Any]:
    """The last question to each table that has ended."""
    last = select(func.max(collection.c.id)).where(collection.c.status != "running").group_by(collection.c.source, collection.c.table)
    return {(r.source, r.table): r for r in tx.execute(select(collection).where(collection.c.id.in_(last))).all()}


def _answered(tx: Connection) -> dict[Place, datetime]:
    query = select(collection.c.source, collection.c.table, func.max(collection.c.started_at)).where(collection.c.status.in_(ANSWERED))
    return {(s, t): at for s, t, at in tx.execute(query.group_by(collection.c.source, collection.c.table)).all()}
