"""Lineage of fields: where one comes from, what depends on it, what happened on the way lately."""

import csv
import io
from typing import Annotated, Any, Literal

from fastapi import Query, Response

from medthread.api.identity import Given, Reader
from medthread.api.language import Language
from medthread.api.media import CSV, text_as
from medthread.api.routes.entities import safe_cell
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
def find(given: Given, _: Reader, language: Language, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Columns that a word names, in sources, layers and models; and of how many columns the lineage is known, with the gaps.

    一个词所指的列(来源、各层、模型);以及多少列的血缘已知、哪些未知及原因。
    """
    graph = _graph(given)
    known, columns = graph.told()
    found = [place(given.registry, p) for p in graph.find(q, most=MOST)] if q.strip() else []
    return {"items": found, "known": known, "columns": columns, "gaps": [gap(g, language) for g in graph.gaps]}


Name = Annotated[str, Query(min_length=3, max_length=300)]
Way = Literal["both", "up", "down"]
Through = Literal["all", "value", "influence"]
COLUMNS = ("direction", "depth", "from_table", "from_column", "to_table", "to_column", "flow", "kind", "how", "by")


def _walked(given: Services, name: str, direction: Way, through: Through, language: str) -> dict[str, Any]:
    graph = _graph(given)
    start = graph.place(name)
    if start is None:
        raise NotFoundError(f"no field {name!r} in the lineage", hint="GET /api/v1/lineage?q= finds fields")
    directions: tuple[Direction, ...] = ("up", "down") if direction == "both" else (direction,)
    return walked(graph, given.registry, start, directions, through, language)


@router.get("/lineage/field", summary="查看字段的血缘 · Get the lineage of a field")
def field(given: Given, _: Reader, language: Language, name: Name, direction: Way = "both", through: Through = "all") -> dict[str, Any]:
    """Steps up to where the field comes from and down to what depends on it, nearest first, with how each goes over.

    `name` is `table.column`, or `entity.field`. A step's `flow` is `value` where values alone lead there, else `influence`. `lately` tells, by table,
    the last load, rows held, rules that failed, tables built and texts changed: where to look for a cause.

    向上到来源、向下到依赖者的各步,由近及远,并注明方式。`name` 为 `表.列` 或 `对象.字段`。只由取值相连的步,`flow` 为 `value`,否则为 `influence`。
    `lately` 按表给出最近的加载、扣留行、未通过的规则、构建与文本改动,供查找原因。
    """
    told = _walked(given, name, direction, through, language)
    with given.store.transaction() as tx:
        return {**told, "lately": lately(tx, told["tables"])}


@router.get("/lineage/field.csv", summary="导出字段的血缘 · Export the lineage of a field", **text_as(CSV))
def export(given: Given, _: Reader, language: Language, name: Name, direction: Way = "both", through: Through = "all") -> Response:
    """One line for each step.

    每步一行。
    """
    text = io.StringIO()
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for s in _walked(given, name, direction, through, language)["steps"]:
        row = (s["direction"], s["depth"], s["from"]["table"], s["from"]["column"], s["to"]["table"], s["to"]["column"], s["flow"], s["kind"], s["how"], s["by"])
        lines.writerow([safe_cell(v) for v in row])
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="lineage.csv"'})
