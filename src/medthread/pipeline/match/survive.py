"""Which value survives into the golden record, field by field, and which fields disagree.

A value counts for more when the record's name is in order, then by trust in the source, then by age, newest
first; ties go by record id. Every golden value names the record it came from.
"""

from medthread.derive.columns import INDEX, MASKED, golden_columns, value_columns
from medthread.model import Entity, Field, Registry
from medthread.stores.engines import literal, quote

RANK = "poor, -trust, _recorded_at desc, record_id"


def _present(field: Field, model_valid: str | None) -> str:
    name = quote(field.name)
    return f"{name} is not null and {model_valid}" if model_valid else f"{name} is not null"


def golden(entity: type[Entity], registry: Registry) -> str:
    """SELECT one row per golden id from `member` (standard columns, golden_id, trust, poor)."""
    model = entity.about.match
    columns = []
    fields = {c.name: f for f in entity.fields.values() for c in value_columns(f)}
    for column in golden_columns(entity, registry):
        name = quote(column.name)
        if column.name == "id":
            columns.append("golden_id as id")
        elif column.name in fields:
            valid = _valid(entity, fields[column.name])
            present = f" filter ({_present(fields[column.name], valid)})"
            columns.append(f"first({name} order by {_rank(entity, fields[column.name])}){present} as {name}")
        elif column.name == "_flags":
            columns.append("list_distinct(flatten(list(_flags order by record_id))) as _flags")
        else:
            columns.append(f"first({name} order by {RANK}) as {name}")
    assert model is not None  # noqa: S101 - only matched masters come here
    return f"select {', '.join(columns)} from member group by golden_id order by golden_id"


def _rank(entity: type[Entity], field: Field) -> str:
    """How well a name is written says nothing about other fields of the record."""
    model = entity.about.match
    return RANK if model and field.name == model.name else RANK.removeprefix("poor, ")


def _valid(entity: type[Entity], field: Field) -> str | None:
    model = entity.about.match
    if model and field.name == model.unique:
        return model.valid.format(column=quote(field.name))
    return None


def cells(entity: type[Entity]) -> str:
    """SELECT golden_id, field, value, record_id, source, rule: where each golden value came from."""
    parts = []
    for field in entity.fields.values():
        shown = quote(field.name + MASKED) if field.is_personal else f"cast({quote(field.name)} as varchar)"
        alike = quote(field.name + INDEX) if field.is_personal else quote(field.name)
        rank = _rank(entity, field)
        parts.append(
            f"select golden_id, {literal(field.name)} as field, first({shown} order by {rank}) as value,"
            f" first(record_id order by {rank}) as record_id, first(_source order by {rank}) as source,"
            f" case when count(distinct {alike}) = 1 then 'agreed' else 'trust' end as rule"
            f" from member where {_present(field, _valid(entity, field))} group by golden_id"
        )
    return " union all ".join(parts)


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
