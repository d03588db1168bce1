"""Put into clusters by arrays, records fall into the same ones as gone through edge by edge."""

from datetime import UTC, datetime

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.pipeline.match.cluster import cluster
from medthread.pipeline.match.decisions import MERGE, SPLIT, Decision, Decisions
from medthread.pipeline.match.partition import part
from tests.pipeline.match.test_cluster import problems

SPACES = ("uscc", "city")


@settings(deadline=None, max_examples=60)
@given(problems(), st.data())
def test_the_same_as_one_by_one(problem: tuple[dict[str, dict[str, str]], list[tuple[str, str, float]]], data: st.DataObject) -> None:
    tokens, edges = problem
    edges = [(a, b, s) for a, b, s in edges if a != b]
    some = st.lists(st.sampled_from(sorted(tokens)), unique=True, min_size=1)
    said = data.draw(st.lists(st.tuples(st.sampled_from([MERGE, SPLIT]), some), max_size=2))
    decisions = Decisions(tuple(
        Decision(n, kind, (tuple(of),) if kind == MERGE else (tuple(of), tuple(sorted(set(tokens) - set(of)))), {}, datetime(2026, 1, 1 + n, tzinfo=UTC))
        for n, (kind, of) in enumerate(said, 1)
    ))
    names = sorted(tokens)
    with duckdb.connect() as con:
        con.register("given", pa.table({"rid": names} | {ns: pa.array([tokens[n].get(ns) for n in names], pa.string()) for ns in SPACES}))
        con.execute("create temp table features as select * from given")
        con.register("edges", pa.table({
            "a": pa.array([e[0] for e in edges], pa.string()), "b": pa.array([e[1] for e in edges], pa.string()),
            "row_a": pa.array([names.index(e[0]) for e in edges], pa.int64()), "row_b": pa.array([names.index(e[1]) for e in edges], pa.int64()), "score": pa.array([e[2] for e in edges], pa.float64()),
        }))
        part(con, decisions, apart=SPACES, auto=0.0)
        found = dict(con.execute("select rid, name from cluster").fetchall())
    assert found == cluster(decisions.applied(tokens), edges, bound=decisions.links()).of
