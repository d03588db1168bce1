"""Which records are due and why; and which of them something that stays still refers to.

Everything is looked at in one DuckDB connection: native rows as they are now, lake rows of the release that readers see.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, Table, and_, func, select

from medthread.derive.columns import golden_columns
from medthread.derive.retention import Rule, due_sql, kept_relation, needed, outlook_sql
from medthread.governance.retention.naming import Named, family, named
from medthread.model import Entity, Home, Kind, Registry
from medthread.stores.engines import job, quote
from medthread.stores.postgres.tables import process_case
from medthread.stores.serving import LakeReader

MOMENT = pa.timestamp("us")
ARROW = {
    Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.DECIMAL: pa.decimal128(24, 6), Kind.BOOLEAN: pa.bool_(), Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: MOMENT,
}


@dataclass(frozen=True)
class Due:
    """A record whose time has come: since when, counted from what."""

    id: str
    key: tuple[str, ...]
    due_on: date
    inputs: dict[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return "/".join(self.key)


@dataclass(frozen=True)
class Look:
    """The installation as rules look at it."""

    registry: Registry
    tables: Mapping[str, Table]
    reader: LakeReader

    @contextmanager
    def at(self, tx: Connection, *entities: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in which `kept.<entity>` stands for each of the entities, and for the masters that they name."""
        with job(memory="1GB", threads=1) as con:
            con.execute("create schema kept; create schema golden")
            for master in self.registry.at_home(Home.MASTER):
                con.execute(f"create view golden.{quote(master.name)} as {self._golden(master)}")
            for name in dict.fromkeys(entities):
                self._define(con, tx, self.registry[name])
            yield con

    def _define(self, con: duckdb.DuckDBPyConnection, tx: Connection, entity: type[Entity]) -> None:
        if entity.about.home is Home.NATIVE:
            con.register(f"native_{entity.name}", self._native(tx, entity))
            of = quote(f"native_{entity.name}")
        else:
            of = f"({self._golden(entity)})"
        con.execute(f"create table kept.{quote(entity.name)} as {kept_relation(entity, self.registry, of=of)}")

    def _golden(self, entity: type[Entity]) -> str:
        """Golden rows with every declared column: one declared since they were built is empty in them."""
        columns = [(c.name, c.duck) for c in golden_columns(entity, self.registry)]
        nothing = ", ".join(f"cast(null as {kind}) as {quote(name)}" for name, kind in columns)
        empty = f"select {nothing} where false"
        if not self.reader.published() or not self.reader.current().has(f"golden.{entity.name}"):
            return empty
        return f"{empty} union all by name select * from {self.reader.current().relation(f'golden.{entity.name}')}"

    def _native(self, tx: Connection, entity: type[Entity]) -> pa.Table:
        table, case = self.tables[entity.name], process_case
        plain = [f for f in entity.fields.values() if not f.is_personal]
        here = and_(case.c.entity == entity.name, case.c.record == table.c.id)
        moments = [func.timezone("UTC", table.c._created_at), func.timezone("UTC", case.c.closed_at)]  # noqa: SLF001 - a column's name
        columns = [func.timezone("UTC", table.c[f.name]) if f.kind is Kind.TIMESTAMP else table.c[f.name] for f in plain]
        rows = tx.execute(select(table.c.id, *columns, *moments).select_from(table.outerjoin(case, here))).all()
        kinds = [("id", pa.string()), *((f.name, ARROW[f.kind]) for f in plain), ("_creation", MOMENT), ("_close", MOMENT)]
        return pa.table({name: pa.array([r[i] for r in rows], kind) for i, (name, kind) in enumerate(kinds)})

    def due(self, tx: Connection, rule: Rule, *, today: date, limit: int | None = None) -> list[Due]:
        """Records due by a day, longest overdue first."""
        with self.at(tx, *needed(rule)) as con:
            return _due(con, rule, self.registry, today=today, limit=limit)

    def outlook(self, tx: Connection, rule: Rule, *, today: date) -> dict[str, Any]:
        """How many records there are, how many are due since when, when the next will be, and how many have no known end."""
        if not rule.can_be_due:
            with self.at(tx, rule.entity.name) as con:
                (records,) = con.execute(f"select count(*) from kept.{quote(rule.entity.name)}").fetchall()[0]
            return {"records": records, "due": 0, "first_due_on": None, "next_due_on": None, "endless": records}
        with self.at(tx, *needed(rule)) as con:
            answer = con.execute(outlook_sql(rule, self.registry, today=today))
            return dict(zip([d[0] for d in answer.description or []], answer.fetchall()[0], strict=True))

    def referring(self, tx: Connection, entity: type[Entity], keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], list[tuple[str, str]]]:
        """Of these keys, by which other records they are named: entity and id, a few of each."""
        others = [(e, f) for e in self.registry.values() for f in e.fields.values() if f.mark.ref and f.mark.ref.entity == entity.name]
        others = [(e, f) for e, f in others if e.name != entity.name and f.name != e.about.part_of]
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        if not keys or not others:
            return found
        parts = len(entity.key())
        asked = pa.table({f"k{i}": pa.array([k[i] for k in keys], pa.string()) for i in range(parts)})
        for other, field in others:
            assert field.mark.ref is not None  # noqa: S101 - chosen by it
            along = dict(field.mark.ref.along)
            columns = [along[k] for k in entity.key()[:-1] if k in along] + [field.name]
            with self.at(tx, other.name) as con:
                con.register("asked", asked)
                same = " and ".join(f"a.k{parts - len(columns) + i} = cast(o.{quote(c)} as varchar)" for i, c in enumerate(columns))
                sql = f'select distinct {", ".join(f"a.k{i}" for i in range(parts))}, min(o.id) from asked a join kept.{quote(other.name)} o on {same} group by all'
                for row in con.execute(sql).fetchall():
                    found.setdefault(tuple(row[:parts]), []).append((other.name, str(row[parts])))
        return found

    def named(self, tx: Connection, entity: type[Entity], ids: Sequence[str], takes: Sequence[str]) -> dict[str, Named]:
        """By id, what records are called and what they and their lines tell of what a decision takes."""
        with self.at(tx, *family(entity, self.registry)) as con:
            return named(con, self.registry, entity, ids, takes)


def _due(con: duckdb.DuckDBPyConnection, rule: Rule, registry: Registry, *, today: date, limit: int | None) -> list[Due]:
    most = f" limit {limit}" if limit is not None else ""
    answer = con.execute(f"select * from ({due_sql(rule, registry)}) where due_on <= date '{today}' order by due_on, id{most}")
    names = [d[0] for d in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    keys = [f"key_{i}" for i in range(len(rule.entity.key()))]
    return [Due(r["id"], tuple(str(r[k]) for k in keys), r["due_on"], {n: _told(r[n]) for n in rule.found}) for r in rows]


def _told(value: Any) -> Any:
    return value.date().isoformat() if hasattr(value, "date") else value.isoformat() if hasattr(value, "isoformat") else value
