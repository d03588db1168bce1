"""The registry: every declared entity by name, checked to fit together."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from medthread.model.entity import Entity, Home
from medthread.model.errors import DeclarationError, NotFoundError
from medthread.model.retention import Retention
from medthread.model.rules import Borne, Rule


class Registry(Mapping[str, type[Entity]]):
    """Entities in declared order. Built by `app.py` and handed to the machine."""

    def __init__(self, entities: Mapping[str, type[Entity]]) -> None:
        self._entities = dict(entities)
        self._rules: dict[str, list[tuple[str | None, Rule]]] = {}
        self._borne: dict[str, Borne] = {}
        self._kept: dict[str, Retention] = {}
        for entity in self._entities.values():
            self._check_references(entity)
            _check_match(entity)

    def __getitem__(self, name: str) -> type[Entity]:
        try:
            return self._entities[name]
        except KeyError:
            known = ", ".join(sorted(self._entities))
            raise NotFoundError(f"no entity {name!r}", hint=f"there are: {known}", entity=name) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entities

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def at_home(self, *homes: Home) -> list[type[Entity]]:
        """The entities whose rows live there."""
        return [e for e in self._entities.values() if e.about.home in homes]

    def add_rule(self, entity: str, field: str | None, rule: Rule) -> None:
        """A rule of the company's own, on a field or on the rows of an entity, beside those that the entity declares."""
        self._rules.setdefault(self[entity].name, []).append((field, rule))

    def added_rules(self, entity: str) -> Iterable[tuple[str | None, Rule]]:
        """Those rules, with their fields."""
        return self._rules.get(entity, ())

    def bear(self, check: str, borne: Borne) -> None:
        """How much a company bears of a declared rule that is broken, by the id of its check."""
        self._borne[check] = borne

    def borne(self, check: str) -> Borne | None:
        """What is borne of a declared rule; nothing where the company says nothing."""
        return self._borne.get(check)

    def keep(self, entity: str, kept: Retention) -> None:
        """How long a company keeps the records of an entity, where that is longer than declared."""
        self._kept[self[entity].name] = kept

    def kept(self, entity: str) -> Retention:
        """How long the records of an entity are kept."""
        return self._kept.get(entity) or self[entity].about.retain

    def govern(self, by: "Registry") -> None:
        """Take over, all at once, what another registry of the same entities adds to what they declare."""
        self._rules, self._borne, self._kept = by._rules, by._borne, by._kept  # noqa: SLF001 - of the same kind

    def in_reference_order(self) -> list[type[Entity]]:
        """Referenced entities before those that refer to them; self-references do not count."""
        graph = {
            e.name: {f.mark.ref.entity for f in e.fields.values() if f.mark.ref and f.mark.ref.entity != e.name}
            for e in self._entities.values()
        }
        try:
            return [self._entities[n] for n in TopologicalSorter(graph).static_order()]
        except CycleError as cycle:
            raise DeclarationError(
                f"references run in a circle: {' -> '.join(cycle.args[1])}", hint="drop one ref of the circle"
            ) from None

    def _check_references(self, entity: type[Entity]) -> None:
        for f in entity.fields.values():
            ref = f.mark.ref or f.mark.mentions
            if ref is None:
                continue
            if ref.entity not in self._entities:
                raise DeclarationError(
                    f"{entity.name}.{f.name} refers to {ref.entity!r}, which nobody declares",
                    hint=f"declare it or choose from: {', '.join(sorted(self._entities))}",
                )
            target = self._entities[ref.entity]
            along = dict(ref.along)
            whole = f.mark.ref is not None and target.about.home is not Home.MASTER  # what only mentions one may leave the rest of its key open
            missing = [k for k in target.key()[:-1] if k not in along] if whole else []
            strangers = [here for here in along.values() if here not in entity.fields]
            if missing or strangers:
                raise DeclarationError(
                    f"{entity.name}.{f.name} cannot name one {ref.entity}: its key is {target.key()}",
                    hint=f"say Ref({ref.entity!r}, along=((their_field, my_field), ...)) for {missing or strangers}",
                )


def _check_match(entity: type[Entity]) -> None:
    """What a match model names is there, and nothing that is sealed survives together with others."""
    model = entity.about.match
    if model is None:
        return
    together = [n for group in model.together for n in group]
    named = [*model.fields, *together]
    if strange := next((n for n in named if n not in entity.fields), None):
        raise DeclarationError(f"matching of {entity.name} names {strange!r}, which is no field of it", hint=f"choose from: {', '.join(entity.fields)}")
    if len(together) != len(set(together)) or any(entity.fields[n].is_personal for n in together):
        raise DeclarationError(f"matching of {entity.name}: a field stands together twice, or is personal", hint="name each field once; personal fields survive by themselves")
    if model.review > model.auto:
        raise DeclarationError(f"matching of {entity.name}: review {model.review} lies above auto {model.auto}", hint="what is matched by itself is not looked at")
