"""Personal data: the register, and a person's rights over their data. Every look and every act leaves its row in the log."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from medthread.api.identity import Given, may
from medthread.api.routes.retention import look_of
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.derive.privacy import register
from medthread.governance.privacy import Found, Person, Plan, Record, correct, erase, find, package_of, plan_of
from medthread.model.privacy import BASES
from medthread.stores.postgres.tables import erasure
from medthread.trust.access import Actor
from medthread.trust.audit import record_read
from medthread.workflow import handle
from medthread.workflow.titles import numbers

router = Subject("privacy", "个人信息保护", "Privacy", owner="regulatory").router()
Registering = Annotated[Actor, Depends(may("privacy:register"))]
Finding = Annotated[Actor, Depends(may("privacy:find"))]
Exporting = Annotated[Actor, Depends(may("privacy:export"))]
Correcting = Annotated[Actor, Depends(may("privacy:correct"))]
Erasing = Annotated[Actor, Depends(may("privacy:erase"))]
Because = Annotated[str, Field(min_length=2, max_length=2000, description="who asked, and when")]


class Asked(BaseModel):
    """A person, by what is known of them: telephone, name, e-mail. The values are nowhere written down."""

    model_config = ConfigDict(extra="forbid")
    values: list[Annotated[str, Field(min_length=2, max_length=200)]] = Field(min_length=1, max_length=20)
    reason: Because


class Erasure(Asked):
    """An erasure; without `confirm` it is only looked at what would go and what would stay."""

    confirm: bool = False


class Correction(BaseModel):
    """A personal value put right."""

    model_config = ConfigDict(extra="forbid")
    entity: str = Field(max_length=100)
    id: str = Field(max_length=200)
    field: str = Field(max_length=100)
    value: str | None = Field(max_length=2000)
    reason: Because


@router.get("/privacy/register", summary="查看个人信息处理登记 · Get the register of processing")
def processing(given: Given, _: Registering) -> dict[str, Any]:
    """Every personal field: purpose, legal basis, retention, protection, the sources that feed it.

    每个个人信息字段:目的、合法性基础、保存期限、保护措施、供数来源。
    """
    return {"items": [
        {"entity": p.entity.name, "label": pair(p.entity.about.label), "field": p.field.name, "field_label": pair(p.field.label),
         "classification": p.field.mark.classification.name.lower(), "purpose": pair(p.field.mark.purpose.label) if p.field.mark.purpose else None,
         "legal_basis": p.basis.value if p.basis else None, "basis": pair(BASES[p.basis]) if p.basis else None, "retention": pair(p.kept),
         "sealed": p.field.is_personal, "home": p.entity.about.home.value, "sources": list(p.sources)}
        for p in register(given.registry, given.sources)
    ]}


@router.post("/privacy/find", summary="查找一个人的信息 · Find a person's data")
def look_for(asked: Asked, given: Given, actor: Finding) -> dict[str, Any]:
    """Where data of a person are, over all stores; no value is shown.

    一个人的信息在所有存储中的位置;不显示任何取值。
    """
    return _looked(given, actor, asked, "privacy.find", lambda tx, found: _told(tx, given, actor, found))


@router.post("/privacy/export", summary="导出一个人的信息副本 · Export a copy of a person's data")
def export(asked: Asked, given: Given, actor: Exporting) -> dict[str, Any]:
    """A copy of a person's data, for the person: values in clear, with purpose, basis and retention.

    交给本人的信息副本:明文取值,附目的、依据与保存期限。
    """
    return _looked(given, actor, asked, "privacy.export", lambda tx, found: package_of(tx, given.workflow, given.batch(), found, actor=actor))


def _looked(given: Services, actor: Actor, asked: Asked, action: str, answer: Callable[[Connection, Found], dict[str, Any]]) -> dict[str, Any]:
    person = Person.of(asked.values, given.keyring)

    def act(tx: Connection) -> dict[str, Any]:
        found = find(tx, given.workflow, given.batch(), person)
        made = answer(tx, found)
        record_read(tx, actor=actor.name, object_=person.name, fields=found.fields(), reason=f"{action}: {asked.reason}")
        return made

    return handle(given.store, by=actor.name, action=action, object_=person.name, act=act)


@router.post("/privacy/correct", summary="更正个人信息 · Correct personal data")
def put_right(body: Correction, given: Given, actor: Correcting) -> dict[str, Any]:
    """Correct a personal value of a record that is written here.

    更正在此登记的记录中的个人信息。
    """
    act = partial(correct, context=given.workflow, entity=body.entity, id_=body.id, field=body.field, value=body.value, by=actor.name, reason=body.reason)
    handle(given.store, by=actor.name, action="privacy.correct", object_=f"{body.entity}/{body.id}", act=act)
    return {"entity": body.entity, "id": body.id, "field": body.field}


@router.post("/privacy/erase", summary="预览或执行个人信息删除 · Plan or carry out an erasure")
def wipe(asked: Erasure, given: Given, actor: Erasing) -> dict[str, Any]:
    """Erase what may go; what a rule keeps is told with the rule. Nothing goes without `confirm`.

    删除可以删除的;因规则须保留的,连同规则一并说明。没有 `confirm` 则什么也不删。
    """
    person, look = Person.of(asked.values, given.keyring), look_of(given)
    if not asked.confirm:
        def plan(tx: Connection, found: Found) -> dict[str, Any]:
            made = plan_of(tx, given.workflow, look, found)
            return {"erasure": None, **_judged(tx, given, actor, made), "found": _told(tx, given, actor, found)}

        return _looked(given, actor, asked, "privacy.plan", plan)
    done = erase(given.workflow, look, given.batch, person, by=actor.name, reason=asked.reason)
    with given.store.transaction() as tx:
        return {"erasure": done.id, **_judged(tx, given, actor, done.plan), "outcome": done.outcome}


@router.get("/privacy/erasures", summary="列出个人信息删除 · List erasures")
def erasures(given: Given, _: Erasing) -> dict[str, Any]:
    """Every erasure, newest first: whom it was about is told by indices only.

    每次删除,最新的在前:关于何人只以索引表示。
    """
    names = ("id", "status", "fields", "kept", "reason", "asked_by", "outcome", "at", "finished_at")
    with given.store.transaction() as tx:
        return {"items": [{n: getattr(r, n) for n in names} for r in tx.execute(select(erasure).order_by(erasure.c.at.desc()).limit(500))]}


def _told(tx: Connection, given: Services, actor: Actor, found: Found) -> dict[str, Any]:
    called = numbers(tx, given.workflow, actor.reach, [(r.entity, r.id) for r in found.native], told=actor)
    return {
        "records": [_record(given, r, called.get((r.entity, r.id))) for r in found.native], "from_sources": [_record(given, r, None) for r in found.lake], "rows": [vars(r) for r in found.rows],
        "empty": found.is_empty, "accounts": found.accounts, "acts": found.log, "unparsable_records": int(found.unreadable)}


def _judged(tx: Connection, given: Services, actor: Actor, plan: Plan) -> dict[str, Any]:
    """What goes and what stays, with what keeps it."""
    called = numbers(tx, given.workflow, actor.reach, [*((r.entity, r.id) for r in plan.native), *((k.entity, k.id) for k in plan.kept)], told=actor)
    stays = [{**_record(given, Record(k.entity, k.id, (k.field,)), called.get((k.entity, k.id))), "field": k.field, "because": k.because} for k in plan.kept]
    return {"goes": {"records": [_record(given, r, called.get((r.entity, r.id))) for r in plan.native], "fields": plan.fields}, "stays": stays}


def _record(given: Services, record: Record, number: str | None) -> dict[str, Any]:
    """A record by its number, and its fields by what they are called."""
    entity = given.registry[record.entity]
    labels = {f: pair(entity.fields[f].label) for f in record.fields}
    return {"entity": record.entity, "id": record.id, "number": number, "label": pair(entity.about.label), "fields": list(record.fields), "field_labels": labels}
