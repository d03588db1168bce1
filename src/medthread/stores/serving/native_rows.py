"""Rows of native entities, asked in PostgreSQL within the reach of who asks."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, Text

from medthread.model import Kind
from medthread.stores.engines import literal, quote
from medthread.stores.postgres.row_security import Reach, own_rows
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import deadline, process_case

BATCH = 2000
STATE, SINCE, DUE, OPENED_BY = "_state", "_since", "_due", "_opened_by"
# Where a record stands in its process: its state, since when, the soonest limit that runs, and who opened it.
CASE = {STATE: Kind.TEXT, SINCE: Kind.TIMESTAMP, DUE: Kind.TIMESTAMP, OPENED_BY: Kind.TEXT}
# Texts and names stay as they are, whatever signs they hold.
_MARKS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|%""")


@dataclass(frozen=True)
class NativeRows:
    """One native entity's rows; `has_case` where its records go through a process."""

    store: Store
    table: Table
    reach: Reach
    has_case: bool = False

    @property
    def technical(self) -> tuple[str, ...]:
        """Columns beside the fields that readers get."""
        return ("_org", "_plant", "_revision", *(CASE if self.has_case else ()))

    def relation(self) -> str:
        """SQL for the rows in a FROM: the table itself where that is all, so that its indexes serve."""
        table = f"{quote(str(self.table.schema))}.{quote(self.table.name)}"
        plain = self.store.sorts_by_code_point
        if plain and not self.has_case:
            return table
        columns = "t.*" if plain else ", ".join(_by_code_point(c) for c in self.table.c)
        case, joined = self._case() if self.has_case else ("", "")
        return f"(select {columns}{case} from {table} t{joined}) as held"

    def _case(self) -> tuple[str, str]:
        here = f"entity = {literal(self.table.name)} and {{}}.record = t.id"
        due = f"(select min(d.due_at) from {deadline.fullname} d where d.{here.format('d')} and d.met_at is null)"
        columns = f', c.state collate "C" as {STATE}, c.state_since as {SINCE}, {due} as {DUE}, c.opened_by collate "C" as {OPENED_BY}'
        return columns, f" left join {process_case.fullname} c on c.{here.format('c')}"

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        with self._asking() as tx:
            found = tx.exec_driver_sql(_spoken(sql), tuple(parameters))
            names = list(found.keys())
            return [dict(zip(names, map(_plain, row), strict=True)) for row in found]

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Column names and rows in batches, from a cursor that the server keeps; all of one moment."""
        with self.store.streaming() as tx, own_rows(tx, self.reach), closing(_cursor(tx, sql, parameters)) as found:
            names = list(found.keys())
            for rows in found.partitions():
                yield names, [tuple(map(_plain, row)) for row in rows]

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        """A connection for one question; only who is bound needs a transaction around it, for the role to end with."""
        if not self.reach.is_bound:
            with self.store.statements() as tx:
                yield tx
        else:
            with self.store.transaction() as tx, own_rows(tx, self.reach):
                yield tx


def _cursor(tx: Connection, sql: str, parameters: Sequence[Any]) -> CursorResult[Any]:
    """A result that the server keeps. SQLAlchemy overhears `yield_per` for SQL in the driver's own words; said in its parts, it works."""
    kept = {"stream_results": True, "max_row_buffer": BATCH}
    return tx.exec_driver_sql(_spoken(sql), tuple(parameters), kept).yield_per(BATCH)


def _by_code_point(column: Any) -> str:
    name = quote(column.name)
    return f't.{name} collate "C" as {name}' if isinstance(column.type, Text) else f"t.{name}"


@lru_cache(maxsize=1024)
def _spoken(sql: str) -> str:
    """The same SQL with parameters marked as the driver wants them."""
    return _MARKS.sub(lambda m: "%s" if m[0] == "?" else m[0].replace("%", "%%"), sql)


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
