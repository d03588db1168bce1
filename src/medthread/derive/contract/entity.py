"""An entity as a contract: what stands in its table, in whose words, who answers for it, what is promised of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from medthread.derive.columns import DUCK, refers_to_master
from medthread.derive.contract.quality import options, qualities
from medthread.derive.contract.words import (
    API_VERSION,
    LOGICAL,
    UTC,
    VENDOR,
    Json,
    Promise,
    Words,
    both,
    grain,
    promised,
    synonyms,
    team,
    terms,
    with_custom,
)
from medthread.derive.form import pair
from medthread.model import Entity, Field, Home, Kind, Label, Registry
from medthread.model.retention import Retention

Said = Callable[[str], Words | None]
TEXT_ONLY = {"pattern"}
PERSONAL = "personal"


def contract_of(
    entity: type[Entity], registry: Registry, *, version: str, said: Said = lambda _: None, promises: Sequence[Promise] = (), tenant: str | None = None
) -> Json:
    """The contract as data, ready for YAML; the same declaration gives the same bytes.

    `said` gives the words that hold of a subject (`lot`, `lot.lot_no`), where these are not the declaration's own.
    """
    about = entity.about
    words = said(entity.name) or Words(about.meaning, about.synonyms, about.owner)
    found: Json = {
        "apiVersion": API_VERSION, "kind": "DataContract", "id": f"{VENDOR}.{entity.name}", "version": version, "status": "active", "name": about.en,
        **({"tenant": tenant} if tenant else {}), "domain": about.domain,
        "description": {"purpose": (words.meaning or about.label).zh, "customProperties": [{"property": "purposeEn", "value": (words.meaning or about.label).en, "vendor": VENDOR}]},
        "schema": [_object(entity, registry, words, said)], "team": team(words), "slaProperties": [_retention(registry.kept(entity.name)), *map(promised, promises)],
    }
    if about.writers:
        found["roles"] = [{"role": role, "access": "write"} for role in about.writers]
    return found


def _object(entity: type[Entity], registry: Registry, words: Words, said: Said) -> Json:
    about, key, asked = entity.about, entity.key(), qualities(entity, registry)
    layer = "native" if about.home is Home.NATIVE else "golden"
    found: Json = {
        "id": entity.name, "name": entity.name, "physicalName": f"{layer}.{entity.name}", "logicalType": "object", "physicalType": "table",
        "businessName": about.zh, **both(words.meaning), "synonyms": synonyms(about.label, words.synonyms),
        "dataGranularityDescription": grain(key, [entity.fields[k].mark.zh for k in key]), "tags": [about.domain, about.group],
        "properties": [_property(entity, f, registry, said, asked.get(f.name, [])) for f in entity.fields.values()],
    }
    if composite := [r for f in entity.fields.values() if (r := _composite(entity, f, registry))]:
        found["relationships"] = composite
    if None in asked:
        found["quality"] = asked[None]
    return with_custom(found, _about(entity, words))


def _about(entity: type[Entity], words: Words) -> dict[str, Any]:
    """Everything else that the declaration says of the entity."""
    about = entity.about
    return {
        "label": pair(about.label), "meaning": pair(about.meaning), "owner": about.owner, "synonyms": list(about.synonyms), "home": about.home.value, "group": about.group, "title": about.title,
        "glance": list(about.glance), "repeats": about.repeats, "writtenBy": about.written_by, "plant": about.plant, "region": about.region,
        "partOf": about.part_of, "pursues": _plain(about.pursues) if about.pursues else None, "process": about.process.name if about.process else None, "retention": _plain(about.retain), "match": _plain(about.match) if about.match else None,
        "terms": terms(words),
    }


def _plain(said: Any) -> Json:
    """A declaration's part as JSON."""
    plain: Json = _json(asdict(said))
    return plain


