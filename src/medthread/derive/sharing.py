"""What sharing rules leave of an entity for one recipient: as SQL for many rows, as an answer for one.

The first rule that speaks of a row's origin decides. In SQL that is one CASE for each field that may be withheld, in
words that DuckDB and PostgreSQL both know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from medthread.model import Entity, Home
from medthread.model.sharing import Effect, Origin, Origins, Places, SharingRule

Chain = tuple[SharingRule, ...]  # rules in the order in which they are read
WITHHELD = "***"
RULE = "_rule_"  # before the columns that say which rule keeps something of a row back
HOMES = ("_org", "_plant", "_source")  # columns that tell where a row is at home, beside the one of its region


@dataclass(frozen=True)
class Terms:
    """The rules that speak of an entity's fields and records towards one recipient; false where none keeps anything back."""

    entity: type[Entity]
    places: Places = field(default_factory=Places)
    fields: Mapping[str, Chain] = field(default_factory=dict)
    records: Chain = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.records)

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The different chains among the fields: most fields share one."""
        return tuple(dict.fromkeys(self.fields.values()))

    @property
    def rules(self) -> Chain:
        """Every rule that may keep something back."""
        chains = (*self.chains, self.records)
        return tuple(dict.fromkeys(r for c in chains for r in c if r.effect is not Effect.ALLOW))

    def touch(self, *names: str) -> bool:
        """Whether any of these fields may be withheld, or whole records, whatever their origin."""
        return bool(self.records) or any(n in self.fields for n in names)

    def origin_of(self, row: Mapping[str, Any]) -> Origin:
        """Where a row is at home, from its columns."""
        region = row.get(self.entity.about.region) if self.entity.about.region else None
        organisation, plant, system = (row.get(n) for n in HOMES)
        return Origin(region or self.places.region_of(plant=plant, organisation=organisation, system=system), organisation, plant, system)

    def withheld(self, origin: Origin) -> dict[str, SharingRule]:
        """Fields that a row of this origin does not show in clear, each with the rule that says so."""
        found = {n: deciding(chain, origin) for n, chain in self.fields.items()}
        return {n: rule for n, rule in found.items() if rule is not None}

    def without(self, values: Mapping[str, Any], origin: Origin | None = None) -> dict[str, Any]:
        """Values of a row of an origin by field, without what is withheld; where the origin is not known, without all that may be."""
        if origin is None:
            return {} if self.records else {n: WITHHELD if n in self.fields and v is not None else v for n, v in values.items()}
        withheld = self.withheld(origin)
        return {n: WITHHELD if n in withheld and v is not None else v for n, v in values.items()}

    def refusal(self, origin: Origin) -> SharingRule | None:
        """The rule that keeps a record of this origin back altogether."""
        rule = deciding(self.records, origin)
        return rule if rule is not None and rule.effect is Effect.REFUSE else None

    def case(self, chain: Chain, then: Callable[[SharingRule], str], otherwise: str, *, of: str = "") -> str:
        """SQL: what the deciding rule makes of a row, or `otherwise`; `of` stands before the names of columns."""
        arms = "".join(f" when {self._holds(r.from_, of)} then {then(r)}" for r in chain)
        return f"case{arms} else {otherwise} end" if chain else otherwise

    def shared(self, *, of: str = "") -> str:
        """SQL: whether a record may be shown at all."""
        return self.case(self.records, lambda r: "false" if r.effect is Effect.REFUSE else "true", "true", of=of)

    def rule_columns(self) -> list[str]:
        """SQL columns that say for each chain which rule keeps its fields of the row back."""
        return [f'{self.case(chain, _named, "null")} as "{RULE}{n}"' for n, chain in enumerate(self.chains)]

    def withheld_in(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Fields withheld in a row that was read with `rule_columns`, each with the name of its rule."""
        decided = {chain: row.get(f"{RULE}{n}") for n, chain in enumerate(self.chains)}
        return {n: str(decided[chain]) for n, chain in self.fields.items() if decided[chain] is not None}

    def _holds(self, origins: Origins, of: str) -> str:
        system = f'{of}"_source"' if self.entity.about.home is not Home.NATIVE else "null"
        asked = ((self._region(of), origins.regions), (f'{of}"_org"', origins.organisations), (f'{of}"_plant"', origins.plants), (system, origins.systems))
        return " and ".join(f"{column} in ({', '.join(map(text, values))})" for column, values in asked if values) or "true"

    def _region(self, of: str) -> str:
        said = [f'nullif({of}"{self.entity.about.region}", \'\')'] if self.entity.about.region else []
        kinds = [("_plant", self.places.plants), ("_org", self.places.organisations)]
        kinds += [("_source", self.places.systems)] if self.entity.about.home is not Home.NATIVE else []
        told = [f'case {of}"{column}"{"".join(f" when {text(k)} then {text(v)}" for k, v in placed.items())} end' for column, placed in kinds if placed]
        return f"coalesce({', '.join([*said, *told])})" if said or told else "cast(null as varchar)"


def deciding(chain: Chain, origin: Origin) -> SharingRule | None:
    """The rule that keeps data of an origin back: the first that speaks of it, unless it allows."""
    rule = next((r for r in chain if r.from_.hold(origin)), None)
    return None if rule is None or rule.effect is Effect.ALLOW else rule


def terms_of(entity: type[Entity], rules: Chain, places: Places) -> Terms:
    """What rules that speak of one recipient say of an entity."""
    records = _trimmed(tuple(r for r in rules if r.data.is_of_records and r.data.covers(entity)), Effect.ALLOW, Effect.MASK)
    gone = frozenset(r for r in records if r.effect is Effect.REFUSE)  # with the record go its fields: no need to ask for each
    fields = {f.name: _trimmed(tuple(r for r in rules if r not in gone and r.data.holds(entity, f)), Effect.ALLOW) for f in entity.fields.values()}
    return Terms(entity, places, {n: chain for n, chain in fields.items() if chain}, records)


def _trimmed(chain: Chain, *free: Effect) -> Chain:
    """Without what decides nothing: rules after one that speaks of every origin, and at the end those that leave all `free`."""
    last = next((n for n, r in enumerate(chain) if r.from_.is_anywhere), len(chain))
    chain = chain[: last + 1]
    while chain and chain[-1].effect in free:
        chain = chain[:-1]
    return chain


def _named(rule: SharingRule) -> str:
    return "null" if rule.effect is Effect.ALLOW else text(rule.name)


def text(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"
