"""Looks under the mask: ask for one, decide what others asked for, see who holds what, end it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from medthread.api.identity import Given, Someone, may
from medthread.api.in_person import Proof, prove_in_person
from medthread.api.listing import select_one
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.derive.view import masked_fields
from medthread.model.errors import InvalidError
from medthread.trust.access import Actor
from medthread.trust.unmasking import LONGEST_HOURS, ask, decide, end, grants
from medthread.workflow import handle

router = Subject("unmasking", "查看脱敏内容", "Looks under the mask", owner="security").router()
Asking = Annotated[Actor, Depends(may("unmask:ask"))]
Deciding = Annotated[Actor, Depends(may("unmask:decide"))]
SEE, DECIDE = "unmask:read", "unmask:decide"
Name = Annotated[str, Field(min_length=1, max_length=100)]
Why = Annotated[str, Field(min_length=2, max_length=2000)]


class Wanted(BaseModel):
    """Which masked fields of which record, why, and for how long."""

    model_config = ConfigDict(extra="forbid")
    entity: Name
    record: Annotated[str, Field(min_length=1, max_length=200)]
    fields: list[Name] = Field(min_length=1, max_length=100)
    reason: Why
    hours: int = Field(default=8, ge=1, le=LONGEST_HOURS)


class Decided(Proof):
    """Whether it is granted, and why; to grant it takes the proof of who does."""

    model_config = ConfigDict(extra="forbid")
    grant: bool
    reason: Why


@router.post("/unmask-grants", summary="申请查看明文 · Ask to look under the mask", status_code=201)
def request(wanted: Wanted, given: Given, actor: Asking) -> dict[str, Any]:
    """Ask to see masked fields of one record; another person decides.

    申请查看一条记录中脱敏的字段;由另一人决定。
    """
    entity = given.registry[wanted.entity]
    select_one(given, entity, actor, id_=wanted.record)  # whoever may not see the record does not ask for its fields
    masked = masked_fields(entity, actor.clearance)
    strangers = sorted(set(wanted.fields) - masked)
    if strangers:
        raise InvalidError(f"{wanted.entity}.{strangers[0]} is not masked for you", hint=f"masked: {', '.join(sorted(masked)) or 'nothing'}")
    act = partial(ask, actor=actor, entity=entity.name, id_=wanted.record, fields=wanted.fields, hours=wanted.hours, reason=wanted.reason)
    return {"id": handle(given.store, by=actor.name, action="unmask.ask", object_=f"{entity.name}/{wanted.record}", act=act)}


@router.get("/unmask-grants", summary="列出查看明文的申请 · List grants to look under the mask")
def listed(given: Given, actor: Someone) -> dict[str, Any]:
    """One's own requests and grants; for those who watch over them, everybody's: who holds what, until when, for what reason.

    本人的申请与授权;对监督者则列出所有人的:谁持有什么、到何时、因何理由。
    """
    everybody = given.access.refused_by(actor, SEE) is None
    with given.store.transaction() as tx:
        return {"items": told(given, grants(tx, actor=actor, all_=everybody)), "decides": given.access.refused_by(actor, DECIDE) is None}


@router.post("/unmask-grants/{id_}/decision", summary="决定查看明文的申请 · Decide about looking under the mask")
def decision(id_: str, decided: Decided, given: Given, actor: Deciding) -> dict[str, Any]:
    """Grant or refuse what another person asked for; granting is done in person, with the password again.

    准许或拒绝他人的申请;准许须由本人再次输入密码。
    """
    def act(tx: Connection) -> datetime | None:
        if decided.grant:
            prove_in_person(tx, given, actor, decided, action=DECIDE)
        return decide(tx, actor=actor, id_=id_, grant=decided.grant, reason=decided.reason)

    until = handle(given.store, by=actor.name, action="unmask.decide", object_=f"unmask_grant/{id_}", act=act)
    return {"id": id_, "status": "granted" if decided.grant else "refused", "expires_at": until}


@router.delete("/unmask-grants/{id_}", summary="终止查看明文 · End a grant to look under the mask", status_code=204)
def over(id_: str, given: Given, actor: Someone) -> None:
    """End a request or a grant before its time: one's own, or anybody's as one who decides.

    提前终止申请或授权:本人的,或以决定人身份终止任何人的。
    """
    act = partial(end, actor=actor, id_=id_, decides=given.access.refused_by(actor, DECIDE) is None)
    handle(given.store, by=actor.name, action="unmask.end", object_=f"unmask_grant/{id_}", act=act)


def told(given: Services, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Requests with what their entity and fields are called; never with a value."""
    return [{**g, **_named(given, g)} for g in found]


def _named(given: Services, grant: dict[str, Any]) -> dict[str, Any]:
    if grant["entity"] not in given.registry:
        return {"label": None, "field_labels": []}
    entity = given.registry[grant["entity"]]
    return {"label": pair(entity.about.label), "field_labels": [pair(entity.fields[f].label) for f in grant["fields"] if f in entity.fields]}
