"""How long releases stay: `[release] keep` of `medthread.toml`. Beyond it they are withdrawn.

Every release names all its tables' files. What nobody would come back to gives them back; what somebody pinned, what an
act stands upon, and what readers see stays however old.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo

from medthread.model.errors import ConfigurationError

BOUNDS = {  # name: least, most. Two at least: who began to read the one before reads it to its end
    "days": (1, 36_500),
    "daily": (0, 36_500),
    "monthly": (0, 1_200),
    "at_least": (2, 100_000),
}
EXAMPLE = "[release]\nkeep = { days = 30, daily = 400, monthly = 24, at_least = 30 }"


@dataclass(frozen=True)
class Keeping:
    """All of the last `days`, the last one of each of `daily` days and of `monthly` months, and the newest `at_least`."""

    days: int = 30
    daily: int = 400
    monthly: int = 24
    at_least: int = 30

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> "Keeping":
        """What a workspace says; refused where a word is unknown or a number out of bounds."""
        section = settings.get("release", {})
        given = section.get("keep", {}) if isinstance(section, Mapping) else section
        known = [f.name for f in fields(cls)]
        if not isinstance(given, Mapping) or set(given) - set(known):
            raise ConfigurationError(f"[release] keep = {given!r}", hint=EXAMPLE)
        for name, value in given.items():
            least, most = BOUNDS[name]
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ConfigurationError(f"[release] keep.{name} = {value!r}", hint=f"a whole number from {least} to {most}")
        return cls(**given)

    def kept(self, made: Iterable[tuple[str, datetime]], *, now: datetime, zone: tzinfo = UTC) -> set[str]:
        """Of releases (id, when made) those that stay by their age; days and months are those of `zone`."""
        newest = sorted(((at.astimezone(zone), id_) for id_, at in made), reverse=True)
        kept = {id_ for _, id_ in newest[: self.at_least]} | {id_ for at, id_ in newest if now - at < timedelta(days=self.days)}
        today = now.astimezone(zone)
        last_of_day = {at.date(): id_ for at, id_ in reversed(newest)}
        last_of_month = {(at.year, at.month): id_ for at, id_ in reversed(newest)}
        kept |= {id_ for day, id_ in last_of_day.items() if (today.date() - day).days < self.daily}
        return kept | {id_ for (year, month), id_ in last_of_month.items() if (today.year - year) * 12 + today.month - month < self.monthly}
