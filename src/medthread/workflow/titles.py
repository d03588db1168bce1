"""What records written here are called: the title for people, the number that identifies one. Masked where it is personal."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from medthread.derive.columns import MASKED
from medthread.model import Classification, Entity
from medthread.stores.postgres.row_security import Reach, own_rows
from medthread.workflow.context import Context

Pair = tuple[str, str]  # entity and id


def title_column(context: Context, entity: str) -> Any:
    """The column that names a record; its mask where that is personal, the id where not everybody may read it."""
    declared = context.registry[entity]
    return _column(context, declared, declared.about.title or declared.key()[-1])


def titles(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair]) -> dict[Pair, str]:
    """Titles of native records within reach, one query for each entity among them."""
    return _named(tx, context, within, wanted, {e: title_column(context, e) for e in context.tables})


def numbers(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair]) -> dict[Pair, str]:
    """The parts of each record's key, joined by `/`: what people write when they mean it."""
    return _named(tx, context, within, wanted, {e: _number(context, e) for e in context.tables})


def _number(context: Context, entity: str) -> Any:
    declared = context.registry[entity]
    parts = [_column(context, declared, k) for k in declared.key()]
    return func.concat_ws("/", *parts)


def _column(context: Context, declared: type[Entity], name: str) -> Any:
    table, field = context.tables[declared.name], declared.fields[name]
    if field.mark.classification > Classification.INTERNAL and not field.is_personal:
        return table.c.id
    return cast(table.c[field.name + (MASKED if field.is_personal else "")], Text)


def _named(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair], columns: Mapping[str, Any]) -> dict[Pair, str]:
    by_entity: dict[str, set[str]] = {}
    for entity, record in wanted:
        if entity in columns:
            by_entity.setdefault(entity, set()).add(record)
    found: dict[Pair, str] = {}
    for entity, ids in by_entity.items():
        id_ = context.tables[entity].c.id
        with own_rows(tx, within):
            rows = tx.execute(select(id_, columns[entity].label("called")).where(id_.in_(ids))).all()
        found |= {(entity, r.id): r.called for r in rows}
    return found
