"""DataHub: metadata change proposals, one aspect each, as its file source reads them. No server is needed to write them."""

from collections.abc import Iterator
from typing import Any

from medthread.governance.catalogue.description import (
    Column,
    Described,
    Flow,
    columns_of,
    owners_of,
    terms_of,
)
from medthread.governance.contracts.made import Contract
from medthread.governance.quality_parts import DOMAINS
from medthread.model import Label
from medthread.model.owners import OWNERS, owner_label
from medthread.pipeline.lineage import Source as Place

Json = dict[str, Any]
PLATFORM = "urn:li:dataPlatform:medthread"
RESERVED = str.maketrans({c: f"%{ord(c):02X}" for c in "(),%"})  # signs that an address keeps for itself
ACTOR = "urn:li:corpuser:medthread"
SCHEMA = "com.linkedin.schema."
TYPES = {
    "string": "StringType", "integer": "NumberType", "number": "NumberType", "boolean": "BooleanType", "date": "DateType", "timestamp": "TimeType", "time": "TimeType", "array": "ArrayType",
    "object": "RecordType", "map": "MapType",
}
ROLES = {"owner": "BUSINESS_OWNER", "steward": "DATA_STEWARD", "technical owner": "TECHNICAL_OWNER"}
LEVELS = {
    "public": Label("公开", "public"), "internal": Label("内部", "internal"), "confidential": Label("机密", "confidential"), "personal": Label("个人信息", "personal data"),
    "personal_sensitive": Label("敏感个人信息", "sensitive personal data"),
}


def proposals(described: Described) -> list[Json]:
    """Every aspect: the platform, owners, domains, tags, terms, then tables with schema, owners, tags, terms and lineage."""
    return [*_shared(described), *_terms(described), *_sources(described), *(m for c in described.contracts.values() for m in _table(described, c))]


def _proposal(kind: str, urn: str, name: str, aspect: Json) -> Json:
    return {"entityType": kind, "entityUrn": urn, "changeType": "UPSERT", "aspectName": name, "aspect": {"json": aspect}}


def dataset(table: str) -> str:
    """The address of a table; of a source's `source.table` too. Signs that the address keeps for itself are left out."""
    kept = "".join("_" if c in "(),%" else c for c in table)
    return f"urn:li:dataset:({PLATFORM},{kept},PROD)"


def _field(place: Place) -> str:
    return f"urn:li:schemaField:({dataset(place.table)},{place.column.translate(RESERVED)})"


def _shared(described: Described) -> Iterator[Json]:
    yield _proposal("dataPlatform", PLATFORM, "dataPlatformInfo", {"name": "medthread", "displayName": "Medthread 医脉", "type": "OTHERS", "datasetNameDelimiter": "."})
    groups = sorted({name for c in described.contracts.values() for name, _ in owners_of(c)} | {t.owner for t in described.terms.values() if t.owner})
    for name in groups:
        label = owner_label(name)
        shown = f"{label.zh} · {label.en}" if name in OWNERS else name
        yield _proposal("corpGroup", _group(name), "corpGroupInfo", {"displayName": shown, "admins": [], "members": [], "groups": []})
    for name in sorted({c.domain for c in described.contracts.values() if c.domain}):
        label = DOMAINS.get(name, Label(name, name))
        yield _proposal("domain", f"urn:li:domain:{name}", "domainProperties", {"name": label.zh, "description": label.en})
    for name, label in LEVELS.items():
        yield _proposal("tag", _tag(name), "tagProperties", {"name": label.zh, "description": label.en})


def _group(name: str) -> str:
    return f"urn:li:corpGroup:{name}"


def _tag(level: str) -> str:
    return f"urn:li:tag:medthread.{level}"


def _terms(described: Described) -> Iterator[Json]:
    for name, term in described.terms.items():
        urn = f"urn:li:glossaryTerm:{name}"
        info: Json = {
            "name": term.zh, "definition": term.definition.zh or term.definition.en or term.zh, "termSource": "INTERNAL",
            "customProperties": {"en": term.en, "definitionEn": term.definition.en, "synonyms": ", ".join(term.synonyms), "status": term.status.value},
        }
        yield _proposal("glossaryTerm", urn, "glossaryTermInfo", info)
        related = {"isRelatedTerms": [f"urn:li:glossaryTerm:{term.parent}"] if term.parent in described.terms else [], "relatedTerms": [f"urn:li:glossaryTerm:{s}" for s in term.see]}
        if any(related.values()):
            yield _proposal("glossaryTerm", urn, "glossaryRelatedTerms", related)
        if term.owner:
            yield _proposal("glossaryTerm", urn, "ownership", _ownership(described, [(term.owner, "owner")]))


