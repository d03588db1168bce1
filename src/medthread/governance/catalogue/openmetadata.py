"""OpenMetadata: the requests of its REST interface that make the catalogue there, in their order.

A request with `as` names its answer; `${name.id}` in a later body stands for the id in that answer. All are PUT: sent again they
change nothing that is so already.
"""

from collections.abc import Iterator
from typing import Any

from medthread.governance.catalogue.datahub import LEVELS
from medthread.governance.catalogue.description import (
    Column,
    Described,
    columns_of,
    owners_of,
    slug,
    terms_of,
)
from medthread.governance.contracts.made import Contract
from medthread.model.owners import owner_label

Json = dict[str, Any]
SERVICE, CLASSIFICATION, GLOSSARY, SOURCES = "medthread", "MedthreadClassification", "MedthreadGlossary", "sources"
TYPES = {
    "string": "VARCHAR", "integer": "BIGINT", "number": "DECIMAL", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME", "array": "ARRAY", "object": "STRUCT",
    "map": "MAP",
}
LONGEST = 65535  # a length that OpenMetadata asks of a text; ours have none
API = "/api/v1"


def requests(described: Described) -> list[Json]:
    """Every request."""
    return [
        *_places(described), *_classification(), *_glossary(described), *_source_tables(described), *(_table(described, c) for c in described.contracts.values()), *_lineage(described),
        *(_contract(c) for c in described.contracts.values()),
    ]


def _put(path: str, body: Json, name: str | None = None) -> Json:
    return {"method": "PUT", "path": f"{API}/{path}", "body": body, **({"as": name} if name else {})}


def database(described: Described) -> str:
    """The full name of the database."""
    return f"{SERVICE}.{slug(described.company)}"


def _places(described: Described) -> Iterator[Json]:
    yield _put("services/databaseServices", {
        "name": SERVICE, "displayName": "Medthread 医脉", "serviceType": "CustomDatabase", "connection": {"config": {"type": "CustomDatabase", "sourcePythonClass": "medthread"}},
    })
    yield _put("databases", {"name": slug(described.company), "displayName": described.company, "service": SERVICE})
    for layer in sorted({c.table.partition(".")[0] for c in described.contracts.values()} | ({SOURCES} if described.sources else set())):
        yield _put("databaseSchemas", {"name": layer, "database": database(described)})
    for name in sorted({n for c in described.contracts.values() for n, _ in owners_of(c)}):
        label = owner_label(name)
        yield _put("teams", {"name": name, "displayName": f"{label.zh} · {label.en}", "teamType": "Group"}, f"team.{name}")


def _classification() -> Iterator[Json]:
    yield _put("classifications", {"name": CLASSIFICATION, "displayName": "数据分级", "description": "数据分级 · classification of data", "mutuallyExclusive": True})
    for name, label in LEVELS.items():
        yield _put("tags", {"name": name, "displayName": label.zh, "classification": CLASSIFICATION, "description": f"{label.zh} · {label.en}"})


def _glossary(described: Described) -> Iterator[Json]:
    if not described.terms:
        return
    yield _put("glossaries", {"name": GLOSSARY, "displayName": "业务术语", "description": "企业批准的业务术语 · the company's approved terms"})
    done: set[str] = set()
    waiting = list(described.terms)
    while waiting:  # a term comes after the one that it is a kind of
        name = waiting.pop(0)
        term = described.terms[name]
        if term.parent in described.terms and term.parent not in done:
            waiting.append(name)
            continue
        done.add(name)
        body: Json = {
            "glossary": GLOSSARY, "name": name, "displayName": term.zh, "synonyms": [term.en, *term.synonyms], "description": "\n\n".join(filter(None, (term.definition.zh, term.definition.en))) or term.zh,
        }
        yield _put("glossaryTerms", body | ({"parent": term_name(described, term.parent)} if term.parent in described.terms else {}))


def term_name(described: Described, name: str | None) -> str:
    """The full name of a term: those above it before it."""
    words = []
    while name is not None and name in described.terms:
        words.append(name)
        name = described.terms[name].parent
    return ".".join([GLOSSARY, *reversed(words)])


def _source_tables(described: Described) -> Iterator[Json]:
    for table, names in described.source_columns.items():
        columns = [{"name": c, "dataType": "VARCHAR", "dataLength": LONGEST, "dataTypeDisplay": "text", "ordinalPosition": n} for n, c in enumerate(names, start=1)]
        yield _put("tables", {"name": table.replace(".", "_"), "displayName": table, "tableType": "External", "databaseSchema": f"{database(described)}.{SOURCES}", "columns": columns}, table)


