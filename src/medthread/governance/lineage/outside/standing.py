"""What is told now: of each job what its newest run says and how it stands, of each data set what was said of it last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, text

from medthread.governance.lineage.outside.says import Name, Says
from medthread.stores.postgres.tables import lineage_event, lineage_refusal, lineage_run, lineage_said, lineage_subject

LISTED = 500
# A run that failed may have told half of it: the newest that did not counts, and where each failed the newest of them.
SAID = text("""
    select s.kind, s.namespace, s.name, coalesce(good.says, any_.says, '{}') || coalesce(declared.says, '{}') as says
    from medthread.lineage_subject s
    left join lateral (select r.says from medthread.lineage_run r where s.kind = 'job' and r.namespace = s.namespace and r.name = s.name
        and r.says <> '{}' and r.state not in ('FAIL', 'ABORT') order by r.begun desc limit 1) good on true
    left join lateral (select r.says from medthread.lineage_run r where s.kind = 'job' and r.namespace = s.namespace and r.name = s.name
        and good.says is null and r.says <> '{}' order by r.begun desc limit 1) any_ on true
    left join lateral (select array[e.says] as says from medthread.lineage_event e where e.kind = s.kind and e.namespace = s.namespace and e.name = s.name
        and e.says is not null order by e.moment desc, e.seq desc limit 1) declared on true
    order by s.kind, s.namespace, s.name
""")
JOBS = text("""
    select s.namespace, s.name, last.run, last.begun, last.last, last.state, last.message,
           (select count(*) from medthread.lineage_run r where r.namespace = s.namespace and r.name = s.name) as runs
    from medthread.lineage_subject s
    left join lateral (select * from medthread.lineage_run r where r.namespace = s.namespace and r.name = s.name order by r.begun desc limit 1) last on true
    where s.kind = 'job' and (:q = '' or strpos(lower(s.namespace || '/' || s.name), lower(:q)) > 0)
    order by last.begun desc nulls last, s.namespace, s.name limit :most
""")

LAST = text("""
    select s.namespace || '/' || s.name as job, r.begun, r.state, r.message from medthread.lineage_subject s
    join lateral (select * from medthread.lineage_run r where r.namespace = s.namespace and r.name = s.name order by r.begun desc limit 1) r on true
    where s.kind = 'job' and s.namespace || '/' || s.name = any(:jobs)
""")


@dataclass(frozen=True)
class Standing:
    """What one job or data set is said to do; `hashes` change when that does."""

    kind: str
    name: Name
    hashes: tuple[str, ...]


def newest(tx: Connection) -> int:
    """A number that grows with each event."""
    return int(tx.execute(select(func.coalesce(func.max(lineage_event.c.seq), 0))).scalar_one())


def standing(tx: Connection) -> tuple[Standing, ...]:
    """Of every job and data set, what is said of it now."""
    return tuple(Standing(r.kind, Name(r.namespace, r.name), tuple(sorted(set(r.says)))) for r in tx.execute(SAID))


def said(tx: Connection, found: Iterable[Standing]) -> dict[Standing, Says]:
    """What they say, in words."""
    found = [s for s in found if s.hashes]
    hashes = {h for s in found for h in s.hashes}
    bodies = {r.hash: Says.from_kept(r.body) for r in tx.execute(select(lineage_said).where(lineage_said.c.hash.in_(hashes)))} if hashes else {}
    told: dict[Standing, Says] = {}
    for one in found:
        whole = Says()
        for hashed in one.hashes:
            whole |= bodies[hashed]
        told[one] = whole
    return told


def jobs(tx: Connection, q: str) -> list[dict[str, Any]]:
    """Jobs with their last run and how it stands, that which ran last first."""
    return [dict(r._mapping) for r in tx.execute(JOBS, {"q": q.strip(), "most": LISTED})]  # noqa: SLF001 - SQLAlchemy's way


def last_runs(tx: Connection, jobs_: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By `namespace/name` of a job: when it began to run last, how that stands, why it failed."""
    wanted = sorted(set(jobs_))
    return {r.job: {"at": r.begun, "state": r.state, "message": r.message} for r in tx.execute(LAST, {"jobs": wanted})} if wanted else {}


def counts(tx: Connection) -> dict[str, int]:
    """How many events were taken, jobs and runs there are, and events that wait because they could not be read."""
    of_jobs = select(func.count()).select_from(lineage_subject).where(lineage_subject.c.kind == "job")
    asked = {"events": select(func.count()).select_from(lineage_event), "jobs": of_jobs, "runs": select(func.count()).select_from(lineage_run),
             "refused": select(func.count()).select_from(lineage_refusal)}
    return {name: int(tx.execute(query).scalar_one()) for name, query in asked.items()}


def refusals(tx: Connection) -> list[dict[str, Any]]:
    """Events that wait, the newest first; without what they hold."""
    t = lineage_refusal
    return [{"number": r.seq, "why": r.why, "by": r.taken_by, "at": r.at} for r in tx.execute(select(t.c.seq, t.c.why, t.c.taken_by, t.c.at).order_by(t.c.seq.desc()).limit(LISTED))]
