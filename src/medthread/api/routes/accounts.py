"""Accounts, for those who keep them: opened, shut, given another password. Rights are given elsewhere, by another person."""

from functools import partial
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row, func, or_, select

from medthread.api.identity import AccountKeeper, AccountReader, Given
from medthread.api.subjects import Subject
from medthread.model.errors import NotFoundError
from medthread.stores.postgres.tables import account, second_factor, session
from medthread.trust.accounts import (
    disable_account,
    enable_account,
    is_reset_over_the_network,
    open_account,
    reset_password,
)
from medthread.trust.roles import role_label
from medthread.trust.sessions import end_session, sessions_of
from medthread.trust.tokens import revoke_token, tokens_of
from medthread.workflow import handle

router = Subject("accounts", "账号", "Accounts", owner="security").router()
Reason = Annotated[str, Field(min_length=2, max_length=500)]


class NewAccount(BaseModel):
    """A person who may sign in, as yet without rights."""

    name: str = Field(min_length=1, max_length=60)
    printed_name: str = Field(min_length=1, max_length=200)


class Because(BaseModel):
    """Why something is done to somebody's account."""

    reason: Reason


class Shut(Because):
    """Whether the account is shut."""

    disabled: bool


_last_seen = select(session.c.account, func.max(session.c.last_seen_at).label("last_seen_at")).group_by(session.c.account).subquery()
_ACCOUNTS = (
    select(account, second_factor.c.confirmed_at, _last_seen.c.last_seen_at, or_(account.c.locked_until > func.now(), account.c.proof_locked_until > func.now()).label("locked"))
    .outerjoin(second_factor, second_factor.c.account == account.c.name)
    .outerjoin(_last_seen, _last_seen.c.account == account.c.name)
)


def _shown(row: Row[Any]) -> dict[str, Any]:
    same = ("name", "printed_name", "roles", "plants", "organisations", "regions", "disabled_at", "password_changed_at", "password_temporary", "last_seen_at", "revision", "at")
    return {
        **{n: getattr(row, n) for n in same}, "locked": bool(row.locked), "second_factor": row.confirmed_at is not None,
        "local": row.password_hash is not None, "resettable": is_reset_over_the_network(row.roles),
        "role_labels": {r: {"zh": role_label(r).zh, "en": role_label(r).en} for r in row.roles},
    }


@router.get("/accounts", summary="列出账号 · List accounts")
def accounts(
    given: Given, _: AccountReader, q: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100, after: Annotated[str | None, Query(max_length=60)] = None,
) -> dict[str, Any]:
    """Everybody who can sign in, with their rights, by name.

    能登录的每个人及其权限,按名称排列。
    """
    query = _ACCOUNTS.order_by(account.c.name).limit(limit + 1)
    if q:
        query = query.where(or_(account.c.name.icontains(q, autoescape=True), account.c.printed_name.icontains(q, autoescape=True)))
    if after:
        query = query.where(account.c.name > after)
    with given.store.transaction() as tx:
        rows = tx.execute(query).all()
    return {"items": [_shown(r) for r in rows[:limit]], "next": rows[limit - 1].name if len(rows) > limit else None}


@router.get("/accounts/{name}", summary="查看一个账号 · Get an account")
def one(name: str, response: Response, given: Given, _: AccountReader) -> dict[str, Any]:
    """An account, where its owner is signed in and its API tokens; the ETag is the revision of its rights.

    一个账号、其所有者在哪里登录着、其接口令牌;ETag 是其权限的版本。
    """
    with given.store.transaction() as tx:
        row = tx.execute(_ACCOUNTS.where(account.c.name == name)).one_or_none()
        open_ = sessions_of(tx, name=name, rules=given.account_rules)
        tokens = tokens_of(tx, name=name)
    if row is None:
        raise NotFoundError(f"no account {name!r}", hint="GET /api/v1/accounts lists them")
    response.headers["ETag"] = f'"{row.revision}"'
    return {**_shown(row), "sessions": open_, "tokens": tokens}


@router.post("/accounts", summary="开立账号 · Open an account", status_code=201)
def create(wanted: NewAccount, given: Given, actor: AccountKeeper) -> dict[str, Any]:
    """Open an account without rights; its first password is in this answer and nowhere else.

    开立没有任何权限的账号;初始密码只出现在这次应答中。
    """
    act = partial(open_account, name=wanted.name, printed_name=wanted.printed_name, by=actor.name, rules=given.account_rules)
    password = handle(given.store, by=actor.name, action="account.create", object_=f"account/{wanted.name}", act=act)
    return {"name": wanted.name, "password": password}


@router.put("/accounts/{name}/state", summary="停用或启用账号 · Disable or enable an account", status_code=204)
def state(name: str, wanted: Shut, given: Given, actor: AccountKeeper) -> None:
    """Shut an account, which ends its sessions, or open it again.

    停用账号(同时结束其会话),或重新启用。
    """
    do = disable_account if wanted.disabled else enable_account
    action = "account.disable" if wanted.disabled else "account.enable"
    handle(given.store, by=actor.name, action=action, object_=f"account/{name}", act=partial(do, name=name, by=actor.name, reason=wanted.reason))


@router.post("/accounts/{name}/password", summary="重置账号密码 · Reset an account's password", status_code=201)
def password(name: str, because: Because, given: Given, actor: AccountKeeper) -> dict[str, Any]:
    """Give a password that nobody chose, in this answer and nowhere else; its owner changes it at the next sign-in.

    Its sessions and API tokens end.

    给出一个无人选定的密码,只出现在这次应答中;所有者下次登录时须更改。其会话与接口令牌随即终止。
    """
    act = partial(reset_password, name=name, by=actor.name, reason=because.reason, rules=given.account_rules)
    fresh = handle(given.store, by=actor.name, action="password.reset", object_=f"account/{name}", act=act)
    return {"name": name, "password": fresh}


@router.delete("/accounts/{name}/sessions/{id_}", summary="结束他人会话 · End a session of an account", status_code=204)
def end(name: str, id_: str, given: Given, actor: AccountKeeper) -> None:
    """End a session of somebody's.

    结束某人的一个会话。
    """
    act = partial(end_session, name=name, id_=id_, by=actor.name)
    handle(given.store, by=actor.name, action="session.end", object_=f"account/{name}", act=act)


@router.delete("/accounts/{name}/tokens/{id_}", summary="终止他人令牌 · End a token of an account", status_code=204)
def end_token(name: str, id_: str, given: Given, actor: AccountKeeper) -> None:
    """End an API token of somebody's.

    终止某人的一个接口令牌。
    """
    act = partial(revoke_token, name=name, id_=id_, by=actor.name)
    handle(given.store, by=actor.name, action="token.revoke", object_=f"token/{id_}", act=act)
