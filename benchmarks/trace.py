"""Downstream of one supplier lot: our index, PostgreSQL's recursive query, a bare walk over sparse rows."""

import statistics
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.parquet as pq

from benchmarks.figures import Figure, child, cpu_and_peak, timed
from benchmarks.made import edges_of
from medthread.stores.engines import job, literal
from medthread.stores.postgres.cluster import Cluster
from medthread.trace import IndexFacts, TraceIndex, build_index
from medthread.trace.oracle import recursive_sql
from medthread.trace.walk import reach

ATTEMPTS, ADDED = 201, 20_000
IMPORTS = """
from pathlib import Path
from medthread.trace import build_index
"""
BUILD = """
build_index([Path(sys.argv[1])], Path(sys.argv[2]), memory="3GB", threads=2)
"""


def measure(folder: Path, *, edges: int) -> list[Figure]:
    """Medians of the same question."""
    file = edges_of(folder / "edges.parquet", edges)
    facts = build_index([file], folder / "index", memory="3GB", threads=2)
    index = TraceIndex(folder / "index" / facts.name)
    start = "S:M41|S941"
    node = index.find(start)
    assert node is not None
    found: list[int] = []

    def ours() -> None:
        walk = reach(index, np.array([index.find(start)]), direction="down")
        found[:] = [len(walk.nodes)]

    def bare() -> None:
        pointers, targets = (np.load(folder / "index" / facts.name / f"{n}.npy", mmap_mode="r") for n in ("down_at", "down"))
        seen = np.zeros(index.facts.nodes, bool)
        frontier = np.array([node])
        seen[frontier] = True
        while len(frontier):
            begin, end = pointers[frontier], pointers[frontier + 1]
            reached = np.concatenate([targets[b:e] for b, e in zip(begin, end, strict=True)]) if len(begin) else np.empty(0, int)
            frontier = np.unique(reached[~seen[reached]])
            seen[frontier] = True

    ours()
    bare()
    mine = statistics.median(timed(ours) for _ in range(ATTEMPTS))
    walked = statistics.median(timed(bare) for _ in range(ATTEMPTS // 4))
    asked, rows = by_postgres(folder, file, start)
    assert rows == found[0], (rows, found)
    label = f"trace down, {facts.edges / 1e6:.1f} M edges"
    grown = _grown(folder, file)
    return [
        Figure(f"{label}, {rows:,} nodes, PostgreSQL", f"{mine * 1e3:.2f} ms", f"{asked * 1e3:.2f} ms", asked / mine, ">= 5", asked / mine >= 5),
        Figure(f"{label}, bare walk", f"{mine * 1e3:.2f} ms", f"{walked * 1e3:.2f} ms", mine / walked, "<= 3", mine / walked <= 3),
        Figure(f"index with {ADDED:,} edges more, built beside the old one", f"{grown.seconds:.2f} s", f"{facts.seconds:.2f} s", grown.seconds / facts.seconds, "< 1", grown.seconds < facts.seconds),
    ]


def _grown(folder: Path, file: Path) -> IndexFacts:
    """The index after a day's edges came."""
    later = folder / "later.parquet"
    with job() as con:
        con.execute(
            "copy (select 'L:M1|N' || i as parent, 'U:F|N' || i as child, 'consume' as kind, 1.0::double as quantity, timestamp '2025-01-02' as at,"
            f" 'a' as activity from range({ADDED}) t(i)) to {literal(str(later))} (format parquet)"
        )
    return build_index([file, later], folder / "index", memory="3GB", threads=2)


def by_postgres(folder: Path, file: Path, start: str) -> tuple[float, int]:
    """Median seconds and rows of the recursive query with an index on the parent."""
    with Cluster(folder / "postgres") as cluster, psycopg.connect(cluster.conninfo) as db:
        db.execute("create unlogged table edge (parent text, child text)")
        with db.cursor() as cursor, cursor.copy("copy edge from stdin") as copy:
            for batch in pq.ParquetFile(file).iter_batches(200_000, columns=["parent", "child"]):
                parents, children = (c.to_pylist() for c in batch.columns)
                copy.write("".join(f"{p}\t{c}\n" for p, c in zip(parents, children, strict=True)))
        db.execute("create index on edge (parent)")
        db.execute("analyze edge")
        sql = recursive_sql(start=f"'{start}'", edges="edge", direction="down")
        rows = db.execute(sql).fetchall()
        return statistics.median(timed(lambda: db.execute(sql).fetchall()) for _ in range(21)), len(rows)


def soak(folder: Path, *, edges: int) -> list[Figure]:
    """A hundred million edges once: how long, how much memory and disk, how fast."""
    file = edges_of(folder / "soak.parquet", edges)
    cpu, peak = cpu_and_peak(child(imports=IMPORTS, body=BUILD), str(file), str(folder / "soak"))
    [built] = (folder / "soak").iterdir()
    index = TraceIndex(built)
    facts = index.facts

    def ask() -> None:
        reach(index, np.array([index.find("S:M41|S941")]), direction="down")

    ask()
    asked = statistics.median(timed(ask) for _ in range(ATTEMPTS))
    label = f"index of {facts.edges / 1e6:.0f} M edges"
    return [
        Figure(f"{label}, seconds", f"{facts.seconds:.0f} s", f"{cpu:.0f} CPU s", facts.seconds / cpu, "recorded", True),
        Figure(f"{label}, memory while building", f"{peak:,.0f} MB", "3,000 MB given", peak / 3000, "recorded", True),
        Figure(f"{label}, disk", f"{facts.bytes / 2**30:.2f} GB", "an edge:", facts.bytes / facts.edges, "bytes, recorded", True),
        Figure(f"{label}, a trace", f"{asked * 1e3:.1f} ms", "10 ms", asked * 100, "recorded", True),
    ]
