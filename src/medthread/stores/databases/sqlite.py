"""SQLite: a file; its columns hold values of any type."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote as escape
from urllib.parse import unquote_to_bytes

import pyarrow as pa

from medthread.model.errors import SourceError
from medthread.stores.databases import trouble
from medthread.stores.databases.port import Column, Selection, Server
from medthread.stores.databases.statement import Dialect, Order, query_of, reading, some
from medthread.stores.databases.trouble import Trouble, extracted, telling, unknown_column, unknown_table
from medthread.stores.databases.values import rows_of, table_of
from medthread.stores.readers.extract import Extract, check_columns, write_rows

DIALECT = Dialect()
STEPS = 1_000_000  # of SQLite's machine between two looks at the clock
MAGIC = b"SQLite format 3\0"


class SQLite:
    """A database file."""

    is_tried: ClassVar[bool] = True

    def __init__(self, url: str, password: str | None = None) -> None:
        del password  # a file has none
        self._path = Path(os.fsdecode(unquote_to_bytes(url.removeprefix("sqlite:///"))))
        self._name = os.fsencode(self._path.name).decode(errors="backslashreplace")

    def check(self) -> Server:
        """Open it and count nothing: the file may be large."""
        with self._open() as base:
            base.execute("select count(*) from sqlite_master").fetchone()
        return Server("SQLite", sqlite3.sqlite_version, "", None if os.geteuid() == 0 else not os.access(self._path, os.W_OK))

    def tables(self) -> list[str]:
        """Tables and views, without SQLite's own."""
        with self._open() as base:
            return _tables(base)

    def columns(self, of: str) -> list[Column]:
        """Columns as declared; of a SELECT without their types, which it has none of."""
        with self._open() as base:
            if query_of(of) is None:
                self._origin(base, of)
                return [Column(n, t.lower()) for n, t in base.execute("select name, type from pragma_table_xinfo(?) where hidden <> 1", (of.strip(),))]
            return [Column(n, "") for n in _names(base, of, self._origin(base, of))]

    def read(self, selection: Selection, out: Path) -> Extract:
        """One SELECT in one transaction."""
        with self._open() as base:
            origin = self._origin(base, selection.of)
            columns = check_columns(_names(base, selection.of, origin), file=self._name)
            order = self._order(selection, columns)
            statement = reading(DIALECT, origin, {c: DIALECT.column(c) for c in columns}, order)
            cursor = base.execute(statement)
            return extracted(out, columns, lambda partial: write_rows(partial, columns, rows_of(cursor, columns, name=self._name), numbered=False))

    def sample(self, of: str, n: int) -> pa.Table:
        """The first rows that SQLite comes upon."""
        with self._open() as base:
            origin = self._origin(base, of)
            columns = check_columns(_names(base, of, origin), file=self._name)
            cursor = base.execute(some(DIALECT, origin, {c: DIALECT.column(c) for c in columns}, n))
            return table_of(cursor, columns, name=self._name)

    def _origin(self, base: sqlite3.Connection, of: str) -> str:
        query = query_of(of)
        if query is not None:
            return DIALECT.derived(query)
        tables = _tables(base)
        if of.strip() not in tables:
            raise unknown_table(self._name, of, tables)
        return DIALECT.named(of.strip())

    def _order(self, selection: Selection, columns: tuple[str, ...]) -> Order | None:
        by, since = selection.changed_at, selection.since
        if by is None:
            return None
        if by not in columns:
            raise unknown_column(self._name, by, columns)
        if since is None:
            return Order(by)
        # A value has its own type whatever its column declares: a number is compared as one, a text as text.
        column, text = DIALECT.column(by), DIALECT.literal(since)
        number = f"cast({text} as numeric)"
        return Order(by, f"case when typeof({column}) in ('integer', 'real') then {column} >= {number} else {column} >= {text} end")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.is_file():
            raise SourceError(f"{self._name} is not there", hint="correct the path in the mapping", file=self._name)
        with self._path.open("rb") as opened:
            if opened.read(len(MAGIC)) != MAGIC:
                hint = "is it complete? copy it with the database's backup command"
                raise SourceError(f"{self._name} is not an SQLite database", hint=hint, file=self._name)
        with telling(self._name, (sqlite3.Error,), _trouble), closing(self._connected()) as base:
            base.execute("begin")
            yield base

    def _connected(self) -> sqlite3.Connection:
        base = sqlite3.connect(f"file:{escape(os.fsencode(self._path))}?mode=ro", uri=True, isolation_level=None)
        end = time.monotonic() + trouble.LONGEST_READ
        base.set_progress_handler(lambda: time.monotonic() > end, STEPS)  # true interrupts
        base.text_factory = lambda b: b.decode("utf-8", "strict")
        return base


def _trouble(error: sqlite3.Error) -> Trouble:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        return Trouble.TIME
    return Trouble.NAME if re.match("no such (column|table)", str(error)) else Trouble.OTHER


def _tables(base: sqlite3.Connection) -> list[str]:
    found = base.execute("select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by 1")
    return [str(r[0]) for r in found]


def _names(base: sqlite3.Connection, of: str, origin: str) -> list[str]:
    """A SELECT is asked as it stands: within another, SQLite would tell its twin columns apart."""
    return [d[0] for d in base.execute(query_of(of) or f"select * from {origin} limit 0").description]
