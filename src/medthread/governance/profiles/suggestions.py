"""Suggested rules with their evidence: tried on all rows, without those that are said already."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ConfigDict

from medthread.governance.profiles.candidates import Candidate, Place, candidates
from medthread.model import Entity, Field, Label, Registry
from medthread.model.rule_file import QualityRule
from medthread.model.rules import NOT_NEGATIVE
from medthread.pipeline.context import Context
from medthread.pipeline.judge import State, try_rules
from medthread.pipeline.profile import Profile
from medthread.stores.lakehouse import ReleaseTable

MOST_BROKEN = 0.02  # a rule that more rows break is none
PROFILE = Label("由数据剖析建议", "Suggested by a profile")
ROOM = 1.5  # tolerance beyond what breaks it today
Tables = Mapping[str, ReleaseTable]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A rule that nobody has said, how it was found on all rows, and what made it likely."""

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)

    rule: QualityRule
    checked: int
    broken: int
    sample: tuple[str, ...]
    zh: str
    en: str
    origin: Label = PROFILE

    @property
    def why(self) -> Label:
        """What made it likely, in words."""
        return Label(self.zh, self.en)

    @property
    def share(self) -> float:
        """What share of the rows keeps it."""
        return 1 - self.broken / self.checked if self.checked else 1.0


def suggestions(context: Context, profile: Profile, tables: Tables) -> tuple[Suggestion, ...]:
    """What a profile suggests; nothing for a table that no rule can name."""
    place = place_of(context, profile.table)
    if place is None:
        return ()
    made = [c for c in candidates(profile, place, context.registry) if not is_said(c.rule, context.registry, context.rules)]
    made = list({c.rule.name: c for c in reversed(made)}.values())[::-1]
    verdicts = {v.rule: v for v in try_rules(context, [c.rule for c in made], tables)}
    found = []
    for one in made:
        verdict = verdicts[one.rule.name]
        if verdict.state is State.FAILED or (verdict.checked and verdict.broken > verdict.checked * MOST_BROKEN):
            continue
        found.append(_with_evidence(one, verdict.checked or profile.rows, verdict.broken, verdict.sample))
    return tuple(found)


def place_of(context: Context, table: str) -> Place | None:
    """What rules of a table guard: rows of sources are guarded as the records that they feed."""
    layer, _, name = table.partition(".")
    if layer == "marts":
        model = next((m for m in context.models if m.name == name), None)
        return Place(None, model) if model else None
    return Place(context.registry[name], None) if layer in ("standard", "golden") and name in context.registry else None


def _with_evidence(one: Candidate, checked: int, broken: int, sample: Sequence[str]) -> Suggestion:
    tolerance = math.ceil(broken / checked * ROOM * 1000) / 1000 if broken and checked else 0.0
    rule = one.rule.model_copy(update={"tolerance": tolerance})
    return Suggestion(rule=rule, checked=checked, broken=broken, sample=tuple(sample), zh=one.why.zh, en=one.why.en)


def unsaid(found: Iterable[Suggestion], registry: Registry, rules: Sequence[QualityRule]) -> list[Suggestion]:
    """Those that are still to be said: since they were found, somebody may have."""
    names = {r.name for r in rules}
    return [s for s in found if s.rule.name not in names and not is_said(s.rule, registry, rules)]


def is_said(rule: QualityRule, registry: Registry, rules: Sequence[QualityRule]) -> bool:
    """Whether the declarations or the company's own rules say as much of the same field or table."""
    if any(_same(rule, other) for other in rules):
        return True
    entity = registry.get(rule.on.entity) if rule.on.entity else None
    if entity is None:
        return False
    if rule.check.kind == "unique":
        return set(_plain(rule.check.unique or ())) >= set(entity.key())
    field = entity.fields.get(_plain([rule.on.field])[0]) if rule.on.field else None
    return field is not None and _declares(entity, field, rule.check.kind)


def _declares(entity: type[Entity], field: Field, kind: str) -> bool:
    mark = field.mark
    holds = [r for r in (*mark.rules, *(r for r in entity.about.rules if field.name in r.needs)) if r.correct is None]
    said: dict[str, Any] = {
        "filled": field.required, "codes": mark.codes is not None or mark.ref is not None or holds, "reference": mark.ref or mark.mentions,
        "pattern": mark.codes is not None or mark.ref is not None or holds, "length": mark.codes is not None or mark.ref is not None or holds,
        "range": [r for r in holds if r.name != NOT_NEGATIVE.name],  # which says nothing of what is too much
    }
    return bool(said.get(kind))


def _same(one: QualityRule, other: QualityRule) -> bool:
    """Rules of the same table and field that check the same kind of thing; of a field one of its form is enough."""
    forms = ({"codes", "pattern", "length", "check_digit"},)
    alike = one.check.kind == other.check.kind or any({one.check.kind, other.check.kind} <= f for f in forms)
    if not alike or _guarded(one) != _guarded(other):
        return False
    if one.check.drift is not None and other.check.drift is not None:
        return one.check.drift.of is other.check.drift.of
    if one.check.unique is not None and other.check.unique is not None:
        return set(_plain(one.check.unique)) == set(_plain(other.check.unique))
    return _plain([one.on.field]) == _plain([other.on.field])


def _guarded(rule: QualityRule) -> str:
    return rule.on.entity or rule.on.relation.replace("standard.", "").replace("golden.", "")


def _plain(names: Iterable[str | None]) -> list[str]:
    return [(n or "").removesuffix("__code") for n in names]


def with_gate(found: Suggestion, *, gate: str | None, tolerance: float | None) -> Suggestion:
    """The same with another consequence or tolerance, where a person wants one. Raises `ValidationError` where they do not go together."""
    changes = {k: v for k, v in (("gate", gate), ("tolerance", tolerance)) if v is not None}
    return replace(found, rule=QualityRule.model_validate({**found.rule.model_dump(), **changes}))
