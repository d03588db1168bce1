"""Rules of quality in the words of the standard: metrics of its library where it has one, SQL that any engine reads, else our own engine's.

A row that breaks a rule is held back before anybody sees it, or flagged where the rule only warns. So the promise of a rule that
holds rows back is that none breaks it.
"""

import re
from collections.abc import Mapping
from typing import Any

from medthread.derive.checks import (
    Check,
    added_checks,
    checks_of,
    declared_checks,
    implied_checks,
)
from medthread.derive.contract.words import DIMENSIONS, VENDOR, Json, ours, with_custom
from medthread.derive.form import pair
from medthread.model import Entity, Field, Gate, Registry, Rule

PATTERN = re.compile(r"not regexp_full_match\(\{column\}, '((?:[^']|'')*)'\)")
BOUNDS = re.compile(r"(?:\{column\} < (?P<low>-?[\d.]+))?(?: or )?(?:\{column\} > (?P<high>-?[\d.]+))?")
CALLS = re.compile(r"\b([a-z_][a-z0-9_]*)\s*\(", re.IGNORECASE)
# Functions that SQL engines share; a condition that calls another is read by ours alone.
SHARED = frozenset({"and", "or", "not", "in", "exists", "cast", "coalesce", "nullif", "upper", "lower", "trim", "length", "abs", "round", "count", "sum", "min", "max", "avg", "extract", "substr"})


def qualities(entity: type[Entity], registry: Registry) -> dict[str | None, list[Json]]:
    """Every rule by its field, those of the rows under none; each says where it comes from."""
    origins = {c.id: "implied" for c in implied_checks(entity, registry)} | {c.id: "added" for c in added_checks(entity, registry)}
    said = {c.id: _declared(entity, c) for c in declared_checks(entity)}
    found: dict[str | None, list[Json]] = {}
    for check in checks_of(entity, registry):
        told = _quality(check, entity, origin=origins.get(check.id) or ("declared" if check.id in said else "carried"), rule=said.get(check.id))
        found.setdefault(check.field, []).append(told)
    return found


def _declared(entity: type[Entity], check: Check) -> Rule:
    """The rule as it is written at its field, before the field's name is filled in."""
    rules = entity.fields[check.field].mark.rules if check.field else entity.about.rules
    return next(r for r in rules if r.name == check.rule.name)


def _quality(check: Check, entity: type[Entity], *, origin: str, rule: Rule | None) -> Json:
    gate = check.rule.gate
    dimension = check.rule.dimension.value
    found: Json = {
        "id": check.id.replace(".", "_"), "name": check.id, **_asked(check, entity, rule), "description": f"{check.label.zh}\n{check.label.en}",
        "dimension": DIMENSIONS.get(dimension, dimension), "severity": "warning" if gate is Gate.WARN else "error",
    }
    return with_custom(found, {"origin": origin, "gate": gate.value, "rule": _rule(rule) if rule else None})


def _rule(rule: Rule) -> Json:
    said: Json = {
        "name": rule.name, "about": pair(rule.about), "broken": rule.broken, "dimension": rule.dimension.value, "gate": rule.gate.value,
        "correct": rule.correct, "confidence": rule.confidence, "needs": list(rule.needs),
    }
    return {n: v for n, v in said.items() if v not in (None, [])}


def _asked(check: Check, entity: type[Entity], rule: Rule | None) -> Json:
    """What is counted, in the words that say it best."""
    none: Json = {"mustBe": 0, "unit": "rows"}
    match check.rule.name, rule:
        case "required", None:
            return {"type": "library", "metric": "nullValues", **none}
        case "duplicate", None:
            return {"type": "library", "metric": "duplicateValues", "arguments": {"properties": list(entity.key())}, **none}
        case "code", None if check.field:
            codes = entity.fields[check.field].mark.codes or {}
            return {"type": "library", "metric": "invalidValues", "arguments": {"validValues": list(codes)}, **none}
        case _, Rule() if check.field and (form := PATTERN.fullmatch(rule.broken)):
            return {"type": "library", "metric": "invalidValues", "arguments": {"pattern": form[1].replace("''", "'")}, **none}
    broken = check.rule.broken
    if broken and set(map(str.lower, CALLS.findall(broken))) <= SHARED:
        return {"type": "sql", "query": f"select count(*) from ${{object}} where {broken}", **none}
    return {"type": "custom", "engine": VENDOR, "implementation": {"rule": check.id, **({"broken": broken} if broken else {})}}


def options(field: Field) -> Json:
    """What the type promises beyond itself: the form of a text, the bounds of a number, of rules that hold rows back."""
    found: Json = {}
    for rule in (r for r in field.mark.rules if r.gate is not Gate.WARN and r.correct is None):
        if (form := PATTERN.fullmatch(rule.broken)) is not None:
            found["pattern"] = form[1].replace("''", "'")
        elif rule.broken and (bounds := BOUNDS.fullmatch(rule.broken)) is not None:
            found |= {n: _number(bounds[at]) for n, at in (("minimum", "low"), ("maximum", "high")) if bounds[at] is not None}
    return found


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def rules_in(element: Mapping[str, Any]) -> list[Json]:
    """The rules as they were declared, of an element of a contract, in their order."""
    return [own["rule"] for quality in element.get("quality") or () if "rule" in (own := ours(quality))]
