"""Rows of native entities from PostgreSQL, asked for in the same words as lake rows.

One record is asked for in PostgreSQL by its id. A list is read whole into the query engine, so that one filter, one
order and one mask serve both homes.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Select, and_, func, select

from medthread.api.services import Services
from medthread.derive.columns import value_columns
from medthread.model import Entity
from medthread.stores.engines import connect
from medthread.stores.postgres.row_security import Reach, own_rows
from medthread.stores.postgres.tables import deadline, process_case

TECHNICAL = (("_org", pa.string()), ("_plant", pa.string()), ("_revision", pa.int64()))
STATE, SINCE, DUE, OPENED_BY = "_state", "_since", "_due", "_opened_by"
MOMENT = pa.timestamp("us")
# Where a record stands in its process: its state, since when, the soonest limit that runs, and who opened it.
CASE = ((STATE, pa.string()), (SINCE, MOMENT), (DUE, MOMENT), (OPENED_BY, pa.string()))
CASE_TYPES = {STATE: "varchar", SINCE: "timestamp", DUE: "timestamp", OPENED_BY: "varchar"}


class NativeRows:
    """One native entity's rows within the reach of who asks, or only the one of an id."""

    def __init__(self, given: Services, entity: type[Entity], reach: Reach, *, only: str | None = None) -> None:
        self._given = given
        self._entity = entity
        self._reach = reach
        self._only = only

    def relation(self) -> str:
        """The name under which the rows stand in a query."""
        return "native_rows"

    def _arrow(self) -> pa.Table:
        columns = [c for f in self._entity.fields.values() for c in value_columns(f)]
        kinds = [("id", pa.string()), *((c.name, c.arrow) for c in columns), *TECHNICAL]
        table = self._given.native[self._entity.name]
        query = select(*(table.c[name] for name, _ in kinds))
        if self._entity.name in self._given.workflow.rulebook.processes:
            query = self._with_case(query)
            kinds += CASE
        if self._only is not None:
            query = query.where(table.c.id == self._only)
        with self._given.store.transaction() as tx, own_rows(tx, self._reach):
            rows = tx.execute(query).all()
        return pa.table({
            name: pa.array([_plain(r[i]) for r in rows], kind) for i, (name, kind) in enumerate(kinds)
        })

    def _with_case(self, query: Select[Any]) -> Select[Any]:
        name, table, case = self._entity.name, self._given.native[self._entity.name], process_case
        running = select(deadline.c.record, func.min(deadline.c.due_at).label("due_at")).where(deadline.c.entity == name, deadline.c.met_at.is_(None))
        if self._only is not None:
            running = running.where(deadline.c.record == self._only)
        soonest = running.group_by(deadline.c.record).subquery()
        here = and_(case.c.entity == name, case.c.record == table.c.id)
        joined = table.outerjoin(case, here).outerjoin(soonest, soonest.c.record == table.c.id)
        return query.add_columns(case.c.state, case.c.state_since, soonest.c.due_at, case.c.opened_by).select_from(joined)

    def query(self, sql: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(zip(names, row, strict=True)) for names, rows in self.stream(sql, parameters) for row in rows]

    def stream(self, sql: str, parameters: tuple[Any, ...]) -> Iterator[tuple[list[str], list[Any]]]:
        """Rows in one batch."""
        rows = self._arrow()
        with _engine().cursor() as con:  # what is registered on a cursor is seen by that cursor alone
            con.register("native_rows", rows)
            con.execute(sql, list(parameters))
            yield [d[0] for d in con.description or []], con.fetchall()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One engine for all of a process: to make one, with our functions in it, takes longer than most of its queries."""
    return connect(memory="1GB", threads=1)


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
