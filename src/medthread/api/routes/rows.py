"""Rows of marts: lists with filters and paging as entities have them, and files of them."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from medthread.api.answers import Streamed
from medthread.api.identity import Given, Reader
from medthread.api.media import file_as
from medthread.api.served import described_columns, shelf_of
from medthread.api.served_rows import FORMS, Asked, asked_rows, note_rows, page_of, written
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.pipeline.build.model import PREFIX

router = Subject("rows", "集市数据", "Rows of marts", owner="it").router()
MOST = 500


class Wanted:
    """Which rows of which release, in which order."""

    def __init__(
        self, q: Annotated[str | None, Query(max_length=200, description="text to find")] = None,
        filter_: Annotated[list[str] | None, Query(alias="filter", description="field:operator:value, repeatable")] = None,
        sort: Annotated[str | None, Query(max_length=200, description="a field; -field for descending")] = None,
        as_of_release: Annotated[str | None, Query(max_length=100, description="an earlier release")] = None,
    ) -> None:
        self.asked, self.as_of_release = Asked(q, tuple(filter_ or ()), sort), as_of_release


Rows = Annotated[Wanted, Depends(Wanted)]


@router.get("/models/{name}/rows", summary="查询集市的行 · List rows of a mart")
def rows(
    name: str, given: Given, actor: Reader, wanted: Rows,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """One page of a mart's rows in a release, as the reader may see them. Ask on with `release` as `as_of_release`, so that all pages are of one.

    A column is as protected as the most protected field behind it. Whoever reaches some rows only is refused a mart whose rows do not say where they belong.

    某次发布中一张集市表的一页行,内容以读者可见为限。翻页时把 `release` 作为 `as_of_release` 传回,各页即出自同一发布。
    列的保护级别取其来源字段中最高者。行中没有所属工厂、组织的集市,不向只能看部分数据的读者开放,并说明原因。
    """
    shelf = shelf_of(given, actor, wanted.as_of_release)
    served = asked_rows(shelf, PREFIX + name, wanted.asked)
    return {
        **page_of(served, wanted.asked, limit=limit, after=after), "table": served.table, "label": pair(served.label), "grain": list(served.grain),
        "columns": described_columns(served.columns),
    }


@router.get("/models/{name}/rows.{form}", summary="导出集市的行 · Export rows of a mart", **file_as("application/octet-stream"))
def export(name: str, form: Literal["csv", "xlsx", "parquet", "arrow"], given: Given, actor: Reader, wanted: Rows) -> Streamed:
    """All rows that the conditions leave, as CSV, XLSX, Parquet or an Arrow stream, masked as the list is. It leaves a row in the audit log.

    按条件过滤后的全部行,CSV、XLSX、Parquet 或 Arrow 流,脱敏与列表一致;导出记入审计日志。
    """
    shelf = shelf_of(given, actor, wanted.as_of_release)
    served = asked_rows(shelf, PREFIX + name, wanted.asked)
    pieces = written(shelf, served, wanted.asked, form)
    note_rows(served, wanted.asked, as_=form)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "X-Release": served.release or ""}
    return Streamed(pieces, media_type=FORMS[form], headers=headers)
