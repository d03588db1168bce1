"""Queries over the files of one release.

The pointer is read anew for each request, so a published release is seen by the next reader; a reader that has
begun keeps the release it began with.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from medthread.model.errors import ConfigurationError, StoreError
from medthread.stores.engines import connect, file_list, quote
from medthread.stores.lakehouse import Release, Releases

KEPT = 4  # snapshots whose connection stays open
BATCH = 2000
ARROW_BATCH = 50_000
# What DuckDB raises on files that are gone, cut off or changed.
UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException, duckdb.InternalException)


class Snapshot:
    """One release, open for reading."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._connection = connect(memory="1GB")
        self._named: set[str] = set()
        self._columns: dict[str, tuple[tuple[str, str], ...]] = {}
        self._naming = threading.Lock()

    def has(self, table: str) -> bool:
        """Whether the release has the table."""
        return table in self.release.tables

    def rows_of(self, table: str) -> int:
        """Rows of a table, as the release recorded them."""
        return self.release.tables[table].rows if self.has(table) else 0

    def file_list(self, table: str) -> str:
        """Its files, in the order in which they count, as a list of SQL."""
        return file_list(self.release.tables[table].files)

    def columns(self, table: str) -> tuple[tuple[str, str], ...]:
        """Columns of a table as its files have them, with DuckDB's types; none where the release does not have it."""
        if self.has(table) and table not in self._columns:
            self._columns[table] = tuple((r["column_name"], r["column_type"].lower()) for r in self.query(f"describe select * from {self.relation(table)}"))
        return self._columns.get(table, ())

    def relation(self, table: str, columns: Sequence[tuple[str, str]] = ()) -> str:
        """SQL for the table in a FROM; a table the release does not have is empty, with the columns given."""
        if self.has(table):
            return f"read_parquet({file_list(self.release.tables[table].files)}, union_by_name=true)"
        nothing = ", ".join(f"cast(null as {kind}) as {quote(name)}" for name, kind in columns)
        return f"(select {nothing or 'null as nothing'} where false)"

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        cursor = self._connection.cursor()
        try:
            names, rows = self._run(cursor, sql, parameters)
        finally:
            cursor.close()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def named(self, sql: str, parameters: Mapping[str, Any], tables: Mapping[str, str]) -> list[dict[str, Any]]:
        """The same with tables called by their names: each a view, made once, over the relation given for it."""
        cursor = self._connection.cursor()
        try:
            with self._reading():
                self._name(cursor, tables)
                cursor.execute(sql, dict(parameters))
                names, rows = [d[0] for d in cursor.description or []], cursor.fetchall()
        finally:
            cursor.close()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _name(self, cursor: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> None:
        with self._naming:
            for table in tables.keys() - self._named:
                schema, _, name = table.partition(".")
                cursor.execute(f"create schema if not exists {quote(schema)}")
                cursor.execute(f"create or replace view {quote(schema)}.{quote(name)} as select * from {tables[table]}")
                self._named.add(table)

    def _run(self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any]) -> tuple[list[str], list[Any]]:
        with self._reading():
            cursor.execute(sql, list(parameters))
            return [d[0] for d in cursor.description or []], cursor.fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What a damaged or missing file makes DuckDB say, as our own error."""
        try:
            yield
        except UNREADABLE as error:
            words = str(error).splitlines()[0][:200]
            raise StoreError(f"a file of {self.release.id} cannot be read: {words}", hint="run `medthread verify`") from error

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[list[str], list[Any]]]:
        """Column names and rows in batches, for exports of any size."""
        cursor = self._connection.cursor()
        try:
            with self._reading():
                cursor.execute(sql, list(parameters))
            names = [d[0] for d in cursor.description or []]
            while True:
                with self._reading():
                    rows = cursor.fetchmany(BATCH)
                if not rows:
                    return
                yield names, rows
        finally:
            cursor.close()

    def batches(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """The same as Arrow's batches, before them one without rows, so that the schema is known where there are none."""
        cursor = self._connection.cursor()
        try:
            with self._reading():
                reader = cursor.sql(sql, params=list(parameters)).to_arrow_reader(ARROW_BATCH)
                yield pa.RecordBatch.from_pylist([], schema=reader.schema)
                yield from reader
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()


class LakeReader:
    """Hands out the release that the pointer stands at."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self._open: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def published(self) -> bool:
        """Whether there is anything to read."""
        return self._releases.current() is not None

    def current(self) -> Snapshot:
        """The snapshot of the release that readers see now."""
        release = self._releases.current()
        if release is None:
            raise ConfigurationError("nothing is published yet", hint="run `medthread run`, or start a run on the Runs page")
        return self._opened(release)

    def of(self, id_: str) -> Snapshot:
        """The snapshot of an earlier release. Raises `NotFoundError` where there is none, `GoneError` where it was withdrawn."""
        return self._opened(self._releases.get(id_))

    def _opened(self, release: Release) -> Snapshot:
        with self._lock:
            found = self._open.get(release.id)
            if found is None or found.release != release:  # its files may have been rewritten
                found = self._open[release.id] = Snapshot(release)
                while len(self._open) > KEPT:
                    self._open.popitem(last=False)
            self._open.move_to_end(release.id)
        return found

    def close(self) -> None:
        """Close every snapshot."""
        with self._lock:
            for snapshot in self._open.values():
                snapshot.close()
            self._open.clear()
