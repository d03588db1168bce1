"""Who writes records of an entity: as its process says, or the record that it is a line of, or its own declaration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medthread.model import Entity, Home, Process, Registry
from medthread.model.errors import DeclarationError


@dataclass(frozen=True)
class Writers:
    """Roles that make new records of an entity and that change them; `opened_by` empty: every role that writes at all."""

    entity: type[Entity]
    opened_by: tuple[str, ...]
    changed_by: tuple[str, ...]
    process: Process | None = None


def whole_of(entity: type[Entity], registry: Registry) -> type[Entity]:
    """What says who writes: the record that a line belongs to, as long as that is written here; else the entity itself."""
    ref = entity.fields[entity.about.part_of].mark.ref if entity.about.part_of else None
    whole = registry[ref.entity] if ref else entity
    return entity if whole is entity or whole.about.home is not Home.NATIVE else whole_of(whole, registry)


def writers_of(entity: type[Entity], registry: Registry, processes: Mapping[str, Process]) -> Writers:
    """Who makes and changes records of an entity; lines go with their whole."""
    whole = whole_of(entity, registry)
    process = processes.get(whole.name)
    if process is None:
        return Writers(whole, whole.about.writers, whole.about.writers)
    return Writers(whole, process.openers, tuple(sorted(process.parts)), process)


def records_written(registry: Registry, processes: Mapping[str, Process]) -> Iterator[Writers]:
    """Of every kind of record that is written here, lines left out."""
    for entity in registry.at_home(Home.NATIVE):
        if whole_of(entity, registry) is entity:
            yield writers_of(entity, registry, processes)


def check_writers(registry: Registry, processes: Mapping[str, Process], *, roles: frozenset[str]) -> None:
    """Refuse a kind of record that names nobody to write it, or a role that there is not."""
    for writers in records_written(registry, processes):
        name = writers.entity.name
        if writers.process is None and not writers.changed_by:
            raise DeclarationError(f"nobody is named who writes a {name}", hint="say written_by='role|role' in its About, or give it a process")
        stranger = next((r for r in writers.entity.about.writers if r not in roles), None)
        if stranger is not None:
            raise DeclarationError(f"{name} is written by {stranger!r}, which is no role", hint=f"roles: {', '.join(sorted(roles))}")
