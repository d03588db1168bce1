"""The steward's desk: pairs of golden records that may be one, and what is decided about them."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.decisions_told import told_against, told_decisions
from medthread.api.golden_pairs import GoldenPairs
from medthread.api.golden_rows import GoldenRows, master_named, matched_masters
from medthread.api.identity import Given, MasterReader, may
from medthread.api.master_decisions import DECIDE, Said, decided, judged, wanted_of
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.masters.care import assign, cares, due_of, stewards
from medthread.governance.masters.deciding import approve, decisions, end
from medthread.governance.masters.duplicates import asked_fields, likely
from medthread.governance.masters.outlook import Outlook
from medthread.governance.masters.simulation import weighed_now
from medthread.model import Entity, Kind
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.pipeline.match.decisions import LINK, VALUE
from medthread.pipeline.match.waterfall import waterfall
from medthread.stores.serving import SortKey, encode, page_clause
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("stewardship", "主数据管护", "Stewardship", owner="it").router()
Deciding = Annotated[Actor, Depends(may("masters:decide"))]
Approving = Annotated[Actor, Depends(may("masters:approve"))]
APPROVE = "masters:approve"
Values = Annotated[dict[str, Annotated[str, Field(max_length=1000)] | None], Body(description="field → value", max_length=50)]
Why = Annotated[str, Field(min_length=2, max_length=2000)]


class Asked(Said):
    """The same, with its reason."""

    reason: Why
    run: bool = Field(default=False, description="start a run at once, so that it takes effect")


class Reasoned(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: Why


class Taken(BaseModel):
    """A pair by its two golden ids as the list tells them, and who looks at it; nobody where it is null."""

    model_config = ConfigDict(extra="forbid")
    golden: tuple[Annotated[str, Field(max_length=300)], Annotated[str, Field(max_length=300)]]
    assignee: str | None = Field(default=None, max_length=200)


class Approved(Reasoned):
    """Whether it comes into force, and why."""

    grant: bool
    run: bool = False


@router.get("/stewardship", summary="管护概况 · What waits for a steward")
def desk(given: Given, actor: MasterReader) -> dict[str, Any]:
    """Per kind of master: pairs to be looked at, conflicts among them, decisions that wait for a second person.

    每种主数据:待看的成对记录、其中的冲突、等待第二人批准的决定。
    """
    masters = matched_masters(given.registry)
    with given.store.transaction() as tx:
        waiting = decisions(tx, entities=[e.name for e in masters], status="asked")
    items = []
    for entity in masters:
        found = GoldenPairs(given, actor, entity)
        counts = found.query("select count(*) as pairs, count_if(kind = 'conflict') as conflicts from ({})")[0]
        items.append({"entity": entity.name, "label": pair(entity.about.label), **counts, "asked": sum(d["entity"] == entity.name for d in waiting)})
    return {"items": items, "decides": given.access.refused_by(actor, DECIDE) is None, "approves": given.access.refused_by(actor, APPROVE) is None}


@router.get("/stewardship/{entity}/pairs", summary="列出待看的成对记录 · List pairs to be looked at")
def pairs(
    entity: str, given: Given, actor: MasterReader, q: Annotated[str, Query(max_length=200)] = "", kind: Annotated[str | None, Query(max_length=20)] = None,
    golden: Annotated[list[str] | None, Query(max_length=2, description="golden ids that take part in it")] = None,
    sort: Annotated[Literal["score", "due"], Query()] = "score", mine: Annotated[bool, Query(description="those alone that the reader has taken")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """Golden records that may be one, the likeliest or the most urgent first: what speaks for it and against it, what is already decided, who has taken it and until when.

    可能是同一对象的黄金记录,最像或最急的在前:支持与反对的依据、已作的决定、由谁处理与期限。
    """
    declared = master_named(given.registry, entity)
    with given.store.transaction() as tx:
        kept = cares(tx, entity, assignee=actor.name if mine else None) if mine or sort == "due" else None
    found = GoldenPairs(given, actor, declared, kept=kept)
    where, bound = ["true"], []
    if mine:
        where.append("due is not null")
    if q.strip():
        where.append("(contains(lower(one_name), lower(?)) or contains(lower(other_name), lower(?)) or contains(lower(one_codes), lower(?)) or contains(lower(other_codes), lower(?)))")
        bound += [q.strip()] * 4
    if kind:
        where.append("kind = ?")
        bound.append(kind)
    for id_ in golden or []:
        where.append("? in (one, other)")
        bound.append(id_)
    key = SortKey("score", Kind.DECIMAL, filled=True) if sort == "score" else SortKey("due_by", Kind.TEXT, filled=True)
    page = page_clause((key,), descending=sort == "score", after=after)
    condition = " and ".join(where)
    rows = found.query(f"select * from ({{}}) where {condition} and {page.where} order by {page.order} limit {limit + 1}", [*bound, *page.parameters])
    total = found.query(f"select count(*) as n from ({{}}) where {condition}", bound)[0]["n"]
    more, rows = len(rows) > limit, rows[:limit]
    with given.store.transaction() as tx:
        said = _by_pair(decisions(tx, entities=[entity]))
        care = {(c["one"], c["other"]): c for c in cares(tx, entity, of=[(r["one"], r["other"]) for r in rows])}
        hands = stewards(tx)
        model = weighed_now(tx, declared).model
    return {
        "lines": {"review": model.review, "auto": model.auto},
        "items": [{**_pair(declared, r, said), "care": _care(care.get((r["one"], r["other"])))} for r in rows], "total": total, "stewards": hands,
        "next": encode(rows[-1][key.name], rows[-1]["id"]) if more else None,
    }


def _pair(entity: type[Entity], row: dict[str, Any], said: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    sides = [{"golden_id": row[s], "name": row[f"{s}_name"], "codes": row[f"{s}_codes"], "records": row[f"{s}_records"], "sources": row[f"{s}_sources"]} for s in ("one", "other")]
    return {
        "id": row["id"], "kind": row["kind"], "score": row["score"], "tier": row["tier"], "a": row["a"], "b": row["b"], "parts": waterfall(entity, row["parts"]),
        "against": told_against(entity, row["against"]), "sides": sides, "decision": said.get((row["one"], row["other"])),
    }


def _care(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """Until when it is to be looked at, and who has taken it."""
    if kept is None:
        return None
    overdue = kept["due_at"] is not None and kept["due_at"] <= datetime.now(UTC)
    return {**{n: kept[n] for n in ("since", "due_at", "assignee", "assignee_name")}, "overdue": overdue}


@router.put("/stewardship/{entity}/pairs/care", summary="分派成对记录 · Say who looks at a pair")
def cared(entity: str, said: Taken, given: Given, actor: Deciding) -> dict[str, Any]:
    """Take a pair oneself, hand it to another steward, or give it back.

    自己处理、交给另一位数据管理员,或退回。
    """
    declared = master_named(given.registry, entity)
    one, other = said.golden
    if not GoldenPairs(given, actor, declared).query("select 1 from ({}) where one = ? and other = ?", [one, other]):
        raise NotFoundError("no such pair waits", hint="it may have been decided, or matched anew; read the list again")
    now = datetime.now(UTC)
    act = partial(assign, entity=entity, pair=(one, other), to=said.assignee, by=actor.name, due=due_of(given.workflow.calendar, given.masters, now), now=now)
    handle(given.store, by=actor.name, action="master.assign", object_=f"{entity}/{one}", act=act)
    with given.store.transaction() as tx:
        return {"golden": [one, other], "care": _care(next(iter(cares(tx, entity, of=[(one, other)])), None))}


def _by_pair(found: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The newest decision about two golden records that waits, or is in force and not yet taken into matching."""
    return {
        (d["golden"][0], d["golden"][1]): {"id": d["id"], "kind": d["kind"], "status": d["status"], "asked_by": d["asked_by"]}
        for d in reversed(found) if d["status"] in ("asked", "in_force") and len(d["golden"]) == 2 and d["kind"] not in (VALUE, LINK)  # noqa: PLR2004 - a pair
    }


