"""What every engine behind the port must do. Another engine joins by one line in ENGINES."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.stores.engines import DuckEngine, Engine, Input

ENGINES: dict[str, Callable[[], Engine]] = {"duckdb": lambda: DuckEngine(memory="500MB", threads=2)}
engines = pytest.mark.parametrize("engine", [make() for make in ENGINES.values()], ids=list(ENGINES))


def source(folder: Path, name: str, table: pa.Table) -> str:
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    return str(path)


def run(engine: Engine, sql: str, folder: Path, **inputs: Input) -> list[dict[str, object]]:
    made = engine.select_to_parquet(sql, inputs=inputs, out=folder / "out" / "made.parquet")
    rows: list[dict[str, object]] = pq.read_table(made.path).to_pylist()
    assert made.rows == len(rows)
    return rows


@engines
def test_names_types_and_nulls_survive(engine: Engine, tmp_path: Path) -> None:
    table = pa.table({
        "批号": ["L1", None], "n": pa.array([1, None], pa.int64()), "d": pa.array([Decimal("1.500000"), None], pa.decimal128(24, 6)),
        "on": pa.array([dt.date(2026, 1, 5), None]), "at": pa.array([dt.datetime(2026, 1, 5, 3), None], pa.timestamp("us")),
        "ok": [True, None], "flags": [["a"], []],
    })
    inputs = {"golden.lot": Input([source(tmp_path, "a", table)])}
    rows = run(engine, "select * from golden.lot order by n nulls last", tmp_path, **inputs)
    assert rows == table.to_pylist()


@engines
def test_several_files_with_different_columns_are_one_relation(engine: Engine, tmp_path: Path) -> None:
    files = [source(tmp_path, "a", pa.table({"x": [1]})), source(tmp_path, "b", pa.table({"x": [2], "y": ["new"]}))]
    assert run(engine, "select x, y from t order by x", tmp_path, t=Input(files)) == [{"x": 1, "y": None}, {"x": 2, "y": "new"}]


@engines
def test_an_input_without_files_is_empty_and_typed(engine: Engine, tmp_path: Path) -> None:
    given = {"golden.none": Input((), (("x", "bigint"), ("y", "varchar")))}
    assert run(engine, "select sum(x) as s, count(y) as n from golden.none", tmp_path, **given) == [{"s": None, "n": 0}]
    assert [name for name, _ in engine.columns_of("select * from golden.none", inputs=given)] == ["x", "y"]


@engines
def test_what_columns_are_told_is_what_is_stored_and_whole_numbers_stay_exact(engine: Engine, tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([2**62, 2**62, 1], pa.int64()), "d": pa.array([Decimal("1.5")] * 3, pa.decimal128(24, 6)), "on": [dt.date(2026, 1, 5)] * 3})
    inputs = {"t": Input([source(tmp_path, "a", table)])}
    sql = "select sum(n) as s, count(*) as c, avg(n) as a, sum(d) as d, max(\"on\") as o, date_trunc('month', max(\"on\")) as m, list(n > 1) as l, 1 as i from t"
    told = engine.columns_of(sql, inputs=inputs)
    made = engine.select_to_parquet(sql, inputs=inputs, out=tmp_path / "made.parquet")
    assert told == engine.columns_of("select * from made", inputs={"made": Input([str(made.path)])})
    assert pq.read_table(made.path).to_pylist()[0]["s"] == 2**63 + 1


@engines
def test_only_rows_that_meet_the_condition_are_there(engine: Engine, tmp_path: Path) -> None:
    given = Input([source(tmp_path, "a", pa.table({"x": [1, 2, 3]}))], where="x > 1")
    assert run(engine, "select x from golden.t order by x", tmp_path, **{"golden.t": given}) == [{"x": 2}, {"x": 3}]
    assert engine.rows("select sum(x) from golden.t", inputs={"golden.t": given}) == [(5,)]


@engines
def test_files_by_the_value_of_an_expression(engine: Engine, tmp_path: Path) -> None:
    names = ["a/b=c 中文%", "", None, "a/b=c 中文%"]
    given = {"t": Input([source(tmp_path, "a", pa.table({"k": names, "v": [1, 2, 3, 4]}))])}
    made = engine.select_to_partitions("select k, v from t", inputs=given, by="coalesce(k, 'none')", out=tmp_path / "out" / "made.parquet")
    rows = {value: [r for o in parts for r in pq.read_table(o.path).to_pylist()] for value, parts in made.items()}
    assert {value: sorted(r["v"] for r in found) for value, found in rows.items()} == {"a/b=c 中文%": [1, 4], "": [2], "none": [3]}
    assert all(set(r) == {"k", "v"} for found in rows.values() for r in found)
    assert all(o.path.parent == tmp_path / "out" for parts in made.values() for o in parts)
    assert sum(o.rows for parts in made.values() for o in parts) == 4
    assert engine.select_to_partitions("select k, v from t where false", inputs=given, by="k", out=tmp_path / "out" / "none.parquet") == {}


@engines
def test_joins_windows_and_aggregates_in_the_shared_dialect(engine: Engine, tmp_path: Path) -> None:
    table = pa.table({"k": ["a", "a", "b"], "v": [1, 2, 3]})
    sql = (
        "select k, sum(v) as total, count(*) filter (v > 1) as big, max(v) over (partition by k) as top from t group by k, v"
        " qualify row_number() over (partition by k order by v desc) = 1 order by k"
    )
    rows = run(engine, sql, tmp_path, t=Input([source(tmp_path, "a", table)]))
    assert rows == [{"k": "a", "total": 2, "big": 1, "top": 2}, {"k": "b", "total": 3, "big": 1, "top": 3}]


@engines
def test_a_failing_select_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    with pytest.raises(Exception, match="nowhere"):
        engine.select_to_parquet("select * from nowhere", inputs={}, out=out)
    assert not out.exists()


@engines
@pytest.mark.parametrize(("call", "value"), [
    ("narrow('ＡＢ１２')", "AB12"), ("to_number('1,234.50')", "1234.500000"), ("to_number('1,23')", None), ("to_day('2024年1月5日')", "2024-01-05"),
    ("to_day('2024/1/5')", "2024-01-05"), ("to_day('2024-02-30')", None), ("is_gtin('04012345678901')", "true"), ("is_gtin('04012345678902')", "false"),
    ("is_uscc('91330304685627980X')", "true"), ("is_uscc('913303046856279801')", "false"), ("to_truth('是')", "true"), ("filled('  ')", None),
    ("uscc_repair('9133O304685627980X')", "91330304685627980X"), ("medthread.mask_partial('13800138000')", "138****8000"),
])
def test_the_functions_of_rules_and_mappings(engine: Engine, tmp_path: Path, call: str, value: str | None) -> None:
    assert run(engine, f"select cast({call} as varchar) as v", tmp_path) == [{"v": value}]
