"""How good matching is: pairs drawn at random, judged by a person who does not see what matching made of them."""

import secrets
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.golden_members import members
from medthread.api.golden_rows import master_named, master_seen_whole
from medthread.api.identity import Given, MasterReader
from medthread.api.master_decisions import DECIDE
from medthread.api.routes.stewardship import Deciding
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.masters.sampling import draw, judge, keep, pair_of, samples
from medthread.governance.masters.simulation import weighed_now
from medthread.model.errors import NotFoundError
from medthread.workflow import handle

router = Subject("match_quality", "匹配质量", "Quality of matching", owner="it").router()
Place = Annotated[int | None, Query(ge=1, le=100_000)]
MOST = 50


class Size(BaseModel):
    """How many pairs of every stratum are drawn."""

    model_config = ConfigDict(extra="forbid")
    each: int = Field(default=25, ge=1, le=500)


class Verdict(BaseModel):
    """What a person says of two records; null takes it back."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["same", "other", "unsure"] | None


@router.get("/stewardship/{entity}/samples", summary="查看匹配质量 · See how good matching was found to be")
def listed(entity: str, given: Given, actor: MasterReader) -> dict[str, Any]:
    """Samples, newest first: per stratum how many were judged to be the same, with the interval of the true share; precision and recall of the whole.

    抽样,最新的在前:各层中判为同一对象的条数与真实比例的区间;整体的准确率与召回率。
    """
    declared = master_named(given.registry, entity)
    with given.store.transaction() as tx:
        items = samples(tx, declared.name, limit=MOST)
    return {"items": items, "decides": given.access.refused_by(actor, DECIDE) is None}


@router.post("/stewardship/{entity}/samples", summary="抽取样本 · Draw a sample", status_code=201)
def drawn(entity: str, size: Size, given: Given, actor: Deciding) -> dict[str, Any]:
    """Pairs of every stratum at random, in an order that tells nothing.

    各层随机抽取,次序不含信息。
    """
    declared = master_seen_whole(given, actor, entity)
    snapshot = given.reader.current()
    with given.store.transaction() as tx:
        weighed = weighed_now(tx, declared)
    found = draw(snapshot, declared, weighed, each=size.each, seed=secrets.token_hex(8))
    act = partial(keep, drawn=found, entity=entity, release=snapshot.release.id, by=actor.name)
    id_ = handle(given.store, by=actor.name, action="master.sample", object_=f"match_sample/{entity}", act=act)
    return {"id": id_, "pairs": len(found.pairs)}


@router.get("/stewardship/{entity}/samples/{sample}/pair", summary="取一对待判记录 · Get a pair to be judged")
def asked(entity: str, sample: Annotated[int, Field(ge=1, le=2**62)], given: Given, actor: Deciding, n: Place = None) -> dict[str, Any]:
    """The first that nobody judged, or that with a number: two records as their sources hold them, without score and without what became of them.

    尚未判断的第一对,或指定的一对:两条记录的原值,不显示得分与匹配结果。
    """
    declared = master_seen_whole(given, actor, entity)
    with given.store.transaction() as tx:
        found = pair_of(tx, entity=entity, sample=sample, n=n)
        told = next(iter(samples(tx, entity, limit=1, only=sample)), None)
    if told is None or (found is None and n is not None):
        raise NotFoundError(f"no pair {n} in sample {sample}", hint="the list shows the samples there are")
    progress = {"waiting": told["waiting"], "drawn": sum(s["drawn"] for s in told["strata"])}
    if found is None:
        return {"pair": None, **progress}
    rows = members(given, given.reader.current(), declared, actor, records=[found["a"], found["b"]])
    sides = [{"source": r["source"], "source_key": r["source_key"], "values": r["values"]} for r in rows]
    fields = [{"name": n, "label": pair(f.label), "codes": {c: pair(label) for c, label in (f.mark.codes or {}).items()}} for n, f in declared.fields.items()]
    return {"pair": {"n": found["n"], "verdict": found["verdict"], "sides": sides, "fields": fields}, **progress}


@router.put("/stewardship/{entity}/samples/{sample}/pairs/{n}", summary="判断一对记录 · Judge a pair")
def judged(entity: str, sample: Annotated[int, Field(ge=1, le=2**62)], n: Annotated[int, Field(ge=1, le=100_000)], said: Verdict, given: Given, actor: Deciding) -> dict[str, Any]:
    """Whether the two are the same thing; a later word takes the place of an earlier one.

    两条记录是否为同一对象;后一次判断取代前一次。
    """
    master_seen_whole(given, actor, entity)
    act = partial(judge, entity=entity, sample=sample, n=n, verdict=said.verdict, by=actor.name)
    handle(given.store, by=actor.name, action="master.judge", object_=f"match_sample/{sample}", act=act)
    return {"sample": sample, "n": n, "verdict": said.verdict}
