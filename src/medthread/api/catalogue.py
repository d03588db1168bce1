"""The catalogue: what the declarations offer and what the routes do, and which of it a request used."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medthread.api.identity import asked_by
from medthread.api.retirement import Retirement
from medthread.api.subjects import Subject
from medthread.governance.service_use import Caller, UseMeter
from medthread.model import Label
from medthread.model.errors import NotFoundError
from medthread.model.service import Offer, Service, Stability

PREFIX = re.compile(r"^/api/(v\d+)")
FIRST = re.compile(r"^/api/(v1/)?")  # later versions have theirs in the name
VERBS = {
    "GET": Label("查询", "Read"), "POST": Label("提交", "Send"), "PUT": Label("修改", "Change"), "PATCH": Label("修改", "Change"),
    "DELETE": Label("删除", "End"),
}
PLATFORM = "platform"
REFUSED = 400  # the first status that is a refusal


def operation_name(method: str, path: str) -> str:
    """`GET /api/v1/entities/{entity}` as `get.entities.entity`: what it is called in the catalogue."""
    steps = [s for s in re.split(r"[/{}]+", FIRST.sub("", path)) if s]
    return ".".join([method.lower(), *(s.strip("._") for s in steps)])


def operations(routes: Sequence[BaseRoute], *, today: datetime) -> Iterator[tuple[APIRoute, Service]]:
    """Every route that the description tells of, with its entry."""
    for found in iter_route_contexts(routes):
        route = found.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                yield route, _operation(route, method, str(found.path_format), today)


def _operation(route: APIRoute, method: str, path: str, today: datetime) -> Service:
    subject: Subject | None = Subject.all().get(str(route.tags[0]) if route.tags else "")
    label = subject.label if subject else Label(path, path)
    version = PREFIX.match(path)
    ends = next((d.dependency for d in route.dependencies if isinstance(d.dependency, Retirement)), None)
    asked = asked_by(route.dependant)
    return Service(
        offer=Offer.OPERATION, name=operation_name(method, path), label=_called(route, method, label),
        owner=subject.owner if subject else PLATFORM, domain="", version=version[1] if version else "", address=f"{method} {path}",
        action=asked.action or ("" if asked.signed_in else None), about=_about(route),
        stability=_stability(subject, ends, today), sunset=ends.sunset.isoformat() if ends and ends.sunset else None,
        successor=ends.successor if ends else None)


def _called(route: APIRoute, method: str, subject: Label) -> Label:
    """The name that the route's summary gives it, `中文 · English`; one that gives none is told by its verb and subject."""
    zh, dot, en = (route.summary or "").partition(" · ")
    verb = VERBS.get(method, Label(method, method))
    return Label(zh, en) if dot else Label(f"{verb.zh}:{subject.zh}", f"{verb.en}: {subject.en}")


def _about(route: APIRoute) -> Label:
    """What it does: its docstring, English and below it Chinese; one that is told in one language is told so in both."""
    en, _, zh = route.description.partition("\n\n")
    return Label(zh or en, en)


def _stability(subject: Subject | None, ends: Retirement | None, today: datetime) -> Stability:
    if ends is not None:
        return Stability.WITHDRAWN if ends.is_over(today.date()) else Stability.DEPRECATED
    return Stability.INTERNAL if subject is not None and subject.internal else Stability.STABLE


class Catalogue(Mapping[str, Service]):
    """Everything offered, by id."""

    def __init__(self, routes: Sequence[BaseRoute], declared: Iterable[Service]) -> None:
        found = list(operations(routes, today=datetime.now(UTC)))
        self._services = {s.id: s for s in [*(s for _, s in found), *declared]}
        self._of_route = {(id(r), s.address.partition(" ")[0]): s for r, s in found}
        self._routes = [r for r, _ in found]  # held, or another could come to have the same id()

    def __getitem__(self, id_: str) -> Service:
        if id_ not in self._services:
            raise NotFoundError(f"no service {id_!r}", hint="GET /api/v1/services lists them")
        return self._services[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._services

    def __iter__(self) -> Iterator[str]:
        return iter(self._services)

    def __len__(self) -> int:
        return len(self._services)

    def used(self, route: object, method: str, given: Mapping[str, Any]) -> list[str]:
        """What a request used: its operation, and what the operation was asked for by name. Nothing unknown is ever counted."""
        operation = self._of_route.get((id(route), "GET" if method == "HEAD" else method))
        if operation is None:
            return []
        named = [f"{offer}.{given[word]}" for word, offers in NAMED.items() if word in given for offer in offers]
        return [operation.id, *(n for n in named if n in self._services)]


# What the parameters of an address name.
NAMED: dict[str, tuple[Offer, ...]] = {"entity": (Offer.ENTITY,), "rule": (Offer.DECISION, Offer.CALCULATION)}


class UseMetering:
    """Counts each request when it was answered; what was used is known by then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, heard)
        finally:
            _count(scope, status)


def _count(scope: Scope, status: int) -> None:
    state = scope["app"].state
    meter: UseMeter | None = getattr(state, "meter", None)
    route = scope.get("route")
    if meter is None or route is None:
        return
    used = state.catalogue.used(route, scope["method"], scope.get("path_params", {}))
    if used:
        caller = scope.get("state", {}).get("caller", Caller())
        meter.count(used, caller, refused=status >= REFUSED or status == 0, at=datetime.now(UTC))
