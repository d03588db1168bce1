"""Every process as a desk: what stands where, what is late, what waits for whoever asks."""

from typing import Any

from fastapi import APIRouter

from medthread.api.identity import Given, Reader
from medthread.api.routes.meta import area_label
from medthread.workflow.desks import desks

router = APIRouter(tags=["processes"])


@router.get("/processes", summary="列出流程与待办数 · List processes and what waits in them")
def processes(given: Given, actor: Reader) -> dict[str, Any]:
    """All processes with their counts, and whether I have a part in them and may open one.

    全部流程及其数量,我是否参与,能否发起。
    """
    may_write = "entities:write" in given.access.can(actor)
    with given.store.transaction() as tx:
        found = desks(tx, given.workflow, actor)
    return {"items": [{**d, "area_label": area_label(d["area"]), "opens": d["opens"] and may_write} for d in found]}
