"""Levels of service and rules of quality compared: whether less is promised than before."""

import json
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from medthread.methods.contracts.form import OPERATORS, customs
from medthread.methods.contracts.report import Json, Report, paired

# Of which a smaller value is the better one, and of which a greater.
SMALLER = frozenset({"latency", "ly", "freshness", "frequency", "fy", "timeToDetect", "td", "timeToNotify", "tn", "timeToRepair", "tr", "errorRate", "er", "generalAvailability", "ga"})
GREATER = frozenset({"retention", "re", "availability", "av", "throughput", "th", "endOfSupport", "es", "endOfLife", "el", "durability", "completeness"})
SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1), **dict.fromkeys(("min", "minute", "minutes"), 60), **dict.fromkeys(("h", "hr", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400), **dict.fromkeys(("w", "week", "weeks"), 604800), **dict.fromkeys(("mo", "month", "months"), 2629746),
    **dict.fromkeys(("y", "yr", "year", "years"), 31556952),
}
INFINITE = float("inf")
LARGEST = 10**15  # beyond it a figure is none
Interval = tuple[float, float]


def compare_promises(report: Report, old: Sequence[Json] | None, new: Sequence[Json] | None) -> None:
    """Levels of service by their id, else by what they are of."""
    for name, was, is_ in paired(old, new, lambda p: p.get("id") or ".".join(filter(None, (p.get("property"), p.get("element"))))):
        at = f"slaProperties.{name}"
        if was is None or is_ is None:
            report.add("promise.added" if was is None else "promise.removed", at, _told(was), _told(is_))
            continue
        if (kind := _promise_kind(was, is_)) is not None:
            report.add(kind, at, _told(was), _told(is_))
        for word in ("description", "driver", "schedule", "scheduler", "authoritativeDefinitions"):
            report.plain("words", word, at, was, is_)
        report.plain("unknown", "customProperties", at, was, is_)
        for word in ("valueExt", "element"):
            report.plain("promise.changed", word, at, was, is_)


def _told(promise: Json | None) -> str | None:
    return None if promise is None else " ".join(str(promise[n]) for n in ("value", "unit") if promise.get(n) not in (None, ""))


def _promise_kind(was: Json, is_: Json) -> str | None:
    if (was.get("value"), was.get("unit")) == (is_.get("value"), is_.get("unit")):
        return None
    amounts = _amounts(was, is_)
    what = str(was.get("property"))
    if amounts is None or what not in SMALLER | GREATER:
        return "promise.changed"
    if amounts[0] == amounts[1]:
        return "words"
    return "promise.tightened" if (amounts[1] < amounts[0]) == (what in SMALLER) else "promise.loosened"


def _amounts(was: Json, is_: Json) -> tuple[float, float] | None:
    """Both on one scale; None where there is none."""
    units = [str(p.get("unit") or "").lower() for p in (was, is_)]
    values = [_number(p.get("value")) for p in (was, is_)]
    if values[0] is None or values[1] is None:
        return None
    if units[0] == units[1] or INFINITE in values:
        return values[0], values[1]
    if units[0] not in SECONDS or units[1] not in SECONDS:
        return None
    return values[0] * SECONDS[units[0]], values[1] * SECONDS[units[1]]


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    text = str(value).strip().rstrip("%") if not isinstance(value, int) or abs(value) < LARGEST else ""
    if text.lower() == "forever":
        return INFINITE
    try:
        found = float(text)
    except ValueError:
        pass
    else:
        return found if math.isfinite(found) else None
    try:
        return float(date.fromisoformat(text[:10]).toordinal())
    except ValueError:
        return None


def compare_rules(report: Report, at: str, old: Sequence[Json] | None, new: Sequence[Json] | None) -> None:
    """Rules by their id or name, else by what they ask."""
    for name, was, is_ in paired(old, new, _called):
        place = f"{at}.{name}"
        if was is None or is_ is None:
            warns = (was or is_ or {}).get("severity", "error") != "error"
            kind = ("rule.added" if was is None else "rule.removed") + (".warning" if warns else "")
            report.add(kind, place, was and rule_told(was), is_ and rule_told(is_))
            continue
        _compare_rule(report, place, was, is_)


def _called(rule: Json) -> Any:
    return rule.get("id") or rule.get("name") or json.dumps({n: rule.get(n) for n in ("type", "metric", "arguments", "query", "engine", "implementation", "description") if rule.get(n)}, sort_keys=True, default=str)


