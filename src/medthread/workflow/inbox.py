"""One inbox: what waits for somebody by their roles. Acts they may do, proposals, limits that came near, reactions that failed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, func, literal_column, null, select

from medthread.derive.form import gist_of, pair
from medthread.derive.sharing import WITHHELD
from medthread.model import Entity, Label
from medthread.model.process import ORIGINATOR, Process, Transition
from medthread.stores.postgres.row_security import own_rows
from medthread.stores.postgres.tables import deadline, outbox, process_case, process_step, proposal, reaction_failure
from medthread.trust.access import Actor
from medthread.trust.roles import role_label
from medthread.workflow.context import Context
from medthread.workflow.duties import Done, broken_duty
from medthread.workflow.react import may_retry
from medthread.workflow.standing import lent_roles, roles_for
from medthread.workflow.titles import shared_column, title_column, titles

MOST = 200
GLANCE = 160  # characters of what a record is about
NEAR = timedelta(days=7)
NAMED = "role_in_"  # before the columns that name the role of an act
GLANCED = "glance_"  # before the columns that are seen at a glance


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
        query = _open(context, entity, _states(process, {*actor.roles, *lent, ORIGINATOR}), actor)
        with own_rows(tx, actor.reach):
            rows = tx.execute(query).all()
        done = _done(tx, entity, [r.record for r in rows])
        for row in rows:
            found = [(t, a) for t in process.leaving(row.state) if (a := _for(t, row, actor, lent)) is not None]
            acts = [a for t, a in found if not _bound(process, t, done.get(row.record, []), Done(t.action, actor.name, a["on_behalf_of"]), row.bound)]
            if acts:
                tasks.append(_task(context, entity, process, row, acts))
    return sorted(tasks, key=lambda t: (t["due_at"] is None, t["due_at"] or t["since"]))[:MOST]


def _done(tx: Connection, entity: str, records: list[str]) -> dict[str, list[tuple[Done, bool]]]:
    """By record: what was done to it, and whether that still waits for others to sign."""
    table, found = process_step, dict[str, list[tuple[Done, bool]]]()
    for r in tx.execute(select(table).where(table.c.entity == entity, table.c.record.in_(records), ~table.c.void)):
        found.setdefault(r.record, []).append((Done(r.action, r.actor, r.on_behalf_of, r.organisation), r.to_state is None))
    return found


def _bound(process: Process, transition: Transition, done: list[tuple[Done, bool]], now: Done, bound: Iterable[str]) -> bool:
    """Whether the person signed it already, or is bound by what was done before: then it waits for somebody else."""
    signed = transition.needs_all and any(waits and d.action == now.action and d.persons & now.persons for d, waits in done)
    return signed or broken_duty(process, [d for d, _ in done], now, {}, bound=bound) is not None


def _states(process: Process, roles: set[str]) -> set[str]:
    """Where a record waits for somebody with these roles: not where it may stay for good, though something can be done there."""
    return {state for t in process.transitions if set(t.roles) & roles for state in t.from_ if state not in process.rest}


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
    return {"entity": entity, "label": pair(context.registry[entity].about.label), "record": row.record, "title": row.title or row.record, "gist": row.gist, "glance": _glance(context, entity, row),
            "state": row.state, "state_label": pair(process.state(row.state).label) if row.state in {s.name for s in process.states} else None,
            "since": row.state_since, "due_at": row.due_at, "acts": acts}


def _glanced(entity: type[Entity]) -> tuple[str, ...]:
    """The columns of what an entity shows at a glance, with those that say of which kind a named record is."""
    fields = [entity.fields[n] for n in entity.about.glance]
    return tuple(dict.fromkeys(n for f in fields for n in (f.name, f.mark.names) if n))


def _glance(context: Context, entity: str, row: Any) -> list[dict[str, Any]]:
    """What tells the record from another of the same title: each field's name with its value in words, or the record that it names."""
    declared, told = context.registry[entity], []
    for name in declared.about.glance:
        field, value = declared.fields[name], row._mapping[GLANCED + name]  # noqa: SLF001 - as above
        if value is None:
            continue
        kind = row._mapping[GLANCED + field.mark.names] if field.mark.names else None  # noqa: SLF001 - as above
        words = (field.mark.codes or {}).get(value) or Label(str(value), str(value))
        told.append({"label": pair(field.label), "value": pair(words), "record": f"{kind}/{value}" if kind else None})
    return told


