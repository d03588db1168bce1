"""Whether files may change what governs the data, and which approvals are signed: `[governance]` of `medthread.toml`.

    [governance]
    changes = "approved"              # files | approved
    signed = ["quality_rule", "mapping"]

With `files` what stands in files holds, and approved changes stand above it. With `approved` only what was approved holds:
a file that says something else is told of and not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from medthread.governance.governed.words import GOVERNED
from medthread.model.errors import ConfigurationError

FILES, APPROVED = "files", "approved"
EXAMPLE = '[governance]\nchanges = "approved"\nsigned = ["quality_rule", "mapping"]'
_WORDS = frozenset({"changes", "signed"})


@dataclass(frozen=True)
class GovernanceSetting:
    """Whether files hold by themselves, and the kinds whose approval takes a signature."""

    files_hold: bool = True
    signed: frozenset[str] = frozenset()

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> "GovernanceSetting":
        """What a workspace says. Raises `ConfigurationError` for a word that means nothing here."""
        said = settings.get("governance", {})
        if not isinstance(said, Mapping) or set(said) - _WORDS:
            raise ConfigurationError(f"[governance] = {said!r}", hint=EXAMPLE)
        changes, signed = said.get("changes", FILES), said.get("signed", [])
        if changes not in (FILES, APPROVED):
            raise ConfigurationError(f"[governance] changes = {changes!r}", hint=EXAMPLE)
        if not isinstance(signed, list) or not set(map(str, signed)) <= set(GOVERNED):
            raise ConfigurationError(f"[governance] signed = {signed!r}", hint=f"some of: {', '.join(GOVERNED)}")
        return cls(changes == FILES, frozenset(map(str, signed)))
