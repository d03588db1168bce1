"""What is expected of a table's rows: counted in one scan, and named."""

import pytest

from medthread.pipeline.build.expectation import Expectation, counting, expectation, failing
from medthread.stores.engines import job

ROWS = "select * from (values ('a', 1, null), ('b', -2, 3), ('b', 4, -5), (null, null, 6)) as v(id, x, y)"


def asked(*conditions: str) -> list[Expectation]:
    return [expectation(c, blocks=True, file="t.sql") for c in conditions]


def count(*conditions: str) -> list[int]:
    with job() as con:
        con.execute(f"create table t as {ROWS}; create schema golden; create table golden.known as select 'a' as id")
        return [int(n) for n in con.execute(counting(asked(*conditions), "t")).fetchall()[0]]


def test_a_row_fails_where_the_condition_is_false_and_not_where_it_is_unknown() -> None:
    assert count("x >= 0", "x is not null", "x + y > 0", "true") == [1, 1, 1, 0]


def test_a_condition_that_aggregates_is_asked_of_the_table() -> None:
    assert count("count(*) = 4", "count(*) > 4", "sum(x) > 0", "count(distinct id) = count(*)", "x >= 0") == [0, 1, 0, 1, 1]


def test_a_condition_may_look_into_other_tables_and_along_the_rows() -> None:
    assert count("id in (select id from golden.known)", "row_number() over (order by x) < 4", "x <= (select max(z) from (values (3)) as w(z))") == [2, 1, 1]
    [looking] = asked("id in (select id from golden.known)")
    assert (looking.reads, looking.whole) == (("golden.known",), False)


@pytest.mark.parametrize(("condition", "whole"), [
    ("count(*) > 0", True), ("max(x) - min(x) < 10", True), ("x > 0", False), ("x > (select avg(x) from golden.known)", False),
    ("count(*) > (select count(*) from golden.known)", True), ("sum(x) over () > 0", False),
])
def test_whether_it_is_about_the_table(condition: str, whole: bool) -> None:  # noqa: FBT001
    assert asked(condition)[0].whole is whole


def test_rows_that_fail_are_named_by_the_grain() -> None:
    with job() as con:
        con.execute(f"create table t as {ROWS}")
        row, table = asked("x >= 0", "count(*) = count(distinct id)")
        assert con.execute(failing(row, "t", ["id", "x"])).fetchall() == [("b | -2",)]
        assert con.execute(failing(table, "t", ["id"])).fetchall() == [("b",)]
        assert con.execute(failing(row, "t", [])).fetchall() == []
