"""Contracts of older versions in the form of the newest: what has been given another place since is put there.

3.0 had its team as a list, and called a metric a rule; 3.1 moved both. What a library metric says of a field that the newest version
has a word for (no nulls, no duplicates, listed values) is said in that word too, so that two ways of saying it compare as one.
"""

import copy
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
OPERATORS = ("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween")
METRICS = {"nullCheck": "nullValues", "unique": "duplicateValues", "duplicateCount": "duplicateValues", "validValues": "invalidValues", "rowCount": "rowCount"}


def normal(contract: Mapping[str, Any]) -> Json:
    """The same contract in the newest form; the one that was given stays as it is."""
    found: Json = copy.deepcopy(dict(contract))
    if isinstance(found.get("team"), list):
        found["team"] = {"members": found["team"]}
    for there in found.get("schema") or ():
        _element(there)
    return found


def _element(element: Json) -> None:
    for rule in element.get("quality") or ():
        said = rule.pop("rule", None)
        if said is not None and "metric" not in rule:
            rule["metric"] = METRICS.get(said, said)
    for part in element.get("properties") or ():
        _element(part)
        _say_in_words(part)
    if isinstance(element.get("items"), dict):
        _element(element["items"])


def _say_in_words(part: Json) -> None:
    for rule in part.get("quality") or ():
        if rule.get("mustBe") != 0 or rule.get("severity", "error") != "error":
            continue
        arguments = rule.get("arguments") or {}
        match rule.get("metric"):
            case "nullValues":
                part["required"] = True
            case "duplicateValues" if not arguments.get("properties"):
                part["unique"] = True
            case "invalidValues" if isinstance(arguments.get("validValues"), list) and arguments["validValues"]:
                part.setdefault("enum", [{"value": v} for v in arguments["validValues"]])
            case "invalidValues" if isinstance(arguments.get("pattern"), str) and part.get("logicalType") == "string":
                part.setdefault("logicalTypeOptions", {}).setdefault("pattern", arguments["pattern"])


def customs(element: Mapping[str, Any]) -> Json:
    """Custom properties by vendor and name; those without a vendor count as ours, for older versions had none."""
    found = {}
    for said in element.get("customProperties") or ():
        vendor = said.get("vendor", "medthread")
        found[said["property"] if vendor == "medthread" else f"{vendor}:{said['property']}"] = said.get("value")
    return found
