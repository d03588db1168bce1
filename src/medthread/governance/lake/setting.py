"""`[lake]` of `medthread.toml`: how long files stay that nobody names, how often it is tidied, how large files are to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from medthread.model.section import numbers

BOUNDS = {  # name: least, most
    "grace_hours": (1, 8_760),
    "builds_days": (1, 3_650),
    "tidy_hours": (0, 8_760),
    "file_mb": (1, 4_096),
}


@dataclass(frozen=True, kw_only=True)
class LakeSetting:
    """`tidy_hours` 0: never by itself; `builds_days`: for how long tables are kept that were made and did not come into force."""

    grace_hours: int = 24
    builds_days: int = 14
    tidy_hours: int = 24
    file_mb: int = 128

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> "LakeSetting":
        """What a workspace says; refused where a word is unknown or a number out of bounds."""
        return cls(**numbers(settings, "lake", BOUNDS))

    @property
    def grace(self) -> timedelta:
        """How long a file stays after the last who named it is gone: longer than anybody reads one release."""
        return timedelta(hours=self.grace_hours)

    @property
    def builds(self) -> timedelta:
        """How long a table stays that was made and superseded."""
        return timedelta(days=self.builds_days)
