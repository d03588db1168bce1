"""Rows of native entities from PostgreSQL, asked for in the same words as lake rows.

Native tables are small (people, places, certificates): they are read whole into the query engine, so that one
filter, one order and one mask serve both homes.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from sqlalchemy import and_, select

from medthread.api.services import Services
from medthread.derive.columns import value_columns
from medthread.model import Entity
from medthread.stores.engines import connect
from medthread.stores.postgres.tables import process_case

TECHNICAL = (("_plant", pa.string()), ("_revision", pa.int64()))
STATE = "_state"


class NativeRows:
    """One native entity's rows."""

    def __init__(self, given: Services, entity: type[Entity]) -> None:
        self._given = given
        self._entity = entity

    def relation(self) -> str:
        """The name under which the rows stand in a query."""
        return "native_rows"

    def _arrow(self) -> pa.Table:
        columns = [c for f in self._entity.fields.values() for c in value_columns(f)]
        kinds = [("id", pa.string()), *((c.name, c.arrow) for c in columns), *TECHNICAL]
        table, case = self._given.native[self._entity.name], process_case
        query = select(*(table.c[name] for name, _ in kinds))
        if self._entity.name in self._given.workflow.rulebook.processes:
            here = and_(case.c.entity == self._entity.name, case.c.record == table.c.id)
            query = query.add_columns(case.c.state).outerjoin_from(table, case, here)
            kinds.append((STATE, pa.string()))
        with self._given.store.transaction() as tx:
            rows = tx.execute(query).all()
        return pa.table({
            name: pa.array([_plain(r[i]) for r in rows], kind) for i, (name, kind) in enumerate(kinds)
        })

    def query(self, sql: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(zip(names, row, strict=True)) for names, rows in self.stream(sql, parameters) for row in rows]

    def stream(self, sql: str, parameters: tuple[Any, ...]) -> Iterator[tuple[list[str], list[Any]]]:
        """Rows in one batch."""
        con = connect(memory="256MB", threads=1)
        con.register("native_rows", self._arrow())
        con.execute(sql, list(parameters))
        yield [d[0] for d in con.description or []], con.fetchall()
        con.close()


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
