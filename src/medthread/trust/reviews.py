"""The periodic review of access (GB/T 22239-2019, 8.1.10.2; ISO/IEC 27001 A.5.18): every account by role, each line decided."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, literal, select, update

from medthread.model.errors import ConflictError, ForbiddenError, NotFoundError
from medthread.stores.postgres.tables import access_review, access_review_line, account
from medthread.trust.accounts import account_of, refuse_last
from medthread.trust.audit import record
from medthread.trust.incompatible import ADMINISTRATORS
from medthread.trust.rights import give

CONFIRMED, WITHDRAWN = "confirmed", "withdrawn"
DAYS_TO_DECIDE = 30


def open_review(tx: Connection, *, by: str) -> str:
    """Begin a review of all open accounts by role; refused while another is open."""
    if tx.execute(select(access_review.c.id).where(access_review.c.closed_at.is_(None)).with_for_update()).first() is not None:
        raise ConflictError("a review is open", hint="decide its lines and close it before another begins")
    now = datetime.now(UTC)
    id_ = f"review-{now:%Y%m%d}-{secrets.token_hex(3)}"
    tx.execute(insert(access_review).values(id=id_, opened_by=by, due_at=now + timedelta(days=DAYS_TO_DECIDE)))
    held = select(account.c.name, func.unnest(account.c.roles).label("role")).where(account.c.disabled_at.is_(None)).subquery()
    lines = select(literal(id_), held.c.name, held.c.role).distinct()
    found = tx.execute(insert(access_review_line).from_select(["review", "account", "role"], lines))
    record(tx, actor=by, action="access_review.open", object_=f"access_review/{id_}", after={"lines": found.rowcount})
    return id_


def decide_line(tx: Connection, *, review: str, name: str, role: str, keep: bool, by: str, reason: str | None) -> None:
    """Confirm that an account keeps a role, or withdraw it at once; nobody decides about themselves."""
    _open(tx, review)
    if name == by:
        raise ForbiddenError("nobody decides about their own rights", hint="another administrator decides this line")
    line = and_(access_review_line.c.review == review, access_review_line.c.account == name, access_review_line.c.role == role)
    row = tx.execute(select(access_review_line).where(line).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"{review} has no line for {name} as {role}", hint="list its lines again")
    if row.decision is not None:
        raise ConflictError(f"{row.decided_by} decided it already: {row.decision}", hint="change the rights themselves if that was wrong")
    decision = CONFIRMED if keep else WITHDRAWN
    if not keep:
        _withdraw(tx, name=name, role=role, by=by, reason=f"{review}: {reason}")
    tx.execute(update(access_review_line).where(line).values(decision=decision, decided_by=by, decided_at=datetime.now(UTC), reason=reason))
    record(tx, actor=by, action=f"access_review.{decision}", object_=f"access_review/{review}", reason=reason, detail={"account": name, "role": role})


def _withdraw(tx: Connection, *, name: str, role: str, by: str, reason: str) -> None:
    row = account_of(tx, name)
    if role not in row.roles:
        return  # taken away since the review began
    if role in ADMINISTRATORS:
        refuse_last(tx, name=name, role=role)
    give(tx, row, {"roles": [r for r in row.roles if r != role]}, by=by, reason=reason)


def close_review(tx: Connection, *, review: str, by: str) -> None:
    """End a review whose lines are all decided."""
    _open(tx, review)
    undecided = (access_review_line.c.review == review) & access_review_line.c.decision.is_(None)
    left = tx.execute(select(func.count()).select_from(access_review_line).where(undecided)).scalar_one()
    if left:
        raise ConflictError(f"{left} lines are not decided", hint="confirm or withdraw each; others decide about your own")
    tx.execute(update(access_review).where(access_review.c.id == review).values(closed_by=by, closed_at=datetime.now(UTC)))
    record(tx, actor=by, action="access_review.close", object_=f"access_review/{review}")


def _open(tx: Connection, review: str) -> Row[Any]:
    row = tx.execute(select(access_review).where(access_review.c.id == review).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no review {review!r}", hint="GET /api/v1/access-reviews lists them")
    if row.closed_at is not None:
        raise ConflictError(f"{review} is closed", hint="open another review")
    return row


def next_due(tx: Connection, *, months: int) -> datetime | None:
    """When the next review must have begun: so many months after the last one ended, or after the first account was made."""
    if months == 0:
        return None
    since = func.coalesce(select(func.max(access_review.c.closed_at)).scalar_subquery(), select(func.min(account.c.at)).scalar_subquery())
    due: datetime | None = tx.execute(select(since + func.make_interval(0, months))).scalar_one()
    return due
