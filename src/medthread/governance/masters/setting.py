"""`[masters]` of `medthread.toml`: from how much on a second person decides about master records."""

from collections.abc import Mapping
from dataclasses import dataclass

from medthread.governance.masters.impact import Impact
from medthread.model.section import numbers

BOUNDS = {"second_person_from": (0, 1_000_000_000)}  # name: least, most


@dataclass(frozen=True, kw_only=True)
class MasterSetting:
    """`second_person_from`: references to the records at which a second person approves; with an open case about them one always does."""

    second_person_from: int = 100

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> "MasterSetting":
        """What a workspace says; refused where a word is unknown or a number out of bounds."""
        return cls(**numbers(settings, "masters", BOUNDS))

    def needs_second(self, impact: Impact) -> bool:
        """Whether one person's word is not enough."""
        return impact.open_cases > 0 or impact.references >= self.second_person_from
