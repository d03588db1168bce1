"""What was found beside what was planted: the machine-readable report of a demonstration.

The truth is the simulator's record; what was found comes from the released tables alone.
"""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from medthread.app import Installation
from medthread.cli.findings import caught
from medthread.pipeline.release import move_pointer
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.lakehouse import Release
from medthread.stores.postgres.tables import load, release
from medthread.stores.serving import LakeReader

FIGURES = ("rows_read", "rows_accepted", "rows_quarantined", "rows_corrected")
STAGES = ("ingest", "standardise", "match", "build", "release")


@dataclass(frozen=True)
class Reckoning:
    """The report, ready for JSON."""

    report: dict[str, Any]


def reckon(installation: Installation, home: Path, outcome: Outcome, *, simulate_seconds: float) -> Reckoning:
    """Put the result beside the truth; measure the second run, publishing and rolling back."""
    from medthread_demo import Truth, judge_quality  # noqa: PLC0415 - the simulator is no part of a served installation

    truth = Truth.load(home)
    reader = LakeReader(installation.releases)
    seconds = {"simulate": round(simulate_seconds, 3), **{s: round(outcome.seconds.get(s, 0.0), 3) for s in STAGES}}
    seconds["total"] = round(sum(seconds.values()), 3)
    try:
        quality = [asdict(s) for s in judge_quality(truth, caught(installation, reader.current()))]
        report = {
            "seed": truth.seed, "scale": truth.scale, "seconds": seconds,
            "sources": _sources(installation), "quality": quality, "masters": _masters(reader, truth),
            "trace": _trace(installation, reader, truth), "rerun": _rerun(installation),
        }
    finally:
        reader.close()
    report["release"] = _release(installation)
    return Reckoning(report)


def _sources(installation: Installation) -> list[dict[str, Any]]:
    sums = [func.coalesce(func.sum(load.c[n]), 0).label(n) for n in FIGURES]
    query = select(
        load.c.source, func.count().filter(load.c.status != "repeated").label("files"),
        func.count().filter(load.c.status == "repeated").label("repeated"), *sums,
    ).group_by(load.c.source)
    with installation.store.transaction() as tx:
        found = {r.source: r for r in tx.execute(query).all()}
    return [
        {"name": s.name, "files": found[s.name].files, "files_repeated": found[s.name].repeated,
         **{n: int(getattr(found[s.name], n)) for n in FIGURES}}
        for s in installation.sources if s.name in found
    ]


def _masters(reader: LakeReader, truth: Any) -> list[dict[str, Any]]:
    from medthread_demo import judge_pairs  # noqa: PLC0415

    snapshot = reader.current()
    rows = []
    for domain in sorted({r.domain for r in truth.records}):
        xref = snapshot.query(
            f"select x.golden_id, x.source, s._table as t, x.source_key as k from {snapshot.relation(f'golden.{domain}_xref')} x"
            f" join (select distinct _key as record_id, _table from {snapshot.relation(f'standard.{domain}')}) s"
            " on s.record_id = x.record_id"
        )
        score = judge_pairs(truth, domain, {(r["source"], r["t"], r["k"]): r["golden_id"] for r in xref})
        rows.append({
            "domain": domain, "records": snapshot.rows_of(f"golden.{domain}_xref"), "golden": snapshot.rows_of(f"golden.{domain}"),
            "true_golden": score.golden, "pair_precision": round(score.precision, 4), "pair_recall": round(score.recall, 4),
        })
    return rows


def _trace(installation: Installation, reader: LakeReader, truth: Any) -> dict[str, Any]:
    from medthread_demo import judge_trace  # noqa: PLC0415

    tracer = installation.tracer(reader)
    answer: dict[str, Any] = {}
    best = float("inf")
    for _ in range(5):
        answer = tracer.question(item=truth.trace.item, lot=truth.trace.lot, direction="down", limit=0)
        best = min(best, answer["milliseconds"])
    score = judge_trace(truth, {f"{u['item']}|{u['number']}" for u in answer["units"]})
    return {
        "lot": truth.trace.lot, "item": truth.trace.item, **asdict(score), "customers": len(answer["customers"]),
        "true_customers": len(truth.trace.customer_entities), "milliseconds": round(best, 3),
        "walk_milliseconds": round(answer.get("walk_milliseconds", best), 3), "unresolved": len(answer["unresolved"]),
    }


def _rerun(installation: Installation) -> dict[str, Any]:
    started = time.perf_counter()
    again = run_pipeline(installation.context(), by="demo", index_trace=installation.index_trace)
    return {"seconds": round(time.perf_counter() - started, 3), "rows_written": again.rows_written}


def _seen_after(installation: Installation, id_: str, *, reason: str) -> float:
    """Milliseconds from moving the pointer until a new reader sees the release."""
    started = time.perf_counter()
    with installation.store.transaction() as tx:
        move_pointer(tx, installation.releases, id_=id_, by="demo", reason=reason)
    reader = LakeReader(installation.releases)
    seen = reader.current().release.id
    spent = (time.perf_counter() - started) * 1000
    reader.close()
    assert seen == id_  # noqa: S101 - readers see what was published
    return spent


def _release(installation: Installation) -> dict[str, Any]:
    current = installation.releases.current()
    assert current is not None  # noqa: S101 - a run has just published one
    back, forth = _back_and_forth(installation, current)
    return {
        "id": current.id, "tables": len(current.tables), "rows": sum(t.rows for t in current.tables.values()),
        "milliseconds_to_publish": round(forth, 3), "milliseconds_to_roll_back": round(back, 3),
    }


def _back_and_forth(installation: Installation, current: Release) -> tuple[float, float]:
    """Roll back to the release before and publish again; the first has one with the same tables made for it to go back to."""
    other = "R0-for-the-drill"
    with installation.store.transaction() as tx:
        earlier = tx.execute(
            select(release.c.id).where(release.c.id != current.id).order_by(release.c.created_at.desc()).limit(1)
        ).scalar_one_or_none()
        if earlier is None:
            installation.releases.create(tx, id_=other, by="demo", trace_index=current.trace_index, tables=current.tables)
    back = _seen_after(installation, earlier or other, reason="演示回滚 / demonstrate rolling back")
    return back, _seen_after(installation, current.id, reason="演示发布 / demonstrate publishing")
