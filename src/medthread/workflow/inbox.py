"""One inbox: what waits for somebody by their roles. Acts they may do, proposals, limits that came near, reactions that failed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, cast, func, null, select

from medthread.derive.columns import MASKED
from medthread.derive.form import gist_of, pair
from medthread.model import Classification, Label
from medthread.model.process import ORIGINATOR, Process, Transition
from medthread.stores.postgres.row_security import own_rows
from medthread.stores.postgres.tables import deadline, outbox, process_case, process_step, proposal, reaction_failure
from medthread.trust.access import Actor
from medthread.trust.roles import role_label
from medthread.workflow.context import Context
from medthread.workflow.duties import Done, broken_duty
from medthread.workflow.standing import lent_roles, roles_for

MOST = 200
GLANCE = 160  # characters of what a record is about
NEAR = timedelta(days=7)
NAMED = "role_in_"  # before the columns that name the role of an act


def inbox(tx: Connection, context: Context, actor: Actor) -> dict[str, Any]:
    """Everything that waits for an actor."""
    return {
        "tasks": _tasks(tx, context, actor), "proposals": _proposals(tx, context, actor),
        "overdue": _overdue(tx, context, actor), "failures": _failures(tx, context, actor),
    }


def _tasks(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    lent = {r: giver for giver, roles in lent_roles(tx, actor, at=datetime.now(UTC)) for r in roles}
    tasks = []
    for entity, process in context.rulebook.processes.items():
        query = _open(context, entity, _states(process, {*actor.roles, *lent, ORIGINATOR}))
        with own_rows(tx, actor.reach):
            rows = tx.execute(query).all()
        done = _done(tx, entity, [r.record for r in rows])
        for row in rows:
            found = [(t, a) for t in process.leaving(row.state) if (a := _for(t, row, actor, lent)) is not None]
            acts = [a for t, a in found if not _bound(process, t, done.get(row.record, []), Done(t.action, actor.name, a["on_behalf_of"]))]
            if acts:
                tasks.append(_task(context, entity, process, row, acts))
    return sorted(tasks, key=lambda t: (t["due_at"] is None, t["due_at"] or t["since"]))[:MOST]


def _done(tx: Connection, entity: str, records: list[str]) -> dict[str, list[tuple[Done, bool]]]:
    """By record: what was done to it, and whether that still waits for others to sign."""
    table, found = process_step, dict[str, list[tuple[Done, bool]]]()
    for r in tx.execute(select(table).where(table.c.entity == entity, table.c.record.in_(records), ~table.c.void)):
        found.setdefault(r.record, []).append((Done(r.action, r.actor, r.on_behalf_of, r.organisation), r.to_state is None))
    return found


def _bound(process: Process, transition: Transition, done: list[tuple[Done, bool]], now: Done) -> bool:
    """Whether the person signed it already, or is bound by what was done before: then it waits for somebody else."""
    signed = transition.needs_all and any(waits and d.action == now.action and d.persons & now.persons for d, waits in done)
    return signed or broken_duty(process, [d for d, _ in done], now, {}) is not None


def _states(process: Process, roles: set[str]) -> set[str]:
    """Where somebody with these roles may do something."""
    return {state for t in process.transitions if set(t.roles) & roles for state in t.from_}


def _for(transition: Transition, row: Any, actor: Actor, lent: Mapping[str, str]) -> dict[str, Any] | None:
    """The act as an entry of a task, where it is for this person: by their own role, by having opened it, for somebody else."""
    roles = _roles(transition, row)
    own = set(roles) & set(actor.roles) or (ORIGINATOR in roles and row.opened_by == actor.name)
    giver = next((lent[r] for r in roles if r in lent), None)
    if not own and giver is None:
        return None
    return {"action": transition.action, "label": pair(transition.label), "on_behalf_of": None if own else giver}


def _roles(transition: Transition, row: Any) -> tuple[str, ...]:
    """The roles that may do it on the row's record."""
    named = transition.role_in
    return roles_for(transition, {named: row._mapping[NAMED + named]} if named else {})  # noqa: SLF001 - SQLAlchemy's way to a row's columns


def _task(context: Context, entity: str, process: Process, row: Any, acts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entity": entity, "label": pair(context.registry[entity].about.label), "record": row.record, "title": row.title or row.record, "gist": row.gist,
            "state": row.state, "state_label": pair(process.state(row.state).label) if row.state in {s.name for s in process.states} else None,
            "since": row.state_since, "due_at": row.due_at, "acts": acts}


