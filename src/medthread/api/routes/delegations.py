"""Roles lent to somebody else for a time."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from medthread.api.identity import Given, Reader, Writer
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.trust.roles import role_label
from medthread.workflow import handle
from medthread.workflow.delegations import delegate, delegations_of, lendable, revoke, takers

router = Subject("delegations", "代理", "Delegations", owner="quality").router()
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Wanted(BaseModel):
    """A delegation to make: to whom, which of one's roles, from when to when, why."""

    model_config = ConfigDict(extra="forbid")
    taker: Name
    roles: Annotated[list[Name], Field(min_length=1, max_length=50)]
    valid_from: datetime
    valid_to: datetime
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/delegations", summary="列出委托 · List delegations")
def delegations(given: Given, actor: Reader) -> dict[str, Any]:
    """Those given and taken, and what one could lend to whom.

    我委托出去和受托的,以及我能把什么委托给谁。
    """
    with given.store.transaction() as tx:
        roles = lendable(actor)
        return {"items": delegations_of(tx, actor), "roles": [{"role": r, "label": pair(role_label(r))} for r in roles],
                "persons": takers(tx, actor) if roles else []}


@router.post("/delegations", summary="委托角色 · Delegate roles", status_code=201)
def create(wanted: Wanted, given: Given, actor: Writer) -> dict[str, Any]:
    """Lend roles of one's own.

    把自己的角色委托给他人。
    """
    act = partial(delegate, actor=actor, zone=given.workflow.calendar.zone, **wanted.model_dump())
    return {"id": handle(given.store, by=actor.name, action="delegation.create", object_="delegation", act=act)}


@router.delete("/delegations/{id_}", summary="终止委托 · End a delegation", status_code=204)
def end(id_: str, given: Given, actor: Writer) -> None:
    """End a delegation, given or taken.

    终止一项委托,无论是委托出去的还是受托的。
    """
    act = partial(revoke, actor=actor, id_=id_)
    handle(given.store, by=actor.name, action="delegation.revoke", object_=f"delegation/{id_}", act=act)
