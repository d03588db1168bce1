"""The port every engine stands behind: a SELECT over named Parquet inputs becomes Parquet.

Engines compute, the core commits: an engine never writes to a catalog. SQL is DuckDB's dialect; another
engine transpiles it. `tests/stores/engines/` holds the suite that each implementation must pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Input:
    """Parquet files read as one relation; columns missing in some files are null there.

    With no file yet it is empty, with the named columns of the given types. With `where` only rows that meet it are there.
    """

    files: Sequence[str]
    columns: tuple[tuple[str, str], ...] = ()
    where: str | None = None


@dataclass(frozen=True)
class Output:
    """What a SELECT left behind."""

    path: Path
    rows: int


class Engine(Protocol):
    """Computes models. Sums of whole numbers, wider than any whole number that a table keeps, are decimals of 38 digits."""

    def select_to_parquet(self, sql: str, *, inputs: Mapping[str, Input], out: Path) -> Output:
        """Run one SELECT over the inputs, each visible by its (dotted, quoted) name, and write Parquet."""

    def select_to_partitions(self, sql: str, *, inputs: Mapping[str, Input], by: str, out: Path) -> dict[str, list[Output]]:
        """Run one SELECT and write Parquet files by the value of an expression over its columns, which is text."""

    def columns_of(self, sql: str, *, inputs: Mapping[str, Input]) -> list[tuple[str, str]]:
        """Names and types the SELECT would give, without running it."""

    def rows(self, sql: str, *, inputs: Mapping[str, Input]) -> list[tuple[Any, ...]]:
        """The rows of a SELECT whose answer is small."""
