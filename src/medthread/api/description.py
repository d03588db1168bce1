"""The description of the interface (OpenAPI 3.1): what FastAPI reads from the routes, and what it cannot know of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from medthread.api.identity import COOKIE, Asked, asked_by
from medthread.api.problems import MEDIA
from medthread.api.subjects import Subject
from medthread.model.errors import DeclarationError

Json = dict[str, Any]
TEXT = {"type": "string"}
PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `because` says which rule and which record stand in the way, `successor` where to go.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"}, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "hint": TEXT,
        "errors": {"type": "array", "items": {"type": "object", "properties": {"at": {"type": "array"}, "message": TEXT}}},
        "because": {"type": "array", "items": {"type": "object"}}, "successor": {"type": "string", "format": "uri-reference"},
    },
}
# What any operation may answer instead: stands in place of FastAPI's own 422, which never leaves this server.
REFUSALS: dict[int | str, Json] = {
    "default": {"description": "A problem: what is wrong, and what to do", "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "an API token of one's own"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "the console's session; writes carry the header X-Requested-With"},
}
IN_PERSON: list[Json] = [{"session": []}]
EITHER: list[Json] = [{"token": []}, *IN_PERSON]


def described(made: Json, routes: Sequence[BaseRoute]) -> Json:
    """What FastAPI made of the routes, with problems and with who is let in; `x-action` is what the access port is asked."""
    components = made.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = SCHEMES
    used = {t for methods in made["paths"].values() for o in methods.values() for t in o.get("tags", ())}
    made["tags"] = [{"name": s.name, "description": f"{s.zh} · {s.en}", "x-owner": s.owner} for s in Subject.all().values() if s.name in used]
    for path, methods, asked in _asked(routes):
        for method in methods:
            operation = made["paths"][path][method.lower()]
            operation["security"] = IN_PERSON if asked.in_person else EITHER if asked.signed_in else []
            if asked.action:
                operation["x-action"] = asked.action
    return made


def check_successors(made: Json) -> None:
    """Refuse a retiring route whose successor is none of ours."""
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            successor = operation.get("x-successor")
            if successor is not None and successor not in made["paths"]:
                raise DeclarationError(f"{method.upper()} {path} is succeeded by {successor}, which is no route", hint="write the address as the description has it")


def _asked(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, set[str], Asked]]:
    for found in iter_route_contexts(routes):
        route = found.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield str(found.path_format), set(route.methods or ()), asked_by(route.dependant)
