"""Errors as problem+json (RFC 9457): what happened, and what to do."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from medthread.model.errors import MedthreadError

MEDIA = "application/problem+json"
UNPROCESSABLE = 422


def problem(*, status: int, code: str, title: str, detail: str, hint: str = "", **more: Any) -> JSONResponse:
    """One problem as a response."""
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, **more}
    if hint:
        body["hint"] = hint
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - RFC 9110, 15.5.2
    return JSONResponse(body, status_code=status, media_type=MEDIA, headers=headers)


def answer_problems(app: FastAPI) -> None:
    """Every error leaves as a problem; what we did not foresee says no more than that."""

    @app.exception_handler(MedthreadError)
    def ours(_: Request, error: MedthreadError) -> JSONResponse:
        more = {n: error.attributes[n] for n in ("because", "rows", "successor") if n in error.attributes}
        answer = problem(status=error.status, code=error.code, title=error.code, detail=error.message, hint=error.hint, **more)
        if "seconds" in error.attributes:
            answer.headers["Retry-After"] = str(error.attributes["seconds"])  # RFC 6585, 4
        return answer

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"at": list(e["loc"]), "message": e["msg"]} for e in error.errors()]
        words = "; ".join(f"{'.'.join(str(p) for p in e['at'][1:])}: {e['message']}" for e in errors)
        return problem(status=UNPROCESSABLE, code="invalid", title="invalid", detail=words, errors=errors)

    @app.exception_handler(DataError)
    @app.exception_handler(UnicodeEncodeError)
    def unstorable(_: Request, error: Exception) -> JSONResponse:
        """Text that no store takes: NUL, half a surrogate pair, a number beyond its type."""
        del error
        return problem(
            status=UNPROCESSABLE, code="invalid", title="invalid", detail="a value cannot be stored or compared",
            hint="leave out control characters and broken letters, and keep numbers within their type",
        )

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> JSONResponse:
        unknown = error.status_code in (404, 405)
        hint = "GET /api/v1/openapi.json lists every address and what may be done there" if unknown else ""
        return problem(status=error.status_code, code="http", title=str(error.detail), detail=str(error.detail), hint=hint)

    @app.exception_handler(Exception)
    def unforeseen(_: Request, error: Exception) -> JSONResponse:
        return problem(
            status=500, code="internal", title="internal error", detail=type(error).__name__,
            hint="the server's log has the rest",
        )
