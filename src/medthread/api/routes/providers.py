"""Signing in elsewhere: the browser goes to a provider and comes back with proof of who it is; and the same again to sign."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from medthread.api.identity import Given, Oneself, place_of
from medthread.api.parameters import Brought
from medthread.api.routes.session import begin as begin_session
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.model.errors import MedthreadError, NotFoundError
from medthread.trust.audit import record
from medthread.trust.credentials import issue_ticket
from medthread.trust.identity import Configured, IdentityError, admit, begin_request, end_request
from medthread.trust.sessions import open_session

router = Subject("providers", "身份提供方", "Identity providers", owner="security", internal=True).router()
STATE_COOKIE = "medthread_identity"
FRESH_SECONDS = 300
SEE_OTHER = 303
Name = Annotated[str, Path(max_length=40)]


def _provider(given: Services, name: str) -> Configured:
    found = given.identity.get(name)
    if found is None:
        raise NotFoundError(f"no provider {name!r}", hint="GET /api/v1/providers lists them")
    return found


@router.get("/providers", summary="列出可用的身份源 · List identity providers")
def providers(given: Given) -> dict[str, Any]:
    """Where people of this installation may sign in beside here.

    除本地外,本企业的人员还可从哪里登录。
    """
    return {"items": [{"name": p.name, "label": p.label._asdict()} for p in given.identity.values()]}


@router.get("/providers/{name}", summary="经身份源登录 · Sign in through a provider", status_code=SEE_OTHER, response_class=RedirectResponse)
def begin(name: Name, request: Request, given: Given) -> Response:
    """Go to a provider to sign in.

    前往身份源登录。
    """
    return _go(request, given, name, account=None)


@router.get("/providers/{name}/proof", summary="签名前经身份源重新认证 · Prove oneself again through a provider", status_code=SEE_OTHER, response_class=RedirectResponse)
def prove(name: Name, request: Request, given: Given, actor: Oneself) -> Response:
    """Go to a provider to prove anew who one is, at the moment of signing; comes back with a ticket in place of a password.

    签名时前往身份源重新证明自己;带回一张代替密码的凭据。
    """
    return _go(request, given, name, account=actor.name)


def _go(request: Request, given: Services, name: str, *, account: str | None) -> Response:
    provider = _provider(given, name)
    redirect_to = (given.public_url or str(request.base_url)).rstrip("/") + f"/api/v1/providers/{name}/answer"
    with given.store.transaction() as tx:
        state, begun = begin_request(tx, provider, redirect_to=redirect_to, account=account)
    answer = RedirectResponse(begun.address, status_code=SEE_OTHER)
    # Lax: the browser comes back from a foreign page and has to bring it.
    answer.set_cookie(STATE_COOKIE, state, httponly=True, samesite="lax", secure=redirect_to.startswith("https"), max_age=600, path="/api/v1/providers")
    return answer


@router.get("/providers/{name}/answer", summary="接收身份源的应答 · Take a provider's answer", status_code=SEE_OTHER, response_class=RedirectResponse)
def answer(name: Name, request: Request, given: Given, brought: Brought) -> Response:
    """Come back from a provider: into the console, or to its sign-in page with what was wrong.

    从身份源返回:进入控制台,或带着错误回到登录页。
    """
    provider = _provider(given, name)
    try:
        where, token = _come_back(given, provider, request, brought)
    except MedthreadError as error:
        reason = str(error.attributes.get("reason", error.code))
        who = str(error.attributes.get("name", f"provider/{name}"))
        with given.store.transaction() as tx:
            record(tx, actor=who, action="session.create", object_=f"provider/{name}", outcome="refused", reason=reason, detail={"message": error.message})
        where, token = f"/#/?{urlencode({'refused': reason})}", None
    back = RedirectResponse(where, status_code=SEE_OTHER)
    back.delete_cookie(STATE_COOKIE, path="/api/v1/providers")
    if token is not None:
        begin_session(request, back, given, token)
    return back


def _come_back(given: Services, provider: Configured, request: Request, brought: dict[str, str]) -> tuple[str, str | None]:
    """Where to go now, and a session's token where one was opened. The request is used up whatever comes of it."""
    with given.store.transaction() as tx:
        kept, redirect_to, account = end_request(tx, provider, state=brought.get("state"), brought=request.cookies.get(STATE_COOKIE))
    claims = provider.provider.complete(answer=brought, kept=kept, redirect_to=redirect_to)
    with given.store.transaction() as tx:
        admitted = admit(tx, provider, claims).name
        if account is None:
            return "/", open_session(tx, name=admitted, factors=(provider.name,), place=place_of(request), rules=given.account_rules)
        return _ticket(tx, provider, account=account, admitted=admitted, at=claims.authenticated_at), None


def _ticket(tx: Connection, provider: Configured, *, account: str, admitted: str, at: int | None) -> str:
    if admitted != account:
        raise IdentityError("somebody else proved who they are", hint="sign as yourself", reason="account", name=account)
    if at is None or time.time() - at > FRESH_SECONDS:
        raise IdentityError("the provider did not ask anew who you are", hint="let it honour max_age=0 and say auth_time", reason="afresh", name=account)
    ticket = issue_ticket(tx, name=account, factor=provider.name, now=datetime.now(UTC))
    record(tx, actor=account, action="identity.prove", object_=f"account/{account}", detail={"provider": provider.name})
    return f"/#/proof?{urlencode({'ticket': ticket})}"