@router.get("/stewardship/{entity}/check", summary="查重所用的字段 · Fields that a check for duplicates takes")
def checked_fields(entity: str, given: Given, _: MasterReader) -> dict[str, Any]:
    """What may be given to look for duplicates.

    查重可以给出的字段。
    """
    declared = master_named(given.registry, entity)
    return {"items": [{"name": n, "label": pair(declared.fields[n].label), "example": declared.fields[n].mark.example} for n in asked_fields(declared)]}


@router.post("/stewardship/{entity}/check", summary="新建前查重 · Check for duplicates before something is made")
def check(entity: str, values: Values, given: Given, actor: MasterReader) -> dict[str, Any]:
    """Golden records that may be it already, the likeliest first, with what speaks for each. Nothing is kept of what was asked.

    可能已存在的黄金记录,最像的在前,附依据。所问内容不保留。
    """
    declared = master_named(given.registry, entity)
    if strange := sorted(set(values) - set(asked_fields(declared))):
        raise InvalidError(f"{strange[0]} plays no part in matching", hint=f"give some of: {', '.join(asked_fields(declared))}")
    snapshot = given.reader.current()
    with given.store.transaction() as tx:
        weighed = weighed_now(tx, declared)
    found = {like.golden_id: like for like in likely(snapshot, declared, weighed, values)}
    sql, bound = GoldenRows(given, snapshot, declared, actor).summary()
    seen = {r["id"]: r for r in snapshot.query(f"select id, name, codes, records, sources from ({sql}) where id in (select unnest(?))", [*bound, list(found)])}
    items = [
        {"golden_id": id_, "name": seen[id_]["name"], "codes": seen[id_]["codes"], "records": seen[id_]["records"], "sources": seen[id_]["sources"],
         "score": like.score, "sure": like.sure, "parts": waterfall(declared, like.parts)}
        for id_, like in found.items() if id_ in seen
    ]
    return {"items": items}


