"""The lineage of statements against what a person wrote down, and against the engine: what changes an output must be among its sources."""

import random
import re
import time
from collections.abc import Iterator
from functools import cache

import duckdb
import pytest

from medthread.pipeline.lineage import Output, Target, read_script
from tests.pipeline.lineage.truths import GAPS, TABLES, TRUTHS, Truth

SIGNS = {"~": "TRANSFORMATION", "+": "AGGREGATION"}
WORDS = {"constant", "counted", "generated", "kept"}
ROWS, VARIANTS = 14, 2


@cache
def _read(truth: Truth) -> Target:
    """The last of what its statements write, its names as the engine gives them."""
    with duckdb.connect() as con:
        _define(con)
        found = read_script(truth.sql, TABLES, engine=None if ";" in truth.sql else lambda sql: _described(con, sql))
    return found[-1]


def _described(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    return [(n, k) for n, k, *_ in con.execute(f"describe {sql}").fetchall()]


def _define(con: duckdb.DuckDBPyConnection) -> None:
    for name, columns in TABLES.items():
        con.execute(f"create table {name} ({', '.join(f'{n} {k}' for n, k in columns)})")


def _told(truth: Truth) -> Iterator[tuple[str, set[str], set[str], str]]:
    """Name, sources with their words, influences, and the word where there are no sources."""
    lines = [line.strip() for line in truth.told.strip().splitlines()]
    every = {i for line in lines if line.startswith("*") for i in line.partition("|")[2].strip().split(", ")}
    for line in lines:
        if line.startswith("*"):
            continue
        name, _, rest = line.partition(" <- ")
        left, _, right = rest.partition("|")
        sources = [s.strip() for s in left.split(",")]
        word = sources[0] if sources[0] in WORDS else ""
        values = set() if word else {f"{SIGNS.get(s[0], 'IDENTITY')} {s.lstrip('~+')}" for s in sources}
        own = {i.strip() for i in right.split(",")} if right.strip() else set()
        yield name, values, every | own, word


def _values(output: Output) -> set[str]:
    return {f"{how} {s.table}.{s.column}" for s, how in output.values.items()}


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda t: t.name)
def test_lineage_is_what_a_person_wrote_down(truth: Truth) -> None:
    target, told = _read(truth), list(_told(truth))
    assert target.table == truth.target
    assert not target.gaps
    assert len(target.columns) == len(told)
    for place, (name, values, influences, word) in enumerate(told):
        output = target.columns[place]
        assert output.name == name or name.isdigit()
        assert _values(output) == values, name
        assert {f"{how} {s.table}.{s.column}" for s, how in output.influences} == influences, name
        assert (output.word or "") == word, name
        assert not output.gap


@pytest.mark.parametrize(("name", "sql", "why"), GAPS, ids=[g[0] for g in GAPS])
def test_what_cannot_be_told_is_said(name: str, sql: str, why: str) -> None:
    gaps = [g for t in read_script(sql, TABLES) for g in (*t.gaps, *(c.gap for c in t.columns))]
    assert any(why in g for g in gaps), f"{name}: {gaps}"