def full_name(described: Described, table: str) -> str:
    """The full name of a table there."""
    if table in described.tables:
        return f"{database(described)}.{table}"
    return f"{database(described)}.{SOURCES}.{table.replace('.', '_')}"


def _table(described: Described, contract: Contract) -> Json:
    table, columns = contract.there, columns_of(contract)
    layer, _, name = contract.table.partition(".")
    body: Json = {
        "name": name, "displayName": contract.label.zh, "tableType": "Regular", "databaseSchema": f"{database(described)}.{layer}", "columns": [_column(described, c, n) for n, c in enumerate(columns, start=1)],
        "owners": [{"id": f"${{team.{n}.id}}", "type": "team"} for n in dict.fromkeys(n for n, _ in owners_of(contract))],
    }
    if table.get("description"):
        body["description"] = table["description"]
    if described.url:
        body["sourceUrl"] = f"{described.url}/#/contracts/{contract.subject}"
    if terms := terms_of(contract):
        body["tags"] = [_bound(described, t) for t in terms]
    if keys := list(_constraints(described, columns)):
        body["tableConstraints"] = keys
    return _put("tables", body, contract.table)


def _column(described: Described, column: Column, number: int) -> Json:
    kind = TYPES.get(column.logical, "VARCHAR")
    found: Json = {
        "name": column.name, "displayName": column.label.zh, "description": column.description or column.label.en, "dataType": kind, "dataTypeDisplay": column.stored, "ordinalPosition": number,
        "constraint": "NOT_NULL" if column.required else "NULL",
    }
    if kind == "VARCHAR":
        found["dataLength"] = LONGEST
    if kind == "ARRAY":
        found["arrayDataType"] = "VARCHAR"
    tags = [_label(f"{CLASSIFICATION}.{column.classification}", "Classification")] if column.classification else []
    tags += [_bound(described, t) for t in column.terms]
    return found | ({"tags": tags} if tags else {})


def _label(name: str, source: str) -> Json:
    return {"tagFQN": name, "source": source, "labelType": "Manual", "state": "Confirmed"}


def _bound(described: Described, term: str) -> Json:
    return _label(term_name(described, term), "Glossary")


def _constraints(described: Described, columns: list[Column]) -> Iterator[Json]:
    keys = [c.name for c in sorted(columns, key=lambda c: c.key) if c.key]
    if keys:
        yield {"constraintType": "PRIMARY_KEY", "columns": keys}
    for column in columns:
        entity, _, field = (column.refers or "").partition(".")
        table = described.table_of(entity)
        if table is not None:
            yield {"constraintType": "FOREIGN_KEY", "columns": [column.name], "referredColumns": [f"{full_name(described, table)}.{field}"]}


def _lineage(described: Described) -> Iterator[Json]:
    """One edge for each pair of tables, with its columns."""
    for table, flows in described.into.items():
        for start in sorted({f.start.table for f in flows}):
            if start not in described.tables and start not in described.source_columns:
                continue
            into: dict[str, set[str]] = {}
            for flow in (f for f in flows if f.start.table == start):
                into.setdefault(flow.end.column, set()).add(flow.start.column)
            here, there = full_name(described, table), full_name(described, start)
            columns = [{"fromColumns": [f"{there}.{c}" for c in sorted(of)], "toColumn": f"{here}.{column}"} for column, of in sorted(into.items())]
            edge = {"fromEntity": {"id": f"${{{start}.id}}", "type": "table"}, "toEntity": {"id": f"${{{table}.id}}", "type": "table"}, "lineageDetails": {"columnsLineage": columns, "source": "Manual"}}
            yield _put("lineage", {"edge": edge})


def _contract(contract: Contract) -> Json:
    """The contract there; ours in full is what `medthread contract export` writes, and its importer of ODCS takes it."""
    columns = [{n: v for n, v in c.items() if n in ("name", "dataType", "dataLength", "arrayDataType", "description")} for c in (_bare(c) for c in columns_of(contract))]
    body: Json = {
        "name": contract.subject.replace(".", "_"), "displayName": f"{contract.label.zh} · {contract.label.en}", "entity": {"id": f"${{{contract.table}.id}}", "type": "table"}, "entityStatus": "Approved",
        "schema": columns, "owners": [{"id": f"${{team.{n}.id}}", "type": "team"} for n in dict.fromkeys(n for n, _ in owners_of(contract))],
    }
    return _put("dataContracts", body)


def _bare(column: Column) -> Json:
    kind = TYPES.get(column.logical, "VARCHAR")
    found: Json = {"name": column.name, "dataType": kind, "description": column.description or column.label.en}
    return found | ({"dataLength": LONGEST} if kind == "VARCHAR" else {}) | ({"arrayDataType": "VARCHAR"} if kind == "ARRAY" else {})
