"""Profiles kept: of each table the last, with what it suggested, and the one before of another snapshot. Made anew at any time, so they are files beside the lake."""

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from medthread.governance.profiles.suggestions import Suggestion
from medthread.pipeline.profile import Profile


@dataclass(frozen=True)
class Kept:
    """The last profile of a table, its suggestions, and the profile before it without values."""

    profile: Profile
    suggestions: tuple[Suggestion, ...]
    before: Profile | None = None


KEPT: TypeAdapter[Kept] = TypeAdapter(Kept)


@dataclass(frozen=True)
class Shelf:
    """A folder of them."""

    folder: Path

    def last(self, table: str) -> Kept | None:
        """What was found last; nothing where that was written by another version."""
        try:
            return KEPT.validate_json(self._place(table).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def keep(self, profile: Profile, suggestions: tuple[Suggestion, ...]) -> Kept:
        """Keep a profile in place of the last, whole or not at all."""
        last = self.last(profile.table)
        before = None if last is None else last.before if last.profile.snapshot == profile.snapshot else _without_values(last.profile)
        kept = Kept(profile, suggestions, before)
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self._place(profile.table).with_suffix(".part")
        partial.write_bytes(KEPT.dump_json(kept))
        partial.replace(self._place(profile.table))
        return kept

    def _place(self, table: str) -> Path:
        return self.folder / f"{table}.json"


def _without_values(profile: Profile) -> Profile:
    """Figures alone: rows that are gone since are told nowhere."""
    columns = tuple(replace(c, values=(), low=None, high=None, quantiles={}, histogram=()) for c in profile.columns)
    return replace(profile, columns=columns)
