"""The held rows of a release as a steward has them before them: those that wait for somebody, those decided on, what became of them.

What is open is what is held less what was decided, set by set: no row is written for a row that only waits. Of one raw row
that came many times the newest is shown, with how often it came and since when; a row whose key was held again later, with
other content, gives way to that one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection

from medthread.model import Label
from medthread.pipeline.correct.decided import in_force, of_content
from medthread.stores.engines import question, quote
from medthread.stores.serving import Snapshot, decode, encode

QUARANTINE = "standard.quarantine"
HELD = (
    ("id", "varchar"), ("entity", "varchar"), ("source", "varchar"), ("table", "varchar"), ("file", "varchar"), ("row", "bigint"), ("load", "varchar"),
    ("key", "varchar"), ("rules", "varchar[]"), ("names", "varchar[]"), ("raw", "varchar"), ("content", "varchar"), ("at", "timestamp"),
    ("proposed", "varchar"), ("stood", "varchar"),
)
WITH_RAW = "select d.*, h.raw from ({chosen}) as d join held as h using (id) order by d.stamp, d.id"  # raw rows are wide: only of those that are shown
NO_TIME = "9999"  # sorts after every moment; of records that could not be parsed


class State(StrEnum):
    """What became of a held row."""

    OPEN = "open"
    WAITING = "waiting"  # corrected or approved, and taken in with the next run
    TAKEN = "taken"
    REJECTED = "rejected"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


STATES = {
    State.OPEN: Label("待处理", "Open"),
    State.WAITING: Label("已更正或批准,等待接入", "Corrected or approved, to be taken in"),
    State.TAKEN: Label("已接入", "Taken in"),
    State.REJECTED: Label("不予接收", "Rejected"),
    State.RETURNED: Label("退回来源", "Returned to the source"),
    State.SUPERSEDED: Label("已被后来的数据取代", "Overtaken by what came since"),
}


@dataclass(frozen=True)
class Wanted:
    """Which rows; what is not said narrows nothing."""

    state: tuple[State, ...] = ()
    source: str | None = None
    table: str | None = None
    entity: str | None = None
    rule: str | None = None
    load: str | None = None
    act: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What somebody may see of it: the sources, and pairs of entity and source whose rows are kept from them."""

    sources: tuple[str, ...]
    kept: tuple[tuple[str, str], ...] = field(default=())


