"""How good data has to be: `[quality]` of `medthread.toml`.

    [quality]
    target = 98.0
    targets = { lot = 99.5, "lot.lot_no" = 99.9, "domain:supply" = 98.5, "source:erp" = 97 }

What has no target of its own has that of what it belongs to: a field its entity's, an entity its domain's, else the general one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from medthread.model import Registry, Source
from medthread.model.errors import ConfigurationError
from medthread.pipeline.judging import WORDS

OURS = frozenset({"target", "targets", "review_within", "corrects_from"})  # the last two are terms of review
EXAMPLE = '[quality]\ntarget = 98.0\ntargets = { lot = 99.5, "domain:supply" = 98.5, "source:erp" = 97 }'


@dataclass(frozen=True)
class QualityTargets:
    """Indices from 0 to 100 that are to be reached; none where nothing is said."""

    general: float | None = None
    named: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, settings: Mapping[str, object], registry: Registry, sources: tuple[Source, ...]) -> "QualityTargets":
        """What a workspace says. Raises `ConfigurationError` for a word, a name or a number that cannot be."""
        section = settings.get("quality", {})
        if not isinstance(section, Mapping) or set(section) - OURS - WORDS or not isinstance(section.get("targets", {}), Mapping):
            raise ConfigurationError(f"[quality] = {section!r}", hint=EXAMPLE)
        given: dict[str, object] = dict(section.get("targets", {}))
        known = {n for e in registry.values() for n in (e.name, f"domain:{e.about.domain}", *(f"{e.name}.{f}" for f in e.fields))}
        known |= {f"source:{s.name}" for s in sources}
        for name, value in {"target": section.get("target", 0), **given}.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004 - per cent
                raise ConfigurationError(f"[quality] {name} = {value!r}", hint="a number from 0 to 100")
        if strange := sorted(set(given) - known):
            raise ConfigurationError(f"[quality] targets names {strange[0]!r}, which nobody declares", hint=EXAMPLE)
        general = section.get("target")
        return cls(None if general is None else float(general), {n: float(str(v)) for n, v in given.items()})

    def of(self, *names: str) -> float | None:
        """The target of the first name that has one."""
        return next((self.named[n] for n in names if n in self.named), self.general)
