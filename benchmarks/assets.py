"""Machines as a ledger of fixed assets, an MES, a list of instruments and a maintenance system write them: precision, recall, F1 of pairs.

The machines are the simulator's, which shares no code and no list of words with the matching. Each record bears something of
its one machine, a serial number or a ledger number: those that bear neither nobody could place, and they are not in the set.
"""

import random
from pathlib import Path

import pyarrow as pa

from benchmarks.figures import Figure
from medthread.masters.asset import Asset
from medthread.pipeline.match.decisions import Decisions
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
from medthread.stores.engines import connect
from medthread_demo.machines import (
    INSTRUMENTS,
    LEDGER,
    RESOURCES,
    UPKEEP,
    Written,
    make_machines,
    write_down,
)

SEEDS = (71, 72, 73)
F1, PRECISION = 0.95, 0.96
# system: who writes, which kinds it knows, what part of them
SYSTEMS = {
    "erp": (LEDGER, ("production", "gauge", "inspection", "steriliser"), 0.85), "mes": (RESOURCES, ("production", "steriliser"), 0.95),
    "metro": (INSTRUMENTS, ("gauge", "inspection"), 0.95), "cmms": (UPKEEP, ("production", "inspection", "steriliser"), 0.7),
}
TWICE = 0.02  # machines that a system keeps under two numbers
Row = tuple[str, str, Written, str]


def measure(folder: Path, *, machines: int) -> list[Figure]:
    """The worst of the seeds counts."""
    del folder
    found = [measured(written(seed, machines)) for seed in SEEDS]
    worst, precise = min(f1 for _, _, f1 in found), min(p for p, _, _ in found)
    every, recall = ", ".join(f"{f1:.3f}" for _, _, f1 in found), min(r for _, r, _ in found)
    return [
        Figure(f"{machines:,} machines in four systems, F1 ({every})", f"{worst:.4f}", f"{F1}", worst / F1, f">= {F1}", worst >= F1),
        Figure(f"{machines:,} machines in four systems, precision (recall {recall:.3f})", f"{precise:.4f}", f"{PRECISION}", precise / PRECISION, f">= {PRECISION}", precise >= PRECISION),
    ]


def written(seed: int, machines: int) -> list[Row]:
    """Record id, system, what it says, the machine that it is of. Of cards that several sisters share the ledger has no machine."""
    rng = random.Random(seed)  # noqa: S311 - records of machines that are not there
    rows: list[Row] = []
    for machine in make_machines(rng, machines):
        for system, (clerk, kinds, share) in SYSTEMS.items():
            if machine.line.kind in kinds and rng.random() < share and not (machine.shared and system == "erp"):
                rows += [(f"r{len(rows) + n:06d}", system, write_down(rng, machine, clerk), machine.entity) for n in range(1 + (rng.random() < TWICE and system != "erp"))]
    return rows


def measured(rows: list[Row]) -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs."""
    model = Asset.about.match
    assert model is not None
    comparisons = kind_of(model).comparisons
    with connect(memory="1GB", threads=2) as con:
        con.register("record", _table(rows))
        bring_up(con, model, earlier=())
        score(con, comparisons, least=model.review)
        part(con, Decisions(), apart=comparisons.apart, within=comparisons.within, auto=model.auto)
        con.register("truth", pa.table({"rid": [r[0] for r in rows], "entity": [r[3] for r in rows]}))
        true, told, right = (
            con.execute(f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from cluster join truth using (rid) group by {by})").fetchall()[0][0]
            for by in ("entity", "name", "entity, name")
        )
    return right / told, right / true, 2 * right / (true + told)


def _table(rows: list[Row]) -> pa.Table:
    """Records as the standard layer holds them: blanks are nothing, days are days."""
    given = {
        name: pa.array([getattr(w, part).strip() or None for _, _, w, _ in rows], pa.string())
        for name, part in {"name": "name", "maker": "maker", "model": "type", "serial_no": "serial", "ledger_no": "card", "location": "room", "commissioned_on": "since"}.items()
    }
    return pa.table({
        "record_id": [r[0] for r in rows], "_source": [r[1] for r in rows], **given, "commissioned_on": given["commissioned_on"].cast(pa.date32()),
        "plant": pa.nulls(len(rows), pa.string()),
    })
