"""What the console needs to draw lists and forms: nothing of it is written by hand."""

from typing import Any

from medthread.derive.checks import checks_of
from medthread.derive.view import masked_fields
from medthread.model import Classification, Entity, Field, Label, Process, Registry


def pair(label: Label | None) -> dict[str, str] | None:
    """Both languages as JSON."""
    return None if label is None else {"zh": label.zh, "en": label.en}


def retention_label(entity: type[Entity], registry: Registry) -> Label:
    """How long rows are kept, in words: as declared, or as the company keeps them longer."""
    return registry.kept(entity.name).label


def field_meta(entity: type[Entity], field: Field, registry: Registry, *, masked: bool) -> dict[str, Any]:
    """One field as list column, form input and dictionary line."""
    mark = field.mark
    return {
        "name": field.name,
        "label": pair(field.label),
        "kind": field.kind.value,
        "required": field.required and not (mark.series or mark.default),
        "long": mark.long,
        "given": mark.series is not None or mark.default is not None,
        "key": mark.key,
        "ref": mark.ref.entity if mark.ref else None,
        "names": mark.names,
        "codes": [{"code": c, "label": pair(label)} for c, label in mark.codes.items()] if mark.codes else None,
        "unit": mark.unit,
        "classification": mark.classification.name.lower(),
        "masked": masked,
        "search": mark.search,
        "in_list": mark.in_list,
        "standard": mark.standard,
        "example": mark.example,
        "synonyms": list(mark.synonyms),
        "about": pair(mark.about),
        "rules": [
            {
                "id": c.id,
                "label": pair(c.label),
                "dimension": c.rule.dimension.value,
                "gate": c.rule.gate.value,
                "severity": "warning" if c.rule.gate.value == "warn" or c.rule.correct else "error",
            }
            for c in checks_of(entity, registry)
            if c.field == field.name
        ],
    }


def process_meta(process: Process) -> dict[str, Any]:
    """A process as its screens need it: the states in order, where it begins and ends, who opens it."""
    states = [{"name": s.name, "label": pair(s.label), "terminal": s.name in process.terminal} for s in process.states]
    return {"name": process.name, "label": pair(process.label), "version": process.version, "states": states, "initial": list(process.initial),
            "opened_by": list(process.openers), "asked": sorted({n for t in process.transitions for n in t.asks})}


def part_meta(entity: type[Entity]) -> dict[str, str] | None:
    """Of which record a line is part: the field that names it, and that record's entity."""
    field = entity.about.part_of
    ref = entity.fields[field].mark.ref if field else None
    return {"field": field, "entity": ref.entity} if field and ref else None


def gist_of(entity: type[Entity]) -> str | None:
    """The field that tells at a glance what a record is about: its first paragraph that must be there and everybody may read."""
    told = (f for f in entity.fields.values() if f.mark.long and f.required and f.mark.classification <= Classification.INTERNAL)
    return next((f.name for f in told), None)


def entity_meta(entity: type[Entity], registry: Registry, *, clearance: Classification, process: Process | None = None) -> dict[str, Any]:
    """An entity's screen as data, for one reader."""
    about = entity.about
    masked = masked_fields(entity, clearance)
    return {
        "name": entity.name,
        "label": pair(about.label),
        "meaning": pair(about.meaning),
        "home": about.home.value,
        "domain": about.domain,
        "group": about.group,
        "owner": about.owner,
        "key": list(entity.key()),
        "title": about.title or entity.key()[-1],
        "gist": gist_of(entity),
        "glance": list(about.glance),
        "synonyms": list(about.synonyms),
        "retention": pair(retention_label(entity, registry)),
        "process": process_meta(process) if process else None,
        "part_of": part_meta(entity),
        "parts": [e.name for e in registry.values() if (whole := part_meta(e)) and whole["entity"] == entity.name],
        "fields": [field_meta(entity, f, registry, masked=f.name in masked) for f in entity.fields.values()],
    }
