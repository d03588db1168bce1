"""What is offered: the events as a description that subscribers' tools read."""

from typing import Any

from fastapi import APIRouter

from medthread import __version__
from medthread.api.identity import Given, Reader
from medthread.derive import asyncapi_of

router = APIRouter(tags=["services"])


@router.get("/asyncapi.json")
def events(given: Given, _: Reader) -> dict[str, Any]:
    """Every declared event as AsyncAPI 3.0, carried as CloudEvents 1.0."""
    return asyncapi_of(given.registry, given.workflow.rulebook, version=__version__)
