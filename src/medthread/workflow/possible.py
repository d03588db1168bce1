"""What may be done with a record now, by whom, and what stands in the way: the bar along the top of its page."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.form import pair
from medthread.model import Label, Transition
from medthread.model.process import MEANINGS, SYSTEM
from medthread.stores.postgres.tables import account, process_step
from medthread.trust.access import Actor
from medthread.trust.roles import role_label
from medthread.workflow.cases import Case, done_so_far
from medthread.workflow.context import Context
from medthread.workflow.duties import Done, broken_duty
from medthread.workflow.guarding import heard, objections
from medthread.workflow.native import row_of
from medthread.workflow.standing import Asking, Standing, organisation_of, roles_for, standings


def act_view(context: Context, entity: str, transition: Transition, *, mine: bool, roles: Iterable[str]) -> dict[str, Any]:
    """An act in words: what it is called, who does it, what it asks for and looks at, what a signature under it says."""
    meaning, declared = transition.meaning, context.registry[entity]
    looked_at = {n for g in transition.guards for n in context.rulebook.guards[g].takes}
    considers = [n for n in declared.fields if n in looked_at and n not in transition.asks and n not in declared.key()]
    return {
        "action": transition.action, "label": pair(transition.label), "to": transition.to, "by": transition.by, "mine": mine,
        "who": [{"role": r, "label": pair(role_label(r))} for r in roles], "asks": list(transition.asks), "considers": considers,
        "reason": transition.reason,
        "meaning": meaning.value if meaning else None, "meaning_label": pair(MEANINGS[meaning]) if meaning else None,
        "evidence": pair(transition.evidence), "guards": list(transition.guards), "system": set(transition.roles) == {SYSTEM},
        "all_sign": transition.needs_all,
    }


CHANGED = Label("修改记录", "Change the record")


def possible_acts(tx: Connection, context: Context, case: Case, row: Mapping[str, Any], actor: Actor) -> list[dict[str, Any]]:
    """The acts that leave the record's state: whether they are for this person, what binds them, who has signed already."""
    held, done = standings(tx, actor, case, at=datetime.now(UTC)), done_so_far(tx, case)
    found = []
    for transition in case.process.leaving(case.state):
        signed = _signed(tx, case, transition)
        standing = Asking(context.access, actor, case, transition, row).fitting(held, taken=frozenset(s["role"] for s in signed))
        bound = _bound(tx, case, done, transition, standing, row, actor) if standing else None
        view = act_view(context, case.entity, transition, mine=standing is not None, roles=roles_for(transition, row))
        found.append({**view, "bound": bound, "signed": signed,
                      "on_behalf_of": standing.on_behalf_of if standing else None})
    return found


def _bound(tx: Connection, case: Case, done: list[Done], transition: Transition, standing: Standing, row: Mapping[str, Any], actor: Actor) -> dict[str, Any] | None:
    """The earlier act by which somebody may not do this one."""
    now = Done(transition.action, actor.name, standing.on_behalf_of, organisation_of(tx, actor.name))
    broken = broken_duty(case.process, done, now, row, bound=case.bound)
    if broken is None:
        return None
    duty, earlier = broken
    labels = {t.action: pair(t.label) for t in case.process.transitions} | {"": pair(CHANGED)}
    names = select(account.c.printed_name).where(account.c.name.in_(earlier.persons)).order_by(account.c.name)
    return {"action": earlier.action, "label": labels[earlier.action], "by": list(tx.execute(names).scalars()), "apart": duty.apart}


def _signed(tx: Connection, case: Case, transition: Transition) -> list[dict[str, Any]]:
    """Who has signed an act that waits for others."""
    if not transition.needs_all:
        return []
    table = process_step
    query = select(table.c.role, table.c.at, account.c.printed_name).outerjoin(account, account.c.name == table.c.actor)
    here = (table.c.entity == case.entity) & (table.c.record == case.record) & (table.c.action == transition.action)
    rows = tx.execute(query.where(here, table.c.to_state.is_(None), ~table.c.void).order_by(table.c.id))
    return [{"role": r.role, "label": pair(role_label(r.role)), "name": r.printed_name, "at": r.at} for r in rows]


def obstacles(tx: Connection, context: Context, case: Case, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """By act: what objects to it as the record stands. A guard about something that the act still asks for is not asked yet."""
    row = row_of(tx, context, case.entity, case.record)
    found = {}
    for transition in case.process.leaving(case.state):
        open_ = {n for n in transition.asks if row.get(n) in (None, "")}
        guards = [g for g in transition.guards if not open_ & set(context.rulebook.guards[g].takes)]
        values = {**row, "record": case.record, "actor": actor.name, "role": next(iter(roles_for(transition, row)), "")}
        found[transition.action] = [asdict(heard(context, o, actor)) for o in objections(tx, context, guards, values)]
    return found
