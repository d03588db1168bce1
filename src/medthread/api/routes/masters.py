"""Golden records: their sources side by side, which value survived, and why the records were matched."""

import json
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Query

from medthread.api.golden_members import members
from medthread.api.golden_rows import GoldenRows, master_named, matched_masters
from medthread.api.identity import Given, MasterReader
from medthread.api.sharing import kept_back
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.derive.sharing import WITHHELD, Terms
from medthread.derive.view import masked_fields
from medthread.model import Entity, Kind
from medthread.model.errors import NotFoundError
from medthread.pipeline.match.waterfall import waterfall
from medthread.stores.serving import Snapshot, SortKey, encode, page_clause

STEWARD, MASKED_VALUE = "steward", "***"

router = Subject("masters", "主数据", "Masters", owner="it").router()


@router.get("/masters", summary="列出主数据种类 · List kinds of master data")
def domains(given: Given, actor: MasterReader) -> dict[str, Any]:
    """Each matched master: records in, golden records out, of those that this reader sees.

    每种参与匹配的主数据:读者看得到的记录数与黄金记录数。
    """
    snapshot = given.reader.current()
    return {"items": [{"entity": e.name, "label": pair(e.about.label), **GoldenRows(given, snapshot, e, actor).counts()} for e in matched_masters(given.registry)]}


@router.get("/masters/{entity}", summary="列出黄金记录 · List golden records")
def rows(
    entity: str, given: Given, actor: MasterReader, q: Annotated[str, Query(max_length=200)] = "", merged: bool = False,
    conflicts: bool = False, limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """Golden records, those with most records first.

    黄金记录,合并记录最多的在前。
    """
    declared = master_named(given.registry, entity)
    snapshot = given.reader.current()
    sql, bound = GoldenRows(given, snapshot, declared, actor).summary()
    where, parameters = ["true"], list(bound)
    if q.strip():
        where.append("(contains(lower(name), lower(?)) or contains(lower(codes), lower(?)))")
        parameters += [q.strip(), q.strip()]
    if merged:
        where.append("records > 1")
    if conflicts:
        where.append("conflicts > 0")
    page = page_clause((SortKey("records", Kind.INTEGER, filled=True),), descending=True, after=after)
    condition = " and ".join(where)
    found = snapshot.query(f"select * from ({sql}) where {condition} and {page.where} order by {page.order} limit {limit + 1}", [*parameters, *page.parameters])
    total = snapshot.query(f"select count(*) as n from ({sql}) where {condition}", parameters)[0]["n"]
    more, found = len(found) > limit, found[:limit]
    following = encode(found[-1]["records"], found[-1]["id"]) if more else None
    return {"items": [{**r, "golden_id": r["id"]} for r in found], "next": following, "total": total}


@router.get("/masters/{entity}/{golden_id}", summary="查看一条黄金记录 · Get a golden record")
def one(entity: str, golden_id: str, given: Given, actor: MasterReader) -> dict[str, Any]:
    """One golden record; an id that was merged away leads to the one that took it over.

    一条黄金记录;已被合并的标识会指向接替它的记录。
    """
    declared = master_named(given.registry, entity)
    snapshot = given.reader.current()
    current = _successor(snapshot, declared, golden_id)
    GoldenRows(given, snapshot, declared, actor).require(current)
    found = members(given, snapshot, declared, actor, golden=current)
    if not found:
        raise NotFoundError(f"no {entity} {golden_id!r}", hint="search the list by name or code")
    cells = {c["field"]: c for c in snapshot.query(f"select * from {snapshot.relation(f'golden.{entity}_cell')} where golden_id = ?", [current])}
    conflicts = snapshot.query(f"select field, values from {snapshot.relation(f'golden.{entity}_conflict')} where golden_id = ?", [current])
    terms = given.workflow.sharing.terms(declared, actor)
    seen = {m["record_id"] for m in found}
    hidden = masked_fields(declared, actor.clearance)
    told = [{"field": c["field"], "values": _in_conflict(terms, c, seen, is_hidden=c["field"] in hidden)} for c in conflicts]
    told = [c for c in told if c["values"]]
    in_conflict = {c["field"] for c in told}
    return {
        "golden_id": current, "merged_from": golden_id if current != golden_id else None,
        "label": {"zh": declared.about.zh, "en": declared.about.en},
        "fields": [_field(declared, n, found, cells, in_conflict, hidden) for n in declared.fields],
        "records": found, "edges": [e for e in _edges(snapshot, declared, current) if {e["a"], e["b"]} <= seen],
        "conflicts": told,
        **kept_back(given, actor, terms, found, object_=f"{entity}/{current}"),
    }


def _in_conflict(terms: Terms, conflict: dict[str, Any], seen: Collection[str], *, is_hidden: bool) -> list[dict[str, Any]]:
    """The values that do not agree, each with its record, of records that the reader sees; of a field that is masked or may be withheld, only which records."""
    values = [v for v in json.loads(conflict["values"]) if v["record_id"] in seen]
    if len({v["value"] for v in values}) <= 1:
        return []  # those that the reader sees agree
    return [{**v, "value": WITHHELD} for v in values] if is_hidden or terms.touch(conflict["field"]) else values


def _successor(snapshot: Snapshot, entity: type[Entity], golden_id: str) -> str:
    """Follow the trail of merged ids, as far as it goes."""
    relation = snapshot.relation(f"golden.{entity.name}_retired", (("golden_id", "varchar"), ("merged_into", "varchar")))
    trail = {r["golden_id"]: r["merged_into"] for r in snapshot.query(f"select golden_id, merged_into from {relation}")}
    seen = {golden_id}
    while golden_id in trail and trail[golden_id] not in seen:
        golden_id = trail[golden_id]
        seen.add(golden_id)
    return golden_id


def _field(
    entity: type[Entity], name: str, members: list[dict[str, Any]], cells: dict[str, Any], in_conflict: set[str], hidden: Collection[str],
) -> dict[str, Any]:
    cell = cells.get(name)
    stated = cell is not None and cell["rule"] == STEWARD  # then its record is the number of the decision
    winner = None if stated else next((m for m in members if cell and m["record_id"] == cell["record_id"]), None)
    field = entity.fields[name]
    value = (MASKED_VALUE if name in hidden else cell["value"]) if stated and cell else winner["values"][name] if winner else None
    return {
        "name": name, "label": pair(field.label), "codes": {c: pair(label) for c, label in (field.mark.codes or {}).items()}, "value": value,
        "record_id": winner["record_id"] if winner else None, "source": winner["source"] if winner else None,
        "source_key": winner["source_key"] if winner else None, "rule": cell["rule"] if cell else None, "conflict": name in in_conflict,
        "decision": int(cell["record_id"]) if stated and cell else None, "stateable": not field.is_personal and not field.mark.key,
    }


def _edges(snapshot: Snapshot, entity: type[Entity], golden_id: str) -> list[dict[str, Any]]:
    rows = snapshot.query(f"select a, b, tier, score, parts from {snapshot.relation(f'golden.{entity.name}_edge')} where golden_id = ? order by score desc, a, b", [golden_id])
    return [{**r, "parts": waterfall(entity, r["parts"])} for r in rows]
