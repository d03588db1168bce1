"""Metrics: what they are, their figures by period and by what tells them apart, the rows behind a figure, what another definition would make of them."""

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.cells import csv_of
from medthread.api.goals import goals_of
from medthread.api.identity import Given, Reader
from medthread.api.language import Language
from medthread.api.media import CSV, XLSX, file_as, text_as
from medthread.api.metrics import Asking, line_of, table_of, told_answer, words_of
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.metrics.answer import LAST_YEAR, PERIODS, PREVIOUS, Wanted
from medthread.governance.metrics.book import MetricBook
from medthread.governance.metrics.measured import Tables
from medthread.governance.metrics.said import PREFIX, check_said, overlaid, said_of_metrics, with_said
from medthread.governance.quality_index import today_in
from medthread.methods.periods import Span, moved
from medthread.model.errors import InvalidError
from medthread.model.metric import Metric
from medthread.stores.workbook import workbook
from medthread.trust.access import Actor

router = Subject("metrics", "指标", "Metrics", owner="quality").router()
Day = Annotated[date | None, Query(description="a day, within what is asked")]
WIDTH = 22


class Asked:
    """Which figures."""

    def __init__(
        self, *, period: Annotated[str, Query(max_length=30, description="day, week, month, quarter, year; whole; month_to_date, quarter_to_date, year_to_date, trailing_N_months")] = "month",
        from_: Annotated[date | None, Query(alias="from", description="the first day; where it is left out, a year or so before the last")] = None,
        to: Annotated[date | None, Query(description="the last day; where it is left out, the last that there is something of")] = None,
        by: Annotated[list[str] | None, Query(description="a dimension, repeatable", max_length=2)] = None,
        where: Annotated[list[str] | None, Query(description="field:operator:value, repeatable", max_length=20)] = None,
        compare: Annotated[str | None, Query(pattern=f"^({PREVIOUS}|{LAST_YEAR})$", description="previous: the period before; last_year: the same one a year earlier")] = None,
        as_of_release: Annotated[str | None, Query(max_length=100, description="an earlier release")] = None,
        defined_on: Annotated[date | None, Query(description="the definition as it was on a day")] = None,
    ) -> None:
        self.wanted = Wanted(period, from_, to, tuple(by or ()), compare)
        self.where, self.as_of_release, self.defined_on = tuple(where or ()), as_of_release, defined_on


Figures = Annotated[Asked, Depends(Asked)]


class Proposed(BaseModel):
    """What is to be said of a metric instead of what is declared."""

    model_config = ConfigDict(extra="forbid")
    content: dict[str, Any] | None = Field(default=None, description="zh, en, meaning, owner, target, where: as in a change of definitions of kind metric; nothing goes back to what is declared")


def book_of(given: Services, tables: Tables, on: date | None = None) -> MetricBook:
    """The metrics as they are defined on a day: the files, and what the company says over them."""
    with given.store.transaction() as tx:
        said = said_of_metrics(tx, on or today_in(given.workflow.calendar.zone))
    return with_said(given.metrics(tables), said)


def asking_of(given: Services, actor: Actor, asked: Asked | None = None) -> Asking:
    """Somebody who asks, with what narrows what they ask."""
    tables = given.metric_tables
    if asked is None:
        return Asking(given, actor, book_of(given, tables), tables)
    return Asking(given, actor, book_of(given, tables, asked.defined_on), tables, asked.where, asked.as_of_release)


