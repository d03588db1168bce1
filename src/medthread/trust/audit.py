"""Audit rows: every write and every refused one, in the transaction of the act itself."""

from typing import Any

from sqlalchemy import Connection, insert

from medthread.stores.postgres.tables import audit_event


def record(  # noqa: PLR0913 - an audit row has these entries
    tx: Connection,
    *,
    actor: str,
    action: str,
    object_: str,
    outcome: str = "done",
    reason: str | None = None,
    before: Any = None,
    after: Any = None,
    detail: Any = None,
) -> None:
    """Insert one audit row; the table refuses update and delete."""
    tx.execute(
        insert(audit_event).values(
            actor=actor,
            action=action,
            object=object_,
            outcome=outcome,
            reason=reason,
            before=before,
            after=after,
            detail=detail,
        )
    )
