"""Retention: the rules and where they look, what is proposed for destruction, who decided, what was destroyed."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, func, select

from medthread.api.identity import Given, may
from medthread.api.in_person import Proof, prove_in_person
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.derive.retention import formula, rule_of, rules
from medthread.derive.sharing import WITHHELD
from medthread.governance.retention import Look, decide, execute, propose
from medthread.governance.retention.propose import OPEN
from medthread.model.errors import ConflictError, NotFoundError
from medthread.model.retention import NEEDS
from medthread.stores.postgres.tables import destruction, destruction_item
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("retention", "留存与销毁", "Retention and destruction", owner="regulatory").router()
Looking = Annotated[Actor, Depends(may("retention:read"))]
Proposing = Annotated[Actor, Depends(may("retention:propose"))]
FORMAT = "medthread-destruction-1"
HASHING = {
    "algorithm": "sha256",
    "item": "an item's `record` is the hash of [entity, id, key] as canonical JSON (RFC 8785)",
    "whole": "`keys_hash` is the hash of the sorted list of these hashes",
}
Deciding = Annotated[Actor, Depends(may("retention:decide"))]


class Wanted(BaseModel):
    """A kind of record whose due ones are to be proposed."""

    model_config = ConfigDict(extra="forbid")
    entity: str = Field(max_length=100)
    limit: int = Field(default=1000, ge=1, le=1000)


class Reason(BaseModel):
    """Why it is decided so."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=2, max_length=2000)


class Approval(Reason, Proof):
    """Why it is approved, and the proof of who approves it."""


def look_of(given: Services) -> Look:
    """The installation as retention rules look at it."""
    return Look(given.registry, given.native, given.reader)


@router.get("/retention/rules", summary="列出保存规则 · List retention rules")
def listed(given: Given, _: Looking) -> dict[str, Any]:
    """How long each kind of record is kept, from which moment, where that moment is found; and what keeps all of them.

    每类记录保存多久、从何时起算、起算时点取自何处,以及什么使其全部保留。
    """
    return {"items": [
        {"entity": r.entity.name, "label": pair(r.entity.about.label), "home": r.entity.about.home.value, "rule": pair(r.retain.label), "formula": pair(formula(r)),
         "basis": r.retain.basis, "forever": r.retain.forever, "can_be_due": r.can_be_due, "missing": list(r.missing),
         "inputs": [{"name": n, "label": pair(NEEDS.get(n)), "where": pair(p.label(given.registry)), "path": p.words} for n, p in r.found.items()],
         "lacking": [{"name": n, "label": pair(NEEDS.get(n))} for n in r.missing]}
        for r in rules(given.registry)
    ]}


@router.get("/retention/outlook/{entity}", summary="查看一类记录的到期情况 · Get what of a kind is due")
def outlook(entity: str, given: Given, _: Looking) -> dict[str, Any]:
    """Of one kind: how many records there are, how many are due since when, when the next will be, how many have no known end.

    一类记录:共有多少、多少自何时到期、下一条何时到期、多少期限未知。
    """
    rule = rule_of(given.registry[entity], given.registry)
    with given.store.transaction() as tx:
        found = look_of(given).outlook(tx, rule, today=_today(given))
        open_ = tx.execute(select(destruction.c.id).where(destruction.c.entity == entity, destruction.c.status.in_(OPEN))).scalars().first()
    return {"entity": entity, "today": _today(given), **found, "open": open_}


@router.get("/retention/destructions", summary="列出销毁提议 · List destructions")
def destructions(given: Given, _: Looking, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, Any]:
    """Every proposal, newest first, and what became of it.

    每项提议及其结局,最新的在前。
    """
    counted = select(destruction_item.c.destruction, destruction_item.c.status, func.count().label("n")).group_by(destruction_item.c.destruction, destruction_item.c.status)
    with given.store.transaction() as tx:
        rows = tx.execute(select(destruction).order_by(destruction.c.proposed_at.desc()).limit(limit)).all()
        counts: dict[str, dict[str, int]] = {}
        for row in tx.execute(counted):
            counts.setdefault(row.destruction, {})[row.status] = row.n
    known = {e.name: pair(e.about.label) for e in given.registry.values()}
    return {"items": [{**_told(r), "label": known.get(r.entity), "counts": counts.get(r.id, {})} for r in rows]}


