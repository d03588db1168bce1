"""What became of masters, for the systems that take it over, and their receipts."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.golden_changes import GoldenChanges
from medthread.api.golden_rows import RETIRED, GoldenRows, master_named
from medthread.api.identity import Given, MasterReader, may
from medthread.api.subjects import Subject
from medthread.governance.masters.receipts import Receipt, receive, refusals, subscribers
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("publishing", "主数据发布", "Publishing of masters", owner="it").router()
Receiving = Annotated[Actor, Depends(may("masters:receive"))]
SHOWN = 200


class Taken(BaseModel):
    """How far a system has taken over what was told, and what of it it could not take."""

    model_config = ConfigDict(extra="forbid")
    subscriber: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$", description="the system, as it calls itself")
    taken: int = Field(ge=0, le=2**62, description="everything up to this number was taken over, but for what is refused")
    refused: dict[Annotated[int, Field(ge=1, le=2**62)], Annotated[str, Field(min_length=2, max_length=2000)]] = Field(default={}, max_length=1000, description="number → why")
    settled: list[Annotated[int, Field(ge=1, le=2**62)]] = Field(default=[], max_length=1000, description="refused earlier, done now")


@router.get("/masters/{entity}/changes", summary="取主数据的变更 · Get what became of masters")
def changes(
    entity: str, given: Given, actor: MasterReader, after: Annotated[int, Query(ge=0, le=2**62, description="the number of the last one taken over")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> dict[str, Any]:
    """Everything told after a number, in order: created, parted, merged, records that joined or left, fields that changed. `last` is the newest number.

    某编号之后的全部变更,按次序:新建、拆出、合并、记录并入或移出、字段改变。`last` 为最新编号。
    """
    told = GoldenChanges(given, actor, master_named(given.registry, entity))
    items = told.after(after, limit=limit)
    last = told.last()
    return {"items": items, "next": items[-1]["seq"] if len(items) == limit else last, "last": last}


@router.get("/masters/{entity}/subscribers", summary="列出接收系统 · List the systems that take masters over")
def listed(entity: str, given: Given, actor: MasterReader) -> dict[str, Any]:
    """Each with how far it is, how much it has still to take, and what it refused.

    每个系统的进度、尚未接收的条数与被拒的变更。
    """
    declared = master_named(given.registry, entity)
    last = GoldenChanges(given, actor, declared).last()
    with given.store.transaction() as tx:
        items = [
            {"name": s.name, "taken": s.taken, "behind": max(last - s.taken, 0), "account": s.account, "moved_at": s.moved_at, "open": s.open,
             "refused": refusals(tx, entity, s.name, limit=SHOWN) if s.open else []}
            for s in subscribers(tx, entity)
        ]
    return {"items": items, "last": last}


@router.post("/masters/{entity}/receipts", summary="回执主数据变更 · Say what was taken over")
def receipt(entity: str, said: Taken, given: Given, actor: Receiving) -> dict[str, Any]:
    """A position, and what could not be taken with its reason. The same receipt twice is one.

    进度,以及未能接收的变更与原因。同一回执发两次等于一次。
    """
    told = GoldenChanges(given, actor, master_named(given.registry, entity))
    given_back = Receipt(entity=entity, subscriber=said.subscriber, taken=said.taken, refused=said.refused, settled=said.settled)
    act = partial(receive, receipt=given_back, told=told.numbered(sorted(said.refused)), last=told.last(), by=actor.name)
    taken = handle(given.store, by=actor.name, action="master.receive", object_=f"master_subscriber/{entity}/{said.subscriber}", act=act)
    return {"subscriber": said.subscriber, "taken": taken}


@router.get("/masters/{entity}/{golden_id}/history", summary="查看黄金记录的历史 · Get the history of a golden record")
def history(
    entity: str, golden_id: str, given: Given, actor: MasterReader, after: Annotated[int | None, Query(ge=1, le=2**62, description="the number that the page before ended with")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What became of it and of those that were merged into it, the newest first.

    它以及并入它的记录的变化,最新的在前。
    """
    declared = master_named(given.registry, entity)
    snapshot = given.reader.current()
    GoldenRows(given, snapshot, declared, actor).require(golden_id)
    merged = snapshot.query(f"select golden_id from {snapshot.relation(f'golden.{entity}_retired', RETIRED)} where merged_into = ?", [golden_id])
    items = GoldenChanges(given, actor, declared).of([golden_id, *(r["golden_id"] for r in merged)], before=after, limit=limit + 1)
    more, items = len(items) > limit, items[:limit]
    return {"items": items, "next": str(items[-1]["seq"]) if more else None}
