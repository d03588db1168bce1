"""Lineage of fields: where one comes from, what depends on it, what happened on the way lately; and what other tools tell of it."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response

from medthread.api.bodies import SAID
from medthread.api.cells import csv_of
from medthread.api.identity import Given, Reader, may
from medthread.api.language import Language
from medthread.api.media import CSV, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.lineage import lately
from medthread.governance.lineage.graph import Direction
from medthread.governance.lineage.outside import NONE, events_of, take
from medthread.governance.lineage.outside.reading import AT_ONCE
from medthread.governance.lineage.outside.standing import counts, jobs, refusals
from medthread.governance.lineage.told import contradiction, gap, place, walked
from medthread.model.errors import NotFoundError
from medthread.model.wording import worded
from medthread.trust.access import Actor

router = Subject("lineage", "血缘", "Lineage", owner="it").router()
MOST = 40
LARGEST = 16 << 20
TOLD_BACK = 100  # refusals that an answer lists; all are counted
ACCEPTS: dict[str, Any] = {
    SAID: LARGEST,
    "requestBody": {"required": True, "content": {
        "application/json": {"schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    }},
}
Telling = Annotated[Actor, Depends(may("lineage:tell"))]


@router.get("/lineage", summary="查找字段 · Find fields in the lineage")
def find(given: Given, _: Reader, language: Language, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Columns that a word names, in sources, layers, models and outside; of how many columns the lineage is known, with the gaps and contradictions.

    一个词所指的列(来源、各层、模型、外部);多少列的血缘已知、哪些未知及原因;外部所述与本系统不一致之处。
    """
    graph = given.graph
    known, columns = graph.told()
    found = [place(graph, given.registry, p) for p in graph.find(q, most=MOST)] if q.strip() else []
    return {
        "items": found, "known": known, "columns": columns, "gaps": [gap(g, language) for g in graph.gaps],
        "contradictions": [contradiction(graph, given.registry, c, language) for c in graph.contradictions],
    }


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/lineage", summary="接收 OpenLineage 事件 · Take in events of OpenLineage", openapi_extra=ACCEPTS)
def tell(request: Request, given: Given, actor: Telling, language: Language, body: Annotated[bytes, Depends(_body)]) -> dict[str, Any]:
    """One event (RunEvent, JobEvent or DatasetEvent of OpenLineage 2-0-2), a list of them, or one a line as `application/x-ndjson`.

    Each counts once however often it comes, in whatever order. What cannot be read does not hold up the others: it waits with its reason, and is told.
    The HTTP transport of OpenLineage's clients sends here with an API token as `api_key`.

    一个事件(OpenLineage 2-0-2 的 RunEvent、JobEvent 或 DatasetEvent)、事件列表,或每行一个(`application/x-ndjson`)。重复发送只计一次,顺序不限。
    读不出的事件不影响其余,连同原因保留并告知。OpenLineage 客户端的 HTTP 传输以 API 令牌为 `api_key` 即可发到这里。
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    events, done = events_of(body, lines=kind in ("application/x-ndjson", "application/ndjson", "application/jsonl")), NONE
    with given.store.transaction() as tx:
        for start in range(0, len(events), AT_ONCE):
            done += take(tx, events[start:start + AT_ONCE], by=actor.name, start=start)
    refused = [{"index": r.index, "why": worded(r.why, language)} for r in done.refused[:TOLD_BACK]]
    return {"taken": done.taken, "known": done.known, "refused": len(done.refused), "refusals": refused}


@router.get("/lineage/jobs", summary="列出外部作业 · List outside jobs")
def outside_jobs(given: Given, _: Reader, language: Language, q: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """Jobs of other tools with their last run and how it stands, that which ran last first; how many events came, and those that wait because they cannot be read.

    其他工具的作业及其最近一次运行与状态,最近运行的在前;收到的事件数,以及读不出而保留的事件与原因。
    """
    with given.store.transaction() as tx:
        found, waiting = jobs(tx, q), [{**r, "why": worded(r["why"], language)} for r in refusals(tx)]
        return {"items": found, **counts(tx), "refusals": waiting}


Name = Annotated[str, Query(min_length=3, max_length=5000)]
Way = Literal["both", "up", "down"]
Through = Literal["all", "value", "influence"]
COLUMNS = ("direction", "depth", "from_table", "from_column", "to_table", "to_column", "flow", "kind", "how", "by", "job")


def _walked(given: Services, name: str, direction: Way, through: Through, language: str) -> dict[str, Any]:
    graph = given.graph
    start = graph.place(name)
    if start is None:
        raise NotFoundError(f"no field {name!r} in the lineage", hint="GET /api/v1/lineage?q= finds fields")
    directions: tuple[Direction, ...] = ("up", "down") if direction == "both" else (direction,)
    return walked(graph, given.registry, start, directions, through, language)


@router.get("/lineage/field", summary="查看字段的血缘 · Get the lineage of a field")
def field(given: Given, _: Reader, language: Language, name: Name, direction: Way = "both", through: Through = "all") -> dict[str, Any]:
    """Steps up to where the field comes from and down to what depends on it, nearest first, with how each goes over.

    `name` is `table.column`, `entity.field`, or a table or outside job as a whole. A step's `flow` is `value` where values alone lead there, `influence`
    where something between only decides, `table` where a job of which tables alone are told lies between. `lately` tells, by table and job, the last load
    or run, rows held, rules that failed, tables built and texts changed: where to look for a cause.

    向上到来源、向下到依赖者的各步,由近及远,并注明方式。`name` 为 `表.列`、`对象.字段`,或整张表、整个外部作业。只由取值相连的步,`flow` 为 `value`;
    其间有只起决定作用的为 `influence`;其间有只告知到表的作业为 `table`。`lately` 按表与作业给出最近的加载或运行、扣留行、未通过的规则、构建与文本改动,供查找原因。
    """
    told = _walked(given, name, direction, through, language)
    with given.store.transaction() as tx:
        return {**told, "lately": lately(tx, told["tables"])}


@router.get("/lineage/field.csv", summary="导出字段的血缘 · Export the lineage of a field", **text_as(CSV))
def export(given: Given, _: Reader, language: Language, name: Name, direction: Way = "both", through: Through = "all") -> Response:
    """One line for each step.

    每步一行。
    """
    rows = (
        (s["direction"], s["depth"], s["from"]["table"], s["from"]["column"], s["to"]["table"], s["to"]["column"], s["flow"], s["kind"], s["how"], s["by"], s["job"])
        for s in _walked(given, name, direction, through, language)["steps"]
    )
    return Response(csv_of(COLUMNS, rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="lineage.csv"'})