def _json(value: Any) -> Any:
    """Labels by their languages, tuples as lists."""
    if isinstance(value, Label):
        return pair(value)
    if isinstance(value, Mapping):
        return {n: _json(v) for n, v in value.items()}
    return [_json(v) for v in value] if isinstance(value, tuple) else value


def _property(entity: type[Entity], field: Field, registry: Registry, said: Said, asked: list[Json]) -> Json:
    mark, key = field.mark, entity.key()
    words = said(f"{entity.name}.{field.name}") or Words(mark.about, mark.synonyms, entity.about.owner)
    found: Json = {
        "id": field.name, "name": field.name, "physicalName": field.name, "businessName": mark.zh, **both(words.meaning), "synonyms": synonyms(field.label, words.synonyms),
        "logicalType": LOGICAL[field.kind], "physicalType": "varchar" if field.is_personal else DUCK[field.kind], "required": field.required and not entity.about.repeats,  # what an event lacks is flagged, and the event is kept
    }
    if bounds := {**(UTC if field.kind is Kind.TIMESTAMP else {}), **{n: v for n, v in options(field).items() if (n in TEXT_ONLY) == (field.kind is Kind.TEXT)}}:
        found["logicalTypeOptions"] = bounds
    if mark.key:
        found |= {"primaryKey": True, "primaryKeyPosition": key.index(field.name) + 1, "unique": len(key) == 1}
    if mark.key or mark.critical:
        found["criticalDataElement"] = True
    if mark.codes:
        found["enum"] = [{"value": c, "label": label.zh, "customProperties": [{"property": "labelEn", "value": label.en, "vendor": VENDOR}]} for c, label in mark.codes.items()]
    found["classification"] = mark.classification.name.lower()
    if field.is_personal:
        found["encryptedName"] = field.name
    if tags := [*([PERSONAL] if field.is_about_persons else []), *([mark.standard] if mark.standard else [])]:
        found["tags"] = tags
    if mark.example:
        found["examples"] = [mark.example]
    if mark.ref and not mark.ref.along:
        found["relationships"] = [{"to": f"{mark.ref.entity}.{registry[mark.ref.entity].key()[-1]}"}]
    if asked:
        found["quality"] = asked
    return with_custom(found, {**_mark(field, registry), "declaredRequired": field.required and entity.about.repeats, "terms": terms(words)})


def _mark(field: Field, registry: Registry) -> dict[str, Any]:
    """Everything else that the declaration says of the field."""
    mark = field.mark
    refs = {n: {"entity": r.entity, "along": [list(a) for a in r.along]} for n, r in (("ref", mark.ref), ("mentions", mark.mentions)) if r}
    purpose = {"zh": mark.purpose.zh, "en": mark.purpose.en, "basis": mark.purpose.basis.value} if mark.purpose else None
    return {
        "label": pair(field.label), "meaning": pair(mark.about), "synonyms": list(mark.synonyms), "unit": mark.unit, "mask": mark.mask.value, **refs,
        "resolvedToMaster": refers_to_master(field, registry), "standard": mark.standard, "search": mark.search, "notInList": not mark.in_list, "series": mark.series,
        "default": mark.default, "long": mark.long, "names": mark.names, "purpose": purpose, "keptFrom": mark.kept_from,
    }


def _composite(entity: type[Entity], field: Field, registry: Registry) -> Json | None:
    """A reference that takes more than one field to name its target."""
    ref = field.mark.ref
    if ref is None or not ref.along:
        return None
    target = registry[ref.entity]
    there = [f"{ref.entity}.{t}" for t, _ in ref.along] + [f"{ref.entity}.{target.key()[-1]}"]
    return {"type": "foreignKey", "from": [f"{entity.name}.{h}" for _, h in ref.along] + [f"{entity.name}.{field.name}"], "to": there}


def _retention(retain: Retention) -> Json:
    return {
        "property": "retention", "value": "forever" if retain.forever else retain.years, **({} if retain.forever else {"unit": "y"}),
        "driver": "regulatory", "description": f"{retain.label.zh}\n{retain.label.en}",
    }
