"""Which value survives into the golden record, field by field, and which fields disagree.

A value counts for more when the record's name is in order, then by trust in the source, then by age, newest
first; ties go by record id. Every golden value names the record it came from. What a steward said of a field
stands above all of them, for as long as it is in force; it is beside the sources' values, never in their place.
"""

from typing import Any

import pyarrow as pa

from medthread.derive.columns import DUCK, INDEX, MASKED, golden_columns, value_columns
from medthread.model import Entity, Field, Registry
from medthread.pipeline.match.decisions import VALUE, Decisions
from medthread.stores.engines import literal, quote

RANK = "poor, -trust, _recorded_at desc, record_id"


def _present(field: Field, model_valid: str | None) -> str:
    name = quote(field.name)
    return f"{name} is not null and {model_valid}" if model_valid else f"{name} is not null"


def standing(con: Any, entity: type[Entity], decisions: Decisions) -> tuple[str, ...]:
    """`stated` (golden_id, field, value, decision): what stewards said; gives the fields that they said something of.

    It follows the record whose value it took the place of, or the first one: wherever that stands, there it counts.
    """
    said = [
        (d.records[0], field, value, d.id) for d in decisions.of(VALUE) for field, value in d.values.items()
        if field in entity.fields and not entity.fields[field].is_personal
    ]
    con.register("statement", pa.table({
        "rid": pa.array([s[0] for s in said], pa.string()), "field": pa.array([s[1] for s in said], pa.string()),
        "value": pa.array([s[2] for s in said], pa.string()), "decision": pa.array([s[3] for s in said], pa.int64()),
    }))
    con.execute(
        "create temp table stated as select a.golden_id, s.field, s.value, s.decision from statement s join assigned a using (rid)"
        " qualify row_number() over (partition by a.golden_id, s.field order by s.decision desc) = 1"
    )
    return tuple(sorted({field for _, field, _, _ in said}))


def golden(entity: type[Entity], registry: Registry, *, standing: tuple[str, ...] = ()) -> str:
    """SELECT one row per golden id from `member` (standard columns, golden_id, trust, poor), with what is `stated` of the standing fields."""
    model = entity.about.match
    columns = []
    fields = {c.name: f for f in entity.fields.values() for c in value_columns(f)}
    for column in golden_columns(entity, registry):
        name = quote(column.name)
        if column.name == "id":
            columns.append("golden_id as id")
        elif column.name in fields:
            field = fields[column.name]
            columns.append(f"first({name} order by {_rank(entity, field)}) filter ({_counts(entity, field)}) as {name}")
        elif column.name == "_flags":
            columns.append("list_distinct(flatten(list(_flags order by record_id))) as _flags")
        else:
            columns.append(f"first({name} order by {RANK}) as {name}")
    assert model is not None  # noqa: S101 - only matched masters come here
    survived = f"select {', '.join(columns)} from member group by golden_id"
    if not standing:
        return f"{survived} order by golden_id"
    kinds = {f: DUCK[entity.fields[f].kind] for f in standing}
    replaced = ", ".join(f"case when s{n}.golden_id is null then g.{quote(f)} else cast(s{n}.value as {kinds[f]}) end as {quote(f)}" for n, f in enumerate(standing))
    joins = "".join(f" left join stated s{n} on s{n}.golden_id = g.id and s{n}.field = {literal(f)}" for n, f in enumerate(standing))
    return f"select g.* replace ({replaced}) from ({survived}) g{joins} order by g.id"


def _rank(entity: type[Entity], field: Field) -> str:
    """How well a name is written says nothing about other fields of the record; of fields that belong together the record counts that fills most."""
    model, plain = entity.about.match, RANK.removeprefix("poor, ")
    if group := _together(entity, field):
        return f"-({' + '.join(f'({quote(n)} is not null)::int' for n in group)}), {plain}"
    return RANK if model and field.name == model.name else plain


def _together(entity: type[Entity], field: Field) -> tuple[str, ...]:
    """The fields that survive with it from one record."""
    model = entity.about.match
    return next((group for group in (model.together if model else ()) if field.name in group), ())


def _counts(entity: type[Entity], field: Field) -> str:
    """A condition on a record: it has something to say of the field, or of those that belong with it."""
    if group := _together(entity, field):
        return " or ".join(f"{quote(n)} is not null" for n in group)
    return _present(field, _valid(entity, field))


def _valid(entity: type[Entity], field: Field) -> str | None:
    model = entity.about.match
    condition = (model.valid if field.name == model.unique else model.survives.get(field.name)) if model else None
    return condition.format(column=quote(field.name)) if condition else None


def cells(entity: type[Entity], *, standing: tuple[str, ...] = ()) -> str:
    """SELECT golden_id, field, value, record_id, source, rule: where each golden value came from; what a steward said names the decision as its record."""
    parts = []
    for field in entity.fields.values():
        shown = quote(field.name + MASKED) if field.is_personal else f"cast({quote(field.name)} as varchar)"
        alike = quote(field.name + INDEX) if field.is_personal else quote(field.name)
        rank = _rank(entity, field)
        parts.append(
            f"select golden_id, {literal(field.name)} as field, first({shown} order by {rank}) as value,"
            f" first(record_id order by {rank}) as record_id, first(_source order by {rank}) as source,"
            f" case when count(distinct {alike}) = 1 then 'agreed' else '{'together' if _together(entity, field) else 'trust'}' end as rule"
            f" from member where {_counts(entity, field)} group by golden_id"
        )
    survived = f"select * from ({' union all '.join(parts)}) where value is not null"
    if not standing:
        return survived
    return (
        f"select * from ({survived}) where (golden_id, field) not in (select (golden_id, field) from stated)"
        " union all select golden_id, field, value, cast(decision as varchar), 'steward', 'steward' from stated"
    )


def conflicts(entity: type[Entity]) -> str:
    """SELECT the fields that should agree and do not, with every record's value and where it stands."""
    model = entity.about.match
    parts = [
        f"select golden_id, {literal(name)} as field, cast(to_json(list({{'value': cast({quote(name)} as varchar),"
        " 'record_id': record_id, 'source': _source, 'table': _table, 'load': _load, 'row': _row}"
        f' order by record_id)) as varchar) as "values" from member where {_present(entity.fields[name], _valid(entity, entity.fields[name]))}'
        f" group by golden_id having count(distinct {quote(name)}) > 1"
        for name in (model.agree if model else ())
    ]
    nothing = 'select cast(null as varchar) as golden_id, cast(null as varchar) as field, cast(null as varchar) as "values" where false'
    return " union all ".join(parts) or nothing
