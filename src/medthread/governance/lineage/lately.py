"""What happened lately to the tables on a way: last load, rows held, rules that failed, texts that changed. For finding a root cause."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import distinct_on

from medthread.governance.lineage.outside.drawn import JOB
from medthread.governance.lineage.outside.standing import last_runs
from medthread.pipeline.build.built import heads
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.build.versions import in_force
from medthread.pipeline.judge import State
from medthread.pipeline.judge import latest as verdicts
from medthread.stores.postgres.tables import load

BAD = (State.FAILED, State.BROKEN)


def lately(tx: Connection, tables: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """By table or outside job, what a person who looks for a cause wants to know: `what` (load, rule, build, test, text, run), `at`, and the figures."""
    asked, found = set(tables), defaultdict(list)
    newest = select(load).ext(distinct_on(load.c.source, load.c.table)).order_by(load.c.source, load.c.table, load.c.at.desc())
    for row in tx.execute(newest):
        if (name := f"{row.source}.{row.table}") in asked:
            found[name].append({"what": "load", "at": row.at, "status": row.status, "rows": row.rows_read, "held": row.rows_quarantined, "corrected": row.rows_corrected})
    for verdict in verdicts(tx).values():
        name = verdict.asset if "." in verdict.asset else f"standard.{verdict.asset}"
        for table in {name, f"standard.{verdict.entity}" if verdict.entity else name} & asked:
            if verdict.state in BAD:
                found[table].append({"what": "rule", "at": verdict.at, "rule": verdict.rule, "field": verdict.field, "broken": verdict.broken})
    texts = in_force(tx)
    for table, made in heads(tx).items():
        if table in asked:
            found[table].append({"what": "build", "at": made.at, "rows": made.rows})
            found[table] += [{"what": "test", "at": made.at, "rule": f.condition, "broken": f.failed} for f in made.findings if f.failed]
            if (version := texts.get(table.removeprefix(PREFIX))) is not None and table.startswith(PREFIX):
                found[table].append({"what": "text", "at": version.applied_at, "version": version.version})
    for job, ran in last_runs(tx, (t.removeprefix(JOB) for t in asked if t.startswith(JOB))).items():
        found[f"{JOB}{job}"].append({"what": "run", **ran})
    return dict(found)
