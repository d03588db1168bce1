"""One inbox: what waits for somebody by their roles. Acts they may do, proposals, limits that came near, reactions that failed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.form import pair
from medthread.model.process import ORIGINATOR, Process
from medthread.stores.postgres.tables import deadline, outbox, process_case, proposal, reaction_failure
from medthread.trust.access import Actor
from medthread.workflow.context import Context
from medthread.workflow.native import row_of
from medthread.workflow.standing import roles_for

MOST = 200
NEAR = timedelta(days=7)


def inbox(tx: Connection, context: Context, actor: Actor) -> dict[str, Any]:
    """Everything that waits for an actor."""
    return {
        "tasks": _tasks(tx, context, actor), "proposals": _proposals(tx, context, actor),
        "overdue": _overdue(tx, actor), "failures": _failures(tx, context),
    }


def _waiting(process: Process, actor: Actor) -> dict[str, list[str]]:
    """States in which somebody with these roles may do something: the acts by state."""
    found: dict[str, list[str]] = {}
    for t in process.transitions:
        if set(t.roles) & set(actor.roles):
            for state in t.from_:
                found.setdefault(state, []).append(t.action)
    return found


def _tasks(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    tasks = []
    for entity, process in context.rulebook.processes.items():
        waiting, mine = _waiting(process, actor), _originator(process)
        rows = tx.execute(_open(entity, [*waiting, *mine])).all()
        for r in rows:
            acts = waiting.get(r.state, []) + (mine.get(r.state, []) if r.opened_by == actor.name else [])
            acts = [a for a in acts if _is_theirs(tx, context, entity, r, a, actor)]
            if acts:
                labels = {t.action: pair(t.label) for t in process.transitions}
                tasks.append({"entity": entity, "record": r.record, "title": _title(tx, context, entity, r.record), "state": r.state,
                              "state_label": pair(process.state(r.state).label) if r.state in {s.name for s in process.states} else None,
                              "since": r.state_since, "due_at": r.due_at, "acts": [{"action": a, "label": labels.get(a)} for a in dict.fromkeys(acts)]})
    return sorted(tasks, key=lambda t: (t["due_at"] is None, t["due_at"] or t["since"]))[:MOST]


def _is_theirs(tx: Connection, context: Context, entity: str, case: Any, action: str, actor: Actor) -> bool:
    """Whether an act whose role the record names is for one of the actor's roles."""
    transition = context.rulebook.processes[entity].transition(action, state=case.state)
    if transition is None or transition.role_in is None:
        return True
    return bool(set(roles_for(transition, row_of(tx, context, entity, case.record))) & set(actor.roles))


def _originator(process: Process) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for t in process.transitions:
        if ORIGINATOR in t.roles:
            for state in t.from_:
                found.setdefault(state, []).append(t.action)
    return found


def _open(entity: str, states: Iterable[str]) -> Any:
    case, due = process_case, deadline
    first = select(due.c.due_at).where(due.c.entity == case.c.entity, due.c.record == case.c.record, due.c.met_at.is_(None))
    soonest = first.order_by(due.c.due_at).limit(1).scalar_subquery()
    here = (case.c.entity == entity) & case.c.closed_at.is_(None) & case.c.state.in_(list(states))
    return select(case, soonest.label("due_at")).where(here).order_by(case.c.state_since).limit(MOST)


def _title(tx: Connection, context: Context, entity: str, record: str) -> str:
    declared, table = context.registry[entity], context.tables[entity]
    row = tx.execute(select(table.c[declared.about.title or declared.key()[-1]]).where(table.c.id == record)).scalar_one_or_none()
    return str(row if row is not None else record)


def _proposals(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(proposal, outbox.c.type, outbox.c.by, outbox.c.body).join(outbox, outbox.c.id == proposal.c.event)
    rows = tx.execute(query.where(proposal.c.status == "open", proposal.c.role.in_(actor.roles)).order_by(proposal.c.at).limit(MOST))
    reactions, events = context.rulebook.reactions, context.rulebook.events
    return [
        {"id": r.id, "reaction": r.reaction, "label": pair(reactions[r.reaction].label), "event": r.type, "event_label": pair(events[r.type].label),
         "entity": r.entity, "record": r.record, "title": _title(tx, context, r.entity, r.record) if r.entity in context.tables else r.record,
         "role": r.role, "at": r.at, "by": r.by, "body": r.body}
        for r in rows if r.reaction in reactions and r.type in events
    ]


def _overdue(tx: Connection, actor: Actor) -> list[dict[str, Any]]:
    query = select(deadline).where(deadline.c.met_at.is_(None), deadline.c.due_at < datetime.now(UTC) + NEAR, deadline.c.escalate.in_(actor.roles))
    kept = ("entity", "record", "clock", "due_at", "statutory", "basis", "escalated_at")
    return [{k: r._mapping[k] for k in kept} for r in tx.execute(query.order_by(deadline.c.due_at).limit(MOST))]  # noqa: SLF001 - SQLAlchemy's way


def _failures(tx: Connection, context: Context) -> list[dict[str, Any]]:
    query = select(reaction_failure, outbox.c.type, outbox.c.entity, outbox.c.record).join(outbox, outbox.c.id == reaction_failure.c.event)
    rows = tx.execute(query.where(reaction_failure.c.resolved_at.is_(None)).order_by(reaction_failure.c.at).limit(MOST))
    reactions = context.rulebook.reactions
    return [
        {"event": r.event, "type": r.type, "entity": r.entity, "record": r.record, "reaction": r.reaction, "error": r.error, "attempts": r.attempts,
         "label": pair(reactions[r.reaction].label) if r.reaction in reactions else None}
        for r in rows
    ]
