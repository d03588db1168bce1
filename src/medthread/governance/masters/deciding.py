"""Decisions about master records: asked for by a steward, approved by another person where much hangs on them, ended when they were wrong.

Nothing is changed in a golden record by a decision: matching takes what is in force (`pipeline.match.decisions`) the next
time it runs, and takes it back as easily when the decision is ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from medthread.governance.masters.impact import Impact
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.stores.postgres.tables import account, match_decision
from medthread.trust.audit import record

SHORTEST_REASON = 2
MOST = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a steward asks for. `sides`: record ids, one list that belongs together or several that stay apart; `golden`: the ids it is about.

    A setting of weights or lines is about none in particular.
    """

    entity: str
    kind: str
    sides: Sequence[Sequence[str]]
    golden: Sequence[str]
    reason: str
    values: Mapping[str, str | None] = field(default_factory=dict)
    until: date | None = None  # of stated values: the first day on which they no longer stand


def ask(tx: Connection, wanted: Wanted, *, by: str, impact: Impact, second: bool, effect: Mapping[str, Any] | None = None, asked_by: str | None = None) -> tuple[int, str]:
    """Write it down; gives its number and whether it is in force or asked for. With `second` another person has to approve it, who sees the `effect` as it was asked for. With `asked_by`, that person asked and `by` decides."""
    _check(wanted)
    table = match_decision
    same = select(table.c.id).where(table.c.entity == wanted.entity, table.c.kind == wanted.kind, table.c.status == "asked", table.c.golden == sorted(wanted.golden))
    if (open_ := tx.execute(same).scalars().first()) is not None:
        raise ConflictError(f"decision {open_} asks for this already", hint="it waits for a second person; end it to ask for something else")
    status = "asked" if second else "in_force"
    now = {} if second else {"decided_by": by, "decided_at": datetime.now(UTC)}
    made = insert(table).values(
        entity=wanted.entity, kind=wanted.kind, sides=[sorted(s) for s in wanted.sides], values=dict(wanted.values) or None, until=wanted.until, golden=sorted(wanted.golden),
        impact={**impact.told(), **({"effect": effect} if effect else {})}, reason=wanted.reason.strip(), status=status, asked_by=asked_by or by, **now,
    ).returning(table.c.id)
    id_ = int(tx.execute(made).scalar_one())
    detail = {"decision": id_, "kind": wanted.kind, "golden": sorted(wanted.golden), "sides": [sorted(s) for s in wanted.sides], "status": status}
    detail |= {"references": impact.references, "open_cases": impact.open_cases, **({"fields": sorted(wanted.values)} if wanted.values else {}), **({"until": wanted.until} if wanted.until else {})}
    record(tx, actor=by, action="master.decide", object_=_object(wanted.entity, wanted.golden), reason=wanted.reason.strip(), detail=detail)
    return id_, status


def approve(tx: Connection, *, by: str, id_: int, grant: bool, reason: str) -> None:
    """Bring what somebody else asked for into force, or refuse it."""
    row = _locked(tx, id_)
    if row.status != "asked":
        raise ConflictError(f"decision {id_} is {row.status}", hint="only what is asked for and not yet decided can be decided")
    if row.asked_by == by:
        raise ForbiddenError(f"{by} asked for it: who asks does not approve", hint="let somebody else approve", actor=by, action="masters:approve")
    said = {"status": "in_force" if grant else "refused", "decided_by": by, "decided_at": datetime.now(UTC), "decision": _reason(reason)}
    tx.execute(update(match_decision).where(match_decision.c.id == id_).values(**said))
    detail = {"decision": id_, "kind": row.kind, "asked_by": row.asked_by}
    record(tx, actor=by, action="master.approve" if grant else "master.refuse", object_=_object(row.entity, row.golden), reason=reason.strip(), detail=detail)


def end(tx: Connection, *, by: str, id_: int, approves: bool, reason: str) -> None:
    """Take a decision back: matching goes by the rules again. One that took two persons is ended by who may approve."""
    row = _locked(tx, id_)
    if row.status not in ("asked", "in_force"):
        raise ConflictError(f"decision {id_} is {row.status}", hint="only what is asked for or in force can be ended")
    if row.status == "in_force" and row.decided_by != row.asked_by and not approves:
        raise ForbiddenError(f"decision {id_} was approved by {row.decided_by}", hint="let somebody end it who may approve", actor=by, action="masters:approve")
    said = {"status": "ended", "ended_by": by, "ended_at": datetime.now(UTC), "ended_why": _reason(reason)}
    tx.execute(update(match_decision).where(match_decision.c.id == id_).values(**said))
    record(tx, actor=by, action="master.end", object_=_object(row.entity, row.golden), reason=reason.strip(), detail={"decision": id_, "kind": row.kind, "was": row.status})


def decisions(tx: Connection, *, entities: Sequence[str], status: str | None = None, golden: str | None = None, after: int | None = None, limit: int = MOST) -> list[dict[str, Any]]:
    """Newest first, of these kinds of masters; with the names of who asked, who decided and who ended it."""
    table, asker, decider, ender = match_decision, account.alias("asker"), account.alias("decider"), account.alias("ender")
    query = select(table, asker.c.printed_name.label("asker_name"), decider.c.printed_name.label("decider_name"), ender.c.printed_name.label("ender_name"))
    query = query.outerjoin(asker, asker.c.name == table.c.asked_by).outerjoin(decider, decider.c.name == table.c.decided_by)
    query = query.outerjoin(ender, ender.c.name == table.c.ended_by)
    query = query.where(table.c.entity.in_(list(entities))).order_by(table.c.id.desc()).limit(min(limit, MOST))
    if status:
        query = query.where(table.c.status == status)
    if golden:
        query = query.where(table.c.golden.contains([golden]))
    if after is not None:
        query = query.where(table.c.id < after)
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's way to a row's columns


def _check(wanted: Wanted) -> None:
    _reason(wanted.reason)
    records = [r for side in wanted.sides for r in side]
    if len(records) != len(set(records)) or not all(wanted.sides):
        raise InvalidError("a record stands on two sides, or a side is empty", hint="each record stands on one side, each side has a record")
    if wanted.kind == "merge" and len(set(wanted.golden)) < 2:  # noqa: PLR2004 - one is no merge
        raise InvalidError("one record cannot be merged with itself", hint="name two golden records at least")
    if wanted.kind == "split" and len(wanted.sides) < 2:  # noqa: PLR2004 - one side is no split
        raise InvalidError("nothing would be parted", hint="leave at least one record on either side")
    if wanted.kind == "value" and not wanted.values:
        raise InvalidError("no value is stated", hint="name at least one field")
    if wanted.until is not None and wanted.kind != "value":
        raise InvalidError("only stated values end by themselves", hint="leave the last day out; a link has dates of its own")


def _reason(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a decision about master records has a reason", hint="say why")
    return reason.strip()


def _object(entity: str, golden: Sequence[str]) -> str:
    return f"{entity}/{min(golden, default='matching')}"


def _locked(tx: Connection, id_: int) -> Any:
    row = tx.execute(select(match_decision).where(match_decision.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no decision {id_}", hint="the list shows those there are")
    return row
