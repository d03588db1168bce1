"""The same rows held in an Arrow table and asked in DuckDB: what PostgreSQL's answers are measured by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import and_, func, select

from medthread.api.listing import has_process
from medthread.api.services import Services
from medthread.derive.columns import value_columns
from medthread.model import Entity
from medthread.stores.postgres.row_security import Reach, own_rows
from medthread.stores.postgres.tables import deadline, process_case

TECHNICAL = (("_org", pa.string()), ("_plant", pa.string()), ("_revision", pa.int64()))
MOMENT = pa.timestamp("us")
CASE = (("_state", pa.string()), ("_since", MOMENT), ("_due", MOMENT), ("_opened_by", pa.string()))


@dataclass(frozen=True)
class ArrowRows:
    """A whole table, read within reach."""

    engine: duckdb.DuckDBPyConnection
    held: pa.Table
    technical: tuple[str, ...]

    @classmethod
    def of(cls, engine: duckdb.DuckDBPyConnection, given: Services, entity: type[Entity], reach: Reach) -> "ArrowRows":
        """Read it: fields, where the row belongs, and how it stands in its process."""
        columns = [c for f in entity.fields.values() for c in value_columns(f)]
        kinds = [("id", pa.string()), *((c.name, c.arrow) for c in columns), *TECHNICAL]
        table, case = given.native[entity.name], process_case
        query = select(*(table.c[name] for name, _ in kinds))
        staged = has_process(given, entity)
        if staged:
            soonest = select(deadline.c.record, func.min(deadline.c.due_at).label("due_at")).where(
                deadline.c.entity == entity.name, deadline.c.met_at.is_(None)).group_by(deadline.c.record).subquery()
            joined = table.outerjoin(case, and_(case.c.entity == entity.name, case.c.record == table.c.id)).outerjoin(soonest, soonest.c.record == table.c.id)
            query = query.add_columns(case.c.state, case.c.state_since, soonest.c.due_at, case.c.opened_by).select_from(joined)
            kinds += CASE
        with given.store.transaction() as tx, own_rows(tx, reach):
            rows = tx.execute(query).all()
        held = pa.table({name: pa.array([_plain(r[i]) for r in rows], kind) for i, (name, kind) in enumerate(kinds)})
        return cls(engine, held, ("_org", "_plant", "_revision", *(n for n, _ in CASE if staged)))

    def relation(self) -> str:
        return "held"

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return [dict(zip(names, row, strict=True)) for names, rows in self.stream(sql, parameters) for row in rows]

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        with self.engine.cursor() as con:  # what is registered on a cursor is seen by that cursor alone
            con.register("held", self.held)
            con.execute(sql, list(parameters))
            yield [d[0] for d in con.description or []], con.fetchall()


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
