"""What the machine wants of a database that is a source; adapters lie beside this file."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import pyarrow as pa

from medthread.stores.readers.extract import Extract


@dataclass(frozen=True)
class Selection:
    """What is read: a table or a view by its name, or one SELECT.

    With `changed_at` rows come in that column's order, those without a value first, so that the last row is the newest.
    With `since`, a value of it as it was read before, only rows from there on come, and those without a value; it is
    compared as a value of the column's own type.
    """

    of: str
    changed_at: str | None = None
    since: str | None = None


@dataclass(frozen=True)
class Column:
    """A column and what the server calls its type."""

    name: str
    type: str


@dataclass(frozen=True)
class Server:
    """Who answered: the product, its version, the account that we are there, and whether it can only read, where that can be told."""

    product: str
    version: str
    account: str
    is_read_only: bool | None


class Database(Protocol):
    """A database as a source: only read, in one snapshot, within a time limit.

    Every value comes as text: empty is null, truths are `true` and `false`, whole floats have no `.0`, moments with a
    zone are UTC, nested values are JSON; binary data is refused with its column. All acts raise `SourceError`.
    """

    is_tried: ClassVar[bool]  # whether the adapter was ever tried on a live server

    def check(self) -> Server:
        """Connect and ask who is there."""

    def tables(self) -> list[str]:
        """Tables and views that the account may read, as `Selection.of` takes them."""

    def columns(self, of: str) -> list[Column]:
        """The columns of a table, a view or a SELECT, in their order."""

    def read(self, selection: Selection, out: Path) -> Extract:
        """Read all rows as text into Parquet; `out` is there whole or not at all."""

    def sample(self, of: str, n: int) -> pa.Table:
        """Some `n` rows as text."""
