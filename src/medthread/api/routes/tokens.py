"""API tokens of one's own: made with no more rights than their maker has, shown once, ended at any time."""

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy import select

from medthread.api.identity import Given, RightsGiver, TokenOwner
from medthread.api.routes.accounts import Reason
from medthread.api.subjects import Subject
from medthread.stores.postgres.tables import api_token
from medthread.trust.tokens import assign_system, create_token, revoke_token
from medthread.workflow import handle

router = Subject("tokens", "接口令牌", "API tokens", owner="security").router()


class Wanted(BaseModel):
    """A token to make."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] | None = None
    days: int = Field(default=90, ge=1, le=366)


class System(BaseModel):
    """The system that asks with a token, by the name that sharing rules call it."""

    system: Annotated[str | None, Field(min_length=1, max_length=100)]
    reason: Reason


@router.get("/tokens", summary="列出我的接口令牌 · List one's own tokens")
def tokens(given: Given, actor: TokenOwner) -> dict[str, Any]:
    """One's tokens, without their secrets.

    本人的令牌,不含密文。
    """
    query = select(api_token).where(api_token.c.account == actor.name).order_by(api_token.c.at.desc())
    names = ("id", "name", "system", "scopes", "expires_at", "revoked", "at")
    with given.store.transaction() as tx:
        return {"items": [{n: getattr(r, n) for n in names} for r in tx.execute(query).all()]}


@router.post("/tokens", summary="生成接口令牌 · Make a token", status_code=201)
def create(wanted: Wanted, given: Given, actor: TokenOwner) -> dict[str, Any]:
    """A new token; its secret is in this answer and nowhere else.

    新令牌;密文只出现在这次应答中。
    """
    can = given.access.can(actor)
    scopes = tuple(wanted.scopes) if wanted.scopes is not None else tuple(sorted(can - {"tokens:own"}))
    act = partial(create_token, actor=actor, can=can, name=wanted.name, scopes=scopes, days=wanted.days)
    id_, secret = handle(given.store, by=actor.name, action="token.create", object_="token", act=act)
    return {"id": id_, "name": wanted.name, "token": secret, "scopes": list(scopes)}


@router.put("/tokens/{id_}/system", summary="指定令牌所属系统 · Say which system a token is for", status_code=204)
def assign(id_: str, wanted: System, given: Given, actor: RightsGiver) -> None:
    """Say which system asks with a token, or that none does. Sharing rules go by it.

    指定用该令牌访问的系统,或指明不属于任何系统。共享规则以此为准。
    """
    act = partial(assign_system, id_=id_, system=wanted.system, allowed=given.workflow.sharing.recipient, by=actor.name, reason=wanted.reason)
    handle(given.store, by=actor.name, action="token.system", object_=f"token/{id_}", act=act)


@router.delete("/tokens/{id_}", summary="终止接口令牌 · End a token", status_code=204)
def delete(id_: str, given: Given, actor: TokenOwner) -> None:
    """End a token.

    终止令牌。
    """
    act = partial(revoke_token, name=actor.name, id_=id_, by=actor.name)
    handle(given.store, by=actor.name, action="token.revoke", object_=f"token/{id_}", act=act)
