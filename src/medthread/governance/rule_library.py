"""Every quality rule there is, declared or of the company's own, with who answers for it and what was found last."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medthread.derive.checks import Check, checks_of
from medthread.derive.form import pair
from medthread.model import Dimension, Entity, Gate, Label, Registry
from medthread.model.owners import owner_label
from medthread.model.rule_file import Point, QualityRule, Severity
from medthread.pipeline.judge import State, Verdict, version_of

SHIPPED, OWN = "software", "workspace"
MODELS, MODELS_LAYER = "models", "marts"
_SEVERITY = {Gate.BLOCK: Severity.CRITICAL, Gate.QUARANTINE: Severity.MAJOR, Gate.WARN: Severity.MINOR}
# Of several verdicts of one rule the worst is told.
_WORST = (State.FAILED, State.BROKEN, State.TOLERATED, State.LEARNING, State.HOLDS)


@dataclass(frozen=True)
class ListedRule:
    """A rule as people meet it; `id` is what verdicts and quarantined rows call it."""

    id: str
    label: Label
    dimension: Dimension
    gate: str  # a gate's name, or `correct` where it mends
    owner: str
    severity: Severity
    tolerance: float
    point: Point
    asset: str
    domain: str  # of business; `models` for what is said of a model's table
    entity: str | None
    field: str | None
    kind: str
    origin: str
    version: str
    own: QualityRule | None = None

    @property
    def subject(self) -> str:
        """What a change of it is about: one's own rule by its name, one of the software by the id of its check."""
        return f"quality_rule:{self.own.name if self.own else self.id}"

    def told(self, verdicts: Sequence[Verdict]) -> dict[str, Any]:
        """As JSON, with its verdicts added up: the worst state, rows looked at and broken, when it was tried last."""
        state = next((s for s in _WORST if any(v.state is s for v in verdicts)), None)
        moments = [v.at for v in verdicts if v.at is not None]
        return {
            "id": self.id, "label": pair(self.label), "dimension": self.dimension.value, "gate": self.gate, "owner": self.owner,
            "owner_label": pair(owner_label(self.owner)), "severity": self.severity.value, "tolerance": self.tolerance, "at": self.point.value,
            "asset": self.asset, "domain": self.domain, "entity": self.entity, "field": self.field, "kind": self.kind, "origin": self.origin, "version": self.version,
            "state": state.value if state else None, "checked": sum(v.checked for v in verdicts), "broken": sum(v.broken for v in verdicts),
            "corrected": sum(v.corrected for v in verdicts), "tried_at": max(moments, default=None),
        }


def listed(registry: Registry, rules: Sequence[QualityRule]) -> Iterator[ListedRule]:
    """All of them: the entities' with what was added to them, then those of whole tables."""
    own = {r.name: r for r in rules if r.at is Point.INTAKE}
    for entity in registry.values():
        for check in checks_of(entity, registry):
            yield _of_check(check, entity, registry, own=own.get(check.rule.name.removesuffix("_mended")))
    for rule in rules:
        if rule.at is not Point.INTAKE:
            layer, _, name = rule.on.relation.partition(".")
            entity_of = registry[name] if layer != MODELS_LAYER and name in registry else None
            yield ListedRule(
                rule.name, rule.label, rule.dimension, rule.gate.value, rule.owner, rule.severity, rule.tolerance, rule.at, rule.on.relation,
                entity_of.about.domain if entity_of else MODELS, entity_of.name if entity_of else None, rule.on.field, rule.check.kind, OWN, version_of(rule), rule,
            )


def _of_check(check: Check, entity: type[Entity], registry: Registry, *, own: QualityRule | None) -> ListedRule:
    mine = own if own is not None and own.on.entity == check.entity else None
    borne = registry.borne(check.id)
    tolerance = mine.tolerance if mine else borne.tolerance if borne else 0.0
    severity = Severity(borne.severity) if borne and borne.severity else _SEVERITY[check.rule.gate]
    return ListedRule(
        check.id, check.label, check.rule.dimension, "correct" if check.rule.correct else check.rule.gate.value, mine.owner if mine else entity.about.owner,
        mine.severity if mine else severity, tolerance, Point.INTAKE, check.entity, entity.about.domain, check.entity, check.field,
        mine.check.kind if mine else check.rule.name, OWN if mine else SHIPPED, version_of(check, tolerance=tolerance if mine is None or mine.name == check.rule.name else 0.0), mine,
    )


def by_rule(verdicts: Mapping[tuple[str, str], Verdict]) -> dict[str, list[Verdict]]:
    """The last verdicts of each rule, over its assets."""
    found: dict[str, list[Verdict]] = {}
    for (rule, _), verdict in verdicts.items():
        found.setdefault(rule, []).append(verdict)
    return found
