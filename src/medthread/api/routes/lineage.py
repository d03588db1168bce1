"""Lineage of fields: where one comes from, what depends on it, what happened on the way lately."""

from typing import Annotated, Any, Literal

from fastapi import Query

from medthread.api.identity import Given, Reader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.lineage import Graph, lately
from medthread.governance.lineage.graph import Direction
from medthread.governance.lineage.kept import KeptGraph
from medthread.governance.lineage.told import gap, place, walked
from medthread.model.errors import NotFoundError

router = Subject("lineage", "血缘", "Lineage", owner="it").router()
MOST = 40
KEPT = KeptGraph()


def _graph(given: Services) -> Graph:
    return KEPT.of(given.registry, given.mapped(), given.models(), given.consumers, rules=len(given.ruled()))


@router.get("/lineage", summary="查找字段 · Find fields in the lineage")
def find(given: Given, _: Reader, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Columns that a word names, in sources, layers and models; and of how many columns the lineage is known, with the gaps.

    一个词所指的列(来源、各层、模型);以及多少列的血缘已知、哪些未知及原因。
    """
    graph = _graph(given)
    known, columns = graph.told()
    found = [place(given.registry, p) for p in graph.find(q, most=MOST)] if q.strip() else []
    return {"items": found, "known": known, "columns": columns, "gaps": [gap(g) for g in graph.gaps]}


@router.get("/lineage/field", summary="查看字段的血缘 · Get the lineage of a field")
def field(
    given: Given, _: Reader, name: Annotated[str, Query(min_length=3, max_length=300)],
    direction: Literal["up", "down", "both"] = "both", through: Literal["all", "value", "influence"] = "all",
) -> dict[str, Any]:
    """Steps up to where the field comes from and down to what depends on it, nearest first, with how each goes over.

    `name` is `table.column`, or `entity.field`. A step's `flow` is `value` where values alone lead there, else `influence`. `lately` tells, by table,
    the last load, rows held, rules that failed, tables built and texts changed: where to look for a cause.

    向上到来源、向下到依赖者的各步,由近及远,并注明方式。`name` 为 `表.列` 或 `对象.字段`。只由取值相连的步,`flow` 为 `value`,否则为 `influence`。
    `lately` 按表给出最近的加载、扣留行、未通过的规则、构建与文本改动,供查找原因。
    """
    graph = _graph(given)
    start = graph.place(name)
    if start is None:
        raise NotFoundError(f"no field {name!r} in the lineage", hint="GET /api/v1/lineage?q= finds fields")
    directions: tuple[Direction, ...] = ("up", "down") if direction == "both" else (direction,)
    told = walked(graph, given.registry, start, directions, through)
    with given.store.transaction() as tx:
        return {**told, "lately": lately(tx, told["tables"])}
