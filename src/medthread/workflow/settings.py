"""Sections of `medthread.toml`, read strictly: a word nobody knows is a mistake, not a comment."""

from typing import Any

from medthread.model.errors import ConfigurationError


def section_of(given: Any, words: set[str], where: str) -> dict[str, Any]:
    """A section as it was written, empty where there is none. Raises `ConfigurationError`."""
    section = {} if given is None else given
    if not isinstance(section, dict):
        raise ConfigurationError(f"{where} is no section", hint=f"write {where} and under it {', '.join(sorted(words))}")
    strangers = sorted(set(section) - words)
    if strangers:
        raise ConfigurationError(f"{where} has no word {strangers[0]!r}", hint=f"it knows {', '.join(sorted(words))}")
    return section