def _compare_rule(report: Report, at: str, was: Json, is_: Json) -> None:
    grave = [r.get("severity", "error") == "error" for r in (was, is_)]
    if grave[0] != grave[1]:
        report.add("rule.tightened" if grave[1] else "rule.loosened", f"{at}.severity", was.get("severity"), is_.get("severity"))
    if (kind := _threshold_kind(was, is_)) is not None:
        report.add(kind, at, rule_told(was), rule_told(is_))
    if (kind := _asked_kind(was, is_)) is not None:
        report.add(kind, at, rule_told(was), rule_told(is_))
    known = {"id", "name", "severity", "unit", "type", "metric", "arguments", "query", "engine", "implementation", "customProperties", *OPERATORS}
    for word in sorted((was.keys() | is_.keys()) - known):
        text_rule = word == "description" and "text" in (was.get("type"), is_.get("type"))
        words = word in ("description", "dimension", "businessImpact", "tags", "method", "schedule", "scheduler", "authoritativeDefinitions")
        report.plain("rule.changed" if text_rule else "words" if words else "unknown", word, at, was, is_)
    report.plain("words", "name", at, was, is_)
    _compare_own(report, at, was, is_, moved=grave[0] != grave[1])


def _compare_own(report: Report, at: str, was: Json, is_: Json, *, moved: bool) -> None:
    """What rules of ours say beyond the standard: what breaking one does, and how a value is mended."""
    before, after = customs(was), customs(is_)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name) and not (name == "gate" and moved):
            kind = {"gate": "rule.changed", "rule": "values.changed", "at": "rule.changed", "origin": "words", "severity": "words", "owner": "words"}.get(name, "unknown")
            report.add(kind, f"{at}.{name}", before.get(name), after.get(name))


def _asked_kind(was: Json, is_: Json) -> str | None:
    """What is counted: the same, listed values that are fewer or more, or another."""
    asked = [{n: r.get(n) for n in ("type", "metric", "query", "engine", "implementation")} for r in (was, is_)]
    arguments = [dict(r.get("arguments") or {}) for r in (was, is_)]
    if asked[0] == asked[1] and arguments[0] == arguments[1]:
        return None
    values = [a.pop("validValues", None) for a in arguments]
    if asked[0] != asked[1] or arguments[0] != arguments[1] or not all(isinstance(v, list) for v in values):
        return "rule.changed"
    listed = [set(map(str, v or ())) for v in values]
    return "rule.tightened" if listed[1] < listed[0] else "rule.loosened" if listed[0] < listed[1] else "words" if listed[0] == listed[1] else "rule.changed"


def _threshold_kind(was: Json, is_: Json) -> str | None:
    said = [{n: r[n] for n in (*OPERATORS, "unit") if n in r} for r in (was, is_)]
    if said[0] == said[1]:
        return None
    intervals = [interval(r) for r in (was, is_)]
    if intervals[0] is None or intervals[1] is None or (was.get("unit") or "rows") != (is_.get("unit") or "rows"):
        return "rule.changed"
    (low, high), (least, most) = intervals[0], intervals[1]
    if (low, high) == (least, most):
        return None
    if least >= low and most <= high:
        return "rule.tightened"
    return "rule.loosened" if least <= low and most >= high else "rule.changed"


def interval(rule: Json) -> Interval | None:
    """The figures that a rule bears; an open end counts as one that lies a hair beyond. None for what is no interval."""
    hair = 1e-9
    for name, bounds in (
        ("mustBe", lambda v: (v, v)), ("mustBeGreaterThan", lambda v: (v + hair, INFINITE)), ("mustBeGreaterOrEqualTo", lambda v: (v, INFINITE)),
        ("mustBeLessThan", lambda v: (-INFINITE, v - hair)), ("mustBeLessOrEqualTo", lambda v: (-INFINITE, v)),
    ):
        value = rule.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST:
            return bounds(value)
    between = rule.get("mustBeBetween")
    if isinstance(between, list) and all(abs(v) < LARGEST for v in between):
        return float(between[0]), float(between[1])
    return None


def rule_told(rule: Json) -> str:
    """A rule in a line: what it counts, and what that must be."""
    asked = rule.get("metric") or rule.get("query") or rule.get("implementation") or rule.get("description") or rule.get("name") or ""
    bound = next((f"{n} {rule[n]}" for n in OPERATORS if n in rule), "")
    arguments = json.dumps(rule["arguments"], ensure_ascii=False) if rule.get("arguments") else ""
    return " ".join(filter(None, (str(asked), arguments, bound)))[:300]
