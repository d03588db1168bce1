"""Standard rows to golden rows: references named by golden id, one row per object.

An object's id is its key with the references in it resolved, so that what two systems call by different codes is
one object. An object that one table tells of keeps its newest version; one that several tell of takes each field from
the most trusted that has it. Events are kept once each, those with an unreadable end included.
"""

from collections.abc import Mapping

from medthread.derive.columns import CODE, NEWEST_FIRST, SCHEME, golden_columns, refers_to_master, value_columns
from medthread.model import Entity, Field, Registry, Source
from medthread.stores.engines import quote

RANK = f"_trust desc, {NEWEST_FIRST}"
ARRIVED = "_recorded_at, _load, _row"  # as rows come in, so that what is corrected together lies together
STANDARD = "standard"
NEWEST = "_version desc nulls last, _recorded_at desc, _trust desc, _load desc, _row desc"


def resolved_masters(entity: type[Entity], registry: Registry) -> list[str]:
    """Matched masters that the entity refers to."""
    refs = [f.mark.ref.entity for f in entity.fields.values() if f.mark.ref and refers_to_master(f, registry)]
    return sorted(set(refs))


def told_by(entity: type[Entity], sources: tuple[Source, ...]) -> int:
    """How many mapped tables feed the entity."""
    return sum(feed.entity == entity.name for s in sources for t in s.tables.values() for feed in t.feeds)


def takes_newest(entity: type[Entity], sources: tuple[Source, ...]) -> bool:
    """Whether its golden row is the newest version whole, and not put together from several."""
    return entity.about.repeats or told_by(entity, sources) < 2  # noqa: PLR2004 - told by one


def golden_sql(entity: type[Entity], registry: Registry, sources: tuple[Source, ...], *, rows: str = STANDARD) -> str:
    """SELECT the golden rows from standard `rows`, `trusts` (name, trust) and `xref.<master>` (record_id, golden_id)."""
    named = named_sql(entity, registry, rows=rows)
    if takes_newest(entity, sources):
        return newest_sql(entity, registry, f"({named})")
    columns = [c.name for c in golden_columns(entity, registry)]
    return f"select {_merged(entity, registry, columns)} from ({named}) as named group by id order by {ARRIVED}"


def newest_sql(entity: type[Entity], registry: Registry, named: str) -> str:
    """SELECT of each object the newest of the rows that tell of it."""
    names = ", ".join(quote(c.name) for c in golden_columns(entity, registry))
    return f"select {names} from {named} as named qualify row_number() over (partition by id order by {NEWEST}) = 1 order by {ARRIVED}"


def named_sql(entity: type[Entity], registry: Registry, *, rows: str = STANDARD, references: str = "xref") -> str:
    """SELECT every standard row with the id of the object that it tells of, from the same relations as `golden_sql`."""
    return f"with resolved as ({_resolved(entity, registry, rows, references)}) select *, {_id(entity, registry)} as id from resolved"


def references_any(entity: type[Entity], registry: Registry, moved: Mapping[str, str]) -> str:
    """A condition on a standard row: it refers to a record that a relation of `moved` (by master) names."""
    asked = [
        f"{quote(f.name + SCHEME)} || '|' || {quote(f.name)} in (select record_id from {moved[f.mark.ref.entity]})"
        for f in entity.fields.values() if f.mark.ref and refers_to_master(f, registry) and f.mark.ref.entity in moved
    ]
    return " or ".join(asked) or "false"


def _resolved(entity: type[Entity], registry: Registry, rows: str, references: str) -> str:
    """Every master reference: the golden id, with the code as it came beside it."""
    changed, joins = [], []
    for field in entity.fields.values():
        if not refers_to_master(field, registry):
            continue
        assert field.mark.ref is not None  # noqa: S101 - it refers to a master
        name, alias = quote(field.name), quote("x_" + field.name)
        joins.append(
            f" left join {quote(f'{references}.{field.mark.ref.entity}')} as {alias}"
            f" on {alias}.record_id = s.{quote(field.name + SCHEME)} || '|' || s.{name}"
        )
        changed.append(f"{alias}.golden_id as {name}, s.{name} as {quote(field.name + CODE)}")
    kept = [quote(f.name) for f in entity.fields.values() if refers_to_master(f, registry)]
    without = f" exclude ({', '.join(kept)})" if kept else ""
    also = ", " + ", ".join(changed) if changed else ""
    return (
        f"select s.*{without}{also}, coalesce(t.trust, 0) as _trust from {rows} as s"
        f" left join trusts as t on t.name = s._source{''.join(joins)}"
    )


def _part(field: Field, registry: Registry) -> str:
    name = quote(field.name)
    return f"coalesce({name}, {quote(field.name + CODE)})" if refers_to_master(field, registry) else f"cast({name} as varchar)"


def _id(entity: type[Entity], registry: Registry) -> str:
    """The key as text, in declared order; a repeating event also by what its ends refer to."""
    parts = [
        _part(field, registry) for field in entity.fields.values()
        if field.mark.key or (entity.about.repeats and refers_to_master(field, registry))
    ]
    if not entity.about.repeats:
        return " || '|' || ".join(parts)
    # Ends that could not be read are not the same end: such a row stands for itself.
    keys = [quote(name) for name in entity.key()]
    unread = " or ".join(f"{k} is null" for k in keys)
    return f"case when {unread} then _load || '#' || _row else concat_ws('|', {', '.join(parts)}) end"


def _merged(entity: type[Entity], registry: Registry, columns: list[str]) -> str:
    """Field by field from the most trusted row that has a value; where the row is from: the most trusted."""
    of_field = {c.name: f.name for f in entity.fields.values() for c in value_columns(f)}
    of_field |= {f.name + CODE: f.name for f in entity.fields.values() if refers_to_master(f, registry)}
    made = []
    for column in columns:
        name = quote(column)
        if column == "id":
            made.append(name)
        elif column == "_flags":
            made.append("list_distinct(flatten(list(_flags order by _load, _row))) as _flags")
        elif column in of_field:
            made.append(f"first({name} order by {RANK}) filter ({name} is not null) as {name}")
        else:
            made.append(f"first({name} order by {RANK}) as {name}")
    return ", ".join(made)
