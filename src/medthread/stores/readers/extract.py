"""What a reader is asked for, and what it gives back."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.model.errors import SourceError

ROW, HASH, GONE, CORRECTS = "_row_no", "_hash", "_gone", "_corrects"  # columns of ours beside those of the source
MOST_COLUMNS = 2_000
MOST_REJECTS = 10_000
BATCH = 20_000
RAW_KEPT = 4_000  # characters of a record that could not be parsed


@dataclass(frozen=True)
class ReadRequest:
    """A file, its format, and the mapping's options for it."""

    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reject:
    """A record that could not be parsed: its ordinal, why, and its text."""

    row: int
    column: str | None
    reason: str
    message: str
    raw: str


@dataclass(frozen=True)
class Extract:
    """A Parquet file of text columns: `rows` parsed records in stored order.

    With rejects there is a column `_row_no`, the 1-based ordinal of each record; without, position is ordinal.
    """

    path: Path
    columns: tuple[str, ...]
    rows: int
    rejects: tuple[Reject, ...] = ()


class TextWriter:
    """Writes rows of text in batches; memory stays at one batch."""

    def __init__(self, out: Path, columns: Sequence[str], *, numbered: bool) -> None:
        self._columns = check_columns(columns, file=out.name)
        self._numbered = numbered
        names: list[Any] = [(c, pa.string()) for c in self._columns]
        self._schema: Any = pa.schema([*names, (ROW, pa.int64())] if numbered else names)
        self._writer = pq.ParquetWriter(out, self._schema, compression="zstd", compression_level=1)
        self._rows: list[Sequence[str | None]] = []
        self._numbers: list[int] = []
        self.count = 0

    def add(self, row: Sequence[str | None], number: int) -> None:
        """One record."""
        self._rows.append(row)
        self._numbers.append(number)
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._rows:
            arrays: list[Any] = [pa.array(c, pa.string()) for c in zip(*self._rows, strict=True)]
            if self._numbered:
                arrays.append(pa.array(self._numbers, pa.int64()))
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self.count += len(self._rows)
            self._rows, self._numbers = [], []

    def close(self) -> None:
        """Write the rest and the footer."""
        self.flush()
        self._writer.close()


def check_columns(columns: Sequence[str], *, file: str) -> tuple[str, ...]:
    """Names that a table can have: there are some, not too many, none blank, none twice."""
    if not columns:
        raise SourceError(f"{file} has no columns", hint="is it the right sheet or record path?", file=file)
    if len(columns) > MOST_COLUMNS:
        raise SourceError(f"{file} has {len(columns):,} columns", hint=f"at most {MOST_COLUMNS:,} are taken in", file=file)
    seen: set[str] = set()
    for number, name in enumerate(columns, start=1):
        if not name.strip():
            raise SourceError(f"{file}: column {number} has no name", hint="name it in the source, or set header_row", file=file, column=number)
        if name.lower() in seen:
            raise SourceError(f"{file}: two columns are called {name!r}", hint="rename one in the source", file=file, column=name)
        if any(unicodedata.category(c) == "Cc" for c in name):
            raise SourceError(f"{file}: the name of column {number} holds control characters", hint="rename it in the source", file=file, column=number)
        if name in (ROW, HASH, GONE, CORRECTS):
            raise SourceError(f"{file}: a column is called {name!r}", hint="that name is taken; rename it", file=file, column=name)
        seen.add(name.lower())
    return tuple(columns)


class Rejects:
    """Records set aside, up to a number at which the whole file must be wrong."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.all: list[Reject] = []

    def add(self, *, row: int, reason: str, message: str, raw: str, column: str | None = None) -> None:
        """Set one record aside."""
        if len(self.all) >= MOST_REJECTS:
            raise SourceError(
                f"{self._file}: more than {MOST_REJECTS:,} records cannot be parsed, the first at row {self.all[0].row}: {self.all[0].message}",
                hint="is the delimiter, encoding or record path right?", file=self._file, row=self.all[0].row,
            )
        self.all.append(Reject(row, column, reason, message, raw[:RAW_KEPT]))


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A place beside `out` that becomes `out` when all went well, and nothing otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f"{out.name}.part")
    try:
        yield partial
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def write_rows(
    out: Path, columns: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None]]], *, numbered: bool
) -> int:
    """Numbered rows into Parquet; gives how many."""
    writer = TextWriter(out, columns, numbered=numbered)
    try:
        for number, row in rows:
            writer.add(row, number)
    finally:
        writer.close()
    return writer.count
