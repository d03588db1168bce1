"""A look under the mask: asked for by one person with a reason, decided by another, for some fields of one record, for some hours.

Classification and clearance decide what somebody sees every day; this is for the day on which the work needs one value
more. Nothing is shown by the grant itself: each reading under it is an audit row of its own (`audit.record_read`).
"""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.stores.postgres.tables import account, unmask_grant
from medthread.trust.access import Actor
from medthread.trust.audit import record

LONGEST_HOURS = 72
MOST = 500
SHORTEST_REASON = 2


def ask(tx: Connection, *, actor: Actor, entity: str, id_: str, fields: Collection[str], hours: int, reason: str) -> str:
    """Ask to see fields of a record; gives the request's id. One request by one person for one record waits at a time."""
    wanted = sorted(set(fields))
    if not wanted:
        raise InvalidError("nothing is asked for", hint="name the fields that are masked")
    if not 1 <= hours <= LONGEST_HOURS:
        raise InvalidError(f"{hours} hours", hint=f"at least one, at most {LONGEST_HOURS}: whoever needs it for good gets a role")
    reason = _reason(reason)
    table = unmask_grant
    mine = (table.c.asked_by == actor.name) & (table.c.entity == entity) & (table.c.record == id_)
    if tx.execute(select(table.c.id).where(mine, table.c.status == "asked")).first() is not None:
        raise ConflictError("you asked for this record already", hint="it waits for its decision; take the request back to ask otherwise")
    made = f"unmask-{uuid.uuid4().hex[:12]}"
    tx.execute(insert(table).values(id=made, asked_by=actor.name, entity=entity, record=id_, fields=wanted, reason=reason, hours=hours, status="asked"))
    record(tx, actor=actor.name, action="unmask.ask", object_=f"{entity}/{id_}", reason=reason, detail={"grant": made, "fields": wanted, "hours": hours})
    return made


def decide(tx: Connection, *, actor: Actor, id_: str, grant: bool, reason: str) -> datetime | None:
    """Grant or refuse what somebody else asked for; gives until when it stands."""
    row = _locked(tx, id_)
    if row.status != "asked":
        raise ConflictError(f"{id_} is {row.status}", hint="only what was asked and not yet decided can be decided")
    if row.asked_by == actor.name:
        raise ForbiddenError(
            f"{actor.name} asked for it: who asks does not decide", hint="let somebody else decide", actor=actor.name, action="unmask:decide")
    reason, now = _reason(reason), datetime.now(UTC)
    until = now + timedelta(hours=row.hours) if grant else None
    status = "granted" if grant else "refused"
    tx.execute(update(unmask_grant).where(unmask_grant.c.id == id_).values(
        status=status, decided_by=actor.name, decided_at=now, decision=reason, expires_at=until))
    detail = {"grant": id_, "asked_by": row.asked_by, "fields": row.fields, "until": until.isoformat() if until else None}
    record(tx, actor=actor.name, action="unmask.grant" if grant else "unmask.refuse", object_=f"{row.entity}/{row.record}", reason=reason, detail=detail)
    return until


def end(tx: Connection, *, actor: Actor, id_: str, decides: bool) -> None:
    """End a request or a grant before its time: one's own, or anybody's for those who decide."""
    row = _locked(tx, id_)
    if row.asked_by != actor.name and not decides:
        raise NotFoundError(f"no request {id_!r}", hint="the list shows your own")
    if standing(row, datetime.now(UTC)) not in ("asked", "granted"):
        raise ConflictError(f"{id_} is over", hint="nothing is left to end")
    tx.execute(update(unmask_grant).where(unmask_grant.c.id == id_).values(status="ended", ended_by=actor.name, ended_at=datetime.now(UTC)))
    record(tx, actor=actor.name, action="unmask.end", object_=f"{row.entity}/{row.record}", detail={"grant": id_, "asked_by": row.asked_by})


def standing_grants(tx: Connection, *, actor: Actor, entity: str, id_: str) -> list[Any]:
    """Grants under which somebody may look at a record now. They are a person's, who came in person: a token has none."""
    if actor.session is None:
        return []
    table = unmask_grant
    mine = (table.c.asked_by == actor.name) & (table.c.entity == entity) & (table.c.record == id_)
    valid = (table.c.status == "granted") & (table.c.expires_at > datetime.now(UTC))
    return list(tx.execute(select(table).where(mine, valid).order_by(table.c.expires_at, table.c.id)))


def waiting(tx: Connection, *, actor: Actor, entity: str, id_: str) -> str | None:
    """One's own request for a record that waits for its decision."""
    table = unmask_grant
    mine = (table.c.asked_by == actor.name) & (table.c.entity == entity) & (table.c.record == id_)
    found: str | None = tx.execute(select(table.c.id).where(mine, table.c.status == "asked")).scalar_one_or_none()
    return found


def grants(tx: Connection, *, actor: Actor, all_: bool, open_: bool = False) -> list[dict[str, Any]]:
    """Requests and grants, newest first: one's own, or everybody's; `open_` for those that wait."""
    asker, decider, table = account.alias("asker"), account.alias("decider"), unmask_grant
    query = select(table, asker.c.printed_name.label("asker_name"), decider.c.printed_name.label("decider_name"))
    query = query.outerjoin(asker, asker.c.name == table.c.asked_by).outerjoin(decider, decider.c.name == table.c.decided_by)
    wanted: list[ColumnElement[bool]] = [] if all_ else [table.c.asked_by == actor.name]
    if open_:
        wanted += [table.c.status == "asked", table.c.asked_by != actor.name]
    order = (or_(table.c.status == "asked", table.c.expires_at > datetime.now(UTC)).desc().nulls_last(), table.c.at.desc(), table.c.id)
    now = datetime.now(UTC)
    kept = ("id", "asked_by", "asker_name", "entity", "record", "fields", "reason", "hours", "at", "decided_by", "decider_name", "decided_at", "decision", "expires_at", "ended_at")
    return [
        {**{k: r._mapping[k] for k in kept}, "mine": r.asked_by == actor.name, "status": standing(r, now)}  # noqa: SLF001 - SQLAlchemy's way to a row's columns
        for r in tx.execute(query.where(*wanted).order_by(*order).limit(MOST))
    ]


def standing(row: Any, now: datetime) -> str:
    """Where a request stands: asked, granted, refused, ended, or over."""
    return "over" if row.status == "granted" and row.expires_at <= now else str(row.status)


def _reason(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a look under the mask has a reason", hint="say why")
    return reason.strip()


def _locked(tx: Connection, id_: str) -> Any:
    row = tx.execute(select(unmask_grant).where(unmask_grant.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no request {id_!r}", hint="the list shows those there are")
    return row
