"""What every adapter's tests read with."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from medthread.stores.databases import Database, Selection


def rows(base: Database, of: str, folder: Path, **more: Any) -> list[dict[str, str | None]]:
    """All rows as text; the file is what the extract says."""
    out = folder / "read.parquet"
    extract = base.read(Selection(of, **more), out)
    table = pq.read_table(out)
    assert extract.path == out
    assert (table.num_rows, tuple(table.column_names)) == (extract.rows, extract.columns)
    assert {str(f.type) for f in table.schema} == {"string"}
    assert {p.name for p in folder.iterdir() if "read.parquet" in p.name} == {"read.parquet"}
    return table.to_pylist()


def values(base: Database, of: str, folder: Path, **more: Any) -> list[Any]:
    """The first column of all rows."""
    return [next(iter(row.values())) for row in rows(base, of, folder, **more)]


@contextmanager
def broken_off(growing: Path, end: Callable[[], None]) -> Iterator[None]:
    """Meanwhile `end` is called once, when a file has begun to grow."""
    over = threading.Event()

    def wait() -> None:
        while not over.wait(0.01):
            if growing.exists() and growing.stat().st_size > 10_000:
                end()
                return

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
