"""The embedded engine: each piece of work has a database to itself while it lasts."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from medthread.stores.engines.bench import give_back, take
from medthread.stores.engines.duck import copy, copy_partitions, define, storable
from medthread.stores.engines.port import Input, Output


@contextlib.contextmanager
def job(*, memory: str = "2GB", threads: int = 2, ordered: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one piece of work, with its limits; what it makes or spills goes with it.

    Rows say where they stood themselves; keeping them in order, `ordered`, holds back far more of them in memory.
    """
    bench = take()
    con = None
    try:
        con = bench.lay(memory=memory, threads=threads, ordered=ordered)
        yield con
    except BaseException:
        if con is not None:
            con.close()
        bench.close()
        raise
    con.close()
    give_back(bench)


class DuckEngine:
    """The embedded engine."""

    def __init__(self, *, memory: str = "2GB", threads: int = 2) -> None:
        self._memory = memory
        self._threads = threads

    def select_to_parquet(self, sql: str, *, inputs: Mapping[str, Input], out: Path) -> Output:
        """Run one SELECT over the inputs and write Parquet."""
        with job(memory=self._memory, threads=self._threads) as con:
            define(con, inputs)
            return copy(con, storable(con, sql), out)

    def select_to_partitions(self, sql: str, *, inputs: Mapping[str, Input], by: str, out: Path) -> dict[str, list[Output]]:
        """Run one SELECT and write Parquet files by the value of an expression over its columns, which is text."""
        with job(memory=self._memory, threads=self._threads) as con:
            define(con, inputs)
            return copy_partitions(con, storable(con, sql), by=by, out=out)

    def columns_of(self, sql: str, *, inputs: Mapping[str, Input]) -> list[tuple[str, str]]:
        """Names and types the SELECT would give."""
        with job(memory=self._memory, threads=self._threads) as con:
            define(con, inputs)
            return [(str(r[0]), str(r[1])) for r in con.execute(f"describe {storable(con, sql)}").fetchall()]

    def rows(self, sql: str, *, inputs: Mapping[str, Input]) -> list[tuple[Any, ...]]:
        """The rows of a SELECT whose answer is small."""
        with job(memory=self._memory, threads=self._threads) as con:
            define(con, inputs)
            return con.execute(sql).fetchall()