@router.get("/metrics", summary="列出指标 · List metrics")
def listed(given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """Every metric: what it is, who answers for it, what tells its figures apart. `faults` are files that cannot be read.

    全部指标:名称、含义、负责方、维度。无法读取的文件见 `faults`。
    """
    asking = asking_of(given, actor)
    items = [line_of(asking, m) for m in asking.book.metrics.values()]
    return {"items": sorted(items, key=lambda i: (i["domain"], i["name"])), "faults": [f.told(language)._asdict() for f in asking.book.faults]}


def _export(given: Services, actor: Actor, name: str, asked: Asked, language: str) -> tuple[list[str], list[list[Any]]]:
    asking = asking_of(given, actor, asked)
    metric = asking.book[name]
    return table_of(asking, metric, asked.wanted, asking.answer(metric, asked.wanted), language)


@router.get("/metric-goals", summary="列出以指标衡量的目标 · List what metrics are to reach")
def goals(given: Given, actor: Reader) -> dict[str, Any]:
    """Every record that names a metric, a figure to reach and a day, with the metric's figure now and how far it is against the straight line.

    每条写明指标、目标值与期限的记录:指标的现值、进度,以及与直线进度相比的状态。
    """
    return {"items": goals_of(asking_of(given, actor))}


@router.get("/metrics/{name}.csv", summary="导出指标 CSV · Export a metric as CSV", **text_as(CSV))
def as_csv(name: str, given: Given, actor: Reader, asked: Figures, language: Language) -> Response:
    """The same figures as a table, the whole in the last line.

    同样的数值,表格形式,末行为合计。
    """
    heads, rows = _export(given, actor, name, asked, language)
    return Response(csv_of(heads, rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


@router.get("/metrics/{name}.xlsx", summary="导出指标 XLSX · Export a metric as XLSX", **file_as(XLSX))
def as_xlsx(name: str, given: Given, actor: Reader, asked: Figures, language: Language) -> Response:
    """The same as a workbook.

    同上,为工作簿。
    """
    heads, rows = _export(given, actor, name, asked, language)
    made = workbook(name[:31], [(h, WIDTH) for h in heads], [["" if c is None else str(c) for c in row] for row in rows])
    return Response(made, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})


@router.get("/metrics/{name}", summary="取一个指标 · Get a metric")
def one(name: str, given: Given, actor: Reader, asked: Figures) -> dict[str, Any]:
    """A metric with its definition in words, and its figures over the rows that the reader may see.

    指标的口径(文字)及数值,以读者可见的行为限。
    """
    asking = asking_of(given, actor, asked)
    metric = asking.book[name]
    found = asking.answer(metric, asked.wanted)
    return {**line_of(asking, metric), "words": words_of(asking, metric), **_narrowing(asking, metric), "figures": told_answer(asking, metric, asked.wanted, found), "all_periods": list(PERIODS)}


def _narrowing(asking: Asking, metric: Metric) -> dict[str, Any]:
    """What narrows it, and what could."""
    qualifiers = {q.name: pair(q.label) for q in asking.book.qualifiers.values() if q.over == metric.over}
    with asking.given.store.transaction() as tx:
        said = said_of_metrics(tx, today_in(asking.zone)).get(metric.name)
    own = {"proposal": said.proposal, "since": said.since, "proposed_by": said.proposed_by, "approved_by": said.approved_by, "content": said.content} if said else None
    return {"where": list(metric.where), "qualifiers": qualifiers, "said": own}


@router.get("/metrics/{name}/rows", summary="取指标数值背后的行 · Get the rows behind a figure")
def rows(
    name: str, given: Given, actor: Reader, asked: Figures, *, part: Annotated[str, Query(pattern="^(of|per)$", description="of a metric made of two: the rows of which")] = "of",
    limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """A page of the rows that a figure counts: those of its table that its qualifiers leave, in the days from and to.

    数值所计的行,分页:其表中满足限定、在起止日期内的行。
    """
    asking = asking_of(given, actor, asked)
    metric = asking.book[name]
    own = asking.book.behind(metric)[0 if part == "of" else -1]
    dated, wanted = own.at is not None, asked.wanted
    if dated and not (wanted.first and wanted.last):
        raise InvalidError("the rows of which days are asked for is not said", hint="give from and to")
    if dated and part == "per" and own is metric and metric.per is not None:
        own = metric.model_copy(update={"of": metric.per})
    span = Span(wanted.first, moved(wanted.last, "day", 1)) if wanted.first and wanted.last and dated else None
    return asking.rows(own, span, limit=limit, after=after)


@router.post("/metrics/{name}/effect", summary="预览口径变更对历史的影响 · See what another definition would make of a metric")
def effect(name: str, proposed: Proposed, given: Given, actor: Reader, asked: Figures) -> dict[str, Any]:
    """The figures of past periods as they are defined now, and as they would be; nothing is changed.

    过去各期间的数值:现行口径与拟改口径并列;不做任何改动。
    """
    asking, declared = asking_of(given, actor, asked), given.metrics(given.metric_tables)
    content = check_said(PREFIX + name, proposed.content, declared, asking.tables)
    changed = overlaid(declared[name], content) if content else declared[name]
    now, then = asking.book[name], MetricBook({**asking.book.metrics, name: changed}, asking.book.qualifiers)
    beside = Asking(given, actor, then, asking.tables, asked.where, asked.as_of_release)
    return {
        "label": {"before": pair(now.label), "after": pair(changed.label)}, "words": {"before": words_of(asking, now), "after": words_of(beside, changed)},
        "target": {"before": now.target, "after": changed.target},
        "before": told_answer(asking, now, asked.wanted, asking.answer(now, asked.wanted)),
        "after": told_answer(beside, changed, asked.wanted, beside.answer(changed, asked.wanted)),
    }
