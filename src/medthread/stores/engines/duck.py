"""DuckDB in process: in memory, with a spill folder and fixed limits; no file of its own is a store."""

import atexit
import contextlib
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import duckdb

from medthread.derive.functions import MASK_PARTIAL
from medthread.stores.engines.port import Input, Output

EVERYWHERE = f"""
create schema if not exists medthread;
create or replace macro medthread.mask_partial(x) as {MASK_PARTIAL};
create or replace macro medthread.folded(x) as lower(x);
"""
HIVE = "_partition"
PART = 1  # row groups in a file that is one of several
PARQUET = "format parquet, compression zstd, compression_level 1, row_group_size 122880"


@cache
def _functions() -> str:
    return (Path(__file__).parent / "functions.sql").read_text(encoding="utf-8") + EVERYWHERE


def quote(name: str) -> str:
    """An SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def file_list(files: list[str] | tuple[str, ...]) -> str:
    """Paths as a DuckDB list."""
    return "[" + ", ".join(literal(f) for f in files) + "]"


def connect(*, spill: Path | None = None, memory: str = "2GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A connection with our functions, UTC, and limits; nothing is fetched from anywhere."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    con.execute(f"set memory_limit={literal(memory)}; set threads={threads}; set timezone='UTC'")
    con.execute("set enable_progress_bar=false")
    if spill is not None:
        con.execute(f"set temp_directory={literal(str(spill))}")
    con.execute(_functions())
    return con


@cache
def _resident() -> duckdb.DuckDBPyConnection:
    atexit.register(_resident.cache_clear)  # what outlives the interpreter's end is reported as leaked
    return connect(memory="512MB", threads=1)


@contextlib.contextmanager
def question() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for a question about rows in hand. All of a process share one small database: opening one for each takes a hundred times as long."""
    con = _resident().cursor()
    try:
        con.execute("set timezone='UTC'")  # a cursor does not take over what its connection was told
        yield con
    finally:
        con.close()


def define(con: duckdb.DuckDBPyConnection, inputs: Mapping[str, Input]) -> None:
    """Make the inputs visible as views `schema.table`, or plain names."""
    for name, given in inputs.items():
        schema, _, table = name.rpartition(".")
        if schema:
            con.execute(f"create schema if not exists {quote(schema)}")
        target = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
        con.execute(f"create or replace view {target} as {_relation(given)}")


def _relation(given: Input) -> str:
    if given.files:
        where = f" where {given.where}" if given.where else ""
        return f"select * from read_parquet({file_list(list(given.files))}, union_by_name=true, hive_partitioning=false){where}"
    columns = ", ".join(f"cast(null as {kind}) as {quote(name)}" for name, kind in given.columns)
    return f"select {columns or 'null as nothing'} where false"


def copy(con: duckdb.DuckDBPyConnection, sql: str, out: Path) -> Output:
    """Write a SELECT as Parquet, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".partial")
    counted = con.execute(f"copy ({sql}) to {literal(str(partial))} ({PARQUET})").fetchall()
    partial.replace(out)
    return Output(out, int(counted[0][0]))


def copy_parts(con: duckdb.DuckDBPyConnection, sql: str, out: Path) -> list[Output]:
    """Write a SELECT as Parquet files of about a hundred thousand rows, in its order; they are called `out` with a number."""
    partial = out.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy ({sql}) to {literal(str(partial))} ({PARQUET}, row_groups_per_file {PART})")
    made = []
    for number, path in enumerate(sorted(partial.glob("*.parquet"), key=_numbered)):
        rows = con.execute(f"select count(*) from read_parquet({literal(str(path))})").fetchall()[0][0]
        made.append(Output(path.replace(out.with_name(f"{out.stem}-{number}.parquet")), int(rows)))
    partial.rmdir()
    return made


def copy_partitions(con: duckdb.DuckDBPyConnection, sql: str, *, by: str, out: Path) -> dict[str, list[Output]]:
    """Write a SELECT as Parquet files by the value of an expression; they are called `out` with a number."""
    partial = out.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy (select *, {by} as {HIVE} from ({sql}) as made) to {literal(str(partial))} ({PARQUET}, partition_by ({HIVE}))")
    made: dict[str, list[Output]] = {}
    for number, path in enumerate(sorted(partial.rglob("*.parquet"))):
        rows = con.execute(f"select count(*) from read_parquet({literal(str(path))})").fetchall()[0][0]
        value = unquote(path.parent.name.removeprefix(f"{HIVE}="))
        made.setdefault(value, []).append(Output(path.replace(out.with_name(f"{out.stem}-{number}.parquet")), int(rows)))
    shutil.rmtree(partial, ignore_errors=True)
    return made


def _numbered(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def storable(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The SELECT with types that Parquet and Iceberg keep: what sums whole numbers is wider than any of theirs, and would be rounded."""
    wide = [str(r[0]) for r in con.execute(f"describe {sql}").fetchall() if r[1] in ("HUGEINT", "UHUGEINT")]
    if not wide:
        return sql
    exact = ", ".join(f"cast({quote(c)} as decimal(38, 0)) as {quote(c)}" for c in wide)
    return f"select * replace ({exact}) from ({sql}) as summed"
