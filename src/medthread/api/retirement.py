"""The end of a route, told in time: from one declaration its headers, its description, and at last its refusal.

    @router.get("/lots", **retiring(since=date(2026, 12, 1), sunset=date(2027, 6, 30), successor="/api/v1/entities/lot", why=Label("…", "…")))

Deprecation: RFC 9745; sunset: RFC 8594; the successor: RFC 5829, `rel="successor-version"`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any, TypedDict
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medthread.model import Label
from medthread.model.errors import DeclarationError, GoneError

NOTICE = 90  # days at least between telling and ending
STATE = "retirement"


@dataclass(frozen=True)
class Retirement:
    """A route's way out: deprecated since a day, gone after another, replaced by the route at an address."""

    since: date
    sunset: date | None
    successor: str
    why: Label

    def __post_init__(self) -> None:
        """Refuse an end that nobody could prepare for."""
        if self.sunset is not None and (self.sunset - self.since).days < NOTICE:
            raise DeclarationError(f"{self.successor}: the sunset comes {(self.sunset - self.since).days} days after the deprecation",
                                   hint=f"give clients at least {NOTICE} days")

    async def __call__(self, request: Request) -> None:
        """Run before the route: answers after the sunset are refusals."""
        request.scope.setdefault("state", {})[STATE] = self
        if self.is_over(datetime.now(UTC).date()):
            successor = self.address(request.path_params)
            raise GoneError(f"withdrawn since {self.sunset}: {self.why.en}", hint=f"use {successor}", labels=[self.why], successor=successor)

    def is_over(self, today: date) -> bool:
        """Whether the sunset is past."""
        return self.sunset is not None and today > self.sunset

    def address(self, given: Mapping[str, Any]) -> str:
        """The successor's address, with what this request gave for its parameters."""
        return re.sub(r"\{(\w+)\}", lambda found: quote(str(given[found[1]]), safe="") if found[1] in given else found[0], self.successor)

    def headers(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What every answer of the route carries."""
        sunset = {"Sunset": format_datetime(_end_of(self.sunset), usegmt=True)} if self.sunset else {}
        since = datetime.combine(self.since, time.min, UTC)
        return {"Deprecation": f"@{int(since.timestamp())}", **sunset, "Link": f'<{self.address(given)}>; rel="successor-version"'}


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


class Words(TypedDict):
    """What FastAPI is told of the route."""

    deprecated: bool
    dependencies: list[Dependency]
    openapi_extra: dict[str, Any]


def retiring(*, since: date, successor: str, why: Label, sunset: date | None = None) -> Words:
    """Declare the end of a route; the successor's address begins at the root, with its parameters in braces."""
    end = {"x-sunset": sunset.isoformat()} if sunset else {}
    said = {"x-deprecated-since": since.isoformat(), **end, "x-successor": successor, "x-why": {"zh": why.zh, "en": why.en}}
    return {"deprecated": True, "dependencies": [Depends(Retirement(since, sunset, successor, why))], "openapi_extra": said}


class RetirementHeaders:
    """Puts the headers on every answer of a retiring route, refusals too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def told(message: Message) -> None:
            retirement = scope.get("state", {}).get(STATE) if message["type"] == "http.response.start" else None
            if retirement is not None:
                headers = MutableHeaders(scope=message)
                for name, value in retirement.headers(scope.get("path_params", {})).items():
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, told if scope["type"] == "http" else send)
