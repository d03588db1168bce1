"""How large a body may be, asked before it is read: by what it says of itself, and by what really comes.

A route that takes more than others declares it, and takes it only from somebody who is known: the rest of a route's questions
are asked when its body is in memory already.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from re import Pattern
from typing import Any, TypedDict

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medthread.api.identity import asked_by, whoever
from medthread.api.problems import answer_to, problem
from medthread.model.errors import MedthreadError

MOST, MOST_OF_STRANGERS = 1 << 20, 64 << 10  # bytes
SAID = "x-most-bytes"
TOO_LARGE = 413


class Words(TypedDict):
    """What FastAPI is told of the route."""

    openapi_extra: dict[str, Any]


def takes(most: int) -> Words:
    """Declare that a route takes bodies of up to so many bytes."""
    return {"openapi_extra": {SAID: most}}


class BodyLimits:
    """Refuses bodies that are too large, and large ones of nobody."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app, self._routes = app, routes
        self._limits: list[tuple[Pattern[str], str, int]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope)
        refusal = _too_large(scope, most) if _said(scope) > most else None
        if refusal is None and most > MOST:
            refusal = await _stranger(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await _Counted(receive, send, most).run(self._app, scope)

    def _most(self, scope: Scope) -> int:
        if self._limits is None:
            self._limits = list(_declared(self._routes))
        fits = (most for path, method, most in self._limits if method == scope["method"] and path.match(scope["path"]))
        return next(fits, MOST)


def _declared(routes: Sequence[BaseRoute]) -> Iterator[tuple[Pattern[str], str, int]]:
    """Routes that take more than others or, from whoever comes, less."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            usual = MOST if asked_by(route.dependant).signed_in else MOST_OF_STRANGERS
            most = int((route.openapi_extra or {}).get(SAID, usual))
            if most != MOST:
                yield from ((compile_path(str(context.path_format))[0], method, most) for method in route.methods or ())


def _said(scope: Scope) -> int:
    """The length that the request gives itself; none that can be read counts as none, and is counted as it comes."""
    said = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    return int(said) if said.isdigit() else 0


async def _stranger(scope: Scope) -> Response | None:
    """The refusal of somebody who is not known."""
    app = scope["app"]
    if whoever in app.dependency_overrides:
        return None  # the question is put otherwise
    try:
        await run_in_threadpool(whoever, Request(scope), app.state.services)
    except MedthreadError as error:
        return _last(answer_to(Request(scope), error))
    return None


def _too_large(scope: Scope, most: int) -> Response:
    size = f"{most >> 20} MB" if most >= MOST else f"{most >> 10} KB"
    return _last(problem(
        Request(scope), status=TOO_LARGE, code="too-large", title="too large", detail=f"the body is larger than the {size} that are taken here",
        hint="send less at once"))


def _last(answer: Response) -> Response:
    """An answer after which nothing more is read."""
    answer.headers["Connection"] = "close"
    return answer


class _TooMuchError(Exception):
    """More came than may."""


class _Counted:
    """A request whose body is counted as it comes."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._come = 0
        self._begun = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        with suppress(_TooMuchError):
            await app(scope, self._counting, self._sending)
        if self._come > self._most and not self._begun:
            await _too_large(scope, self._most)(scope, self._receive, self._send)

    async def _counting(self) -> Message:
        message = await self._receive()
        self._come += len(message.get("body", b""))
        if self._come > self._most:
            raise _TooMuchError
        return message

    async def _sending(self, message: Message) -> None:
        if self._come > self._most and not self._begun:
            return  # what the application makes of the broken body is not the answer
        self._begun = True
        await self._send(message)
