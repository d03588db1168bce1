"""Many rows at once: read by the kind of their fields and judged by every rule that a person's row must keep, in one scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from medthread.derive.checks import checks_of
from medthread.derive.columns import READ
from medthread.derive.payload import LONGEST
from medthread.model import Entity, Field, Gate, Kind, Label, Registry
from medthread.model.errors import InvalidError
from medthread.stores.engines import literal, question, quote
from medthread.trust.keys import PREFIX

MOST_TOLD = 20
ROW = "_row"
ZONED = "[0-9]{2}:[0-9]{2}.*([+-][0-9]{2}(:?[0-9]{2})?|Z)$"
TOO_LONG = Label(f"超过 {LONGEST} 个字符", f"is longer than {LONGEST} characters")
FORGED = Label("开头与加密值相同", "begins like a sealed value")


@dataclass(frozen=True)
class Condition:
    """What must not be true of a row: the field it is about, the words, SQL over typed fields."""

    field: str | None
    about: Label
    broken: str


def taken_in(
    entity: type[Entity], registry: Registry, rows: pa.Table, *, given: Mapping[str, str], zone: str, first: int = 1
) -> pa.Table:
    """The rows as text that PostgreSQL reads back, fields in their order, those that were absent as nulls.

    `given` is SQL for the text that a blank field gets, with `_row` as the ordinal of the row; moments without a zone are of
    `zone`. `first` is the ordinal of the first row. Raises `InvalidError` whose `rows` names up to twenty of those that break
    a rule: row, field, rule, value.
    """
    with question() as con:
        con.register("given_rows", rows)
        con.register("typed", con.sql(_typed(entity, rows, given, zone, first)).to_arrow_table())
        _refuse_broken(con, entity, registry, len(rows))
        stored = ", ".join(f"{_stored(f)} as {quote(f.name)}" for f in entity.fields.values())
        stored_rows: pa.Table = con.sql(f"select {stored} from typed order by {ROW}").to_arrow_table()
        return stored_rows


def _typed(entity: type[Entity], rows: pa.Table, given: Mapping[str, str], zone: str, first: int) -> str:
    texts, values = [], []
    for field in entity.fields.values():
        text = f"filled(cast({quote(field.name)} as varchar))" if field.name in rows.column_names else "cast(null as varchar)"
        texts.append(f"coalesce({text}, {given[field.name]}) as {_text(field)}" if field.name in given else f"{text} as {_text(field)}")
        values.append(f"{_read(field, zone)} as {quote(field.name)}")
    numbered = f"select *, {first} - 1 + row_number() over () as {ROW} from given_rows"
    return f"with numbered as ({numbered}), texts as (select {ROW}, {', '.join(texts)} from numbered) select *, {', '.join(values)} from texts"


def _text(field: Field) -> str:
    return quote(f"{field.name}__text")


def _read(field: Field, zone: str) -> str:
    if field.kind is Kind.TEXT:
        return _text(field)
    narrow = f"narrow({_text(field)})"
    value = READ[field.kind].format(x=narrow)
    if field.kind is not Kind.TIMESTAMP:
        return value
    return (
        f"case when regexp_matches({narrow}, '{ZONED}') then try_cast({narrow} as timestamptz) at time zone 'UTC'"
        f" else {value} at time zone {literal(zone)} at time zone 'UTC' end"
    )


def _stored(field: Field) -> str:
    text = f"cast({quote(field.name)} as varchar)"
    return f"{text} || '+00'" if field.kind is Kind.TIMESTAMP else text


def _conditions(entity: type[Entity], registry: Registry) -> list[Condition]:
    found = [c for f in entity.fields.values() for c in _of_text(f)]
    for check in checks_of(entity, registry):
        field = entity.fields.get(check.field or "")
        broken = check.rule.broken or (_implied(check.id.rpartition(".")[2], field) if field else "")
        if broken and check.rule.gate is not Gate.WARN:
            found.append(Condition(check.field, check.label, f"coalesce({broken}, false)"))
    return found


def _of_text(field: Field) -> list[Condition]:
    if field.kind is not Kind.TEXT:
        return []
    name = quote(field.name)
    return [
        Condition(field.name, TOO_LONG, f"coalesce(length({name}) > {LONGEST}, false)"),
        Condition(field.name, FORGED, f"coalesce(starts_with({name}, {literal(PREFIX)}), false)"),
    ]


def _implied(rule: str, field: Field) -> str:
    """What a declaration implies, as SQL. Uniqueness is the store's to say; what is referred to is not asked of typed rows."""
    name, text = quote(field.name), _text(field)
    if rule == "required":
        return f"{text} is null"
    if rule == "type":
        return f"{text} is not null and {name} is null"
    if rule == "code" and field.mark.codes:
        return f"{name} not in ({', '.join(literal(c) for c in field.mark.codes)})"
    return ""


def _refuse_broken(con: duckdb.DuckDBPyConnection, entity: type[Entity], registry: Registry, count: int) -> None:
    conditions = _conditions(entity, registry)
    tried = ", ".join(f"case when {c.broken} then {n} end" for n, c in enumerate(conditions))
    judged = f"select *, list_filter([{tried}], lambda x: x is not null) as broken from typed"
    shown = ", ".join(_text(f) for f in entity.fields.values())
    query = f"select {ROW}, broken, count(*) over () as bad, {shown} from ({judged}) where len(broken) > 0 order by {ROW} limit {MOST_TOLD}"
    found = con.execute(query).fetchall()
    if not found:
        return
    told = [_objection(entity, conditions[n], row[0], dict(zip(entity.fields, row[3:], strict=True))) for row in found for n in row[1]][:MOST_TOLD]
    words = "; ".join(f"{r['row']}: {r['field'] or entity.name}: {r['label']['en']}" for r in told[:3])
    raise InvalidError(
        f"{found[0][2]:,} of {count:,} rows break a rule of {entity.name}, first in row {words}",
        hint="mend them and send all again: nothing was written", labels=[Label(**r["label"]) for r in told], rows=told)


def _objection(entity: type[Entity], condition: Condition, row: int, texts: dict[str, str | None]) -> dict[str, Any]:
    field = condition.field
    value = texts[field] if field and not entity.fields[field].is_personal else None
    return {"row": row, "field": field, "label": {"zh": condition.about.zh, "en": condition.about.en}, "value": value[:200] if value else value}
