"""The small database that all short questions of a process share."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from duckdb import CatalogException

from medthread.stores.engines import question


def test_it_knows_our_functions_and_no_time_but_utc() -> None:
    with question() as con:
        assert con.execute("select to_integer('1,024'), current_setting('TimeZone')").fetchall() == [(1024, "UTC")]


def test_what_one_registers_no_other_sees() -> None:
    with question() as one:
        one.register("typed", pa.table({"n": [1]}))
        with question() as other, pytest.raises(CatalogException):
            other.execute("select n from typed")
        assert one.execute("select n from typed").fetchall() == [(1,)]
    with question() as later, pytest.raises(CatalogException):
        later.execute("select n from typed")


def test_many_ask_at_once_and_each_gets_its_own_answer() -> None:
    def ask(n: int) -> list[tuple[int]]:
        with question() as con:
            con.register("typed", pa.table({"n": [n]}))
            return con.execute("select n from typed").fetchall()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(200))) == [[(n,)] for n in range(200)]
