"""What was approved of a subject, and holds on a day: the last approved change of each that was in force by then."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import distinct_on

from medthread.stores.postgres.tables import definition_change

APPROVED = "approved"


@dataclass(frozen=True)
class Said:
    """What holds of a subject: since when, proposed and approved by whom."""

    kind: str
    subject: str
    content: dict[str, Any] | None
    proposal: str
    since: date
    proposed_by: str
    approved_by: str


def standing(tx: Connection, on: date, *, kind: str | None = None) -> dict[str, Said]:
    """What holds on a day, by subject; also of those of which nothing is said any more."""
    t = definition_change
    query = (
        select(t).ext(distinct_on(t.c.subject)).where(t.c.state == APPROVED, t.c.effective_from <= on)
        .order_by(t.c.subject, t.c.effective_from.desc(), t.c.decided_at.desc(), t.c.seq.desc())
    )
    query = query.where(t.c.kind == kind) if kind else query
    return {r.subject: Said(r.kind, r.subject, r.after, r.proposal, r.effective_from, r.proposed_by, r.decided_by) for r in tx.execute(query)}
