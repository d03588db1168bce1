"""One piece of work after the other in the same database, and none sees another."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from medthread.stores.engines import DuckEngine, Input, bench, copy, job


@pytest.fixture(autouse=True)
def none_idle() -> Iterator[None]:
    bench.close_idle()
    yield
    bench.close_idle()


def spill_of(con: duckdb.DuckDBPyConnection) -> str:
    """The folder that a database spills into, which names it."""
    return str(con.execute("select current_setting('temp_directory')").fetchall()[0][0])


def test_the_next_works_in_the_same_database_and_finds_nothing_of_the_last() -> None:
    with job(memory="300MB", threads=1) as con:
        first = spill_of(con)
        con.execute("create schema raw; create table raw.kept as select 1 as n; create view seen as select 2 as n; create temp table passing as select 3 as n")
        con.execute("create macro twice(x) as x * 2; create or replace macro narrow(x) as 'another'; set timezone='Asia/Shanghai'")
        con.execute("set preserve_insertion_order=true; begin; create table unfinished as select 4 as n")
    with job(memory="200MB", threads=2) as con:
        assert spill_of(con) == first
        for gone in ("from raw.kept", "from seen", "from passing", "from unfinished", "select twice(1)"):
            with pytest.raises(duckdb.CatalogException):
                con.execute(gone)
        said = "select narrow('Ａ'), medthread.mask_partial('13812345678'), current_setting('TimeZone'), current_setting('threads')"
        assert con.execute(said).fetchall() == [("A", "138****5678", "UTC", 2)]
        kept = "select current_setting('preserve_insertion_order'), current_setting('memory_limit')"
        assert con.execute(kept).fetchall() == [(False, "190.7 MiB")]


def test_two_at_once_have_a_database_each() -> None:
    with job() as one, job() as other:
        assert spill_of(one) != spill_of(other)
        one.execute("create table mine as select 1 as n")
        with pytest.raises(duckdb.CatalogException):
            other.execute("from mine")


def test_few_are_kept_when_many_worked() -> None:
    start, folders = threading.Barrier(bench.IDLE + 2), []

    def work() -> None:
        with job(memory="100MB", threads=1) as con:
            folders.append(Path(spill_of(con)))
            start.wait(60)

    workers = [threading.Thread(target=work) for _ in range(bench.IDLE + 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(folders)) == bench.IDLE + 2
    assert sum(f.exists() for f in folders) <= bench.IDLE + 1  # two that end in the same moment may both be kept
    bench.close_idle()
    assert not any(f.exists() for f in folders)


@pytest.mark.parametrize(
    "left",
    [
        "create table memory.main.kept as select 1 as n",
        "create or replace view memory.medthread.seen as select 1 as n",
        "attach ':memory:' as beside",
    ],
)
def test_what_leaves_something_is_not_worked_in_again(left: str) -> None:
    with job() as con:
        used = spill_of(con)
        con.execute(left)
    assert not Path(used).exists()
    with job() as con:
        assert spill_of(con) != used


def test_one_that_failed_is_not_worked_in_again() -> None:
    used = ""
    with pytest.raises(duckdb.Error), job() as con:  # noqa: PT012 - the folder is asked for first
        used = spill_of(con)
        con.execute("select error('no')")
    assert not Path(used).exists()


def test_what_was_read_is_not_held_and_a_file_of_the_same_name_is_read_anew(tmp_path: Path) -> None:
    file, engine = tmp_path / "rows.parquet", DuckEngine(memory="500MB", threads=1)
    for size in (400_000, 400_001):
        with job() as con:
            copy(con, f"select i as n, md5(i::varchar) as text from range({size}) t(i)", file)
        os.utime(file, (1, 1))  # long ago, so that nothing speaks against keeping what was read; the same moment both times
        assert engine.rows("select count(*), count(distinct text) from raw.rows", inputs={"raw.rows": Input(files=(str(file),))}) == [(size, size)]
    with job() as con:
        assert con.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchall() == [(0,)]
