"""Sharing rules: which data of which origin may go to whom, across regions, plants and systems, and on what ground.

Rules are read in order, a company's own before those that ship; the first that speaks of a value, its origin and its
recipient decides. Where none speaks, sharing is free: clearance and reach decide as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from medthread.model.classification import Classification
from medthread.model.declared import Declared
from medthread.model.entity import Entity, Field
from medthread.model.labels import Label


class Effect(StrEnum):
    """What becomes of data on their way to the recipient."""

    ALLOW = "allow"
    MASK = "mask"  # fields by their mask
    REFUSE = "refuse"  # nothing of it: a field is withheld whole, a record is not there


EFFECTS: dict[Effect, Label] = {
    Effect.ALLOW: Label("可以共享", "may be shared"),
    Effect.MASK: Label("脱敏后共享", "shared masked"),
    Effect.REFUSE: Label("不得共享", "not shared"),
}
RELAY = "relay"  # the system that events go to


@dataclass(frozen=True)
class Origin:
    """Where a row is at home, as far as it says."""

    region: str | None = None
    organisation: str | None = None
    plant: str | None = None
    system: str | None = None


@dataclass(frozen=True)
class Recipient:
    """Who would get it: the region in which they stand, and the system, where it is one."""

    region: str | None = None
    system: str | None = None


@dataclass(frozen=True)
class Places:
    """Which region organisations, plants and systems lie in."""

    organisations: Mapping[str, str] = field(default_factory=dict)
    plants: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)

    def region_of(self, *, plant: str | None, organisation: str | None, system: str | None = None) -> str | None:
        """The region, by what says most: the plant, the organisation, the system."""
        return self.plants.get(plant or "") or self.organisations.get(organisation or "") or self.systems.get(system or "")


@dataclass(frozen=True)
class Origins:
    """Origins that a rule speaks of: all, or those that every list which is given names."""

    regions: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    @property
    def is_anywhere(self) -> bool:
        """Whether it speaks of all."""
        return not (self.regions or self.organisations or self.plants or self.systems)

    def hold(self, origin: Origin) -> bool:
        """Whether it speaks of data of this origin."""
        asked = ((self.regions, origin.region), (self.organisations, origin.organisation), (self.plants, origin.plant), (self.systems, origin.system))
        return all(not named or value in named for named, value in asked)


@dataclass(frozen=True)
class Recipients:
    """Recipients that a rule speaks of: in regions, outside of regions, certain systems; every list that is given must fit."""

    regions: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    def hold(self, recipient: Recipient) -> bool:
        """Whether it speaks of this recipient. Whoever stands in no region is outside of none."""
        away = recipient.region is not None and recipient.region not in self.outside
        inside = recipient.region in self.regions
        return (not self.regions or inside) and (not self.outside or away) and (not self.systems or recipient.system in self.systems)


@dataclass(frozen=True)
class Data:
    """Data that a rule speaks of: fields by name, by classification, or because they tell of persons; else the records themselves."""

    entities: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    personal: bool = False
    at_least: Classification | None = None

    @property
    def is_of_records(self) -> bool:
        """Whether whole records are meant."""
        return not self.fields and not self.personal and self.at_least is None

    def covers(self, entity: type[Entity]) -> bool:
        """Whether it speaks of this kind of record at all."""
        return not self.entities or entity.name in self.entities

    def holds(self, entity: type[Entity], of: Field) -> bool:
        """Whether it speaks of a field. What says where a record belongs is never withheld: the decision rests on it."""
        if not self.covers(entity) or of.name in (entity.about.region, entity.about.plant):
            return False
        named = not self.fields or of.name in self.fields
        return named and (not self.personal or of.is_about_persons) and (self.at_least is None or of.mark.classification >= self.at_least)


@dataclass(frozen=True, kw_only=True)
class SharingRule:
    """One rule. `clause` is the law or contract behind it; `basis` names the ground of a transfer that is allowed."""

    name: str
    zh: str
    en: str
    effect: Effect
    clause: str
    to: Recipients
    basis: str = ""
    from_: Origins = Origins()
    data: Data = Data()

    @property
    def label(self) -> Label:
        """What it says, in both languages."""
        return Label(self.zh, self.en)


@dataclass(frozen=True, kw_only=True)
class ShippedRule(SharingRule, Declared):
    """A rule that ships: what the law says where a company named no ground."""
