"""An event as others receive it: CloudEvents 1.0 (CNCF) as JSON, and the schema of that text.

`type` and `source` name it, `subject` is the record as `entity/id`, `dataschema` the version of its facts. `sequence`
orders events as they were committed (CloudEvents extension *sequence*), `partitionkey` keeps those of one record
together (extension *partitioning*). Who did it stays inside: account names are personal.
"""

from typing import Any

from medthread.model import Entity, Event, EventType, Rulebook, Transition

Json = dict[str, Any]
MEDIA = "application/cloudevents+json"
FAMILY = "medthread."
TEXT: Json = {"type": "string", "minLength": 1}
ENVELOPE_NAME = "cloud_event"
ENVELOPE = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "sequence", "partitionkey", "data")


def event_name(type_: str) -> str:
    """The `type` under which others know a kind of event."""
    return FAMILY + type_


def data_schema(type_: str, version: int) -> str:
    """What `dataschema` says: the kind of event and the version of its facts."""
    return f"urn:medthread:event:{type_}:{version}"


def cloud_event(event: Event, *, version: int, source: str, sequence: str) -> Json:
    """The event of one row of the outbox."""
    subject = f"{event.entity}/{event.record}"
    return {
        "specversion": "1.0", "id": event.id, "source": source, "type": event_name(event.type), "subject": subject, "time": event.at.isoformat(),
        "datacontenttype": "application/json", "dataschema": data_schema(event.type, version), "sequence": sequence, "partitionkey": subject, "data": dict(event.body),
    }


ENVELOPE_SCHEMA: Json = {
    "type": "object",
    "title": "CloudEvents 1.0",
    "required": list(ENVELOPE),
    "properties": {
        "specversion": {"const": "1.0"},
        "datacontenttype": {"const": "application/json"},
        "id": {**TEXT, "description": "unique within its source; the same event may arrive twice"},
        "source": {**TEXT, "format": "uri-reference"},
        "subject": {**TEXT, "description": "entity/id of the record"},
        "time": {**TEXT, "format": "date-time"},
        "sequence": {**TEXT, "description": "orders events of one source as they were committed"},
        "partitionkey": {**TEXT, "description": "events of one record arrive in order"},
    },
}


def event_schema(event: EventType, rulebook: Rulebook) -> Json:
    """The schema of the text of one kind of event."""
    own = {"type": {"const": event_name(event.name)}, "dataschema": {"const": data_schema(event.name, event.version)}, "data": _facts(event, rulebook)}
    return {"allOf": [{"$ref": f"#/components/schemas/{ENVELOPE_NAME}"}, {"type": "object", "properties": own}]}


def _facts(event: EventType, rulebook: Rulebook) -> Json:
    """What `data` may hold: the record's fields where acts bring the event about, facts by name where something else does."""
    acts: dict[str, list[Transition]] = {}
    for entity, process in rulebook.processes.items():
        for transition in process.transitions:
            if transition.emits == event.name:
                acts.setdefault(entity, []).append(transition)
    found = [{"allOf": [{"$ref": f"#/components/schemas/{record_name(entity)}"}, _moved(transitions)]} for entity, transitions in acts.items()]
    about = {"description": event.source} if event.source else {}
    return {"anyOf": found} if len(found) > 1 else found[0] if found else {"type": "object", **about}


def record_name(entity: str) -> str:
    """Under which name a description keeps the schema of a record."""
    return f"record.{entity}"


def record_schema(entity: type[Entity]) -> Json:
    """A record as events tell it: every value as text, personal ones as their mask."""
    fields = {f.name: {"type": ["string", "null"], "title": f.mark.en} for f in entity.fields.values()}
    return {"type": "object", "title": entity.about.en, "properties": fields}


def _moved(transitions: list[Transition]) -> Json:
    """The act that brought it about, and where the record stands since."""
    named = {"state": {t.to for t in transitions}, "action": {t.action for t in transitions}}
    return {"type": "object", "properties": {name: {"type": "string", "enum": sorted(values)} for name, values in named.items()}}
