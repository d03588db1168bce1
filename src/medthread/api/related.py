"""What refers to an object, counted, whether it came from a source system or was written here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, String, and_, cast, exists, func, literal_column, select

from medthread.api.services import Services
from medthread.derive.columns import CODE, refers_to_master
from medthread.derive.form import part_meta
from medthread.model import Entity, Field, Home, Kind
from medthread.stores.postgres.row_security import own_rows
from medthread.stores.postgres.tables import deadline, process_case
from medthread.trust.access import Actor, row_rule


@dataclass(frozen=True)
class Link:
    """A field of another entity that may name the object: with which values, and the other parts of the key beside it."""

    other: type[Entity]
    field: Field
    names: tuple[str, ...]  # the object's id and its key: masters are named by either
    along: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Columns with the values that mean this object."""
        return ((self.field.name, self.names), *self.along)


def related_of(given: Services, entity: type[Entity], actor: Actor, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Entities with rows that refer to this object, counted, with the filters that list them. Its own lines are always there."""
    found = []
    for link in _links(given, entity, item):
        part = part_meta(link.other)
        is_part = part is not None and part == {"field": link.field.name, "entity": entity.name}
        native = link.other.about.home is Home.NATIVE
        counts = _native_counts(given, actor, link) if native else {"count": _lake_count(given, actor, link)}
        if counts["count"] or is_part:
            about, field = link.other.about, link.field.label
            label = {"zh": f"{about.zh}({field.zh})", "en": f"{about.en} ({field.en})"}
            filters = [_filter(n, v) for n, v in link.conditions]
            found.append({"entity": link.other.name, "label": label, **counts, "filter": filters[0], "filters": filters, "part": is_part})
    return found


def _filter(field: str, values: tuple[str, ...]) -> str:
    """The list's own words for it; a value with a comma cannot stand among others."""
    several = [v for v in values if "," not in v]
    return f"{field}:in:{','.join(several)}" if len(several) > 1 else f"{field}:eq:{values[0]}"


def _links(given: Services, entity: type[Entity], item: dict[str, Any]) -> Iterator[Link]:
    names = _names(given, entity, item, None)
    for other in given.registry.values():
        for field in other.fields.values():
            ref = field.mark.ref
            if field.mark.names is not None:
                along: tuple[tuple[str, tuple[str, ...]], ...] = ((field.mark.names, (entity.name,)),)
            elif ref is not None and ref.entity == entity.name:
                along = tuple((mine, _names(given, entity, item, theirs)) for theirs, mine in ref.along)
            else:
                continue
            if names and all(v for _, v in along):
                yield Link(other, field, names, along)


def _names(given: Services, entity: type[Entity], item: dict[str, Any], field: str | None) -> tuple[str, ...]:
    """The values by which records name the object, or one of the other parts of its key."""
    name = field or entity.key()[-1]
    values = [item.get(name)]
    if field is None and entity.about.home is Home.MASTER:
        values.append(item["_id"])
    if refers_to_master(entity.fields[name], given.registry):
        values.append(item.get(name + CODE))
    return tuple(dict.fromkeys(str(v) for v in values if v not in (None, "")))


def _native_counts(given: Services, actor: Actor, link: Link) -> dict[str, int]:
    """How many there are; of a process also how many are open and late."""
    name, table, case, due = link.other.name, given.native[link.other.name], process_case, deadline
    where = and_(*(cast(table.c[n], String).in_(values) for n, values in link.conditions))
    columns: list[Any] = [func.count().label("count")]
    rows: Any = table
    if name in given.workflow.rulebook.processes:
        open_ = case.c.record.is_not(None) & case.c.closed_at.is_(None)
        late = open_ & exists().where(due.c.entity == name, due.c.record == table.c.id, due.c.met_at.is_(None), due.c.due_at < func.now())
        columns += [func.count().filter(open_).label("open"), func.count().filter(late).label("late")]
        rows = table.outerjoin(case, and_(case.c.entity == name, case.c.record == table.c.id))
    query = select(*columns).select_from(rows)
    terms = given.workflow.sharing.terms(link.other, actor)
    if terms.records:
        query = query.where(literal_column(terms.shared(of=f"{table.fullname}."), Boolean))
    with given.store.transaction() as tx, own_rows(tx, actor.reach):
        return dict(tx.execute(query.where(where)).one()._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _lake_count(given: Services, actor: Actor, link: Link) -> int:
    if given.releases.current() is None:
        return 0
    snapshot = given.reader.current()
    if not snapshot.has(f"golden.{link.other.name}"):
        return 0
    rule, bound = row_rule(actor, link.other)
    where = " and ".join(f"{_text(link.other.fields[n])} in ({', '.join('?' for _ in values)})" for n, values in link.conditions)
    relation = snapshot.relation(f"golden.{link.other.name}")
    parameters = [v for _, values in link.conditions for v in values]
    return int(snapshot.query(f"select count(*) as n from {relation} where {where} and {rule} and {given.workflow.sharing.terms(link.other, actor).shared()}", [*parameters, *bound])[0]["n"])


def _text(field: Field) -> str:
    return f'"{field.name}"' if field.kind is Kind.TEXT else f'cast("{field.name}" as varchar)'
