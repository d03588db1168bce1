"""How golden records belong together: head offices and branches, groups and their members."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query

from medthread.api.golden_links import GoldenLinks, told_kinds
from medthread.api.golden_rows import GoldenRows, master_named
from medthread.api.identity import Given, MasterReader
from medthread.api.subjects import Subject
from medthread.governance.quality_index import today_in

router = Subject("hierarchy", "主数据层级", "Hierarchies of masters", owner="it").router()


@router.get("/masters/{entity}/links", summary="列出待确认的层级 · List suggested links")
def suggested(
    entity: str, given: Given, actor: MasterReader, q: Annotated[str, Query(max_length=200)] = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """What names suggest and nobody has said anything about: golden records that may belong under another.

    由名称推测、尚无人确认的上下级关系。
    """
    declared = master_named(given.registry, entity)
    return {"kinds": told_kinds(declared), **GoldenLinks(given, actor, declared).suggested(q=q.strip(), limit=limit)}


@router.get("/masters/{entity}/{golden_id}/hierarchy", summary="查看上下级 · Get what a golden record belongs under")
def hierarchy(
    entity: str, golden_id: str, given: Given, actor: MasterReader, on: Annotated[date | None, Query(description="as of a day; today")] = None,
) -> dict[str, Any]:
    """What stands above it and what below, with what told it; what its name suggests.

    它的上级、下级与依据,以及由名称推测的关系。
    """
    declared = master_named(given.registry, entity)
    GoldenRows(given, given.reader.current(), declared, actor).require(golden_id)
    return {"kinds": told_kinds(declared), **GoldenLinks(given, actor, declared).around(golden_id, on=on or today_in(given.workflow.calendar.zone))}
