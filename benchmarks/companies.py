"""Chinese companies as the clerks of several systems write them, matched with the weights that ship: precision, recall, F1 of pairs.

The firms are the simulator's, which shares no code and no list of words with the matching; the seeds were used for nothing else.
"""

import random
from pathlib import Path

import pyarrow as pa

from benchmarks.figures import Figure
from medthread.masters.supplier import Supplier
from medthread.pipeline.match.decisions import Decisions
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
from medthread.stores.engines import connect
from medthread.trust.seal import blind_index
from medthread_demo.firms import make_suppliers, write_down

SEEDS = (11, 12, 13)
F1, PRECISION = 0.95, 0.96
COPIES = (0.3, 0.3, 0.2, 0.1, 0.1)  # how many firms stand once, twice, … five times


def measure(folder: Path, *, records: int) -> list[Figure]:
    """The worst of the seeds counts."""
    del folder
    found = [_measured(seed, records) for seed in SEEDS]
    worst, precise = min(f1 for _, _, f1 in found), min(p for p, _, _ in found)
    every = ", ".join(f"{f1:.3f}" for _, _, f1 in found)
    return [
        Figure(f"{records:,} Chinese company records, F1 ({every})", f"{worst:.4f}", f"{F1}", worst / F1, f">= {F1}", worst >= F1),
        Figure(f"{records:,} Chinese company records, precision", f"{precise:.4f}", f"{PRECISION}", precise / PRECISION, f">= {PRECISION}", precise >= PRECISION),
    ]


def _measured(seed: int, records: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs."""
    rng = random.Random(seed)  # noqa: S311 - records of firms that are not there
    rows: list[tuple[str, object, str]] = []
    for firm in make_suppliers(rng, records * 2 // 5):
        for _ in range(rng.choices(range(1, 6), COPIES)[0]):
            rows.append((f"r{len(rows):06d}", write_down(rng, firm, code_known=0.58, careless=0.4), firm.entity))
    rows = rows[:records]
    model = Supplier.about.match
    assert model is not None
    comparisons = kind_of(model).comparisons
    with connect(memory="1GB", threads=2) as con:
        con.register("record", _table(rows))
        bring_up(con, model, earlier=())
        score(con, comparisons, least=model.review)
        part(con, Decisions(), apart=comparisons.apart, auto=model.auto)
        con.register("truth", pa.table({"rid": [r[0] for r in rows], "entity": [r[2] for r in rows]}))
        true, told, right = (
            con.execute(f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from cluster join truth using (rid) group by {by})").fetchall()[0][0]
            for by in ("entity", "name", "entity, name")
        )
    return right / told, right / true, 2 * right / (true + told)


def _table(rows: list[tuple[str, object, str]]) -> pa.Table:
    """Records as the standard layer holds them: blanks are nothing, the identifier in capitals, phones by their blind index."""
    given = {n: [str(getattr(w, n)).strip() or None for _, w, _ in rows] for n in ("name", "uscc", "city", "address", "phone")}
    return pa.table({
        "record_id": [r[0] for r in rows], **{n: pa.array(given[n], pa.string()) for n in ("name", "city", "address")},
        "uscc": pa.array([v and v.upper() for v in given["uscc"]], pa.string()),
        "phone__index": pa.array(blind_index(given["phone"], key=b"benchmark"), pa.string()),
    })
