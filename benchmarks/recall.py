"""The scope of a recall over two million units, against a bare walk of the index that reads the rows it meets."""

from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, paired
from medthread.stores.engines import connect, literal
from medthread.trace import TraceIndex, build_index
from medthread.trace.scope import Scope, recall_scope
from medthread.trace.walk import reach

ROUNDS, CUSTOMERS = 7, 3_000
START = "S:M1|S1"


def measure(folder: Path, *, units: int) -> list[Figure]:
    """Medians of both in turns; both must come to the same units."""
    facts = build_index([_edges(folder / "recall.parquet", units)], folder / "recall", memory="3GB", threads=2)
    arrays = folder / "recall" / facts.name
    index = TraceIndex(arrays)
    found: list[Scope] = []
    met: list[int] = []

    def ours() -> None:
        found[:] = [recall_scope(index, reach(index, np.array([index.find(START)]), direction="down"))]

    def bare() -> None:
        met[:] = [_walk(arrays, index.find(START) or 0)]

    mine, other = paired(ours, bare, times=ROUNDS)
    scope = found[0]
    assert len(scope.units) == units == met[0]
    assert sum(c["shipped"] for c in scope.customers) == units, "every unit went to a customer"
    assert sum(c["outstanding"] for c in scope.customers) == units - len(range(0, units, 50)) - len(range(1, units, 50)), "some came back or were used"
    label = f"scope of a recall, {units / 1e6:g} M units, {len(scope.customers):,} customers"
    return [Figure(f"{label}; bare walk and its rows", f"{mine:.2f} s", f"{other:.2f} s", mine / other, "<= 3", mine / other <= 3)]


def _walk(arrays: Path, start: int) -> int:
    """Breadth first, and of every edge met its quantity, kind and day, of every node its role; gives how many units."""
    pointers, targets, quantity, kind, day, roles = (np.load(arrays / f"{n}.npy", mmap_mode="r") for n in ("down_at", "down", "quantity", "kind", "day", "roles"))
    seen = np.zeros(len(roles), bool)
    frontier = np.array([start])
    seen[frontier] = True
    rows = []
    while len(frontier):
        begin, counts = pointers[frontier], pointers[frontier + 1] - pointers[frontier]
        edges = np.repeat(begin - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) + np.arange(counts.sum())
        reached = targets[edges]
        rows.append((quantity[edges], kind[edges], day[edges], roles[reached]))
        frontier = np.unique(reached[~seen[reached]])
        seen[frontier] = True
    return int((roles[np.flatnonzero(seen)] == ord("U")).sum())


def _edges(path: Path, units: int) -> Path:
    """One supplier lot in all units by twenty lots; ten to a carton, three cartons to a line; one of fifty came back, one of fifty was used."""
    con = connect(memory="3GB")
    con.execute(
        "copy (select parent, child, kind, 1.0::double as quantity, timestamp '2025-01-01' as at, child as activity from ("
        f" select '{START}' as parent, 'L:M1|L' || i as child, 'receive' as kind from range(20) t(i)"
        f" union all select 'L:M1|L' || (u // 10 % 20), 'U:F|SN' || u, 'produce' from range({units}) t(u)"
        f" union all select 'U:F|SN' || u, 'P:C' || (u // 10), 'pack' from range({units}) t(u)"
        f" union all select 'P:C' || c, 'D:X' || (c // 3), 'ship' from range({(units + 9) // 10}) t(c)"
        f" union all select 'D:X' || d, 'K:' || (d % {CUSTOMERS}), 'deliver' from range({(units + 29) // 30}) t(d)"
        f" union all select 'U:F|SN' || u, 'R:' || u, 'return' from range(0, {units}, 50) t(u)"
        f" union all select 'U:F|SN' || u, 'K:' || (u // 30 % {CUSTOMERS}), 'use' from range(1, {units}, 50) t(u)"
        f")) to {literal(str(path))} (format parquet, compression zstd)"
    )
    con.close()
    return path
