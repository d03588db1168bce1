"""Every declared event described for those who subscribe: AsyncAPI 3.0, one channel and one message a kind of event."""

from typing import Any

from medthread.derive.cloud_event import (
    ENVELOPE_NAME,
    ENVELOPE_SCHEMA,
    MEDIA,
    event_name,
    event_schema,
    record_name,
    record_schema,
)
from medthread.model import EventType, Registry, Rulebook

Json = dict[str, Any]
ABOUT = """Events as CloudEvents 1.0, at least once, those of one record in order. Whoever has seen an id has seen the event. \
事件为 CloudEvents 1.0,至少一次,同一记录按次序;同一 id 即同一事件。"""


def asyncapi_of(registry: Registry, rulebook: Rulebook, *, version: str) -> Json:
    """The description; channels are addressed by the subjects that the relay publishes to."""
    events = [rulebook.events[name] for name in sorted(rulebook.events)]
    moved = sorted(e for e, process in rulebook.processes.items() if any(t.emits for t in process.transitions))
    return {
        "asyncapi": "3.0.0",
        "id": "urn:medthread:events",
        "info": {"title": "医脉 Medthread", "version": version, "description": ABOUT},
        "defaultContentType": MEDIA,
        "channels": {e.name: _channel(e) for e in events},
        "operations": {e.name: _operation(e) for e in events},
        "components": {
            "messages": {e.name: _message(e) for e in events},
            "schemas": {
                ENVELOPE_NAME: ENVELOPE_SCHEMA,
                **{e.name: event_schema(e, rulebook) for e in events},
                **{record_name(n): record_schema(registry[n]) for n in moved},
            },
        },
    }


def _channel(event: EventType) -> Json:
    return {
        "address": event_name(event.name), "title": event.zh, "summary": event.en, "tags": [{"name": event.domain}],
        "messages": {event.name: {"$ref": f"#/components/messages/{event.name}"}},
    }


def _operation(event: EventType) -> Json:
    channel = f"#/channels/{event.name}"
    return {"action": "send", "title": event.zh, "summary": event.en, "channel": {"$ref": channel}, "messages": [{"$ref": f"{channel}/messages/{event.name}"}]}


def _message(event: EventType) -> Json:
    return {
        "name": event_name(event.name), "title": event.zh, "summary": event.en, "contentType": MEDIA, "x-version": event.version,
        "payload": {"$ref": f"#/components/schemas/{event.name}"},
    }
