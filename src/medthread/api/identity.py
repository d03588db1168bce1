"""Who is asking: a session cookie or a bearer token; each route names the action it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from starlette.types import ASGIApp, Receive, Scope, Send

from medthread.api.services import Services
from medthread.governance.service_use import Caller
from medthread.model.errors import ForbiddenError, UnauthenticatedError
from medthread.trust.access import Actor
from medthread.trust.audit import ARRIVAL, Arrival, record
from medthread.trust.sessions import Place, actor_of_session
from medthread.trust.tokens import actor_of_token

COOKIE = "medthread_session"
MARK = "x-requested-with"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Arriving:
    """Each request is an arrival of its own: filled in when it is known who asks, and seen by every thread that works for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        ARRIVAL.set(Arrival())
        await self._app(scope, receive, send)


async def services(request: Request) -> Services:
    """The installation. It waits for nothing, so it takes no thread."""
    found: Services = request.app.state.services
    return found


Given = Annotated[Services, Depends(services)]


def place_of(request: Request) -> Place:
    """Where a request comes from, as far as it says."""
    return Place(request.headers.get("user-agent", ""), request.client.host if request.client else "")


def whoever(request: Request, given: Given) -> Actor:
    """The actor, or 401. A cookie may write only with a header that a foreign page cannot send."""
    header = request.headers.get("authorization", "")
    with given.store.statements() as tx:
        if header.lower().startswith("bearer "):
            return _known(request, actor_of_token(tx, token=header[7:].strip(), rules=given.account_rules))
        token = request.cookies.get(COOKIE)
        if not token:
            raise UnauthenticatedError("nobody is signed in", hint="sign in, or send an API token")
        actor = _known(request, actor_of_session(tx, token=token, rules=given.account_rules))
    if request.method not in SAFE and MARK not in request.headers:
        _refused(given, actor.name, request)
        raise ForbiddenError("the request does not come from the console", hint=f"send the header {MARK}: medthread")
    return actor


def _known(request: Request, actor: Actor) -> Actor:
    """Whoever counts use, and the log, is told who it was, whatever comes of the request."""
    if (arrival := ARRIVAL.get()) is not None:
        arrival.token = actor.token
    request.scope.setdefault("state", {})["caller"] = Caller(actor.name, actor.token or "")
    return actor


def _refused(given: Services, name: str, request: Request) -> None:
    with given.store.transaction() as tx:
        record(tx, actor=name, action=f"{request.method.lower()} {request.url.path}", object_=request.url.path,
               outcome="refused", reason="permission")


@dataclass(frozen=True)
class May:
    """A dependency: the actor, if the action is theirs; a refused write leaves its audit row."""

    action: str

    async def __call__(self, request: Request, given: Given, actor: Annotated[Actor, Depends(whoever)]) -> Actor:
        """The actor, or 403. A decision takes no thread; writing down a refusal does."""
        try:
            given.access.require(actor, self.action)
        except ForbiddenError:
            await run_in_threadpool(_refused, given, actor.name, request)
            raise
        return actor


def may(action: str) -> May:
    """What a route asks of its caller."""
    return May(action)


def oneself(request: Request, given: Given, actor: Annotated[Actor, Depends(whoever)]) -> Actor:
    """The actor in person: a token does not change its owner's account."""
    if actor.session is None:
        _refused(given, actor.name, request)
        raise ForbiddenError("a token may not change its owner's account", hint="sign in and do it in person")
    return actor


@dataclass(frozen=True)
class Asked:
    """What a route asks of its caller: to be signed in, to have come in person, to be allowed an action."""

    signed_in: bool
    in_person: bool
    action: str | None


def asked_by(route: Dependant) -> Asked:
    """What a route asks, read from what it depends on."""
    called = list(_called(route))
    action = next((c.action for c in called if isinstance(c, May)), None)
    return Asked(whoever in called, oneself in called, action)


def _called(route: Dependant) -> Iterator[object]:
    yield route.call
    for inner in route.dependencies:
        yield from _called(inner)


Someone = Annotated[Actor, Depends(whoever)]
Oneself = Annotated[Actor, Depends(oneself)]
Reader = Annotated[Actor, Depends(may("entities:read"))]
Writer = Annotated[Actor, Depends(may("entities:write"))]
RunStarter = Annotated[Actor, Depends(may("runs:start"))]
ModelReader = Annotated[Actor, Depends(may("models:read"))]
ModelApplier = Annotated[Actor, Depends(may("models:apply"))]
Publisher = Annotated[Actor, Depends(may("releases:publish"))]
Tracing = Annotated[Actor, Depends(may("trace:read"))]
Auditor = Annotated[Actor, Depends(may("audit:read"))]
MasterReader = Annotated[Actor, Depends(may("masters:read"))]
QuarantineReader = Annotated[Actor, Depends(may("quarantine:read"))]
HeldDecider = Annotated[Actor, Depends(may("quarantine:decide"))]
AccountReader = Annotated[Actor, Depends(may("accounts:read"))]
AccountKeeper = Annotated[Actor, Depends(may("accounts:write"))]
RightsGiver = Annotated[Actor, Depends(may("roles:assign"))]
AccessReader = Annotated[Actor, Depends(may("access:read"))]
AccessReviewer = Annotated[Actor, Depends(may("access:review"))]
TokenOwner = Annotated[Actor, Depends(may("tokens:own"))]
Questioner = Annotated[Actor, Depends(may("sql:read"))]