def _open(context: Context, entity: str, states: Iterable[str], actor: Actor) -> Any:
    case, due, table = process_case, deadline, context.tables[entity]
    first = select(due.c.due_at).where(due.c.entity == case.c.entity, due.c.record == case.c.record, due.c.met_at.is_(None))
    soonest = first.order_by(due.c.due_at).limit(1).scalar_subquery()
    here = (case.c.entity == entity) & case.c.closed_at.is_(None) & case.c.state.in_(list(states))
    declared = context.registry[entity]
    gist, glanced = gist_of(declared), _glanced(declared)
    told = shared_column(context, entity, gist, func.left(table.c[gist], GLANCE), actor) if gist else null()
    seen = [shared_column(context, entity, n, table.c[n], actor, instead=null()).label(GLANCED + n) for n in glanced]
    named = {t.role_in for t in context.rulebook.processes[entity].transitions if t.role_in}
    query = select(case, soonest.label("due_at"), title_column(context, entity, actor).label("title"), *seen, told.label("gist"), *(table.c[n].label(NAMED + n) for n in sorted(named)))
    terms = context.sharing.terms(declared, actor)
    query = query.join(table, table.c.id == case.c.record).where(here, *([literal_column(terms.shared(of=f"{table.fullname}."), Boolean)] if terms.records else ()))
    return query.order_by(case.c.state_since).limit(MOST)


def _seen(context: Context, actor: Actor, called: Mapping[tuple[str, str], str], row: Any) -> bool:
    """Whether a row is about a record that its title was found of, or about none that is written here."""
    return not actor.reach.is_bound or row.entity not in context.tables or (row.entity, row.record) in called


def _proposals(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(proposal, outbox.c.type, outbox.c.by, outbox.c.body).join(outbox, outbox.c.id == proposal.c.event)
    rows = tx.execute(query.where(proposal.c.status == "open", proposal.c.role.in_(actor.roles)).order_by(proposal.c.at).limit(MOST)).all()
    reactions, events, called = context.rulebook.reactions, context.rulebook.events, titles(tx, context, actor.reach, _pairs(rows), told=actor)
    return [
        {"id": r.id, "reaction": r.reaction, "label": pair(reactions[r.reaction].label), "event": r.type, "event_label": pair(events[r.type].label),
         **_about(context, called, r), "role": r.role, "role_label": pair(role_label(r.role)), "at": r.at, "by": r.by, "body": _body(context, actor, r)}
        for r in rows if r.reaction in reactions and r.type in events and _seen(context, actor, called, r)
    ]


def _body(context: Context, actor: Actor, row: Any) -> Any:
    """The facts of an event, without those that sharing rules may keep from whom they are told."""
    if row.entity not in context.registry or not isinstance(row.body, dict):
        return row.body
    return context.sharing.terms(context.registry[row.entity], actor).without(row.body)


def _error(context: Context, actor: Actor, row: Any) -> str | None:
    """What went wrong, in words that may hold values of the record: not where sharing rules may keep some of it."""
    known = row.entity in context.registry and context.sharing.terms(context.registry[row.entity], actor)
    return WITHHELD if known and row.error is not None else row.error


def _pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(r.entity, r.record) for r in rows]


def _about(context: Context, called: Mapping[tuple[str, str], str], row: Any) -> dict[str, Any]:
    """Which record a row is about, in words."""
    known = pair(context.registry[row.entity].about.label) if row.entity in context.registry else None
    return {"entity": row.entity, "entity_label": known, "record": row.record, "title": called.get((row.entity, row.record)) or row.record}


def _overdue(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(deadline).where(deadline.c.met_at.is_(None), deadline.c.due_at < datetime.now(UTC) + NEAR, deadline.c.escalate.in_(actor.roles))
    rows = tx.execute(query.order_by(deadline.c.due_at).limit(MOST)).all()
    kept, called = ("clock", "due_at", "statutory", "basis", "escalated_at"), titles(tx, context, actor.reach, _pairs(rows), told=actor)
    return [
        {**{k: r._mapping[k] for k in kept}, **_about(context, called, r), "label": pair(_clock(context, r.entity, r.clock))}  # noqa: SLF001
        for r in rows if _seen(context, actor, called, r)
    ]


def _clock(context: Context, entity: str, name: str) -> Label:
    process = context.rulebook.processes.get(entity)
    return next((c.label for c in process.clocks if c.name == name), Label(name, name)) if process else Label(name, name)


def _failures(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    query = select(reaction_failure, outbox.c.type, outbox.c.entity, outbox.c.record).join(outbox, outbox.c.id == reaction_failure.c.event)
    waiting = tx.execute(query.where(reaction_failure.c.resolved_at.is_(None)).order_by(reaction_failure.c.at)).all()
    rows = [r for r in waiting if may_retry(context, actor, entity=r.entity, reaction=r.reaction)][:MOST]
    reactions, called = context.rulebook.reactions, titles(tx, context, actor.reach, _pairs(rows), told=actor)
    return [
        {"event": r.event, "type": r.type, **_about(context, called, r), "reaction": r.reaction, "error": _error(context, actor, r), "attempts": r.attempts,
         "label": pair(reactions[r.reaction].label) if r.reaction in reactions else None}
        for r in rows if _seen(context, actor, called, r)
    ]
