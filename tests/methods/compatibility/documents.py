"""Small OpenAPI documents around what a test is about."""

import copy
from typing import Any

from medthread.methods.compatibility import Change, Direction, compare_openapi

Json = dict[str, Any]


def document(*, request: Any = None, response: Any = None, schemas: Json | None = None) -> Json:
    """One operation that takes the one and gives the other."""
    content = lambda schema: {"application/json": {"schema": schema}}  # noqa: E731
    operation: Json = {"responses": {"200": {"description": "ok", **({} if response is None else {"content": content(response)})}}}
    if request is not None:
        operation["requestBody"] = {"required": True, "content": content(request)}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/things": {"post": operation}},
            "components": {"schemas": schemas or {}}}


def changes(old: Any, new: Any, direction: Direction) -> list[Change]:
    """Of two schemas met in one direction."""
    word = direction.value
    return compare_openapi(document(**{word: old}), document(**{word: new}))


LOTS: Json = {
    "openapi": "3.1.0",
    "info": {"title": "Lots", "version": "1.0.0"},
    "servers": [{"url": "https://a.example/"}],
    "security": [{"token": []}, {"oauth": ["read"]}],
    "paths": {
        "/lots/{lot}": {
            "parameters": [{"name": "lot", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "lot", "summary": "One lot",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 500}},
                    {"name": "kind", "in": "query", "required": True, "schema": {"type": "string"}},
                    {"name": "states", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"$ref": "#/components/parameters/language"},
                ],
                "responses": {
                    "200": {
                        "description": "it", "headers": {"ETag": {"required": True, "schema": {"type": "string"}}, "X-Total": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lot"}}, "text/csv": {}},
                    },
                    "404": {"description": "none"},
                },
            },
            "put": {
                "operationId": "replace",
                "requestBody": {"required": True, "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Lot"}}, "application/xml": {"schema": {"type": "string"}}}},
                "responses": {"204": {"description": "done"}},
            },
            "delete": {"operationId": "remove", "deprecated": True, "x-sunset": "2026-06-30", "responses": {"204": {"description": "gone"}}},
        },
        "/search": {"post": {"operationId": "search", "requestBody": {"content": {"application/json": {}}}, "responses": {"2XX": {"description": "any"}}}},
        "/ping": {"get": {"operationId": "ping", "security": [], "responses": {"200": {"description": "here"}}}},
    },
    "components": {
        "schemas": {
            "Lot": {
                "type": "object", "required": ["lot_no", "id", "parents"],
                "properties": {
                    "id": {"type": "string", "readOnly": True}, "secret": {"type": "string", "writeOnly": True}, "lot_no": {"type": "string"},
                    "state": {"type": "string", "enum": ["held", "free"]},
                    "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Lot"}},
                },
            },
            "Unused": {"type": "string"},
        },
        "parameters": {"language": {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}}},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "oauth": {"type": "oauth2", "flows": {}}},
    },
}


def lots() -> Json:
    """A copy to change."""
    return copy.deepcopy(LOTS)
