"""The application: routes, problems, the console."""

from fastapi import FastAPI

from medthread import __version__
from medthread.api.problems import answer_problems
from medthread.api.routes import ROUTERS, health
from medthread.api.services import Services

PREFIX = "/api/v1"


def create_app(services: Services) -> FastAPI:
    """The server of one installation."""
    app = FastAPI(
        title="医脉 Medthread", version=__version__, openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None,
    )
    app.state.services = services
    answer_problems(app)
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    return app
