"""The application: routes, problems, the console."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from medthread import __version__
from medthread.api.answers import Answers
from medthread.api.bodies import BodyLimits
from medthread.api.catalogue import Catalogue, UseMetering
from medthread.api.description import REFUSALS, check_successors, described
from medthread.api.hosts import KnownHosts
from medthread.api.identity import Arriving
from medthread.api.parameters import refuse_strangers
from medthread.api.problems import answer_problems
from medthread.api.retirement import RetirementHeaders
from medthread.api.routes import ROUTERS, health
from medthread.api.services import Services

PREFIX = "/api/v1"


class Server(FastAPI):
    """The routes, described whole."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if not self.openapi_schema:
            made = described(super().openapi(), self.routes)
            check_successors(made)
            self.openapi_schema = made
        return self.openapi_schema


def routed(routers: Iterable[APIRouter] = ROUTERS, *, hosts: frozenset[str] = frozenset()) -> Server:
    """All routes with no installation behind them: enough to describe them. They answer to the `hosts` that are named, or to all."""
    app = Server(
        title="医脉 Medthread", version=__version__, openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None, responses=REFUSALS,
        dependencies=[Depends(refuse_strangers)],
    )
    answer_problems(app)
    app.add_middleware(RetirementHeaders)
    app.add_middleware(UseMetering)
    app.add_middleware(BodyLimits, routes=app.routes)
    app.add_middleware(Answers)
    app.add_middleware(KnownHosts, names=hosts)
    app.add_middleware(Arriving)
    app.include_router(health.router)
    for router in routers:
        app.include_router(router, prefix=PREFIX)
    return app


def create_app(services: Services, *, hosts: frozenset[str] = frozenset()) -> FastAPI:
    """The server of one installation, under the names that it is asked for by; under every name where none are given."""
    app = routed(hosts=hosts)
    app.state.services, app.state.meter = services, services.meter
    app.state.catalogue = Catalogue(app.routes, services.offers)
    return app
