"""The weights and lines that a master is matched by: seen, changed on trial, and asked for."""

from functools import partial
from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.decisions_told import told_number
from medthread.api.golden_rows import GoldenRows, master_named, master_seen_whole
from medthread.api.identity import Given, MasterReader
from medthread.api.master_decisions import DECIDE
from medthread.api.match_settings import ask_for_setting, judged_setting
from medthread.api.routes.stewardship import Deciding, Why
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.masters.simulation import Effect, weighed_now
from medthread.model import Entity
from medthread.pipeline.match.setting import AUTO, REVIEW, declared_weighing, name_of
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("matching", "匹配规则", "Matching", owner="it").router()
Number = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
Numbers = Annotated[dict[str, Number], Body(description="number → value; those left out stay", min_length=1, max_length=100)]


class Proposed(BaseModel):
    """Other numbers, and why."""

    model_config = ConfigDict(extra="forbid")
    values: dict[str, Number] = Field(min_length=1, max_length=100)
    reason: Why


@router.get("/stewardship/{entity}/matching", summary="查看匹配规则 · See what a master is matched by")
def matching(entity: str, given: Given, actor: MasterReader) -> dict[str, Any]:
    """The two lines, and each respect with its likenesses and their weights: as declared, and as in force.

    两条分界线,以及各比对方面、相似情形及其分值:声明值与现行值。
    """
    declared = master_named(given.registry, entity)
    assert declared.about.match is not None  # noqa: S101 - only matched masters have this name
    with given.store.transaction() as tx:
        now = weighed_now(tx, declared)
    at_first = declared_weighing(declared.about.match).numbers
    lines = [{"name": n, **told_number(declared, n), "value": now.numbers[n], "declared": at_first[n]} for n in (AUTO, REVIEW)]
    respects = [
        {"what": c.what, "label": pair(c.label), "cases": [
            {"name": name_of(c.what, n), "label": pair(case.label), "value": case.weight, "declared": at_first[name_of(c.what, n)]} for n, case in enumerate(c.cases)
        ]}
        for c in now.comparisons.compare
    ]
    return {"lines": lines, "respects": respects, "decides": given.access.refused_by(actor, DECIDE) is None}


@router.post("/stewardship/{entity}/matching/simulation", summary="试算匹配规则 · Try other weights")
def simulated(entity: str, values: Numbers, given: Given, actor: Deciding) -> dict[str, Any]:
    """What would come of other numbers on what is released: golden records merged and parted, pairs to be looked at, what hangs on them. Nothing is written.

    按新的数值对当前发布试算:哪些黄金记录会合并、拆分,待看多少对,牵涉多少引用。不写入任何内容。
    """
    declared = master_seen_whole(given, actor, entity)
    with given.store.transaction() as tx:
        fresh, effect, impact = judged_setting(tx, given, declared, values)
    return {"values": fresh, **effect.told(), "names": _names(given, declared, actor, effect), "impact": impact.told()}


@router.post("/stewardship/{entity}/matching", summary="提出匹配规则变更 · Ask for other weights", status_code=201)
def proposed(entity: str, said: Proposed, given: Given, actor: Deciding) -> dict[str, Any]:
    """Another person approves it, who sees its effect; it takes effect with the next run, and is ended like any decision.

    由另一人在看到影响后批准;随下一次运行生效,可像其他决定一样撤销。
    """
    declared = master_seen_whole(given, actor, entity)
    act = partial(ask_for_setting, given=given, entity=declared, values=said.values, reason=said.reason, by=actor.name)
    id_, status = handle(given.store, by=actor.name, action="master.decide", object_=f"{entity}/matching", act=act)
    return {"id": id_, "status": status}


def _names(given: Services, entity: type[Entity], actor: Actor, effect: Effect) -> dict[str, str]:
    golden = sorted({g for m in effect.merges for g in (m.into, *m.golden)} | {p.golden for p in effect.partings})
    snapshot = given.reader.current()
    sql, bound = GoldenRows(given, snapshot, entity, actor).summary()
    return {r["id"]: r["name"] or r["id"] for r in snapshot.query(f"select id, name from ({sql}) where id in (select unnest(?))", [*bound, golden])}
