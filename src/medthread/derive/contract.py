"""Open Data Contract Standard 3.1 contract of an entity; valid against the official schema."""

from typing import Any

from medthread.derive.checks import Check, checks_of
from medthread.model import Entity, Field, Gate, Kind, Registry

LOGICAL = {
    Kind.TEXT: "string",
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
}
DIMENSIONS = {"validity": "conformity"}  # ODCS has DAMA's other five and calls this one conformity


def contract_of(entity: type[Entity], registry: Registry, *, version: str) -> dict[str, Any]:
    """The contract as data, ready for YAML."""
    about = entity.about
    checks = checks_of(entity, registry)
    rows = [c for c in checks if c.field is None]
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"medthread.{entity.name}",
        "version": version,
        "status": "active",
        "name": about.en,
        "domain": about.domain,
        "description": {"purpose": about.meaning.en if about.meaning else about.en},
        "schema": [
            {
                "name": entity.name,
                "physicalName": f"golden.{entity.name}",
                "logicalType": "object",
                "physicalType": "table",
                "businessName": about.zh,
                "description": about.meaning.zh if about.meaning else about.zh,
                "properties": [
                    _property(entity, f, [c for c in checks if c.field == f.name]) for f in entity.fields.values()
                ],
                **({"quality": [_quality(c) for c in rows]} if rows else {}),
            }
        ],
        "team": {"members": [{"username": about.owner, "role": "owner"}]},
        "slaProperties": [
            {"property": "retention", "value": "forever" if about.retain.forever else about.retain.years, "unit": "y"}
        ],
    }


def _property(entity: type[Entity], field: Field, checks: list[Check]) -> dict[str, Any]:
    key = entity.key()
    found: dict[str, Any] = {
        "name": field.name,
        "businessName": field.label.zh,
        "description": field.label.en,
        "logicalType": LOGICAL[field.kind],
        "physicalType": field.kind.value,
        "required": field.required,
        "classification": field.mark.classification.name.lower(),
        "tags": [*(["personal"] if field.is_personal else []), *([field.mark.standard] if field.mark.standard else [])],
    }
    if field.mark.key:
        found |= {"primaryKey": True, "primaryKeyPosition": key.index(field.name) + 1}
    if field.mark.example:
        found["examples"] = [field.mark.example]
    if checks:
        found["quality"] = [_quality(c) for c in checks]
    return found


def _quality(check: Check) -> dict[str, Any]:
    dimension = check.rule.dimension.value
    return {
        "id": check.id.replace(".", "_"),
        "name": check.id,
        "type": "text",
        "description": check.label.en,
        "dimension": DIMENSIONS.get(dimension, dimension),
        "severity": "warning" if check.rule.gate is Gate.WARN else "error",
    }
