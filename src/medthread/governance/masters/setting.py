"""`[masters]` of `medthread.toml`: when a second person decides, how soon pairs are looked at, how often quality is sampled, what codes look like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from medthread.governance.masters.coding import declared_coding
from medthread.governance.masters.impact import Impact
from medthread.model import Coding, Entity, Kind
from medthread.model.errors import ConfigurationError
from medthread.model.section import numbers
from medthread.pipeline.match.kinds import check_kinds

BOUNDS = {"second_person_from": (0, 1_000_000_000), "pair_days": (0, 365), "sample_days": (0, 366), "sample_each": (1, 500)}  # name: least, most


@dataclass(frozen=True, kw_only=True)
class MasterSetting:
    """What a workspace says of its masters.

    `second_person_from`: references to the records at which a second person approves; with an open case about them one always
    does. `pair_days`: working days in which a steward looks at a pair, 0 without limit. `sample_days`: days between two samples
    of the quality of matching, 0 for none by themselves; `sample_each`: pairs of every stratum. `codings`: the form of codes, by
    master.
    """

    second_person_from: int = 100
    pair_days: int = 5
    sample_days: int = 7
    sample_each: int = 25
    codings: Mapping[str, Coding] = field(default_factory=dict)

    @classmethod
    def read(cls, settings: Mapping[str, object], masters: Iterable[type[Entity]]) -> "MasterSetting":
        """Refused where a word is unknown or a number out of bounds, where a form makes no codes, or where a master asks for matching that nobody declares."""
        masters = tuple(masters)
        check_kinds(masters)
        section = settings.get("masters", {})
        own = {k: v for k, v in section.items() if isinstance(v, Mapping)} if isinstance(section, Mapping) else {}
        plain = {**settings, "masters": {k: v for k, v in section.items() if k not in own}} if isinstance(section, Mapping) else settings
        return cls(**numbers(plain, "masters", BOUNDS), codings=_codings(own, masters))

    def needs_second(self, impact: Impact) -> bool:
        """Whether one person's word is not enough."""
        return impact.open_cases > 0 or impact.references >= self.second_person_from


def _codings(own: Mapping[str, Mapping[str, object]], masters: Iterable[type[Entity]]) -> dict[str, Coding]:
    """The form of every master that can be asked for: the company's own, else that declared."""
    known = {e.name: e for e in masters if e.about.match and len(e.key()) == 1}
    if strange := next((n for n in own if n not in known), None):
        raise ConfigurationError(f"[masters.{strange}] is no matched master with one code", hint=f"there are: {', '.join(known)}")
    found: dict[str, Coding] = {}
    for name, entity in known.items():
        found[name] = _coding(own.get(name, {}), entity)
        readable = [f.name for f in entity.fields.values() if f.kind is Kind.TEXT and not f.is_personal and not f.mark.key]
        found[name].check_fields(readable, of=name)
    return found


def _coding(own: Mapping[str, object], entity: type[Entity]) -> Coding:
    declared = declared_coding(entity)
    if strange := next((w for w in own if w not in ("code", "words")), None):
        raise ConfigurationError(f"[masters.{entity.name}] {strange} is no setting", hint="there are: code, words")
    form, words = own.get("code", declared.form), own.get("words", declared.words)
    if not isinstance(form, str) or not isinstance(words, Mapping) or not all(isinstance(of, Mapping) and all(isinstance(w, str) for w in of.values()) for of in words.values()):
        raise ConfigurationError(f"[masters.{entity.name}] says no form of codes", hint='code = "SUP-{seq:06}{check}", and below [masters.<master>.words.<field>] value = "WORD"')
    return Coding(form, words)
