"""Thresholds: numbers of `medthread.toml` that decide about data, each by its section and name: `threshold:quality.target`, content `{"value": 98.5}`."""

from collections.abc import Mapping
from typing import Any

from medthread.governance.governed.words import Base, Content, as_invalid, one_of
from medthread.governance.masters.setting import BOUNDS, MasterSetting
from medthread.governance.quality_target import QualityTargets
from medthread.governance.review.terms import ReviewTerms
from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.pipeline.judging import Judging

VALUE = "value"
TARGETS = "targets"
NAMES = ("quality.target", "quality.review_within", "quality.corrects_from", "quality.verdict_days", *(f"masters.{n}" for n in BOUNDS))
SHAPE = f"there are: {', '.join(NAMES)}, quality.targets.<what is to reach it>"


DEFAULTS: dict[str, Any] = {
    "quality.corrects_from": ReviewTerms.corrects_from, "quality.verdict_days": Judging.verdict_days, "masters.second_person_from": MasterSetting.second_person_from,
}  # what the product does where nobody says anything


class Thresholds:
    """Thresholds as they are changed under governance."""

    def declared(self, base: Base, name: str) -> Content | None:
        """What `medthread.toml` says of it."""
        value = value_of(base.settings, name)
        return None if value is None else {VALUE: value}

    def checked(self, base: Base, name: str, content: Content) -> Content:
        """The content as it is kept; it is read as the file would be."""
        words_of(name)
        one_of(content, VALUE)
        try:
            readable(base, with_value(base.settings, name, content[VALUE]))
        except ConfigurationError as error:
            raise as_invalid(error) from error
        return {VALUE: content[VALUE]}

    def told(self, content: Content) -> Content:
        """As it is: there is one word."""
        return content

    def narrows(self, before: Content | None, after: Content | None) -> bool:  # noqa: ARG002 - what all kinds are asked
        """No threshold keeps data from anybody."""
        return False


def words_of(name: str) -> tuple[str, ...]:
    """The section and the words under it. Raises `NotFoundError` for what is no threshold."""
    section, _, rest = name.partition(".")
    first, _, what = rest.partition(".")
    if section == "quality" and first == TARGETS and what:
        return section, TARGETS, what
    if name not in NAMES:
        raise NotFoundError(f"no threshold {name!r}", hint=SHAPE)
    return section, rest


def value_of(settings: Mapping[str, object], name: str) -> Any:
    """The value that settings have; nothing where they have none."""
    found: Any = settings
    for word in words_of(name):
        found = found.get(word) if isinstance(found, Mapping) else None
    return found


def with_value(settings: Mapping[str, object], name: str, value: Any) -> dict[str, object]:
    """The settings with another value, or, where it is nothing, without it."""
    section, *path = words_of(name)
    made: dict[str, Any] = {k: dict(v) if isinstance(v, Mapping) else v for k, v in settings.items()}
    here = made.setdefault(section, {})
    if len(path) > 1:
        here[path[0]] = dict(here.get(path[0], {}))
        here = here[path[0]]
    if value is None:
        here.pop(path[-1], None)
    else:
        here[path[-1]] = value
    return made


def said_in(settings: Mapping[str, object]) -> list[str]:
    """The thresholds that settings say something of."""
    quality = settings.get("quality", {})
    targets = quality.get(TARGETS, {}) if isinstance(quality, Mapping) else {}
    named = [f"quality.{TARGETS}.{n}" for n in targets] if isinstance(targets, Mapping) else []
    return [n for n in (*NAMES, *named) if value_of(settings, n) is not None]


def readable(base: Base, settings: Mapping[str, object]) -> None:
    """Raises `ConfigurationError` where a section could not be read so."""
    QualityTargets.read(settings, base.registry, base.sources)
    ReviewTerms.read(settings, base.calendar)
    MasterSetting.read(settings, base.registry.values())
    Judging.read(settings)
