"""Databases of DuckDB that are worked in one piece of work after the other: opening one takes longer than most of what is asked of it.

A piece of work has a database to itself. What it makes lies in a catalogue that is attached for it and detached after it, so
that the next finds nothing of it. A database where something went wrong, or that is not as it was before, is closed instead.
"""

import atexit
import shutil
import tempfile
from collections import deque
from pathlib import Path

import duckdb

from medthread.stores.engines.duck import connect, literal

IDLE = 2  # databases kept open for the next piece of work
HELD_BYTES = 32 << 20  # what one of them may hold on to meanwhile
WORK = "_work"  # no schema of an input is called so, which DuckDB would take for this
# The functions are found beside what the work makes: they lie in the database's own catalogue, which is called so by DuckDB.
OWN = "memory"
PATH = f"{WORK}.main,{OWN}.main,{OWN}.medthread"
LEFT = f"""
select (select sum(memory_usage_bytes) from duckdb_memory()) > {HELD_BYTES}
    or exists (from duckdb_views() where not internal and database_name = '{OWN}')
    or exists (from duckdb_tables() where database_name = '{OWN}')
    or (select count(*) from duckdb_databases() where not internal) > 1
"""


class Bench:
    """One database, its functions made, with a folder to spill into."""

    def __init__(self) -> None:
        self.spill = Path(tempfile.mkdtemp(prefix="medthread-spill-"))
        self._database = connect(spill=self.spill)

    def lay(self, *, memory: str, threads: int, ordered: bool) -> duckdb.DuckDBPyConnection:
        """A connection for one piece of work, with its limits."""
        con = self._database.cursor()
        kept = "true" if ordered else "false"
        con.execute(f"set memory_limit={literal(memory)}; set threads={threads}; set preserve_insertion_order={kept}")
        con.execute(f"attach ':memory:' as {WORK}; set search_path={literal(PATH)}; set timezone='UTC'")
        return con

    def clear(self) -> bool:
        """Take away what the work made, its connection being closed; whether all is as it was before."""
        self._database.execute(f"detach {WORK}")
        # Files it has read are no longer kept; another may have their names by the next time.
        self._database.execute("set enable_external_file_cache=false; set enable_external_file_cache=true")
        return not any(self.spill.iterdir()) and not self._database.execute(LEFT).fetchall()[0][0]

    def close(self) -> None:
        """Give everything back."""
        self._database.close()
        shutil.rmtree(self.spill, ignore_errors=True)


_idle: deque[Bench] = deque()


def take() -> Bench:
    """A database that nobody works in."""
    try:
        return _idle.pop()
    except IndexError:
        return Bench()


def give_back(bench: Bench) -> None:
    """Keep it for the next, where it is as it was and few are kept already."""
    try:
        clean = bench.clear()
    except duckdb.Error:
        clean = False
    if clean and len(_idle) < IDLE:
        _idle.append(bench)
    else:
        bench.close()


@atexit.register
def close_idle() -> None:
    """Close those that are kept; also of use to whoever wants their memory."""
    while _idle:
        _idle.pop().close()
