"""The periodic review of who holds which role."""

from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from medthread.api.identity import AccessReader, AccessReviewer, Given
from medthread.api.subjects import Subject
from medthread.model.errors import InvalidError, NotFoundError
from medthread.stores.postgres.tables import access_review, access_review_line, account
from medthread.trust.reviews import close_review, decide_line, next_due, open_review
from medthread.workflow import handle

router = Subject("access reviews", "权限复核", "Access reviews", owner="security").router()


class Decision(BaseModel):
    """About one account and role: kept, or withdrawn for a reason."""

    account: str = Field(max_length=60)
    role: str = Field(max_length=60)
    keep: bool
    reason: str | None = Field(default=None, max_length=500)


@router.get("/access-reviews", summary="列出权限评审 · List access reviews")
def reviews(given: Given, _: AccessReader) -> dict[str, Any]:
    """Reviews, newest first, how far each is, and when the next one is due.

    权限评审,最新的在前:进展如何、下次何时到期。
    """
    line = access_review_line
    counted = select(line.c.review, func.count().label("lines"), func.count(line.c.decision).label("decided")).group_by(line.c.review).subquery()
    query = select(access_review, counted.c.lines, counted.c.decided).outerjoin(counted, counted.c.review == access_review.c.id)
    with given.store.transaction() as tx:
        rows = tx.execute(query.order_by(access_review.c.at.desc()).limit(100)).all()
        due = next_due(tx, months=given.account_rules.review_months)
    items = [{**r._mapping, "lines": r.lines or 0, "decided": r.decided or 0} for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    return {"items": items, "next_due": due}


@router.post("/access-reviews", summary="开始权限评审 · Open an access review", status_code=201)
def create(given: Given, actor: AccessReviewer) -> dict[str, str]:
    """Begin a review of all open accounts by role.

    按角色开始评审所有启用的账号。
    """
    id_ = handle(given.store, by=actor.name, action="access_review.open", object_="access_review", act=partial(open_review, by=actor.name))
    return {"id": id_}


@router.get("/access-reviews/{id_}", summary="查看一次权限评审 · Get an access review")
def lines(id_: str, given: Given, _: AccessReader) -> dict[str, Any]:
    """The lines of a review.

    一次评审的明细。
    """
    line = access_review_line
    query = select(line, account.c.printed_name).outerjoin(account, account.c.name == line.c.account).where(line.c.review == id_)
    with given.store.transaction() as tx:
        review = tx.execute(select(access_review).where(access_review.c.id == id_)).one_or_none()
        rows = tx.execute(query.order_by(line.c.account, line.c.role)).all()
    if review is None:
        raise NotFoundError(f"no review {id_!r}", hint="GET /api/v1/access-reviews lists them")
    return {**review._mapping, "items": [dict(r._mapping) for r in rows]}  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


@router.post("/access-reviews/{id_}/decisions", summary="评审中确认或撤销角色 · Decide about a role in a review", status_code=204)
def decide(id_: str, wanted: Decision, given: Given, actor: AccessReviewer) -> None:
    """Confirm that an account keeps a role, or withdraw it at once.

    确认账号保留某角色,或立即撤销。
    """
    if not wanted.keep and not (wanted.reason or "").strip():
        raise InvalidError("a role is withdrawn for a reason", hint="say why")
    act = partial(decide_line, review=id_, name=wanted.account, role=wanted.role, keep=wanted.keep, by=actor.name, reason=wanted.reason)
    handle(given.store, by=actor.name, action="access_review.decide", object_=f"access_review/{id_}", act=act)


@router.post("/access-reviews/{id_}/closing", summary="结束权限评审 · Close an access review", status_code=204)
def close(id_: str, given: Given, actor: AccessReviewer) -> None:
    """End a review whose lines are all decided.

    明细全部决定后结束评审。
    """
    act = partial(close_review, review=id_, by=actor.name)
    handle(given.store, by=actor.name, action="access_review.close", object_=f"access_review/{id_}", act=act)
