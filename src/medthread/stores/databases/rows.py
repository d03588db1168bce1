"""What adapters have in common whose driver gives rows: one SELECT, its columns written as the server's type asks."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from medthread.stores.databases.port import Column, Selection
from medthread.stores.databases.statement import Dialect, Order, reading, some
from medthread.stores.databases.trouble import extracted, unknown_column, unreadable
from medthread.stores.databases.values import rows_of, table_of
from medthread.stores.readers.extract import Extract, check_columns, write_rows


class Described(NamedTuple):
    """What is read from, and the types of its columns."""

    origin: str
    types: Mapping[str, str]


class Typed(Protocol):
    """How a server's types are written as text, and read back where rows begin at a value."""

    def text(self, column: str, type_: str) -> str | None:
        """The SQL of a column's value; none where it is bytes that are no text."""

    def typed(self, since: str, type_: str) -> str:
        """The SQL of a text as a value of a type."""


class RowReader(ABC):
    """Reads through a cursor; an adapter says how to connect, how to describe and what its types are."""

    dialect: Dialect
    types: Typed
    _name: str

    @abstractmethod
    def _open(self) -> AbstractContextManager[Any]: ...

    @abstractmethod
    def _described(self, cursor: Any, of: str) -> Described: ...

    def _run(self, cursor: Any, statement: str) -> None:
        cursor.execute(statement)

    def columns(self, of: str) -> list[Column]:
        """The columns with the server's types."""
        with self._open() as cursor:
            return [Column(name, type_) for name, type_ in self._described(cursor, of).types.items()]

    def read(self, selection: Selection, out: Path) -> Extract:
        """One SELECT."""
        with self._open() as cursor:
            described = self._described(cursor, selection.of)
            columns = check_columns(list(described.types), file=self._name)
            self._run(cursor, reading(self.dialect, described.origin, self._values(described), self._order(selection, described)))
            rows = rows_of(cursor, columns, name=self._name)
            return extracted(out, columns, lambda partial: write_rows(partial, columns, rows, numbered=False))

    def sample(self, of: str, n: int) -> pa.Table:
        """The first rows that the server comes upon."""
        with self._open() as cursor:
            described = self._described(cursor, of)
            columns = check_columns(list(described.types), file=self._name)
            self._run(cursor, some(self.dialect, described.origin, self._values(described), n))
            return table_of(cursor, columns, name=self._name)

    def _values(self, described: Described) -> dict[str, str]:
        values = {name: self.types.text(self.dialect.column(name), type_) for name, type_ in described.types.items()}
        for name, value in values.items():
            if value is None:
                raise unreadable(self._name, name)
        return {name: value for name, value in values.items() if value is not None}

    def _order(self, selection: Selection, described: Described) -> Order | None:
        by, since = selection.changed_at, selection.since
        if by is None:
            return None
        if by not in described.types:
            raise unknown_column(self._name, by, tuple(described.types))
        return Order(by, f"{self.dialect.column(by)} >= {self.types.typed(since, described.types[by])}" if since is not None else "")
