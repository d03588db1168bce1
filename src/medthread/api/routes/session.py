"""Signing in and out."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from medthread.api.identity import COOKIE, Given, Someone, place_of
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.model.errors import SecondFactorError, UnauthenticatedError
from medthread.trust.access import Actor
from medthread.trust.credentials import DISABLED, MISSING, TOTP, WAYS_OUT, Proof
from medthread.trust.roles import ROLES, role_label
from medthread.trust.sessions import actor_of_session, sign_in, sign_out

router = Subject("session", "会话", "Session", owner="security", internal=True).router()


class Credentials(BaseModel):
    """A name and a password, and a code of the second factor where one is set: one-time or recovery."""

    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    code: str | None = Field(default=None, max_length=20)


def who(given: Given, actor: Actor) -> dict[str, Any]:
    """Who is signed in, what they may do, and what they have to do before that."""
    return {
        "username": actor.name, "name": actor.printed_name, "roles": list(actor.roles), "plants": list(actor.plants),
        "organisations": list(actor.organisations), "regions": list(actor.regions), "can": sorted(given.access.can(actor)), "must": list(actor.must), "zone": given.workflow.calendar.zone,
        "role_labels": [pair(role_label(r)) for r in actor.roles], "acts": any(ROLES[r].acts for r in actor.roles if r in ROLES),
    }


def begin(request: Request, response: Response, given: Given, token: str) -> Actor:
    """Hand the session to the browser as a cookie that scripts cannot read."""
    with given.store.transaction() as tx:
        actor = actor_of_session(tx, token=token, rules=given.account_rules)
    seconds = given.account_rules.session_hours * 3600
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=_is_secure(request, given), max_age=seconds, path="/")
    return actor


def _is_secure(request: Request, given: Given) -> bool:
    """Whether browsers reach us encrypted: by the request, or by the address that they know."""
    return request.url.scheme == "https" or (given.public_url or "").startswith("https://")


@router.post("/session", summary="登录 · Sign in")
def create(credentials: Credentials, request: Request, response: Response, given: Given) -> dict[str, Any]:
    """Sign in; the session is a cookie that scripts cannot read. While too many try at once, 429 with `Retry-After`.

    登录;会话保存在脚本读不到的 Cookie 里。同时尝试者过多时应答 429 与 `Retry-After`。
    """
    proof = Proof(credentials.password, credentials.code)
    done = sign_in(given.store, given.keyring, name=credentials.username, proof=proof, place=place_of(request), rules=given.account_rules)
    if done.token is not None:
        return who(given, begin(request, response, given, done.token))
    if done.refused in (MISSING, TOTP):
        raise SecondFactorError("the second factor is asked for", hint=WAYS_OUT[done.refused])
    if done.refused == DISABLED:
        raise UnauthenticatedError("the account is disabled", hint=WAYS_OUT[DISABLED])
    raise UnauthenticatedError(
        "name and password do not fit, or the account is locked for a while", hint="try again, or ask an administrator"
    )


@router.get("/session", summary="取当前会话与权限 · Get the session and its rights")
def read(given: Given, actor: Someone) -> dict[str, Any]:
    """Who is signed in and what they may do.

    当前登录的是谁,可以做什么。
    """
    return who(given, actor)


@router.delete("/session", summary="退出 · Sign out", status_code=204)
def delete(request: Request, response: Response, given: Given) -> None:
    """Sign out.

    退出登录。
    """
    token = request.cookies.get(COOKIE)
    if token:
        with given.store.transaction() as tx:
            sign_out(tx, token=token)
    response.delete_cookie(COOKIE, path="/")


@router.get("/demo-accounts", summary="列出演示账号 · List accounts of the demonstration")
def demo_accounts(given: Given) -> dict[str, Any]:
    """Accounts to try, while the demo company is served; none otherwise.

    演示企业运行时可试用的账号;否则为空。
    """
    return {"items": [{**a, "title": ROLES[a["role"]].label._asdict()} for a in given.demo_accounts]}