class Desk:
    """Held rows with what was decided on them, of one release."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        self._con, self._seen = con, seen

    def counts(self, wanted: Wanted) -> dict[State, int]:
        """How many rows there are in each state."""
        where, given = self._where(wanted)
        rows = self._con.execute(f"select state, count(*) from desk where {where} group by state", given).fetchall()
        return {State(s): int(n) for s, n in rows}

    def count_before(self, wanted: Wanted, moment: str) -> int:
        """How many came first before a moment (UTC, as text)."""
        where, given = self._where(wanted)
        return int(self._con.execute(f"select count(*) from desk where {where} and stamp < ?", [*given, moment]).fetchall()[0][0])

    def page(self, wanted: Wanted, *, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Rows, those that came first before the others, and the cursor after them."""
        where, given = self._where(wanted)
        if after is not None:
            (stamp,), id_ = decode(after)
            where, given = f"{where} and (stamp, id) > (?, ?)", [*given, stamp, id_]
        rows = self._dicts(WITH_RAW.format(chosen=f"select * from desk where {where} order by stamp, id limit {limit + 1}"), given)
        more, rows = len(rows) > limit, rows[:limit]
        return rows, encode(rows[-1]["stamp"], rows[-1]["id"]) if more else None

    def rows(self, wanted: Wanted, *, most: int | None = None) -> pa.Table:
        """All rows that are wanted, or the first `most`."""
        where, given = self._where(wanted)
        limited = f" limit {most}" if most is not None else ""
        found: pa.Table = self._con.sql(WITH_RAW.format(chosen=f"select * from desk where {where} order by stamp, id{limited}"), params=given).to_arrow_table()
        return found

    def by_table(self, wanted: Wanted) -> list[dict[str, Any]]:
        """How many of the rows each table has."""
        where, given = self._where(wanted)
        return self._dicts(f'select source, "table", count(*) as count from desk where {where} group by all order by count desc, source, "table"', given)

    def by_rule(self, wanted: Wanted) -> list[dict[str, Any]]:
        """How many of the rows each rule holds."""
        where, given = self._where(wanted)
        return self._dicts(
            f"select rule, count(*) as count from (select unnest(list_distinct(rules)) as rule from desk where {where}) group by all order by count desc, rule", given)

    def by_place(self, wanted: Wanted) -> list[dict[str, Any]]:
        """The same for each rule of each table."""
        where, given = self._where(wanted)
        each = f'select source, "table", unnest(list_distinct(rules)) as rule from desk where {where}'
        return self._dicts(f'select source, "table", rule, count(*) as count from ({each}) group by all', given)

    def words(self, wanted: Wanted, text: str, *, most: int) -> list[dict[str, Any]]:
        """What stands in their raw rows where `text` (SQL over `raw`) looks, the most frequent first: `theirs`, `rows`."""
        where, given = self._where(wanted)
        rows = WITH_RAW.format(chosen=f"select * from desk where {where}")
        return self._dicts(f"select {text} as theirs, count(*) as rows from ({rows}) group by all having theirs is not null order by rows desc, theirs limit {most}", given)

    def saying(self, wanted: Wanted, text: str, word: str) -> pa.Table:
        """The rows of which `text` is a word."""
        where, given = self._where(wanted)
        rows = WITH_RAW.format(chosen=f"select * from desk where {where}")
        found: pa.Table = self._con.sql(f"select * from ({rows}) where {text} = ?", params=[*given, word]).to_arrow_table()
        return found

    def _dicts(self, sql: str, given: Sequence[Any]) -> list[dict[str, Any]]:
        answer = self._con.execute(sql, list(given))
        names = [d[0] for d in answer.description or []]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def _where(self, wanted: Wanted) -> tuple[str, list[Any]]:
        given: list[Any] = [list(self._seen.sources)]
        parts = ["source in (select unnest(?))"]
        for name in ("source", "table", "entity", "load", "act"):
            if (value := getattr(wanted, name)) is not None:
                parts.append(f"{quote(name)} = ?")
                given.append(value)
        if wanted.rule is not None:
            parts.append("list_contains(rules, ?)")
            given.append(wanted.rule)
        for name, values in (("state", [str(s) for s in wanted.state]), ("id", list(wanted.ids))):
            if values:
                parts.append(f"{name} in (select unnest(?))")
                given.append(values)
        for entity, source in self._seen.kept:
            parts.append("not (entity = ? and source = ?)")
            given += [entity, source]
        return " and ".join(parts), given


@contextmanager
def desk(snapshot: Snapshot, tx: Connection, *, seen: Seen) -> Iterator[Desk]:
    """The desk over a release and the decisions as they stand now."""
    nothing = ", ".join(f"cast(null as {kind}) as {quote(name)}" for name, kind in HELD)
    held = f"select {', '.join(quote(n) for n, _ in HELD)} from (select * from {snapshot.relation(QUARANTINE, HELD)} union all by name select {nothing} where false)"
    with question() as con:
        con.register("decided_on_row", in_force(tx))
        con.register("decided_on_content", of_content(tx))
        con.execute(f"create or replace temp view held as {held}")
        con.execute(f"create or replace temp table desk as {_stated('select * exclude (raw) from held')}")
        try:
            yield Desk(con, seen)
        finally:
            con.execute("drop table desk; drop view held")


def _stated(held: str) -> str:
    """SQL of the held rows with their state. Rows that repeat a decided one, and those that a newer one of their key took the place of, are not in it."""
    told = ", ".join(f"coalesce(o.{c}, s.{c}) as {c}" for c in ("act", "kind", "edits", "decided_by", "reason", "taken_load"))
    stamp = f"coalesce(strftime(min(h.at) over same, '%Y-%m-%d %H:%M:%S.%f'), '{NO_TIME}')"
    return f"""
        select * exclude (nth, own) from (
            select h.*, {told}, coalesce(o.at, s.at) as decided_at, coalesce(o.id, s.id) as decision, o.id is not null as own,
                count(*) over same as times, {stamp} as stamp,
                case when coalesce(o.kind, s.kind) is null then 'open'
                     when coalesce(o.kind, s.kind) in ('corrected', 'approved') then case when coalesce(o.taken_load, s.taken_load) is null then 'waiting' else 'taken' end
                     else coalesce(o.kind, s.kind) end as state,
                rank() over (partition by h.source, h."table", h.entity, coalesce(h.key, h.content, h.id) order by h.at desc nulls last) as nth
            from ({held}) as h
            left join decided_on_row as o on o.held = h.id
            left join decided_on_content as s on o.held is null and s.source = h.source and s."table" = h."table" and s.content = h.content
            window same as (partition by h.source, h."table", coalesce(h.content, h.id))
        ) where own or (state = 'open' and nth = 1)"""