@router.post("/stewardship/{entity}/preview", summary="预览一项决定 · See what a decision would do")
def preview(entity: str, said: Said, given: Given, actor: MasterReader) -> dict[str, Any]:
    """The groups that the records would fall into, what keeps some apart, what hangs on them, and whether a second person is needed. Nothing is written.

    记录会分成哪些组、哪些不能放在一起、牵涉多少引用、是否需要第二人批准。不写入任何内容。
    """
    declared = master_named(given.registry, entity)
    wanted, records = wanted_of(given, actor, declared, said, reason="preview")
    with given.store.transaction() as tx:
        found, impact = judged(tx, given, declared, wanted, records)
    return {**_told(found), "impact": impact.told(), "second_person": given.masters.needs_second(impact)}


@router.post("/stewardship/{entity}/decisions", summary="作出主数据决定 · Decide about master records", status_code=201)
def decide(entity: str, said: Asked, given: Given, actor: Deciding) -> dict[str, Any]:
    """Merge, part, or state values. Where much hangs on it, it waits for another person; it takes effect with the next run.

    合并、拆分或指定取值。牵涉较大时等待另一人批准;随下一次运行生效。
    """
    declared = master_named(given.registry, entity)
    wanted, records = wanted_of(given, actor, declared, said, reason=said.reason)

    act = partial(decided, given=given, entity=declared, wanted=wanted, records=records, by=actor.name)
    id_, status, impact = handle(given.store, by=actor.name, action="master.decide", object_=f"{entity}/{min(said.golden)}", act=act)
    run = _start(given, actor) if said.run and status == "in_force" else None
    return {"id": id_, "status": status, "impact": impact.told(), "run_id": run}


@router.get("/stewardship/decisions", summary="列出主数据决定 · List decisions about master records")
def listed(
    given: Given, actor: MasterReader, entity: Annotated[str | None, Query(max_length=100)] = None, status: Annotated[str | None, Query(max_length=20)] = None,
    golden: Annotated[str | None, Query(max_length=300)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[int | None, Query(ge=1)] = None,
) -> dict[str, Any]:
    """Newest first: what was decided, by whom and why, whether it is in force.

    最新的在前:决定了什么、由谁、因何、是否有效。
    """
    names = [e.name for e in matched_masters(given.registry) if entity in (None, e.name)]
    with given.store.transaction() as tx:
        found = decisions(tx, entities=names, status=status, golden=golden, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return {"items": told_decisions(given, actor, found), "next": str(found[-1]["id"]) if more else None}


@router.post("/stewardship/decisions/{id_}/approval", summary="批准主数据决定 · Approve a decision about master records")
def approval(id_: int, said: Approved, given: Given, actor: Approving) -> dict[str, Any]:
    """Bring what another person asked for into force, or refuse it.

    批准或拒绝他人提出的决定。
    """
    act = partial(approve, by=actor.name, id_=id_, grant=said.grant, reason=said.reason)
    handle(given.store, by=actor.name, action="master.approve", object_=f"match_decision/{id_}", act=act)
    return {"id": id_, "status": "in_force" if said.grant else "refused", "run_id": _start(given, actor) if said.grant and said.run else None}


@router.post("/stewardship/decisions/{id_}/end", summary="撤销主数据决定 · Take a decision about master records back")
def over(id_: int, said: Reasoned, given: Given, actor: Deciding) -> dict[str, Any]:
    """Matching goes by the rules again from the next run on; records that were merged get the ids back that they had.

    自下一次运行起重新按规则匹配;曾被合并的记录恢复各自原来的标识。
    """
    act = partial(end, by=actor.name, id_=id_, approves=given.access.refused_by(actor, APPROVE) is None, reason=said.reason)
    handle(given.store, by=actor.name, action="master.end", object_=f"match_decision/{id_}", act=act)
    return {"id": id_, "status": "ended"}


def _start(given: Services, actor: Actor) -> str | None:
    """A run that takes it in; none where one is under way, for then the next one does."""
    try:
        return handle(given.store, by=actor.name, action="run.start", object_="run", act=partial(given.runner.start, by=actor.name, asks=False))
    except ConflictError:
        return None


def _told(found: Outlook) -> dict[str, Any]:
    return {"groups": [list(g) for g in found.groups], "blocked": [{"a": a, "b": b, "against": ns} for a, b, ns in found.blocked]}
