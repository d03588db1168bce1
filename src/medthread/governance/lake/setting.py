"""`[lake]` of `medthread.toml`: how long files stay that nobody names, how often it is tidied, how large files are to be."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from medthread.model.errors import ConfigurationError

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
        given = settings.get("lake", {})
        if not isinstance(given, Mapping):
            raise ConfigurationError("[lake] is no section", hint="write [lake] and its settings below it")
        known = [f.name for f in fields(cls)]
        strangers = sorted(set(given) - set(known))
        if strangers:
            raise ConfigurationError(f"[lake] {strangers[0]} is no setting", hint=f"there are: {', '.join(known)}")
        for name, value in given.items():
            least, most = BOUNDS[name]
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ConfigurationError(f"[lake] {name} = {value!r}", hint=f"a whole number from {least} to {most}")
        return cls(**given)

    @property
    def grace(self) -> timedelta:
        """How long a file stays after the last who named it is gone: longer than anybody reads one release."""
        return timedelta(hours=self.grace_hours)

    @property
    def builds(self) -> timedelta:
        """How long a table stays that was made and superseded."""
        return timedelta(days=self.builds_days)
