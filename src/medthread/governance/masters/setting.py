"""`[masters]` of `medthread.toml`: from how much on a second person decides about master records; and whether each can be matched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from medthread.governance.masters.impact import Impact
from medthread.model import Entity
from medthread.model.section import numbers
from medthread.pipeline.match.kinds import check_kinds

BOUNDS = {"second_person_from": (0, 1_000_000_000)}  # name: least, most


@dataclass(frozen=True, kw_only=True)
class MasterSetting:
    """`second_person_from`: references to the records at which a second person approves; with an open case about them one always does."""

    second_person_from: int = 100

    @classmethod
    def read(cls, settings: Mapping[str, object], masters: Iterable[type[Entity]]) -> "MasterSetting":
        """What a workspace says of its masters; refused where a word is unknown or a number out of bounds, or where a master asks for matching that nobody declares."""
        check_kinds(masters)
        return cls(**numbers(settings, "masters", BOUNDS))

    def needs_second(self, impact: Impact) -> bool:
        """Whether one person's word is not enough."""
        return impact.open_cases > 0 or impact.references >= self.second_person_from
