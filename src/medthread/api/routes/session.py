"""Signing in and out."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from medthread.api.identity import COOKIE, Given, Someone
from medthread.model.errors import UnauthenticatedError
from medthread.trust.access import Actor
from medthread.trust.accounts import SESSION_HOURS, actor_of_session, sign_in, sign_out

router = APIRouter(tags=["session"])


class Credentials(BaseModel):
    """A name and a password."""

    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)


def _who(given: Given, actor: Actor) -> dict[str, Any]:
    return {"username": actor.name, "name": actor.printed_name, "roles": list(actor.roles), "can": sorted(given.access.can(actor))}


@router.post("/session")
def create(credentials: Credentials, request: Request, response: Response, given: Given) -> dict[str, Any]:
    """Sign in; the session is a cookie that scripts cannot read."""
    with given.store.transaction() as tx:
        token = sign_in(tx, name=credentials.username, password=credentials.password)
    if token is None:
        raise UnauthenticatedError(
            "name and password do not fit, or the account is locked for a while", hint="try again, or ask an administrator"
        )
    with given.store.transaction() as tx:
        actor = actor_of_session(tx, token=token)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", max_age=SESSION_HOURS * 3600, path="/")
    return _who(given, actor)


@router.get("/session")
def read(given: Given, actor: Someone) -> dict[str, Any]:
    """Who is signed in and what they may do."""
    return _who(given, actor)


@router.delete("/session", status_code=204)
def delete(request: Request, response: Response, given: Given) -> None:
    """Sign out."""
    token = request.cookies.get(COOKIE)
    if token:
        with given.store.transaction() as tx:
            sign_out(tx, token=token)
    response.delete_cookie(COOKIE, path="/")


@router.get("/demo-accounts")
def demo_accounts(given: Given) -> dict[str, Any]:
    """Accounts to try, while the demo company is served; none otherwise."""
    return {"items": given.demo_accounts}
