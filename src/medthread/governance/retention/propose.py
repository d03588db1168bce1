"""A proposal to destroy what is due: made by one person, decided by another. Nothing is destroyed by proposing."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from medthread.derive.form import pair
from medthread.derive.retention import Rule, formula, rule_of
from medthread.governance.retention.due import Due, Look
from medthread.model.errors import ConfigurationError, ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.model.retention import NEEDS
from medthread.stores.postgres.tables import destruction, destruction_item
from medthread.trust.audit import record
from medthread.workflow import Context
from medthread.workflow.guarding import Objection, objections

MAY_DESTROY = "may_destroy"  # the decision that a domain declares
MOST = 1000  # records in one proposal
CALLED = ("entity", "record")
OPEN = ("proposed", "approved", "executing")
SHORTEST_REASON = 2
REFERRED_TO = Objection("referred_to", "没有留存的记录引用它", "no record that is kept refers to it", "", "仍引用此记录 / still refers to it")
Reasons = list[dict[str, Any]]


def propose(tx: Connection, context: Context, look: Look, *, entity: str, by: str, limit: int = MOST) -> str:
    """Propose what is due of a kind, longest overdue first; gives the proposal's id. What may not go is listed as spared, with why."""
    rule = _rule(context, entity)
    standing = select(destruction.c.id).where(destruction.c.entity == entity, destruction.c.status.in_(OPEN))
    if (open_ := tx.execute(standing).scalars().first()) is not None:
        raise ConflictError(f"{open_} proposes {entity} already", hint="decide it first, and carry it out")
    today = datetime.now(ZoneInfo(context.calendar.zone)).date()
    due = look.due(tx, rule, today=today, limit=min(limit, MOST))
    if not due:
        raise ConflictError(f"no {entity} is due", hint=formula(rule).en, labels=[formula(rule)])
    spared = spared_of(tx, context, look, rule, due)
    id_ = f"destruction-{uuid.uuid4().hex[:12]}"
    tx.execute(insert(destruction).values(
        id=id_, entity=entity, status="proposed", rule=pair(formula(rule)), due_by=today, proposed_by=by, proposed_at=func.clock_timestamp()))
    tx.execute(insert(destruction_item), [
        {"destruction": id_, "record": d.id, "key": d.name, "due_on": d.due_on, "inputs": d.inputs, "status": "spared" if d.id in spared else "proposed",
         "because": spared.get(d.id)} for d in due])
    record(tx, actor=by, action="retention.propose", object_=f"destruction/{id_}", detail={"entity": entity, "due": len(due), "spared": len(spared)})
    return id_


def _rule(context: Context, entity: str) -> Rule:
    declared = context.registry[entity]
    rule = rule_of(declared, context.registry)
    if declared.about.part_of is not None:
        raise ConflictError(f"{entity} are lines: they go with the record that they belong to", hint="propose that one")
    if not rule.can_be_due:
        raise ConflictError(f"no {entity} can ever be due", hint=formula(rule).en, labels=[formula(rule)])
    if MAY_DESTROY not in context.rulebook.decisions:
        raise ConfigurationError(f"nobody declares the decision {MAY_DESTROY!r}", hint="nothing is destroyed that no rule was asked about; declare Decision(name='may_destroy', ...)")
    return rule


def spared_of(tx: Connection, context: Context, look: Look, rule: Rule, due: Sequence[Due]) -> dict[str, Reasons]:
    """Of those that are due, which may not go, and why: something refers to them, or a guard objects."""
    referring = look.referring(tx, rule.entity, [d.key for d in due])
    decision = context.rulebook.decisions[MAY_DESTROY]
    told = look.named(tx, rule.entity, [d.id for d in due], of_records(decision.takes))
    found: dict[str, Reasons] = {}
    for one in due:
        standing = [replace(REFERRED_TO, record=f"{e}/{id_}") for e, id_ in referring.get(one.key, [])]
        moments = {k: str(v) for k, v in one.inputs.items() if v is not None}
        asked = told[one.id].asked(decision.takes, **moments, entity=rule.entity.name, record=one.name)
        objecting = dict.fromkeys(o for values in asked for o in objections(tx, context, decision.guards, values))
        if reasons := [asdict(o) for o in (*standing, *objecting)]:
            found[one.id] = reasons
    return found


def of_records(takes: Sequence[str]) -> tuple[str, ...]:
    """Of what the decision takes, what a record's fields tell: not what it is called, nor the moments that a rule counts from."""
    return tuple(p for p in takes if p not in {*NEEDS, *CALLED})


def decide(tx: Connection, *, id_: str, by: str, approve: bool, reason: str, factors: Sequence[str] = ()) -> None:
    """Approve or refuse a proposal of somebody else's; `factors` are those that it was proven with who approves."""
    row = locked(tx, id_)
    if row.status != "proposed":
        raise ConflictError(f"{id_} is {row.status}", hint="only what is proposed can be decided")
    if row.proposed_by == by:
        raise ForbiddenError(f"{by} proposed it: who proposes a destruction does not decide it", hint="let somebody else decide", actor=by, action="retention.decide")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a destruction is decided for a reason", hint="say why")
    counted = select(func.count()).where(destruction_item.c.destruction == id_, destruction_item.c.status == "proposed")
    if approve and not tx.execute(counted).scalar_one():
        raise ConflictError("everything in it is spared: there is nothing to destroy", hint="refuse it, and propose again when holds are lifted")
    status = "approved" if approve else "refused"
    tx.execute(update(destruction).where(destruction.c.id == id_).values(status=status, decided_by=by, decided_at=datetime.now(UTC), reason=reason))
    record(tx, actor=by, action="retention.approve" if approve else "retention.refuse", object_=f"destruction/{id_}", reason=reason,
           detail={"factors": list(factors)} if factors else None)


def locked(tx: Connection, id_: str) -> Any:
    """A proposal's row, locked."""
    row = tx.execute(select(destruction).where(destruction.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no destruction {id_!r}", hint="the list of destructions shows those there are")
    return row
