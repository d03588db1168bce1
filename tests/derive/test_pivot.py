"""A pivot's statement: every total is asked of the rows themselves; the largest stand alone and the others together."""

import statistics
from collections import defaultdict
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.derive.pivot import Axis, Measure, pivot_sql
from medthread.model import Kind
from medthread.model.errors import InvalidError

NUMBER = Measure("avg", "x", Kind.INTEGER)
MEASURES = (Measure("count"), Measure("sum", "x", Kind.INTEGER), NUMBER, Measure("median", "x", Kind.INTEGER), Measure("distinct", "x"), Measure("min", "x"), Measure("max", "x"))
ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from(["p", "q"]), st.one_of(st.none(), st.integers(0, 9))), min_size=1, max_size=40)


def asked(rows: list[Any], by_row: list[Axis], by_column: list[Axis], measures: tuple[Measure, ...]) -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        con.execute("create table t (r varchar, c varchar, x bigint)")
        con.executemany("insert into t values (?, ?, ?)", rows)
        found = con.execute(pivot_sql("t", "true", by_row, by_column, measures, zone="Asia/Shanghai", most=1000))
        names = [d[0] for d in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@settings(max_examples=25)
@given(ROWS)
def test_cells_subtotals_and_the_whole_are_those_of_their_rows(rows: list[Any]) -> None:
    told = asked(rows, [Axis("r", Kind.TEXT)], [Axis("c", Kind.TEXT)], MEASURES)
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for r, c, x in rows:
        for key in ((0, r, c), (1, r, None), (2, None, c), (3, None, None)):
            groups[key].append(x)
    assert {(t["total"], t["a0"], t["a1"]) for t in told} == groups.keys()
    for t in told:
        values = groups[t["total"], t["a0"], t["a1"]]
        filled = [v for v in values if v is not None]
        assert t["m0"] == len(values)
        assert t["m1"] == (sum(filled) if filled else None)
        assert t["m2"] == (pytest.approx(statistics.mean(filled)) if filled else None)
        assert t["m3"] == (statistics.median(filled) if filled else None)
        assert (t["m4"], t["m5"], t["m6"]) == (len(set(filled)), min(filled, default=None), max(filled, default=None))


def test_the_largest_stand_alone_and_the_others_together_with_their_own_average() -> None:
    rows = [("a", "p", 1)] * 5 + [("b", "p", 10)] * 3 + [("c", "p", 100)] + [("d", "p", 40)] + [(None, "p", 7)] * 2
    told = {(t["a0"], t["o0"], t["total"]): (t["m0"], t["m1"]) for t in asked(rows, [Axis("r", Kind.TEXT, top=2)], [], (Measure("count"), NUMBER))}
    assert told == {("a", False, 0): (5, 1), ("b", False, 0): (3, 10), (None, True, 0): (2, 70), (None, False, 0): (2, 7), (None, None, 1): (12, pytest.approx(189 / 12))}


def test_moments_are_put_together_by_the_organisations_clock() -> None:
    with duckdb.connect() as con:
        con.execute('create table t as select * from (values (timestamp $$2024-01-31 15:59:00$$), (timestamp $$2024-01-31 16:00:00$$)) v("at")')
        told = con.execute(pivot_sql("t", "true", [Axis("at", Kind.TIMESTAMP, "month")], [], (Measure("count"),), zone="Asia/Shanghai", most=10)).fetchall()
    assert sorted(str(t[0]) for t in told if not t[1]) == ["2024-01-01", "2024-02-01"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("grain", ["day", "month"])
def test_the_clock_is_that_of_the_calendar_in_every_year(zone: str, grain: str) -> None:
    with duckdb.connect() as con:
        con.execute('create table t as select timestamp $$1905-01-01$$ + interval (i * 7919) minute as "at" from range(13000) r(i)')
        by_calendar = con.execute(f"select cast(date_trunc('{grain}', timezone('{zone}', timezone('UTC', \"at\"))) as date) as d, count(*) from t group by 1 order by 1").fetchall()
        told = con.execute(pivot_sql("t", "true", [Axis("at", Kind.TIMESTAMP, grain)], [], (Measure("count"),), zone=zone, most=100_000)).fetchall()
    assert sorted((t[0], t[-1]) for t in told if not t[1]) == by_calendar


@pytest.mark.parametrize("wrong", [lambda: Axis("r", Kind.TEXT, "month"), lambda: Axis("r", Kind.DATE, "hour"), lambda: Measure("sum", "r", Kind.TEXT), lambda: Measure("sum"), lambda: Measure("count", "x"), lambda: Measure("mode", "x")])
def test_what_cannot_be_computed_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidError):
        wrong()
