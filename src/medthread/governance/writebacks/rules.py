"""Rules of writing back held against what is declared and mapped: what could not work is said before anything is sent."""

from collections.abc import Iterable, Mapping

from medthread.model import Entity, Home, Registry, Source
from medthread.model.errors import DeclarationError
from medthread.model.writeback import CODE, ID, STATE, Writeback

FILE = "writebacks"


def check_rule(rule: Writeback, registry: Registry, sources: Mapping[str, Source], *, origin: str) -> None:
    """Every word of a rule means something. Raises `DeclarationError` naming file and word."""
    if rule.to not in sources:
        raise DeclarationError(f"{origin}: there is no source {rule.to!r}", hint=f"there are: {', '.join(sorted(sources))}")
    if rule.of not in registry or not is_written(registry[rule.of]):
        raise DeclarationError(f"{origin}: nothing of {rule.of!r} is written back", hint="name records that are written here, or a master that is matched")
    entity = registry[rule.of]
    words = fields_of(entity)
    asked = [*rule.where, *(v.field for v in rule.values.values() if v.field is not None)]
    if stranger := next((w for w in asked if w not in words), None):
        raise DeclarationError(f"{origin}: {rule.of} has no {stranger!r}", hint=f"there are: {', '.join(words)}")
    sealed = next((v.field for v in rule.values.values() if v.field in entity.fields and entity.fields[v.field or ""].is_personal), None)
    if sealed is not None:
        raise DeclarationError(f"{origin}: {sealed} is personal and is written to no other system", hint="leave it out")
    for value in rule.values.values():
        if value.code_of is not None and (value.code_of not in registry or registry[value.code_of].about.match is None):
            raise DeclarationError(f"{origin}: {value.code_of!r} is no matched master", hint="code_of names the master whose code of the source is wanted")
    if rule.way.table is not None and rule.way.url is None and sources[rule.to].kind != "database":
        raise DeclarationError(f"{origin}: {rule.to} is no database", hint="name the address of the table's database under `url`, or another way")
    _check_back(rule, registry, sources[rule.to], origin=origin)


def _check_back(rule: Writeback, registry: Registry, source: Source, *, origin: str) -> None:
    if rule.check is None:
        return
    table = source.tables.get(rule.check.table)
    if table is None:
        raise DeclarationError(f"{origin}: {source.name} has no table {rule.check.table!r}", hint=f"there are: {', '.join(source.tables)}")
    personal = {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in registry.values()}
    open_ = table.mapped - source.personal_columns(rule.check.table, personal)
    closed = next((c for c in (*rule.check.key.values(), *rule.check.values.values()) if c not in open_), None)
    if closed is not None:
        raise DeclarationError(f"{origin}: column {closed!r} of {rule.check.table} is sealed on arrival", hint="map it to a field, or name it under `ignore` of the table")


def is_written(entity: type[Entity]) -> bool:
    """Whether records of an entity can be written back: our own, and masters."""
    return entity.about.home is Home.NATIVE or (entity.about.home is Home.MASTER and entity.about.match is not None)


def fields_of(entity: type[Entity]) -> tuple[str, ...]:
    """What a rule may name of a record."""
    own = (STATE, ID) if entity.about.home is Home.NATIVE else (CODE, ID)
    return tuple(dict.fromkeys((*entity.fields, *own)))


def by_name(rules: Iterable[Writeback]) -> dict[str, Writeback]:
    """Rules by their names."""
    return {r.name: r for r in rules}