@router.get("/retention/destructions/{id_}", summary="查看一项销毁提议 · Get a destruction with its items")
def one(id_: str, given: Given, actor: Looking) -> dict[str, Any]:
    """A proposal with every record in it: since when it is due, counted from what, and what spares it.

    一项提议及其每条记录:自何时到期、从何起算、因何豁免。
    """
    with given.store.transaction() as tx:
        row = tx.execute(select(destruction).where(destruction.c.id == id_)).one_or_none()
        if row is None:
            raise NotFoundError(f"no destruction {id_!r}", hint="the list of destructions shows those there are")
        items = tx.execute(select(destruction_item).where(destruction_item.c.destruction == id_).order_by(destruction_item.c.due_on, destruction_item.c.record)).all()
    kept = ("record", "key", "due_on", "inputs", "status", "because")
    entity = next((e for e in given.registry.values() if e.name == row.entity), None)
    about = entity.about.label if entity else None
    is_kept_back = entity is not None and given.workflow.sharing.terms(entity, actor).touch(*entity.key())
    withheld = {"key": WITHHELD, "inputs": {}, "because": []} if is_kept_back else {}  # sharing rules may keep what it is called from whoever asks
    names = {n: pair(label) for n, label in NEEDS.items()}
    return {**_told(row), "label": pair(about), "names": names, "items": [{**{n: getattr(i, n) for n in kept}, **withheld} for i in items]}


@router.get("/retention/destructions/{id_}/record", summary="下载销毁记录 · Download the record of a destruction")
def written(id_: str, given: Given, actor: Looking) -> JSONResponse:
    """The record of a destruction, to keep: rule, who proposed, decided and carried it out, every item, and the hash over them.

    销毁记录,供保存:规则,提议人、决定人与执行人,每条记录,及其总哈希值。
    """
    told = one(id_, given, actor)
    if told["status"] != "executed":
        raise ConflictError(f"{id_} is {told['status']}", hint="there is a record of it once it is carried out")
    content = {"format": FORMAT, "installation": given.name, **told, "hashing": HASHING}
    return JSONResponse(jsonable_encoder(content), headers={"Content-Disposition": f'attachment; filename="{id_}.json"'})


@router.post("/retention/destructions", summary="提议销毁到期记录 · Propose what is due", status_code=201)
def make(wanted: Wanted, given: Given, actor: Proposing) -> dict[str, Any]:
    """Propose what is due of a kind; nothing is destroyed yet.

    提议销毁一类记录中到期的部分;此时尚不销毁。
    """
    act = partial(propose, context=given.workflow, look=look_of(given), entity=wanted.entity, by=actor.name, limit=wanted.limit)
    return {"id": handle(given.store, by=actor.name, action="retention.propose", object_=f"entity/{wanted.entity}", act=act)}


@router.post("/retention/destructions/{id_}/approve", summary="批准销毁 · Approve a destruction")
def approve(id_: str, body: Approval, given: Given, actor: Deciding) -> dict[str, Any]:
    """Let it be carried out: in person, with the password again. What is destroyed does not come back.

    批准执行:须由本人再次输入密码,接口令牌不能批准。销毁后不能恢复。
    """
    def act(tx: Connection) -> None:
        factors = prove_in_person(tx, given, actor, body, action="retention.approve")
        decide(tx, id_=id_, by=actor.name, approve=True, reason=body.reason, factors=factors)

    handle(given.store, by=actor.name, action="retention.approve", object_=f"destruction/{id_}", act=act)
    return {"id": id_, "status": "approved"}


@router.post("/retention/destructions/{id_}/refuse", summary="拒绝销毁 · Refuse a destruction")
def refuse(id_: str, body: Reason, given: Given, actor: Deciding) -> dict[str, Any]:
    """Let it not be carried out; it can be proposed again.

    不予执行;可以再次提议。
    """
    act = partial(decide, id_=id_, by=actor.name, approve=False, reason=body.reason)
    handle(given.store, by=actor.name, action="retention.refuse", object_=f"destruction/{id_}", act=act)
    return {"id": id_, "status": "refused"}


@router.post("/retention/destructions/{id_}/execute", summary="执行已批准的销毁 · Carry out a destruction")
def carry_out(id_: str, given: Given, actor: Proposing) -> dict[str, Any]:
    """Destroy what was approved; every record is looked at once more before it goes.

    销毁已批准的记录;每条在销毁前再核对一次。
    """
    done = execute(given.workflow, look_of(given), given.batch, id_=id_, by=actor.name)
    return {"id": id_, "status": "executed", "records": done.records, "spared": done.spared, "outcome": done.outcome}


def _today(given: Services) -> date:
    return datetime.now(ZoneInfo(given.workflow.calendar.zone)).date()


def _told(row: Any) -> dict[str, Any]:
    names = (
        "id", "entity", "status", "rule", "due_by", "proposed_by", "proposed_at", "decided_by", "decided_at", "reason", "executed_by", "executed_at",
        "method", "records", "keys_hash", "outcome")
    return {n: getattr(row, n) for n in names}