def _open(context: Context, entity: str, states: Iterable[str]) -> Any:
    case, due, table = process_case, deadline, context.tables[entity]
    first = select(due.c.due_at).where(due.c.entity == case.c.entity, due.c.record == case.c.record, due.c.met_at.is_(None))
    soonest = first.order_by(due.c.due_at).limit(1).scalar_subquery()
    here = (case.c.entity == entity) & case.c.closed_at.is_(None) & case.c.state.in_(list(states))
    gist = gist_of(context.registry[entity])
    told = func.left(table.c[gist], GLANCE) if gist else null()
    named = {t.role_in for t in context.rulebook.processes[entity].transitions if t.role_in}
    query = select(case, soonest.label("due_at"), title_column(context, entity).label("title"), told.label("gist"), *(table.c[n].label(NAMED + n) for n in sorted(named)))
    query = query.join(table, table.c.id == case.c.record).where(here)
    return query.order_by(case.c.state_since).limit(MOST)


def title_column(context: Context, entity: str) -> Any:
    """The column that names a record; its mask where that is personal, the id where not everybody may read it."""
    declared = context.registry[entity]
    field = declared.fields[declared.about.title or declared.key()[-1]]
    if field.mark.classification > Classification.INTERNAL and not field.is_personal:
        return context.tables[entity].c.id
    return cast(context.tables[entity].c[field.name + (MASKED if field.is_personal else "")], Text)


def _titles(tx: Connection, context: Context, actor: Actor, rows: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Titles of native records that the actor sees, one query for each entity among them."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.entity in context.tables:
            wanted.setdefault(row.entity, set()).add(row.record)
    found: dict[tuple[str, str], str] = {}
    for entity, ids in wanted.items():
        id_ = context.tables[entity].c.id
        with own_rows(tx, actor.reach):
            found |= {(entity, r.id): r.title for r in tx.execute(select(id_, title_column(context, entity).label("title")).where(id_.in_(ids)))}
    return found


def _seen(context: Context, actor: Actor, titles: Mapping[tuple[str, str], str], row: Any) -> bool:
    """Whether a row is about a record that its title was found of, or about none that is written here."""
    return not actor.reach.is_bound or row.entity not in context.tables or (row.entity, row.record) in titles


def _proposals(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(proposal, outbox.c.type, outbox.c.by, outbox.c.body).join(outbox, outbox.c.id == proposal.c.event)
    rows = tx.execute(query.where(proposal.c.status == "open", proposal.c.role.in_(actor.roles)).order_by(proposal.c.at).limit(MOST)).all()
    reactions, events, titles = context.rulebook.reactions, context.rulebook.events, _titles(tx, context, actor, rows)
    return [
        {"id": r.id, "reaction": r.reaction, "label": pair(reactions[r.reaction].label), "event": r.type, "event_label": pair(events[r.type].label),
         **_about(context, titles, r), "role": r.role, "role_label": pair(role_label(r.role)), "at": r.at, "by": r.by, "body": r.body}
        for r in rows if r.reaction in reactions and r.type in events and _seen(context, actor, titles, r)
    ]


def _about(context: Context, titles: Mapping[tuple[str, str], str], row: Any) -> dict[str, Any]:
    """Which record a row is about, in words."""
    known = pair(context.registry[row.entity].about.label) if row.entity in context.registry else None
    return {"entity": row.entity, "entity_label": known, "record": row.record, "title": titles.get((row.entity, row.record)) or row.record}


def _overdue(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(deadline).where(deadline.c.met_at.is_(None), deadline.c.due_at < datetime.now(UTC) + NEAR, deadline.c.escalate.in_(actor.roles))
    rows = tx.execute(query.order_by(deadline.c.due_at).limit(MOST)).all()
    kept, titles = ("clock", "due_at", "statutory", "basis", "escalated_at"), _titles(tx, context, actor, rows)
    return [
        {**{k: r._mapping[k] for k in kept}, **_about(context, titles, r), "label": pair(_clock(context, r.entity, r.clock))}  # noqa: SLF001
        for r in rows if _seen(context, actor, titles, r)
    ]


def _clock(context: Context, entity: str, name: str) -> Label:
    process = context.rulebook.processes.get(entity)
    return next((c.label for c in process.clocks if c.name == name), Label(name, name)) if process else Label(name, name)


def _failures(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(reaction_failure, outbox.c.type, outbox.c.entity, outbox.c.record).join(outbox, outbox.c.id == reaction_failure.c.event)
    rows = tx.execute(query.where(reaction_failure.c.resolved_at.is_(None)).order_by(reaction_failure.c.at).limit(MOST)).all()
    reactions, titles = context.rulebook.reactions, _titles(tx, context, actor, rows)
    return [
        {"event": r.event, "type": r.type, **_about(context, titles, r), "reaction": r.reaction, "error": r.error, "attempts": r.attempts,
         "label": pair(reactions[r.reaction].label) if r.reaction in reactions else None}
        for r in rows if _seen(context, actor, titles, r)
    ]
