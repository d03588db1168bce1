"""Lists and details of every entity, from one place: the declaration says which columns there are."""

import csv
import io
from collections.abc import Generator, Iterator
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from medthread.api.answers import Streamed
from medthread.api.board import board_of
from medthread.api.cells import safe_cell
from medthread.api.identity import Given, Reader
from medthread.api.listing import Listing, list_page, listing_of, rows_for_export
from medthread.api.media import CSV, text_as
from medthread.api.naming import choices_of, id_of
from medthread.api.origin import corrections_of, lineage_of
from medthread.api.readings import note_export
from medthread.api.related import related_of
from medthread.api.services import Services
from medthread.api.sharing import WITHHELD_IN, headers_of, kept_back
from medthread.api.subjects import Subject
from medthread.api.unmasked import read_one
from medthread.trust.access import Actor

router = Subject("entities", "业务对象", "Business objects", owner="it").router()
MOST = 500


class Asked:
    """Search, filter and order of a list."""

    def __init__(
        self, q: Annotated[str | None, Query(max_length=200, description="text to find")] = None,
        filter_: Annotated[list[str] | None, Query(alias="filter", description="field:operator:value, repeatable")] = None,
        sort: Annotated[str | None, Query(description="a field; -field for descending")] = None,
    ) -> None:
        self.q, self.filters, self.sort = q, tuple(filter_ or ()), sort


def _listing(entity: str, given: Services, actor: Actor, asked: Asked) -> Listing:
    return listing_of(given, given.registry[entity], actor, q=asked.q, filters=asked.filters, sort=asked.sort)



Wanted = Annotated[Asked, Depends(Asked)]


@router.get("/entities/{entity}.csv", summary="导出对象列表 · Export a list of objects", **text_as(CSV))
def export(entity: str, given: Given, actor: Reader, asked: Wanted) -> Streamed:
    """The whole filtered list as CSV, as this reader may see it. What is classified or about persons leaves a row in the audit log where it leaves in clear.

    按条件过滤后的完整列表,导出为 CSV,内容以读者可见为限;以明文导出涉密或个人信息字段的,记入审计日志。
    """
    listing = _listing(entity, given, actor, asked)
    rows = rows_for_export(listing)
    note_export(listing, q=asked.q, filters=asked.filters, as_="csv")
    headers = {"Content-Disposition": f'attachment; filename="{entity}.csv"', **headers_of(given, actor, listing.terms, object_=f"{entity}/")}
    return Streamed(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _csv(batches: Iterator[tuple[list[str], list[Any]]]) -> Generator[bytes]:
    first = True
    for names, rows in batches:
        text = io.StringIO()
        writer = csv.writer(text)
        if first:
            text.write("\ufeff")
            writer.writerow(names)
            first = False
        writer.writerows([[safe_cell(v) for v in row] for row in rows])
        yield text.getvalue().encode()


@router.get("/entities/{entity}", summary="查询对象列表 · List objects")
def rows(
    entity: str, given: Given, actor: Reader, asked: Wanted,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """One page of the list.

    列表的一页。
    """
    return list_page(_listing(entity, given, actor, asked), limit=limit, after=after)


@router.get("/entities/{entity}/board", summary="取流程看板 · Get the board of a process")
def board(entity: str, given: Given, actor: Reader, asked: Wanted, limit: Annotated[int, Query(ge=1, le=200)] = 30) -> dict[str, Any]:
    """Records of a process by state, the most pressing first.

    按状态列出流程中的记录,最紧迫的在前。
    """
    return board_of(_listing(entity, given, actor, asked), limit=limit)


@router.get("/entities/{entity}/choices", summary="取引用可选的对象 · Get what a reference may name")
def choices(
    entity: str, given: Given, actor: Reader, q: Annotated[str | None, Query(max_length=200, description="text to find")] = None,
    along: Annotated[list[str] | None, Query(description="field:value of the other parts of the key, repeatable")] = None,
) -> dict[str, Any]:
    """What a reference to such an object may be filled with.

    引用这种对象的字段可以填哪些值。
    """
    return {"items": choices_of(given, given.registry[entity], actor, q=q, along=along or ())}


@router.get("/entities/{entity}/{id_}", summary="查看一个对象 · Get an object")
def one(entity: str, id_: str, response: Response, given: Given, actor: Reader) -> dict[str, Any]:
    """One object by id or key, where it came from, what was corrected in it, what refers to it.

    按标识或主键取一个对象:来自何处、改过什么、被谁引用。
    """
    declared = given.registry[entity]
    item, origin, unmasked = read_one(given, declared, actor, id_=id_of(given, declared, actor, name=id_))
    response.headers["ETag"] = f'"{item["_revision"]}"'
    withheld = kept_back(given, actor, given.workflow.sharing.terms(declared, actor), [item], object_=f"{entity}/{item['_id']}")
    return {
        "item": item, "lineage": lineage_of(given, origin), "corrections": corrections_of(given, declared, actor, origin, withheld=item.get(WITHHELD_IN, {})),
        "related": related_of(given, declared, actor, item), "unmasked": unmasked, **withheld,
    }
