"""Rights of accounts and the matrix they come from."""

from functools import partial
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, Field
from sqlalchemy import Connection, func, select

from medthread.api.identity import AccessReader, Given, RightsGiver
from medthread.api.routes.accounts import Because, Reason
from medthread.api.routes.meta import area_label
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.writers import Writers, records_written
from medthread.model.errors import ForbiddenError
from medthread.stores.postgres.tables import account
from medthread.trust.access import Actor, hands_on
from medthread.trust.incompatible import INCOMPATIBLE
from medthread.trust.rights import assign_rights
from medthread.trust.roles import ROLES
from medthread.trust.second_factor import remove_second_factor
from medthread.workflow import handle

router = Subject("rights", "权限矩阵", "Access matrix", owner="security").router()
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Rights(BaseModel):
    """What an account shall have; what is left out stays as it is."""

    roles: list[Name] | None = Field(default=None, max_length=60)
    plants: list[Name] | None = Field(default=None, max_length=200)
    organisations: list[Name] | None = Field(default=None, max_length=200)
    regions: list[Name] | None = Field(default=None, max_length=200)
    reason: Reason


@router.put("/accounts/{name}/rights", summary="给账号授权 · Assign rights to an account", status_code=204)
def assign(
    name: str, wanted: Rights, given: Given, actor: RightsGiver, if_match: Annotated[str | None, Header(max_length=40)] = None
) -> None:
    """Give an account its roles, plants, organisations and regions, from the revision that was read.

    给账号授予角色、工厂、组织与区域,须以读到的版本为准。
    """
    rights = {k: tuple(v) for k, v in wanted.model_dump(exclude={"reason"}, exclude_none=True).items()}
    act = partial(assign_rights, name=name, rights=rights, version=if_match, by=actor.name, reason=wanted.reason)
    handle(given.store, by=actor.name, action="account.rights", object_=f"account/{name}", act=act)


@router.post("/accounts/{name}/second-factor-removal", summary="取消他人的第二因素 · Remove an account's second factor", status_code=204)
def remove(name: str, because: Because, given: Given, actor: RightsGiver) -> None:
    """Take a lost second factor away. Who resets passwords cannot do this: it takes two persons to take an account over.

    取消丢失的第二因素。能重置密码的人不能做这件事:接管一个账号须两人。
    """

    def act(tx: Connection) -> None:
        if name == actor.name:
            raise ForbiddenError("nobody takes away their own second factor here", hint="do it under your own account, with a code of it")
        remove_second_factor(tx, name=name, by=actor.name, reason=because.reason)

    handle(given.store, by=actor.name, action="second_factor.remove", object_=f"account/{name}", act=act)


@router.get("/roles", summary="列出角色与不相容角色 · List roles and pairs that exclude each other")
def roles(given: Given, _: AccessReader) -> dict[str, Any]:
    """The roles there are, how many hold each, and which ones nobody holds together.

    有哪些角色、各有多少人持有、哪些不得由一人兼任。
    """
    each = select(func.unnest(account.c.roles).label("role")).where(account.c.disabled_at.is_(None)).subquery()
    with given.store.transaction() as tx:
        held = {r.role: r.times for r in tx.execute(select(each.c.role, func.count().label("times")).group_by(each.c.role))}
    items = [
        {"name": r.name, "label": r.label._asdict(), "clearance": r.clearance.name.lower(), "business": r.is_business, "held": held.get(r.name, 0)}
        for r in ROLES.values()
    ]
    apart = [{"id": p.id, "one": p.one, "other": p.other, "because": p.because._asdict()} for p in INCOMPATIBLE]
    return {"items": items, "incompatible": apart}


@router.get("/access-matrix", summary="取权限矩阵 · Get the access matrix")
def matrix(given: Given, _: AccessReader) -> dict[str, Any]:
    """Role by action, from the policies, each with the policies that permit it or refuse it; and who makes and changes each kind of record.

    角色与操作的对照,由策略得出,各附允许或拒绝它的策略;以及每种记录由哪些角色新建与修改。
    """
    rows = []
    for role in ROLES.values():
        actor = Actor("", "", (role.name,))
        cells = {a: {"permitted_by": list(given.access.permitted_by(actor, a)), "refused_by": given.access.refused_by(actor, a)} for a in given.access.actions}
        rows.append({"role": role.name, "label": role.label._asdict(), "actions": cells})
    kinds = records_written(given.registry, given.workflow.rulebook.processes)
    return {"actions": list(given.access.actions), "items": rows, "records": [_hands(given, k) for k in kinds]}


def _hands(given: Services, kind: Writers) -> dict[str, Any]:
    """Roles by what they do to a kind of record."""
    done = {r.name: hands_on(given.access, r.name, kind) for r in ROLES.values()}
    about = kind.entity.about
    return {"entity": kind.entity.name, "label": about.label._asdict(), "area": area_label(about.domain), "process": kind.process is not None,
            "create": [r for r, hands in done.items() if "create" in hands], "change": [r for r, hands in done.items() if "change" in hands]}
