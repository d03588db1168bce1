"""Audit rows: every write, every refused one, every look under a mask, in the transaction of the act itself."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert

from medthread.methods.canonical import plain
from medthread.stores.postgres.tables import audit_event

DONE, REFUSED, READ = "done", "refused", "read"
OUTCOMES = (DONE, REFUSED, READ)


def record(  # noqa: PLR0913 - an audit row has these entries
    tx: Connection,
    *,
    actor: str,
    action: str,
    object_: str,
    outcome: str = DONE,
    reason: str | None = None,
    before: Any = None,
    after: Any = None,
    detail: Any = None,
) -> None:
    """Insert one audit row; the table refuses update and delete. Numbers with a fraction are kept as text, for they are sealed."""
    tx.execute(
        insert(audit_event).values(
            actor=actor,
            action=action,
            object=object_,
            outcome=outcome,
            reason=reason,
            before=plain(before),
            after=plain(after),
            detail=plain(detail),
        )
    )


def record_read(tx: Connection, *, actor: str, object_: str, fields: Iterable[str], reason: str, grant: str | None = None) -> None:
    """Somebody saw fields of a record without their mask: which fields, why, and under which grant; never the values."""
    detail = {"fields": sorted(fields), "grant": grant}
    record(tx, actor=actor, action="entity.unmask", object_=object_, outcome=READ, reason=reason, detail=detail)
