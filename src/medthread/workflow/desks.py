"""Every process as a desk: how many records stand where, how many are late, how many wait for whoever asks."""

from typing import Any

from sqlalchemy import Connection, and_, exists, func, select

from medthread.derive.form import pair
from medthread.model import Process
from medthread.stores.postgres.row_security import own_rows
from medthread.stores.postgres.tables import deadline, process_case
from medthread.trust.access import Actor
from medthread.workflow.context import Context


def desks(tx: Connection, context: Context, actor: Actor) -> list[dict[str, Any]]:
    """The processes in declared order, counted over the records that the actor sees."""
    return [_desk(tx, context, entity, process, actor) for entity, process in context.rulebook.processes.items()]


def _desk(tx: Connection, context: Context, entity: str, process: Process, actor: Actor) -> dict[str, Any]:
    about = context.registry[entity].about
    with own_rows(tx, actor.reach):
        states = {r.state: r for r in tx.execute(_counted(context, entity))}
    running = [r for s, r in states.items() if not process.is_over(s) and s not in process.rest]
    acting = {state for t in process.transitions if set(t.roles) & set(actor.roles) for state in t.from_}
    openers = {*process.openers}
    return {
        "entity": entity, "label": pair(about.label), "process": process.name, "process_label": pair(process.label), "area": about.domain,
        "open": sum(r.n for r in running), "late": sum(r.late for r in running), "mine": sum(r.n for s, r in states.items() if s in acting and s not in process.rest),
        "states": [{"name": s.name, "label": pair(s.label), "terminal": s.name in process.terminal, "count": states[s.name].n if s.name in states else 0}
                   for s in process.states],
        "acts": bool(acting) or bool(openers & set(actor.roles)), "opens": not openers or bool(openers & set(actor.roles)),
    }


def _counted(context: Context, entity: str) -> Any:
    case, table, due = process_case, context.tables[entity], deadline
    late = exists().where(due.c.entity == entity, due.c.record == case.c.record, due.c.met_at.is_(None), due.c.due_at < func.now())
    query = select(case.c.state, func.count().label("n"), func.count().filter(late).label("late"))
    query = query.select_from(case.join(table, and_(case.c.entity == entity, case.c.record == table.c.id)))
    return query.group_by(case.c.state)
