"""Audit rows: every write, every refused one, every look under a mask, in the transaction of the act itself."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import Connection

from medthread.methods.canonical import plain
from medthread.stores.postgres.tables import audit_event
from medthread.stores.postgres.writing import Write, adding, put

DONE, REFUSED, READ = "done", "refused", "read"
OUTCOMES = (DONE, REFUSED, READ)
LONGEST = 500  # of what names an act or its object: an address that was asked for may be of any length


class AuditRow(TypedDict, total=False):
    """Who did what to which record, with what outcome; done, where nothing else is said."""

    actor: Required[str]
    action: Required[str]
    object_: Required[str]
    outcome: str
    reason: str | None
    before: Any
    after: Any
    detail: Any


@dataclass
class Arrival:
    """How somebody came whose acts are recorded: with which token, if with one. Set at the edge once it is known, told in each of their rows."""

    token: str | None = None


ARRIVAL: ContextVar[Arrival | None] = ContextVar("arrival", default=None)


def recording(**row: Unpack[AuditRow]) -> Write:
    """An audit row, to be written together with what it tells of. Numbers with a fraction are kept as text, for they are sealed."""
    arrival, detail = ARRIVAL.get(), row.get("detail")
    if arrival is not None and arrival.token is not None:
        detail = {**(detail or {}), "token": arrival.token}
    return adding(audit_event, {
        "actor": _capped(row["actor"]), "action": _capped(row["action"]), "object": _capped(row["object_"]), "outcome": row.get("outcome", DONE), "reason": row.get("reason"),
        "before": plain(row.get("before")), "after": plain(row.get("after")), "detail": plain(detail),
    })


def _capped(text: str) -> str:
    """The text, or its beginning and what tells it from others that begin so."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST - 17]}…{sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"


def record(tx: Connection, **row: Unpack[AuditRow]) -> None:
    """Insert one audit row; the table refuses update and delete."""
    put(tx, [recording(**row)])


def record_read(tx: Connection, *, actor: str, object_: str, fields: Iterable[str], reason: str, grant: str | None = None) -> None:
    """Somebody saw fields of a record without their mask: which fields, why, and under which grant; never the values."""
    detail = {"fields": sorted(fields), "grant": grant}
    record(tx, actor=actor, action="entity.unmask", object_=object_, outcome=READ, reason=reason, detail=detail)
