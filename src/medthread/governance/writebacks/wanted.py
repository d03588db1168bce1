"""What a target should have been told by now: each record in the target's words, set by set, of records written here and of masters alike."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, String, Table, cast, func, select

from medthread.model import Entity, Home, Registry
from medthread.model.writeback import CODE, ID, STATE, Writeback, Written
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.stores.engines import literal, question, quote
from medthread.stores.postgres.tables import process_case
from medthread.stores.serving import Snapshot

# One row for each record: payload as JSON, or null with why it cannot be said.
RESULT = ("record", "payload", "wrong")


def wanted(tx: Connection, rule: Writeback, registry: Registry, native: Mapping[str, Table], snapshot: Snapshot | None) -> pa.Table:
    """`record`, `payload` (JSON of text), `wrong`; of a master each record of the source. Empty where nothing was released yet and the lake is asked."""
    entity = registry[rule.of]
    with question() as con:
        if entity.about.home is Home.NATIVE:
            con.register("subject", _native(tx, rule, entity, native[entity.name]))
        elif snapshot is None or not snapshot.has(f"golden.{entity.name}"):
            return pa.table({n: pa.array([], pa.string()) for n in RESULT})
        else:
            con.execute(f"create or replace temp view subject as {_golden(rule, entity, snapshot)}")
        try:
            return _said(con, rule, snapshot)
        finally:
            con.execute("drop view if exists subject")


def stamp(tx: Connection, rule: Writeback, registry: Registry, native: Mapping[str, Table], snapshot: Snapshot | None) -> tuple[object, ...]:
    """Another whenever something else may be wanted: of a master the release; of records written here their last change and last move, with the release where it gives them codes."""
    release = snapshot.release.id if snapshot is not None else None
    entity = registry[rule.of]
    if entity.about.home is not Home.NATIVE:
        return (release,)
    table, case = native[entity.name], process_case
    records = tx.execute(select(func.count(), func.max(table.c["_updated_at"]))).one()
    moves = tx.execute(select(func.max(case.c.state_since), func.max(case.c.closed_at)).where(case.c.entity == entity.name)).one()
    return (*records, *moves, release if any(v.code_of for v in rule.values.values()) else None)


def _native(tx: Connection, rule: Writeback, entity: type[Entity], table: Table) -> pa.Table:
    """The records as text, with where they stand in their process."""
    asked = sorted({*rule.where, *(v.field for v in rule.values.values() if v.field is not None)} - {STATE, ID})
    case = process_case
    query = select(table.c.id, case.c.state, *(cast(table.c[n], String).label(n) for n in asked))
    query = query.select_from(table.outerjoin(case, (case.c.entity == entity.name) & (case.c.record == table.c.id)))
    rows = tx.execute(query).all()
    names = (ID, STATE, *asked)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    made = {n: pa.array([None if v is None else str(v) for v in c], pa.string()) for n, c in zip(names, columns, strict=True)}
    return pa.table({"record": made[ID], **made})


def _golden(rule: Writeback, entity: type[Entity], snapshot: Snapshot) -> str:
    """Each record that the source has of a master, with what its golden record says."""
    asked = sorted({*rule.where, *(v.field for v in rule.values.values() if v.field is not None)} - {CODE, ID})
    values = "".join(f", cast(g.{quote(n)} as varchar) as {quote(n)}" for n in asked)
    xref = snapshot.relation(f"golden.{entity.name}_xref", XREF_COLUMNS)
    return (
        f"select x.record_id as record, x.source_key as {quote(CODE)}, g.id as {quote(ID)}{values} from {xref} as x"
        f" join {snapshot.relation(f'golden.{entity.name}')} as g on g.id = x.golden_id where x.scheme = {literal(rule.to)}")


def _said(con: Any, rule: Writeback, snapshot: Snapshot | None) -> pa.Table:
    joins, wrong = [], []
    for n, value in enumerate(v for v in rule.values.values() if v.code_of is not None):
        joins.append(f" left join ({_codes(rule, value, snapshot)}) as c{n} on c{n}.named = s.{quote(value.field or '')}")
        wrong.append(f"case when s.{quote(value.field or '')} is not null and coalesce(c{n}.many, 0) <> 1 then {literal(value.code_of or '')} || ' ' || s.{quote(value.field or '')} end")
    places = {id(v): n for n, v in enumerate(v for v in rule.values.values() if v.code_of is not None)}
    pairs = ", ".join(f"{literal(word)}, {_value(v, places.get(id(v)))}" for word, v in rule.values.items())
    kept = " and ".join(f"s.{quote(f)} in ({', '.join(map(literal, values))})" for f, values in rule.where.items()) or "true"
    told = f"coalesce({', '.join(wrong)})" if wrong else "cast(null as varchar)"
    sql = f"select s.record, cast(json_object({pairs}) as varchar) as payload, {told} as wrong from subject as s{''.join(joins)} where {kept} order by s.record"
    found: pa.Table = con.sql(sql).to_arrow_table()
    return found.cast(pa.schema([(n, pa.string()) for n in RESULT]))


def _value(value: Written, place: int | None) -> str:
    if value.constant is not None:
        return literal(value.constant)
    given = f"s.{quote(value.field or '')}" if place is None else f"c{place}.code"
    if not value.codes:
        return given
    listed = " ".join(f"when {literal(ours)} then {literal(theirs)}" for ours, theirs in value.codes.items())
    return f"case {given} {listed} else {given} end"


def _codes(rule: Writeback, value: Written, snapshot: Snapshot | None) -> str:
    """What the source calls a master, by its golden id and by every code that anybody has for it; `many`: how many codes the source has for it."""
    name = f"golden.{value.code_of}_xref"
    if snapshot is None or not snapshot.has(name):
        return "select cast(null as varchar) as named, cast(null as varchar) as code, 0 as many where false"
    xref = snapshot.relation(name, XREF_COLUMNS)
    theirs = f"select golden_id, min(source_key) as code, count(distinct source_key) as many from {xref} where scheme = {literal(rule.to)} group by golden_id"
    names = f"select golden_id as named, golden_id from {xref} union select source_key, golden_id from {xref}"
    # A code that two golden records have tells nobody which is meant.
    return f"select named, min(t.code) as code, case when count(distinct n.golden_id) = 1 then min(t.many) else 0 end as many from ({names}) as n left join ({theirs}) as t using (golden_id) group by named"
