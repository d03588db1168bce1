"""Roles lent to another person for a time: given in advance, for a reason, seen by both, ended at any time.

Who acts for somebody is bound by what that person did on the record, and binds them (`workflow.duties`).
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, or_, select, update

from medthread.derive.form import pair
from medthread.model.errors import ForbiddenError, InvalidError, NotFoundError
from medthread.stores.postgres.tables import account, delegation
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.roles import ROLES, role_label

LONGEST = timedelta(days=92)


def lendable(actor: Actor) -> tuple[str, ...]:
    """The roles that somebody may lend: their own that act in processes."""
    return tuple(r for r in actor.roles if r in ROLES and ROLES[r].acts)


def delegations_of(tx: Connection, actor: Actor) -> list[dict[str, Any]]:
    """Everything somebody gave or took, the newest first."""
    giver, taker = account.alias("giver"), account.alias("taker")
    query = select(delegation, giver.c.printed_name.label("giver_name"), taker.c.printed_name.label("taker_name"))
    query = query.outerjoin(giver, giver.c.name == delegation.c.giver).outerjoin(taker, taker.c.name == delegation.c.taker)
    mine = or_(delegation.c.giver == actor.name, delegation.c.taker == actor.name)
    kept = ("id", "giver", "taker", "giver_name", "taker_name", "valid_from", "valid_to", "reason", "revoked_at", "at")
    now = datetime.now(UTC)
    return [
        {**{k: r._mapping[k] for k in kept}, "roles": [{"role": n, "label": pair(role_label(n))} for n in r.roles],  # noqa: SLF001 - SQLAlchemy's way
         "given": r.giver == actor.name, "stands": _standing(r, now)}
        for r in tx.execute(query.where(mine).order_by(delegation.c.at.desc(), delegation.c.id))
    ]


def _standing(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "coming" if row.valid_from > now else "over" if row.valid_to <= now else "valid"


def takers(tx: Connection, actor: Actor) -> list[dict[str, Any]]:
    """Who roles may be lent to: everybody else whose account is open and who has a part in processes."""
    acting = [r.name for r in ROLES.values() if r.acts]
    query = select(account.c.name, account.c.printed_name).where(
        account.c.name != actor.name, account.c.disabled_at.is_(None), account.c.roles.overlap(acting))
    return [{"name": r.name, "printed_name": r.printed_name} for r in tx.execute(query.order_by(account.c.printed_name))]


def delegate(
    tx: Connection, *, actor: Actor, taker: str, roles: Sequence[str], valid_from: datetime, valid_to: datetime, reason: str, zone: str,
) -> str:
    """Lend roles of one's own, from today (in the organisation's zone) at the earliest; gives the delegation's id. What was lent cannot be lent on."""
    beyond = sorted(set(roles) - set(lendable(actor)))
    if beyond or not roles:
        raise ForbiddenError(f"{actor.name} cannot lend {beyond[0] if beyond else 'nothing'}", hint=f"your own: {', '.join(lendable(actor)) or 'none'}")
    if valid_from.tzinfo is None or valid_to.tzinfo is None:
        raise InvalidError("the times have no zone", hint="write such as 2026-11-25T08:00:00+08:00")
    if not datetime.now(UTC) < valid_to or not valid_from < valid_to:
        raise InvalidError("the delegation would be over before it begins", hint="let it end after it begins, and after now")
    if valid_from < datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0):
        raise InvalidError("the delegation would begin before today", hint="let it begin today or later: nobody stood in for anybody before it was agreed")
    if valid_to - valid_from > LONGEST:
        raise InvalidError("the delegation is too long", hint=f"at most {LONGEST.days} days; whoever does it for good gets the role")
    if not reason.strip():
        raise InvalidError("a delegation has a reason", hint="say why")
    if taker not in {t["name"] for t in takers(tx, actor)}:
        raise InvalidError(f"roles cannot be lent to {taker!r}", hint="choose somebody else who has a part in processes")
    id_ = uuid.uuid4().hex
    tx.execute(insert(delegation).values(
        id=id_, giver=actor.name, taker=taker, roles=sorted(set(roles)), valid_from=valid_from, valid_to=valid_to, reason=reason.strip()))
    after = {"taker": taker, "roles": sorted(set(roles)), "valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()}
    record(tx, actor=actor.name, action="delegation.create", object_=f"delegation/{id_}", reason=reason.strip(), after=after)
    return id_


def revoke(tx: Connection, *, actor: Actor, id_: str) -> None:
    """End a delegation, as who gave it or who took it."""
    mine = or_(delegation.c.giver == actor.name, delegation.c.taker == actor.name)
    here = (delegation.c.id == id_) & mine & delegation.c.revoked_at.is_(None)
    ended = tx.execute(update(delegation).where(here).values(revoked_at=datetime.now(UTC)).returning(delegation.c.id)).one_or_none()
    if ended is None:
        raise NotFoundError(f"no delegation {id_!r} of yours that stands", hint="the list shows those given and taken")
    record(tx, actor=actor.name, action="delegation.revoke", object_=f"delegation/{id_}")
