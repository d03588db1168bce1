"""The description of events obeys AsyncAPI 3.0, its schemas are schemas, and a real event fits what is said of it."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest

from medthread.derive import asyncapi_of
from medthread.derive.cloud_event import ENVELOPE, cloud_event
from medthread.model import Event, Rulebook
from tests.registry import registry

# Fields that AsyncAPI 3.0.0 knows, and those that it demands, of the objects that we use (chapter "Schema").
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "document": ({"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}, {"asyncapi", "info"}),
    "info": ({"title", "version", "description", "termsOfService", "contact", "license", "tags", "externalDocs"}, {"title", "version"}),
    "channel": ({"address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "externalDocs", "bindings"}, set()),
    "operation": ({"action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages", "reply"},
                  {"action", "channel"}),
    "message": ({"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs", "bindings",
                 "examples", "traits"}, set()),
}
COMPONENT = re.compile(r"^[\w\d.\-_]+$")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.declared(registry())


@pytest.fixture(scope="module")
def described(book: Rulebook) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(asyncapi_of(registry(), book, version="1.2.3")))
    return found


def obeys(kind: str, value: dict[str, Any]) -> None:
    known, demanded = FIELDS[kind]
    assert demanded <= set(value)
    assert {w for w in value if not w.startswith("x-")} <= known


def target(document: dict[str, Any], ref: str) -> Any:
    here: Any = document
    for step in ref.removeprefix("#/").split("/"):
        here = here[step]
    return here


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [r for v in value for r in references(v)]
    if not isinstance(value, dict):
        return []
    return [v for k, v in value.items() if k == "$ref"] + [r for v in value.values() for r in references(v)]


def test_it_obeys_the_standard(described: dict[str, Any], book: Rulebook) -> None:
    obeys("document", described)
    obeys("info", described["info"])
    assert described["asyncapi"] == "3.0.0"
    assert set(described["channels"]) == set(described["operations"]) == set(book.events)
    for name, channel in described["channels"].items():
        obeys("channel", channel)
        assert list(channel["messages"]) == [name]
    for operation in described["operations"].values():
        obeys("operation", operation)
        assert operation["action"] in {"send", "receive"}
        # its messages must be messages of its channel, referred to through the channel
        assert all(m["$ref"].startswith(operation["channel"]["$ref"] + "/messages/") for m in operation["messages"])
    for message in described["components"]["messages"].values():
        obeys("message", message)
    addresses = [c["address"] for c in described["channels"].values()]
    assert len(set(addresses)) == len(addresses) > 50
    assert all(COMPONENT.match(k) for group in described["components"].values() for k in group)
    assert all(target(described, r) is not None for r in references(described))


def schema_of(described: dict[str, Any], name: str) -> Any:
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": described["components"]}, validate_formats=True)


def test_every_schema_is_a_schema(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def happened(type_: str, body: dict[str, Any]) -> Event:
    return Event("4f7d", type_, "complaint", "c 1", datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "ann", body)


def test_a_real_event_fits_and_a_wrong_one_does_not(described: dict[str, Any], book: Rulebook) -> None:
    moved = next(t for t in book.processes["complaint"].transitions if t.emits)
    assert moved.emits
    body = {"complaint_no": "C-1", "state": moved.to, "action": moved.action}
    sent = cloud_event(happened(moved.emits, body), version=1, source="urn:medthread:test", sequence="1.2")
    fits = schema_of(described, moved.emits)
    assert list(sent) == list(ENVELOPE)
    fits.validate(json.loads(json.dumps(sent)))
    for change in ({"specversion": "0.3"}, {"type": "medthread.other"}, {"time": "yesterday"}, {"id": ""}, {"data": {**body, "state": "nowhere"}}, {"data": [1]}):
        assert not fits.is_valid({**sent, **change}), change
    for name in ENVELOPE:
        assert not fits.is_valid({k: v for k, v in sent.items() if k != name}), name


def test_an_event_is_a_cloud_event(book: Rulebook) -> None:
    """CloudEvents 1.0.2: names of attributes, and what `source`, `time` and `type` must be."""
    name = next(iter(book.events))
    sent = cloud_event(happened(name, {"weight": "5.2"}), version=1, source="urn:medthread:test", sequence="1.2")
    assert all(re.fullmatch("[a-z0-9]{1,20}", attribute) for attribute in sent)
    assert all(isinstance(v, str) and v for k, v in sent.items() if k != "data")
    assert datetime.fromisoformat(sent["time"]).utcoffset() is not None
    assert sent["subject"] == sent["partitionkey"] == "complaint/c 1"
    assert "ann" not in json.dumps(sent)


def test_every_event_is_described_in_both_languages(described: dict[str, Any]) -> None:
    for channel in described["channels"].values():
        assert re.search(r"[\u4e00-\u9fff]", channel["title"])
        assert not re.search(r"[\u4e00-\u9fff]", channel["summary"])
