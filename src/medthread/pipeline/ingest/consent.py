"""Somebody says that a load which looks wrong is right: a table of which much was withdrawn at once."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.stores.postgres.tables import load
from medthread.trust.audit import record

SHORTEST_REASON = 2


def accept_load(tx: Connection, *, id_: str, by: str, reason: str) -> str:
    """Let a load in that waits for a person's word; the next run takes it in. Gives its source."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a load is accepted for a reason", hint="say in some words why so many rows are gone")
    row = tx.execute(select(load).where(load.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no load {id_!r}", hint="GET /api/v1/loads lists them; medthread source show NAME as well")
    if row.status != "blocked" or "withdrawn" not in (row.message or {}):
        raise ConflictError(f"{id_} waits for nobody's word", hint="only a load that lacks many rows known before is accepted by hand")
    consent = {"by": by, "at": datetime.now(UTC).isoformat(timespec="seconds"), "reason": reason.strip()}
    tx.execute(update(load).where(load.c.id == id_).values(consent=consent))
    told = {"file": row.file, "withdrawn": row.message["withdrawn"], "stood": row.message["stood"]}
    record(tx, actor=by, action="load.accept", object_=f"load/{id_}", reason=reason.strip(), detail=told)
    return str(row.source)