def _sources(described: Described) -> Iterator[Json]:
    """Tables of sources as far as mappings name their columns; they are known there, and not defined."""
    labels = {s.name: Label(s.zh, s.en) for s in described.sources}
    for table, columns in described.source_columns.items():
        source, _, name = table.partition(".")
        urn = dataset(table)
        yield _proposal("dataset", urn, "datasetProperties", {"name": name, "qualifiedName": table, "description": f"{labels[source].zh} · {labels[source].en}", "customProperties": {"source": source}, "tags": []})
        fields = [{"fieldPath": c, "nullable": True, "type": {"type": {f"{SCHEMA}StringType": {}}}, "nativeDataType": "text", "recursive": False, "isPartOfKey": False} for c in columns]
        yield _proposal("dataset", urn, "schemaMetadata", _schema(table, fields, [], []))
        yield _proposal("dataset", urn, "subTypes", {"typeNames": ["Source Table"]})


def _table(described: Described, contract: Contract) -> Iterator[Json]:
    urn, table = dataset(contract.table), contract.there
    columns = columns_of(contract)
    custom = {"contract": contract.content["id"], "contractVersion": described.versions.get(contract.subject, ""), "nameEn": contract.label.en, "grain": table.get("dataGranularityDescription", "")}
    properties: Json = {"name": contract.label.zh, "qualifiedName": contract.table, "description": table.get("description", ""), "customProperties": custom, "tags": []}
    if described.url:
        properties["externalUrl"] = f"{described.url}/#/contracts/{contract.subject}"
    yield _proposal("dataset", urn, "datasetProperties", properties)
    keys = [c.name for c in sorted(columns, key=lambda c: c.key) if c.key]
    yield _proposal("dataset", urn, "schemaMetadata", _schema(contract.table, [_schema_field(described, c) for c in columns], keys, list(_foreign(described, contract, columns))))
    yield _proposal("dataset", urn, "ownership", _ownership(described, owners_of(contract)))
    yield _proposal("dataset", urn, "status", {"removed": False})
    yield _proposal("dataset", urn, "subTypes", {"typeNames": ["Model" if contract.kind == "model" else "Table"]})
    if contract.domain:
        yield _proposal("dataset", urn, "domains", {"domains": [f"urn:li:domain:{contract.domain}"]})
    if levels := sorted({c.classification for c in columns if c.classification}):
        yield _proposal("dataset", urn, "globalTags", {"tags": [{"tag": _tag(level)} for level in levels]})
    if terms := terms_of(contract):
        yield _proposal("dataset", urn, "glossaryTerms", _bound(described, terms))
    if flows := described.into.get(contract.table):
        yield _proposal("dataset", urn, "upstreamLineage", _lineage(described, flows))


def _schema(table: str, fields: list[Json], keys: list[str], foreign: list[Json]) -> Json:
    found: Json = {
        "schemaName": table, "platform": PLATFORM, "version": 0, "hash": "", "platformSchema": {f"{SCHEMA}OtherSchema": {"rawSchema": ""}}, "fields": fields,
    }
    return found | ({"primaryKeys": keys} if keys else {}) | ({"foreignKeys": foreign} if foreign else {})


def _schema_field(described: Described, column: Column) -> Json:
    found: Json = {
        "fieldPath": column.name, "label": column.label.zh, "description": column.description or column.label.en, "nullable": not column.required, "isPartOfKey": column.key > 0, "recursive": False,
        "type": {"type": {f"{SCHEMA}{TYPES.get(column.logical, 'StringType')}": {}}}, "nativeDataType": column.stored,
    }
    if column.classification:
        found["globalTags"] = {"tags": [{"tag": _tag(column.classification)}]}
    if column.terms:
        found["glossaryTerms"] = _bound(described, list(column.terms))
    return found


def _foreign(described: Described, contract: Contract, columns: list[Column]) -> Iterator[Json]:
    for column in columns:
        if column.refers is None:
            continue
        entity, _, field = column.refers.partition(".")
        table = described.table_of(entity)
        if table is not None:
            yield {"name": f"{contract.subject}.{column.name}", "foreignDataset": dataset(table), "foreignFields": [_field(Place(table, field))], "sourceFields": [_field(Place(contract.table, column.name))]}


def _ownership(described: Described, owners: list[tuple[str, str]]) -> Json:
    return {"owners": [{"owner": _group(n), "type": ROLES.get(role, "DATAOWNER")} for n, role in owners], "ownerTypes": {}, "lastModified": _stamp(described)}


def _bound(described: Described, terms: list[str]) -> Json:
    return {"terms": [{"urn": f"urn:li:glossaryTerm:{t}"} for t in terms], "auditStamp": _stamp(described)}


def _stamp(described: Described) -> Json:
    return {"time": described.millis, "actor": ACTOR}


def _lineage(described: Described, flows: list[Flow]) -> Json:
    tables = sorted({f.start.table for f in flows})
    into: dict[Place, list[Flow]] = {}
    for flow in flows:
        into.setdefault(flow.end, []).append(flow)
    fine = [
        {"upstreamType": "FIELD_SET", "upstreams": sorted({_field(f.start) for f in of}), "downstreamType": "FIELD", "downstreams": [_field(end)],
         "transformOperation": "TRANSFORMATION" if any(f.changed for f in of) else "IDENTITY", "confidenceScore": 1.0}
        for end, of in into.items()
    ]
    return {"upstreams": [{"dataset": dataset(t), "type": "TRANSFORMED", "auditStamp": _stamp(described)} for t in tables], "fineGrainedLineages": fine}
