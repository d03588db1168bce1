"""The audit log, newest first."""

import re
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import select

from medthread.api.identity import Auditor, Given
from medthread.api.subjects import Subject
from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import audit_event

router = Subject("audit", "审计日志", "Audit log", owner="audit").router()


@router.get("/audit")
def audit(
    given: Given, _: Auditor, actor: Annotated[str | None, Query(max_length=200)] = None,
    outcome: Annotated[str | None, Query(max_length=20)] = None, limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """Every write and every refused one."""
    query = select(audit_event).order_by(audit_event.c.seq.desc()).limit(limit + 1)
    if actor:
        query = query.where(audit_event.c.actor == actor)
    if outcome:
        query = query.where(audit_event.c.outcome == outcome)
    if after:
        if not re.fullmatch("[0-9]{1,18}", after):
            raise InvalidError("the cursor is not one of ours", hint="begin again without `after`")
        query = query.where(audit_event.c.seq < int(after))
    with given.store.transaction() as tx:
        rows = tx.execute(query).all()
    more, rows = len(rows) > limit, rows[:limit]
    return {
        "items": [
            {"id": r.seq, "at": r.at, "actor": r.actor, "action": r.action, "subject": r.object, "outcome": r.outcome,
             "reason": r.reason, "detail": {k: v for k, v in (("before", r.before), ("after", r.after), ("detail", r.detail)) if v}}
            for r in rows
        ],
        "next": str(rows[-1].seq) if more else None,
    }
