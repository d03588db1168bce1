"""What records written here are called: the title for people, the number that identifies one. Masked where it is personal."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Boolean, Connection, Text, case, cast, func, literal_column, select

from medthread.derive.columns import MASKED
from medthread.derive.sharing import WITHHELD
from medthread.model import Classification, Entity
from medthread.model.sharing import Effect
from medthread.stores.postgres.row_security import Reach, own_rows
from medthread.trust.access import Actor
from medthread.workflow.context import Context

Pair = tuple[str, str]  # entity and id


def title_column(context: Context, entity: str, told: Actor) -> Any:
    """The column that names a record; its mask where that is personal, the id where not everybody may read it or it is not shared with whom it is `told`."""
    declared = context.registry[entity]
    return _column(context, declared, declared.about.title or declared.key()[-1], told)


def titles(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair], *, told: Actor) -> dict[Pair, str]:
    """Titles of native records within reach, one query for each entity among them."""
    return _named(tx, context, within, wanted, lambda entity: title_column(context, entity, told))


def numbers(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair], *, told: Actor) -> dict[Pair, str]:
    """The parts of each record's key, joined by `/`: what people write when they mean it."""
    return _named(tx, context, within, wanted, lambda entity: _number(context, entity, told))


def _number(context: Context, entity: str, told: Actor) -> Any:
    declared = context.registry[entity]
    parts = [_column(context, declared, k, told) for k in declared.key()]
    return func.concat_ws("/", *parts)


def _column(context: Context, declared: type[Entity], name: str, told: Actor) -> Any:
    table, field = context.tables[declared.name], declared.fields[name]
    if field.mark.classification > Classification.INTERNAL and not field.is_personal:
        return table.c.id
    return shared_column(context, declared.name, name, cast(table.c[field.name + (MASKED if field.is_personal else "")], Text), told, instead=table.c.id)


def shared_column(context: Context, entity: str, name: str, column: Any, told: Actor, *, instead: Any = WITHHELD) -> Any:
    """A column that tells of a field, or something `instead` where sharing rules keep the field or the record from whom it is told."""
    terms, of = context.sharing.terms(context.registry[entity], told), f"{context.tables[entity].fullname}."
    chain = terms.fields.get(name, ())
    if not chain and not terms.records:
        return column
    kept = terms.case(chain, lambda rule: "false" if rule.effect is Effect.ALLOW else "true", "false", of=of)
    return case((literal_column(f"({terms.shared(of=of)}) and not ({kept})", Boolean), column), else_=instead)


def _named(tx: Connection, context: Context, within: Reach, wanted: Iterable[Pair], column: Callable[[str], Any]) -> dict[Pair, str]:
    by_entity: dict[str, set[str]] = {}
    for entity, record in wanted:
        if entity in context.tables:
            by_entity.setdefault(entity, set()).add(record)
    found: dict[Pair, str] = {}
    for entity, ids in by_entity.items():
        id_ = context.tables[entity].c.id
        with own_rows(tx, within):
            rows = tx.execute(select(id_, column(entity).label("called")).where(id_.in_(ids))).all()
        found |= {(entity, r.id): r.called for r in rows}
    return found
