"""Health: the process answers. Readiness: the store answers and a release is there to read."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from medthread.api.identity import Given
from medthread.model.errors import MedthreadError

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """The process is there."""
    return {"status": "ok"}


@router.get("/ready")
def ready(given: Given) -> JSONResponse:
    """Able to serve: 200, or 503 with what is missing."""
    try:
        store = given.store.check()
        release = given.releases.current()
    except MedthreadError as error:
        return JSONResponse({"status": "not ready", "store": {"ok": False, "detail": error.message}}, status_code=503)
    body = {"status": "ready", "store": store, "release": release.id if release else None}
    return JSONResponse(body)
