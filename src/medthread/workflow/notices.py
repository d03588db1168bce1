"""Notices: who is told, outside the console, that something waits for them in it. Written in the transaction that gives the reason.

A notice carries no value of the record, since it leaves the installation: what kind of record, which, and why to look.
It is for those who hold the role, or to whom it is lent now, who gave an address, and within whose plants, organisations and regions the record lies.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, null, select, text
from sqlalchemy.dialects.postgresql import insert

from medthread.derive.table import REGION
from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import notice, notice_address
from medthread.trust.audit import record
from medthread.workflow.context import Context

LONGEST = 254  # characters of an address: RFC 5321, 4.5.3.1.3 less its brackets


class Why(StrEnum):
    """What somebody is told of."""

    NEAR = "deadline_near"
    PASSED = "deadline_passed"
    PROPOSED = "proposed"
    UNREVIEWED = "unreviewed"
    REQUESTED = "requested"
    UNDECIDED = "undecided"
    SAMPLED = "sampled"


TELL = text("""
    insert into medthread.notice (account, reason, entity, record, about)
    select a.name, :reason, :entity, :record, cast(:about as jsonb)
    from medthread.account a join medthread.notice_address n on n.account = a.name
    where a.disabled_at is null
      and (cardinality(a.plants) = 0 or cast(:plant as text) is null or :plant = any(a.plants))
      and (cardinality(a.organisations) = 0 or cast(:organisation as text) is null or :organisation = any(a.organisations))
      and (cardinality(a.regions) = 0 or cast(:region as text) is null or :region = any(a.regions))
      and (:role = any(a.roles) or exists (
        select from medthread.delegation d join medthread.account g on g.name = d.giver
        where d.taker = a.name and :role = any(d.roles) and :role = any(g.roles) and g.disabled_at is null
          and d.revoked_at is null and now() >= d.valid_from and now() < d.valid_to))
""")


def tell(tx: Connection, context: Context, *, role: str, why: Why, entity: str, record: str, about: Mapping[str, Any]) -> int:
    """Let those who hold a role know; gives how many will be told."""
    given = {"reason": why, "entity": entity, "record": record, "about": json.dumps(about), "role": role}
    return tx.execute(TELL, given | _place(tx, context, entity, record)).rowcount


def _place(tx: Connection, context: Context, entity: str, record: str) -> dict[str, Any]:
    """Where the record belongs; to all where it is not one of ours."""
    names, table = ("plant", "organisation", "region"), context.tables.get(entity)
    if table is None:
        return dict.fromkeys(names)
    region = table.c[table.info[REGION]] if REGION in table.info else null()
    row = tx.execute(select(table.c["_plant"], table.c["_org"], region).where(table.c.id == record)).one_or_none()
    return dict(zip(names, row or (None,) * len(names), strict=True))


def address_of(tx: Connection, account: str) -> dict[str, Any] | None:
    """Where somebody is told, and what stands against it."""
    row = tx.execute(select(notice_address.c.address, notice_address.c.refused).where(notice_address.c.account == account)).one_or_none()
    return None if row is None else {"address": row.address, "refused": row.refused}


def set_address(tx: Connection, *, account: str, address: str | None, by: str) -> None:
    """Where somebody wants to be told from now on; nowhere when there is none."""
    if address is None:
        tx.execute(delete(notice_address).where(notice_address.c.account == account))
    else:
        local, _, domain = address.partition("@")
        if not local or "." not in domain or len(address) > LONGEST or not address.isascii() or not address.isprintable() or set(address) & set(' ,;<>"()\\'):
            raise InvalidError("that is no mail address", hint="such as lin@example.com")
        fresh = {"address": address, "refused": None}
        tx.execute(insert(notice_address).values(account=account, **fresh).on_conflict_do_update(index_elements=["account"], set_=fresh))
    record(tx, actor=by, action="notice.address", object_=f"account/{account}", detail={"set": address is not None})


def counts(tx: Connection) -> dict[str, int]:
    """How many notices there are by how they ended; those that wait under `waiting`."""
    outcome = func.coalesce(notice.c.outcome, "waiting")
    return {"waiting": 0} | {str(r[0]): int(r[1]) for r in tx.execute(select(outcome, func.count()).group_by(outcome))}
