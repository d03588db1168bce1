"""Pivots on any table that is served: marts of a release, lists of entities."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response

from medthread.api.cells import csv_of, safe_cell
from medthread.api.identity import Given, Reader
from medthread.api.language import Language
from medthread.api.listing import MOST_FILTERS
from medthread.api.media import file_as
from medthread.api.pivots import MOST_TOP, pivot_of, table_of_pivot, told_pivot
from medthread.api.served import Served, described_columns, shelf_of
from medthread.api.served_rows import FORMS, WIDTH, Asked, note_rows
from medthread.api.sharing import kept_back
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.model import Home
from medthread.stores.workbook import workbook

router = Subject("pivots", "透视", "Pivots", owner="it").router()


class Wanted:
    """A pivot that is asked for."""

    def __init__(
        self, *, row: Annotated[list[str] | None, Query(max_length=4, description="a column, or column:grain (day, week, month, quarter, year); repeatable")] = None,
        column: Annotated[list[str] | None, Query(max_length=4, description="the same, for columns")] = None,
        measure: Annotated[list[str] | None, Query(max_length=6, description="count, or sum, distinct, avg, min, max, median with a column, as sum:quantity; repeatable")] = None,
        filter_: Annotated[list[str] | None, Query(alias="filter", max_length=MOST_FILTERS, description="field:operator:value, repeatable")] = None,
        top: Annotated[int | None, Query(ge=1, le=MOST_TOP, description="only the largest of the first row, by the first measure; the others stand together")] = None,
        as_of_release: Annotated[str | None, Query(max_length=100, description="an earlier release")] = None,
    ) -> None:
        self.rows, self.columns, self.measures = tuple(row or ()), tuple(column or ()), tuple(measure or ())
        self.filters, self.top, self.as_of_release = tuple(filter_ or ()), top, as_of_release

    def on(self, given: Any, actor: Any, table: str) -> Served:
        """The table's rows under the conditions."""
        return shelf_of(given, actor, self.as_of_release).served(table).narrowed(self.filters)


Pivoted = Annotated[Wanted, Depends(Wanted)]


@router.get("/pivots", summary="列出可透视的表 · List tables for pivots")
def tables(given: Given, actor: Reader) -> dict[str, Any]:
    """Every table that pivots are made of: marts of the release, lists of entities. `refused` says why one is not for the reader.

    可做透视的表:发布中的集市与各对象列表。`refused` 说明为何不对读者开放。
    """
    shelf = shelf_of(given, actor)
    items: list[dict[str, Any]] = []
    for table in shelf.names():
        if table.startswith("marts."):
            name = table.partition(".")[2]
            label = shelf.known[name].model.label if name in shelf.known else None
            items.append({"name": table, "label": pair(label) if label else {"zh": name, "en": name}})
    for entity in given.registry.values():
        layer = "native" if entity.about.home is Home.NATIVE else "golden"
        items.append({"name": f"{layer}.{entity.name}", "label": pair(entity.about.label)})
    return {"release": shelf.snapshot.release.id, "items": items}


@router.get("/pivots/{table}/columns", summary="取表的列 · Get the columns of a table")
def columns(table: str, given: Given, actor: Reader) -> dict[str, Any]:
    """The columns of a table as the reader may use them: what they are called, their kinds, which are masked.

    表的列:名称、类型、哪些已脱敏。
    """
    served = shelf_of(given, actor).served(table)
    return {"table": table, "label": pair(served.label), "columns": described_columns(served.columns), "grain": list(served.grain)}


@router.get("/pivots/{table}", summary="取透视 · Get a pivot")
def pivot(table: str, given: Given, actor: Reader, wanted: Pivoted) -> dict[str, Any]:
    """Cells with subtotals and totals, each computed of all its rows; over the rows that the reader may see, in one statement.

    各单元格及小计、合计,均由其全部行直接算得;以读者可见的行为限,由一条语句得出。
    """
    served = wanted.on(given, actor, table)
    told = told_pivot(served, pivot_of(served, wanted.rows, wanted.columns, wanted.measures, wanted.top))
    return {**told, **(kept_back(given, actor, served.terms, ()) if served.terms else {})}


@router.get("/pivots/{table}/as.{form}", summary="导出透视 · Export a pivot", **file_as("application/octet-stream"))
def export(table: str, form: Literal["csv", "xlsx"], given: Given, actor: Reader, wanted: Pivoted, language: Language) -> Response:
    """The pivot as the table that people see, as CSV or XLSX.

    透视表导出为 CSV 或 XLSX。
    """
    served = wanted.on(given, actor, table)
    heads, lines = table_of_pivot(served, pivot_of(served, wanted.rows, wanted.columns, wanted.measures, wanted.top), language)
    note_rows(served, Asked(filters=wanted.filters), as_=f"pivot.{form}")
    headers = {"Content-Disposition": f'attachment; filename="pivot.{form}"'}
    if form == "xlsx":
        made = workbook(table.partition(".")[2][:31], [(h, WIDTH) for h in heads], [["" if c is None else str(safe_cell(c)) for c in ln] for ln in lines])
        return Response(made, media_type=FORMS[form], headers=headers)
    return Response(csv_of(heads, lines), media_type=FORMS[form], headers=headers)
