"""A plan for machines: the shape that `medthread plan --json` and the API give."""

from typing import Any

from medthread.pipeline.build.plan import Plan, Planned


def described(plan: Plan, language: str) -> dict[str, Any]:
    """The plan as JSON: names, verdicts, columns, readers, tables to make and their cost in seconds, faults."""
    return {
        "verdict": plan.verdict,
        "seconds": round(plan.seconds, 3),
        "changes": [_change(p) for p in plan.changes],
        "remade": [{"model": r.name, "because": list(r.because), "rows": r.rows, "seconds": round(r.seconds, 3), "guessed": r.guessed} for r in plan.remade],
        "faults": [{"model": f.name, "message": f.error.told(language).message} for f in plan.faults],
    }


def _change(planned: Planned) -> dict[str, Any]:
    change = planned.change
    return {
        "model": change.name,
        "kind": "added" if change.before is None else "removed" if change.after is None else "changed",
        "verdict": change.verdict,
        "rows": planned.rows,
        "grain": {"before": list(change.before.grain) if change.before else None, "after": list(change.after.grain) if change.after else None},
        "columns": [{"name": c.name, "before": c.before, "after": c.after, "breaks": c.breaks} for c in change.columns],
        "readers": [
            {"name": r.name, "kind": r.kind, "fields": None if r.fields is None else list(r.fields), "broken": list(r.broken), "deciding": list(r.deciding)} for r in planned.readers
        ],
        "diff": change.diff,
    }
