"""A company's rules of whole tables in the words of the standard."""

from typing import Any

from medthread.derive.contract.words import DIMENSIONS, VENDOR, Json, with_custom
from medthread.model import Gate
from medthread.model.rule_file import QualityRule, RuleCheck

OWN = frozenset({"range", "length", "check_digit", "reference", "fresh_days", "reconcile", "drift"})  # asked by our own engine


def rule_as_quality(rule: QualityRule) -> Json:
    """One rule; what the standard has no metric for is said in SQL, else for our own engine."""
    found: Json = {
        "id": rule.name, "name": rule.name, **_asked(rule), "description": f"{rule.zh}\n{rule.en}", "dimension": DIMENSIONS.get(rule.dimension.value, rule.dimension.value),
        "severity": "error" if rule.gate is Gate.BLOCK else "warning",
    }
    return with_custom(found, {"origin": "workspace", "gate": rule.gate.value, "severity": rule.severity.value, "at": rule.at.value, "owner": rule.owner})


def _asked(rule: QualityRule) -> Json:
    none: Json = {"mustBeLessOrEqualTo": round(rule.tolerance * 100, 9), "unit": "percent"} if rule.tolerance else {"mustBe": 0, "unit": "rows"}
    return {**_counted(rule.check), **({} if rule.check.kind in OWN else none)}


def _counted(check: RuleCheck) -> Json:
    """What is counted."""
    library = {
        "filled": ("missingValues", {"missingValues": [None, ""]}), "codes": ("invalidValues", {"validValues": list(check.codes or ())}),
        "pattern": ("invalidValues", {"pattern": check.pattern}), "unique": ("duplicateValues", {"properties": list(check.unique or ())}),
    }
    if check.kind in library:
        metric, arguments = library[check.kind]
        return {"type": "library", "metric": metric, "arguments": arguments}
    if check.kind == "holds":
        return {"type": "sql", "query": f"select count(*) from ${{object}} where not ({check.holds})"}
    if check.kind == "rows":
        return {"type": "sql", "query": f"select count(*) from ({(check.rows or '').strip().rstrip(';')}) as bad"}
    return {"type": "custom", "engine": VENDOR, "implementation": _plain(check)}


def _plain(check: RuleCheck) -> dict[str, Any]:
    return check.model_dump(mode="json", exclude_none=True)
