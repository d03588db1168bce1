"""Events taken in: each once however often it comes, in whatever order; what cannot be read waits with its reason.

Facts are only added. How a run stands, and what it says, is reckoned from all its events, so that a COMPLETE may come before its START.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from medthread.governance.lineage.outside.event import Event, mark_of, read_event
from medthread.governance.lineage.outside.says import hashed_text, json_of
from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import lineage_event, lineage_refusal, lineage_said, lineage_subject
from medthread.trust.audit import record

# Of the database's advisory locks: who tells does so one after the other, so that a run is reckoned from all its events, and the newest number is the last.
TURN = 0x6C696E65
RAW_KEPT = 64_000  # characters of a refused event
# The newest of the ends counts, whatever came after it by arrival; without one the run goes on.
RECKONED = text("""
    with touched as (select distinct namespace, name, run from medthread.lineage_event where hash = any(:fresh) and run is not null)
    insert into medthread.lineage_run (namespace, name, run, begun, last, state, message, says)
    select e.namespace, e.name, e.run, min(e.moment), max(e.moment),
           coalesce((array_agg(e.state order by e.moment desc, e.seq desc) filter (where e.state in ('COMPLETE', 'FAIL', 'ABORT')))[1], 'RUNNING'),
           (array_agg(e.body #>> '{run,facets,errorMessage,message}' order by e.moment desc, e.seq desc)
               filter (where e.body #>> '{run,facets,errorMessage,message}' is not null))[1],
           coalesce(array_agg(distinct e.says) filter (where e.says is not null), '{}')
    from medthread.lineage_event e join touched using (namespace, name, run)
    where e.kind = 'run'
    group by e.namespace, e.name, e.run order by e.namespace, e.name, e.run
    on conflict (namespace, name, run) do update
    set begun = excluded.begun, last = excluded.last, state = excluded.state, message = excluded.message, says = excluded.says
""")


@dataclass(frozen=True)
class Refused:
    """An event that could not be read: which of those that came (from 0), and why."""

    index: int
    why: str


@dataclass(frozen=True)
class Taken:
    """How many events were new, how many were here already, which could not be read."""

    taken: int
    known: int
    refused: tuple[Refused, ...]

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.taken + other.taken, self.known + other.known, (*self.refused, *other.refused))


NONE = Taken(0, 0, ())


def take(tx: Connection, given: Sequence[Any], *, by: str, start: int = 0) -> Taken:
    """Take events in; `start` is the number of the first. A text among them is a line that is no JSON."""
    tx.execute(select(func.pg_advisory_xact_lock(TURN)))
    events: dict[str, Event] = {}
    refused: dict[str, tuple[int, str, str]] = {}
    twice = 0
    for index, one in enumerate(given, start=start):
        try:
            event = read_event(one)
        except InvalidError as error:
            written = json.dumps(one) if not isinstance(one, str) else one.replace("\x00", "\ufffd").encode(errors="replace").decode()
            refused[mark_of(one)] = (index, error.message, written[:RAW_KEPT])
            continue
        twice += event.hash in events
        events[event.hash] = event
    fresh = _kept(tx, list(events.values()), by=by)
    waiting = [{"hash": h, "why": why, "body": body, "taken_by": by} for h, (_, why, body) in sorted(refused.items())]
    if waiting:
        tx.execute(insert(lineage_refusal).on_conflict_do_nothing(), waiting)
    if fresh or waiting:
        detail = {"taken": len(fresh), "refused": len(waiting)}
        record(tx, actor=by, action="lineage.take", object_="lineage", detail=detail)
    return Taken(len(fresh), len(events) - len(fresh) + twice, tuple(Refused(i, why) for i, why, _ in refused.values()))


def _kept(tx: Connection, events: list[Event], *, by: str) -> list[str]:
    """Write events that are not here yet, what they say and whose they are, and reckon their runs; gives those that were new."""
    if not events:
        return []
    kept = {e.hash: e.says.kept() for e in events if e.says}
    hashes = {h: hashed_text(json_of(k)) for h, k in kept.items()}
    if said := {hashes[h]: k for h, k in kept.items()}:
        tx.execute(insert(lineage_said).on_conflict_do_nothing(), [{"hash": h, "body": k} for h, k in said.items()])
    subjects = sorted({("dataset" if e.kind == "dataset" else "job", e.namespace, e.name) for e in events})
    tx.execute(insert(lineage_subject).on_conflict_do_nothing(), [{"kind": k, "namespace": n, "name": m} for k, n, m in subjects])
    rows = [
        {"hash": e.hash, "kind": e.kind, "namespace": e.namespace, "name": e.name, "run": e.run, "state": e.state, "moment": e.moment,
         "says": hashes.get(e.hash), "body": e.body, "taken_by": by}
        for e in events
    ]
    fresh = list(tx.execute(insert(lineage_event).on_conflict_do_nothing().returning(lineage_event.c.hash), rows).scalars())
    if fresh:
        tx.execute(RECKONED, {"fresh": fresh})
        tx.execute(delete(lineage_refusal).where(lineage_refusal.c.hash.in_(fresh)))
    return fresh
