"""The index, the SQL oracle and a naive walk agree on any graph; an index with later edges equals one built anew."""

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medthread.model.errors import StoreError
from medthread.stores.engines import job
from medthread.trace import TraceIndex, build_index
from medthread.trace.delta import Delta
from medthread.trace.oracle import recursive_sql
from medthread.trace.walk import reach

NAMES = [f"{role}:M{n % 3}|{n}" for n in range(14) for role in "SLUPDK"][:24]
edges_of = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=60)
calm = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Edges = list[tuple[str, str]]


def file_of(edges: Edges, folder: Path, name: str = "edges") -> Path:
    path = folder / f"{name}.parquet"
    table = pa.table({
        "parent": [p for p, _ in edges], "child": [c for _, c in edges], "kind": ["consume"] * len(edges),
        "quantity": [1.0] * len(edges), "at": pa.array([None] * len(edges), pa.timestamp("us")), "activity": ["x"] * len(edges),
    })
    pq.write_table(table, path)
    return path


def index_of(edges: Edges, folder: Path, name: str = "edges") -> TraceIndex:
    facts = build_index([file_of(edges, folder, name)], folder / "index", memory="500MB", threads=1)
    return TraceIndex(folder / "index" / facts.name)


def naive(edges: Edges, start: str, direction: str) -> set[str]:
    beside: dict[str, set[str]] = defaultdict(set)
    for parent, child in edges:
        beside[parent if direction == "down" else child].add(child if direction == "down" else parent)
    seen, waiting = {start}, [start]
    while waiting:
        for found in beside[waiting.pop()] - seen:
            seen.add(found)
            waiting.append(found)
    return seen


def walked(index: TraceIndex, start: str, direction: str) -> set[str]:
    node = index.find(start)
    assert node is not None
    return set(index.names(reach(index, np.array([node]), direction=direction).nodes))  # type: ignore[arg-type]


@calm
@given(edges_of, st.data())
def test_index_oracle_and_naive_walk_agree(edges: Edges, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(sorted({n for e in edges for n in e})))
    with tempfile.TemporaryDirectory() as folder, job(memory="500MB", threads=1) as con:
        index = index_of(edges, Path(folder))
        source = f"read_parquet('{folder}/edges.parquet')"
        for direction in ("up", "down"):
            truth = naive(edges, start, direction)
            assert walked(index, start, direction) == truth
            sql = recursive_sql(start=f"'{start}'", edges=source, direction=direction)
            assert {r[0] for r in con.execute(sql).fetchall()} == truth
        assert walked(index, start, "both") == naive(edges, start, "up") | naive(edges, start, "down")


@calm
@given(edges_of, edges_of, st.data())
def test_later_edges_beside_the_index_equal_a_new_index(first: Edges, later: Edges, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(sorted({n for e in first + later for n in e})))
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(first, Path(folder))
        delta = Delta(index, later)
        node = delta.find(start)
        assert node is not None
        for direction in ("up", "down"):
            walk = reach(index, np.array([node]), direction=direction, delta=delta)  # type: ignore[arg-type]
            assert {delta.name(int(n)) for n in walk.nodes} == naive(first + later, start, direction)


def test_names_and_numbers_are_each_others_inverse(tmp_path: Path) -> None:
    index = index_of([("S:M|a", "L:M|b"), ("L:M|b", "U:M|序列 1"), ("L:M|b", "U:M|é")], tmp_path)
    names = index.names(np.arange(index.facts.nodes))
    assert len(set(names)) == 4
    assert [index.find(n) for n in names] == list(range(4))
    assert index.find("U:M|none") is None


def test_a_changed_index_is_noticed_and_the_same_edges_build_nothing(tmp_path: Path) -> None:
    index = index_of([("S:M|a", "L:M|b")], tmp_path)
    index.verify()
    again = build_index([tmp_path / "edges.parquet"], tmp_path / "index", memory="500MB", threads=1)
    assert again.name == index.facts.name
    victim = tmp_path / "index" / index.facts.name / "down.npy"
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(data)
    with pytest.raises(StoreError):
        TraceIndex(tmp_path / "index" / index.facts.name).verify()


def test_nothing_to_index_is_an_index_of_nothing(tmp_path: Path) -> None:
    path = file_of([("S:M|a", "L:M|b")], tmp_path, "x")
    table = pq.read_table(path).slice(0, 0)
    pq.write_table(table, path)
    facts = build_index([path], tmp_path / "index", memory="500MB", threads=1)
    assert (facts.nodes, facts.edges) == (0, 0)
    assert TraceIndex(tmp_path / "index" / facts.name).find("S:M|a") is None
