"""Health: the process answers. Readiness: the store answers and a release is there to read. Both tell of alarms."""

from typing import Any

from fastapi.responses import JSONResponse

from medthread.api.identity import Given
from medthread.api.subjects import Subject
from medthread.model.errors import MedthreadError
from medthread.trust.log import Alarm, alarms

router = Subject("health", "运行状况", "Health", owner="it").router()


def told(found: tuple[Alarm, ...] | list[Alarm]) -> list[dict[str, Any]]:
    """Alarms as JSON."""
    return [{"code": a.code, "label": {"zh": a.label.zh, "en": a.label.en}} for a in found]


@router.get("/health", summary="取进程状况与告警 · Get health and alarms")
def health(given: Given) -> dict[str, Any]:
    """The process is there; alarms as its own parts know them, without asking the store.

    进程在运行;告警由各部分自己所知得出,不查询存储。
    """
    return {"status": "ok", "alarms": told([*given.sealer.alarms, *(a for c in given.carriers for a in c.alarms)])}


@router.get("/ready", summary="询问是否就绪 · Ask whether it is ready")
def ready(given: Given) -> JSONResponse:
    """Able to serve: 200, or 503 with what is missing. An alarm does not stop the service; somebody must look.

    能否提供服务:能则 200,不能则 503 并说明缺什么。告警不会停止服务,但须有人查看。
    """
    try:
        store = given.store.check()
        release = given.releases.current()
        with given.store.transaction() as tx:
            raised = told(alarms(tx))
    except MedthreadError as error:
        return JSONResponse({"status": "not ready", "store": {"ok": False, "detail": error.message}}, status_code=503)
    body = {"status": "ready", "store": store, "release": release.id if release else None, "alarms": raised}
    return JSONResponse(body)
