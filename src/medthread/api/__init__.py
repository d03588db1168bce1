"""The HTTP interface: `/api/v1`, OpenAPI 3.1, problem+json; the console is one of its readers."""

from medthread.api.server import create_app
from medthread.api.services import Services

__all__ = ["Services", "create_app"]
