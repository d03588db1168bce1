"""Answers that are no JSON, said to be what they are."""

from typing import Any, TypedDict

from fastapi import Response

CSV, YAML, EVENTS, NDJSON = "text/csv", "application/yaml", "text/event-stream", "application/x-ndjson"
JSON, JSON_LD = "application/json", "application/ld+json"  # as files
TEXTS: dict[str, str | list[str]] = {m: ["object", "array"] for m in (JSON, JSON_LD)}  # what a reader of the text finds in it
HTML, PDF, XLSX = "text/html", "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Given(TypedDict):
    """What a route says of its answer."""

    response_class: type[Response]
    responses: dict[int | str, dict[str, Any]]


def text_as(*media: str) -> Given:
    """Of a route that gives text of a media type, or of one of several."""
    return {"response_class": Response, "responses": {200: {"content": {m: {"schema": {"type": TEXTS.get(m, "string")}} for m in media}}}}


def file_as(media: str) -> Given:
    """Of a route that gives a file of a media type."""
    return {"response_class": Response, "responses": {200: {"content": {media: {"schema": {"type": "string", "format": "binary"}}}}}}
