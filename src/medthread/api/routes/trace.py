"""Trace questions."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response

from medthread.api.cells import csv_of
from medthread.api.identity import Given, Tracing
from medthread.api.media import CSV, text_as
from medthread.api.subjects import Subject
from medthread.api.traced import as_shared, suggested

router = Subject("trace", "追溯", "Trace", owner="quality").router()
Item = Annotated[str, Query(max_length=200, description="item code or golden id")]
Lot = Annotated[str, Query(max_length=200, description="lot number, ours or the supplier's")]
Direction = Literal["up", "down", "both"]
EVERYTHING = 0


@router.get("/trace", summary="追溯一个批次 · Trace a lot")
def trace(
    given: Given, actor: Tracing, item: Item, lot: Lot, direction: Direction = "down", limit: Annotated[int, Query(ge=1, le=2000)] = 300,
) -> dict[str, Any]:
    """The traced set: recall list first, then the graph.

    追溯到的集合:先列召回清单,再给关系图。
    """
    return as_shared(given, actor, given.tracer.question(item=item, lot=lot, direction=direction, limit=limit))


@router.get("/trace.csv", summary="导出召回清单 · Export a recall list", **text_as(CSV))
def recall_list(given: Given, actor: Tracing, item: Item, lot: Lot, direction: Direction = "down") -> Response:
    """Every affected unit with where it is, for the recall notice.

    每个受影响的单件及其所在,供召回通知使用。
    """
    answer = as_shared(given, actor, given.tracer.question(item=item, lot=lot, direction=direction, limit=EVERYTHING))
    columns = ("item", "number", "carton", "shipment", "customer_code", "customer_name")
    return Response(csv_of(columns, ([unit.get(c) for c in columns] for unit in answer["units"])), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="recall.csv"'})


@router.get("/trace/suggest", summary="按文字查找批次 · Suggest lots")
def suggest(given: Given, actor: Tracing, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Lots that the text may mean.

    文字可能指的批次。
    """
    return {"items": suggested(given, actor, given.tracer.suggest(q)) if q.strip() else []}
