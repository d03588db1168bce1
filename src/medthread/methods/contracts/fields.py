"""Fields compared: what they hold, whether it must be there, which values there may be, who may see them."""

import json
from collections.abc import Sequence
from typing import Any

from medthread.methods.contracts.form import customs
from medthread.methods.contracts.promises import compare_rules
from medthread.methods.contracts.report import Json, Report, paired
from medthread.methods.contracts.types import compare_options, compare_types

WORDS = frozenset({"businessName", "description", "synonyms", "tags", "authoritativeDefinitions", "context", "examples", "transformDescription"})
PLAIN = {
    "physicalName": "place.changed", "encryptedName": "place.changed", "criticalDataElement": "critical", "semanticType": "role_of_field", "partitioned": "storage.layout",
    "partitionKeyPosition": "storage.layout", "transformSourceObjects": "values.changed", "transformLogic": "values.changed",
}
HANDLED = frozenset({
    "id", "name", "logicalType", "physicalType", "logicalTypeOptions", "required", "unique", "primaryKey", "primaryKeyPosition", "enum", "classification", "deprecated", "relationships",
    "quality", "customProperties", "properties", "items",
})
LEVELS = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3, "personal": 3, "personal_sensitive": 4}
NUMBERS = frozenset("12345")  # levels without words, of which a higher number is the more careful
# What our own properties say, by what their change is.
CUSTOM = {
    "mask": "mask.changed", "home": "home.changed", "resolvedToMaster": "meaning.told", "statement": "values.changed", "match": "values.changed", "series": "offer.changed",
    "default": "offer.changed", "plant": "reach.changed", "region": "reach.changed", "retention": "promise.changed", "label": "words", "meaning": "words", "synonyms": "words", "labelEn": "words",
    "purposeEn": "words", "owner": "words", "group": "words", "title": "words", "glance": "words", "search": "words", "notInList": "words", "long": "words", "keptFrom": "words", "terms": "words",
    "reads": "words", "pursues": "words", "mentions": "words", "ref": "words", "declaredRequired": "words", "writtenBy": "words", "origin": "words", "renamedFrom": "words", "rule": "words", "gate": "words", "partition": "storage.layout",
}


def compare_fields(report: Report, at: str, old: Sequence[Json] | None, new: Sequence[Json] | None) -> None:
    """The fields of two tables. One that says what it was called before, or keeps its id, is renamed; else it is another."""
    there = {p["name"] for p in old or ()}
    by_id = {p["id"]: p["name"] for p in old or () if p.get("id")}
    kept = {p["name"] for p in new or ()}

    def before_it_was_renamed(field: Json) -> str:
        """The name that it had, where the contract says so."""
        name = str(field["name"])
        if name in there:
            return name
        said = customs(field).get("renamedFrom") or by_id.get(field.get("id"))
        return str(said) if said in there and said not in kept else name

    for name, was, is_ in paired(old, new, before_it_was_renamed):
        place = f"{at}.{name}"
        if was is None or is_ is None:
            one = was or is_ or {}
            kind = "field.removed" if is_ is None else "field.added.required" if one.get("required") else "field.added"
            report.add(kind, place, was and name, is_ and name)
            continue
        if was["name"] != is_["name"]:
            report.add("field.renamed", place, was["name"], is_["name"])
        compare_field(report, place, was, is_)


def compare_field(report: Report, at: str, was: Json, is_: Json) -> None:
    """One field against another."""
    compare_types(report, at, was, is_)
    compare_options(report, f"{at}.logicalTypeOptions", was, is_)
    report.flag("required", at, was, is_)
    report.flag("unique", at, was, is_)
    _codes(report, f"{at}.enum", was.get("enum"), is_.get("enum"))
    _classification(report, f"{at}.classification", was.get("classification"), is_.get("classification"))
    if bool(was.get("deprecated")) != bool(is_.get("deprecated")):
        report.add("deprecated" if is_.get("deprecated") else "reinstated", at)
    for word in sorted((was.keys() | is_.keys()) - HANDLED):
        report.plain("words" if word in WORDS else PLAIN.get(word, "unknown"), word, at, was, is_)
    compare_references(report, f"{at}.relationships", was.get("relationships"), is_.get("relationships"))
    compare_rules(report, f"{at}.quality", was.get("quality"), is_.get("quality"))
    compare_customs(report, f"{at}.customProperties", was, is_)
    compare_fields(report, at, was.get("properties"), is_.get("properties"))
    if isinstance(was.get("items"), dict) or isinstance(is_.get("items"), dict):
        compare_field(report, f"{at}.items", was.get("items") or {}, is_.get("items") or {})


def _codes(report: Report, at: str, old: Sequence[Json] | None, new: Sequence[Json] | None) -> None:
    if not old and not new:
        return
    if not old or not new:
        report.add("codes.closed" if new else "codes.opened", at, None if not old else [c["value"] for c in old], None if not new else [c["value"] for c in new])
        return
    for value, was, is_ in paired(old, new, lambda c: json.dumps(c["value"], ensure_ascii=False)):
        place = f"{at}.{value}"
        if was is None or is_ is None:
            report.add("code.added" if was is None else "code.removed", place, was and was["value"], is_ and is_["value"])
        elif any(was.get(n) != is_.get(n) for n in ("label", "description", "customProperties", "tags")):
            report.add("words", place, was.get("label"), is_.get("label"))


def _classification(report: Report, at: str, was: Any, is_: Any) -> None:
    if was == is_:
        return
    levels = [int(c) + 10 if str(c) in NUMBERS else LEVELS.get(str(c).lower()) for c in (was, is_)]
    comparable = levels[0] is not None and levels[1] is not None and (levels[0] > 9) == (levels[1] > 9)  # noqa: PLR2004 - numbers are a scale of their own
    if not comparable or levels[0] == levels[1]:
        report.add("class.changed", at, was, is_)
    else:
        report.add("class.raised" if (levels[1] or 0) > (levels[0] or 0) else "class.lowered", at, was, is_)


def compare_references(report: Report, at: str, old: Sequence[Json] | None, new: Sequence[Json] | None) -> None:
    """References by what they lead to; one that leads elsewhere is another."""
    for name, was, is_ in paired(old, new, lambda r: json.dumps([r.get("from"), r.get("to")])):
        if was is None or is_ is None:
            report.add("reference.added" if was is None else "reference.removed", at, name if was else None, name if is_ else None)
        elif {n: v for n, v in was.items() if n not in ("id", "customProperties")} != {n: v for n, v in is_.items() if n not in ("id", "customProperties")}:
            report.add("unknown", at, dict(was), dict(is_))


def compare_customs(report: Report, at: str, old: Json, new: Json) -> None:
    """Custom properties: ours by what they say, others as unknown."""
    was, is_ = customs(old), customs(new)
    for name in sorted(was.keys() | is_.keys()):
        before, after = was.get(name), is_.get(name)
        if before == after:
            continue
        kind = CUSTOM.get(name, "unknown")
        if name == "unit":
            kind = "unit.added" if before is None else "unit.removed" if after is None else "unit.changed"
        report.add(kind, f"{at}.{name}", before, after)
