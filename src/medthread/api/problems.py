"""Errors as problem+json (RFC 9457): what happened, and what to do, in the language of who asks."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from medthread.api.language import CHINESE, language_of
from medthread.model.errors import MedthreadError
from medthread.model.wording import worded

MEDIA = "application/problem+json"
UNPROCESSABLE = 422


def problem(request: Request, *, status: int, code: str, title: str, detail: str, hint: str = "", **more: Any) -> JSONResponse:
    """One problem as a response; type, title and what is not text are the same in every language."""
    language = language_of(request)
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": worded(detail, language), **more}
    if hint:
        body["hint"] = worded(hint, language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if status == 401:  # noqa: PLR2004 - RFC 9110, 15.5.2
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status_code=status, media_type=MEDIA, headers=headers)


def answer_to(request: Request, error: MedthreadError) -> JSONResponse:
    """An error of ours as a response."""
    more = {n: error.attributes[n] for n in ("because", "rows", "successor", "position") if n in error.attributes}
    told = error.told(language_of(request))
    answer = problem(request, status=error.status, code=error.code, title=error.code, detail=told.message, hint=told.hint, **more)
    if "seconds" in error.attributes:
        answer.headers["Retry-After"] = str(error.attributes["seconds"])  # RFC 6585, 4
    return answer


def answer_problems(app: FastAPI) -> None:
    """Every error leaves as a problem; what we did not foresee says no more than that."""

    @app.exception_handler(MedthreadError)
    def ours(request: Request, error: MedthreadError) -> JSONResponse:
        return answer_to(request, error)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        language = language_of(request)
        errors = [{"at": list(e["loc"]), "message": worded(e["msg"], language)} for e in error.errors()]
        colon, semicolon = ("：", "；") if language == CHINESE else (": ", "; ")
        words = semicolon.join(f"{'.'.join(str(p) for p in e['at'][1:])}{colon}{e['message']}" for e in errors)
        return problem(request, status=UNPROCESSABLE, code="invalid", title="invalid", detail=words, errors=errors)

    @app.exception_handler(DataError)
    @app.exception_handler(UnicodeEncodeError)
    def unstorable(request: Request, error: Exception) -> JSONResponse:
        """Text that no store takes: NUL, half a surrogate pair, a number beyond its type."""
        del error
        return problem(
            request, status=UNPROCESSABLE, code="invalid", title="invalid", detail="a value cannot be stored or compared",
            hint="leave out control characters and broken letters, and keep numbers within their type",
        )

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        unknown = error.status_code in (404, 405)
        hint = "GET /api/v1/openapi.json lists every address and what may be done there" if unknown else ""
        return problem(request, status=error.status_code, code="http", title=str(error.detail), detail=str(error.detail), hint=hint)

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return problem(
            request, status=500, code="internal", title="internal error", detail=type(error).__name__,
            hint="the server's log has the rest",
        )