def test_columns_that_the_engine_gives_otherwise_are_gaps() -> None:
    [target] = read_script("select id, qty from lot", TABLES, engine=lambda _: [("id", "INTEGER")])
    assert [bool(c.gap) for c in target.columns] == [True]
    [target] = read_script("select id, qty from lot", TABLES, engine=lambda _: [("id", "INTEGER"), ("other", "INTEGER")])
    assert [bool(c.gap) for c in target.columns] == [False, True]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables filled once; what a statement does to them is taken back."""
    dice = random.Random(7)
    with duckdb.connect(config={"threads": 1}) as con:
        _define(con)
        for name, columns in TABLES.items():
            # One item for each number: which of several an UPDATE takes is the engine's own choice.
            _fill(con, name, [[at + 1 if (name, n) == ("item", "id") else _value(n, k, dice) for n, k in columns] for at in range(ROWS)])
        yield con


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[list[object]]) -> None:
    told = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    con.execute(f"delete from {table}; insert into {table} values {told}")


def _literal(value: object) -> str:
    return repr(value)  # numbers, texts, lists and structs are written alike


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda t: t.name)
def test_what_changes_an_output_is_among_its_sources(truth: Truth, engine: duckdb.DuckDBPyConnection) -> None:
    """The engine as judge: each source column is changed by itself, and every output column that differs then must name it."""
    target, dice = _read(truth), random.Random(7)
    before = _outputs(engine, truth)
    assert before == _outputs(engine, truth)
    for table, columns in ((t, c) for t, c in TABLES.items() if t in truth.sql):
        rows = engine.execute(f"from {table}").fetchall()
        for place, (column, kind) in enumerate(columns):
            changed = set()
            for _ in range(VARIANTS):
                other = [[*row[:place], _value(column, kind, dice) if dice.random() < 0.6 else row[place], *row[place + 1 :]] for row in rows]
                changed |= {i for i, (a, b) in enumerate(zip(before, _outputs(engine, truth, (table, other)), strict=True)) if a != b}
            for i in changed:
                name, output = _column(truth, target, i)
                if output is None or (table == truth.target and column == name):
                    continue  # a column of the target that the statement does not write, or its own old value
                named = {f"{s.table}.{s.column}" for s in (*output.values, *(s for s, _ in output.influences))}
                assert f"{table}.{column}" in named, f"{name} changes with {table}.{column}"


def _column(truth: Truth, target: Target, place: int) -> tuple[str, Output | None]:
    if truth.target in TABLES:
        name = TABLES[truth.target][place][0]
        return name, next((c for c in target.columns if c.name == name), None)
    return target.columns[place].name, target.columns[place]


def _value(column: str, kind: str, dice: random.Random) -> object:
    if kind.endswith("[]"):
        return [f"t{dice.randint(1, 4)}" for _ in range(dice.randint(0, 3))]
    if kind.startswith("STRUCT"):
        return {"place": f"p{dice.randint(1, 4)}", "line": dice.randint(1, 5)}
    if kind == "VARCHAR":
        return dice.choice({"state": ["open", "done"], "result": ["ok", "bad"]}.get(column, ["c1", "c2", "c3", "c4"]))
    return dice.randint(1, 8)


def _outputs(con: duckdb.DuckDBPyConnection, truth: Truth, other: tuple[str, list[list[object]]] | None = None) -> list[list[str]]:
    """The values of each output column, in no order."""
    con.execute("begin")
    try:
        if other:
            _fill(con, *other)
        found = con.execute(truth.sql)
        rows = (con.execute(f"from {truth.target}") if truth.target else found).fetchall()
        width = len(con.description or ())
    finally:
        con.execute("rollback")
    return [sorted(map(repr, column)) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def test_a_long_chain_is_read_at_once() -> None:
    columns = [f"c{i}" for i in range(60)]
    steps = ["s0 as (select " + ", ".join(columns) + " from wide)"]
    for n in range(1, 8):
        told = ", ".join(f"{c} + c{(i + 1) % 60} as {c}" if n % 2 else c for i, c in enumerate(columns))
        steps += [f"s{n} as (select {told} from s{n - 1} where c{n} > 0)"]
    sql = f"with {', '.join(steps)} select *, count(*) over () as n from s7"
    started = time.perf_counter()
    [target] = read_script(sql, {"wide": [(c, "integer") for c in columns]})
    assert time.perf_counter() - started < 1
    assert len(target.columns) == 61
    assert {s.column for s in target["c0"].values} == {"c0", "c1", "c2", "c3", "c4"}
    assert not any(c.gap for c in target.columns)
    assert re.fullmatch("counted", str(target["n"].word))
