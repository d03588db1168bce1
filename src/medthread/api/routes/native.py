"""Create and change native entities over HTTP."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response

from medthread.api.identity import Given, Writer
from medthread.api.listing import select_one
from medthread.api.services import Services
from medthread.derive.view import masked_fields
from medthread.trust.access import Actor
from medthread.workflow import create_native, handle, replace_native
from medthread.workflow.native import Written

router = APIRouter(tags=["entities"])
Values = Annotated[dict[str, Any], Body()]


def _into(given: Services, entity: str) -> Written:
    return Written(given.registry[entity], given.native, given.keyring)


@router.post("/entities/{entity}", status_code=201)
def create(entity: str, values: Values, response: Response, given: Given, actor: Writer) -> dict[str, Any]:
    """Write a new object."""
    into = _into(given, entity)
    act = partial(create_native, into=into, values=values, by=actor.name)
    id_ = handle(given.store, by=actor.name, action="entity.create", object_=entity, act=act)
    return _fresh(given, into, actor, response, id_)


@router.put("/entities/{entity}/{id_}")
def replace(
    entity: str, id_: str, values: Values, response: Response, given: Given, actor: Writer,
    if_match: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Change an object, from the version that was read."""
    into = _into(given, entity)
    hidden = masked_fields(into.entity, actor.clearance)
    act = partial(replace_native, into=into, id_=id_, version=if_match, values=values, hidden=hidden, by=actor.name)
    handle(given.store, by=actor.name, action="entity.update", object_=f"{entity}/{id_}", act=act)
    return _fresh(given, into, actor, response, id_)


def _fresh(given: Services, into: Written, actor: Actor, response: Response, id_: str) -> dict[str, Any]:
    item, _ = select_one(given, into.entity, actor, id_=id_)
    response.headers["ETag"] = f'"{item["_revision"]}"'
    return {"item": item}
