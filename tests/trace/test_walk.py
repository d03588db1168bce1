"""The index, the SQL oracle and a naive walk agree on any graph; an index with later edges equals one built anew."""

import json
import tempfile
import zlib
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
from medthread.trace.oracle import recursive_sql
from medthread.trace.scope import recall_scope
from medthread.trace.walk import Walk, reach

NAMES = [f"{role}:M{n % 3}|{n}" for n in range(14) for role in "SLUPDK"][:24]
edges_of = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=60)
calm = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Edges = list[tuple[str, str]]


def file_of(edges: Edges, folder: Path, name: str = "edges") -> Path:
    path = folder / f"{name}.parquet"
    # Kind, quantity and time follow from the ends: the same edge is the same wherever it stands.
    marks = [zlib.crc32(f"{p}>{c}".encode()) for p, c in edges]
    table = pa.table({
        "parent": [p for p, _ in edges], "child": [c for _, c in edges], "kind": [("consume", "use", "it's")[m % 3] for m in marks],
        "quantity": [m % 7 / 2 for m in marks], "activity": ["x"] * len(edges),
        "at": pa.array([m % 20_000 * 86_400_000_000 if m % 4 else None for m in marks], pa.timestamp("us")),
    })
    pq.write_table(table, path)
    return path


def index_of(edges: Edges, folder: Path, name: str = "edges", *, beside: float = 0.05) -> TraceIndex:
    folder.mkdir(exist_ok=True)
    facts = build_index([file_of(edges, folder, name)], folder / "index", memory="500MB", threads=1, beside=beside)
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
def test_later_edges_beside_an_index_equal_a_new_one(first: Edges, later: Edges, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(sorted({n for e in first + later for n in e})))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index_of(first, folder, "first")
        grown = index_of(data.draw(st.permutations(first + later)), folder, "grown", beside=100)
        anew = index_of(first + later, folder / "anew", "grown")
        assert json.loads((folder / "index" / grown.facts.name / "facts.json").read_text())["base"] is not None
        assert (grown.facts.nodes, grown.facts.edges) == (anew.facts.nodes, anew.facts.edges)
        for direction in ("up", "down"):
            assert walked(grown, start, direction) == naive(first + later, start, direction)
        names = grown.names(np.arange(grown.facts.nodes))
        assert [grown.find(n) for n in names] == list(range(grown.facts.nodes))
        assert told(grown) == told(anew)


@calm
@given(edges_of, edges_of)
def test_an_index_is_built_anew_when_an_edge_went(first: Edges, later: Edges) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index_of([*first, ("S:gone|1", "L:gone|1")], folder, "first")
        index = index_of(first + later, folder, "grown", beside=100)
        assert index.find("S:gone|1") is None


def test_more_than_a_little_is_built_anew(tmp_path: Path) -> None:
    first = [(f"S:M|{n}", f"L:M|{n}") for n in range(100)]
    index_of(first, tmp_path, "first")
    for added, beside in ((5, True), (6, False)):
        later = [(f"L:M|{n}", f"U:M|{n}") for n in range(added)]
        facts = index_of(first + later, tmp_path, f"grown{added}").facts
        held = json.loads((tmp_path / "index" / facts.name / "facts.json").read_text())
        assert (held["base"] is not None) == beside


def test_a_damaged_base_is_noticed_through_the_index_beside_it(tmp_path: Path) -> None:
    first = [(f"S:M|{n}", f"L:M|{n}") for n in range(100)]
    base = index_of(first, tmp_path, "first")
    index = index_of([*first, ("L:M|1", "U:M|1")], tmp_path, "grown")
    index.verify()
    victim = tmp_path / "index" / base.facts.name / "up.npy"
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError):
        index.verify()


def told(index: TraceIndex) -> dict[str, list[tuple[str, str, float, int]]]:
    """All edges by name, with what is known of each, and what the recall scope makes of them."""
    nodes = np.arange(index.facts.nodes)
    edges = index.leaving(nodes, "down")
    kinds = [index.kinds[k] for k in index.kind(edges.number)]
    rows = zip(index.names(nodes[edges.owner]), index.names(edges.node), kinds, index.quantity(edges.number), index.day(edges.number), strict=True)
    scope = recall_scope(index, Walk(nodes, nodes))
    holders = zip(index.names(scope.units), [index.name(n) if n >= 0 else "" for n in scope.customer], strict=True)
    balances = [{**c, "node": index.name(c["node"])} for c in scope.customers]
    return {"edges": sorted(rows), "holders": sorted(holders), "balances": sorted(balances, key=lambda c: c["node"])}  # type: ignore[dict-item]


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


def test_an_index_written_before_there_were_bases_still_answers(tmp_path: Path) -> None:
    folder = tmp_path / "index" / index_of([("S:M|a", "L:M|b")], tmp_path).facts.name
    facts = json.loads((folder / "facts.json").read_text())
    old = {k: v for k, v in facts.items() if k not in ("base", "files")}
    (folder / "facts.json").write_text(json.dumps(old), encoding="utf-8")
    assert walked(TraceIndex(folder), "S:M|a", "down") == {"S:M|a", "L:M|b"}
