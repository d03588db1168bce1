"""What a consumer expects of a table of ours, held against what the table promises: a verdict for each field that it names.

The expectation stands in the place of what was promised, ours in the place of what is given now: what would break a reader between
two versions breaks the consumer here too. What ours gives beyond the expectation harms nobody.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from medthread.derive.contract.words import Json
from medthread.governance.contracts.meant import table_meant
from medthread.methods.contracts import READERS, Difference, Verdict, normal, worst
from medthread.methods.contracts.compare import compare_object
from medthread.methods.contracts.kinds import KINDS
from medthread.methods.contracts.promises import compare_promises
from medthread.methods.contracts.report import Report

# What is each side's own affair: places, words, how it is stored, who answers.
ASIDE = frozenset({
    "words", "identity.changed", "owner.changed", "place.changed", "table.kind", "storage.wider", "storage.layout", "object.added", "field.added", "field.added.required", "rule.added",
    "rule.added.warning", "promise.added", "reference.added", "role.added", "server.added", "critical", "values.changed", "offer.changed", "grain.changed", "unit.added",
    "required.on", "unique.on", "codes.closed",
})
FEWER = frozenset({"code.removed", "type.narrowed"})  # we give less than is expected there, and all of it is
STORED = frozenset({"storage.narrower", "storage.changed"})  # types of another engine's; the logical type decides


@dataclass(frozen=True)
class FieldVerdict:
    """How a field that is expected stands; `field` is None for what is said of the table as a whole."""

    field: str | None
    verdict: Verdict
    differences: tuple[Difference, ...]


def held_against(expectation: Mapping[str, Any], ours: Mapping[str, Any]) -> list[FieldVerdict]:
    """Every field that the expectation names, in its order, then what is said of the whole table. Raises `InvalidError` where it names no table of the contract."""
    there: Json = normal(ours)["schema"][0]
    wanted = table_meant(expectation, there["name"], there["physicalName"])
    found = _compared(wanted, there, expectation, ours)
    verdicts = []
    for part in wanted.get("properties") or ():
        own = tuple(d for d in found if d.field == part["name"])
        verdicts.append(FieldVerdict(part["name"], worst(d.verdict for d in own) if own else Verdict.COMPATIBLE, own))
    rest = tuple(d for d in found if d.field is None and d.verdict is not Verdict.DESCRIPTION)
    if rest:
        verdicts.append(FieldVerdict(None, worst(d.verdict for d in rest), rest))
    return verdicts


def _compared(wanted: Json, there: Json, expectation: Mapping[str, Any], ours: Mapping[str, Any]) -> list[Difference]:
    """Differences that concern a consumer."""
    report = Report(READERS)
    if str(ours.get("status", "active")) == "retired":
        report.add("status.retired", "contract.status", expectation.get("status"), "retired")
    asked, given = _reduced(wanted, there)
    compare_object(report, f"schema.{asked['name']}", asked, given)
    compare_promises(report, *_levels(expectation, ours))
    return [_softened(d, wanted) for d in report.found if d.kind not in ASIDE and d.kind not in STORED]


def _softened(found: Difference, wanted: Json) -> Difference:
    """The difference as one of an expectation. A rule that is asked and that we do not say may hold all the same: that is for the data to tell, not for the contract."""
    if found.kind in FEWER:
        return replace(found, verdict=Verdict.COMPATIBLE)
    if found.kind == "key.changed" and not any(p.get("primaryKey") for p in wanted.get("properties") or ()):
        return Difference("words", found.at, Verdict.DESCRIPTION, found.before, found.after)
    kind = f"expected.{'rule.changed' if found.kind == 'rule.removed' else found.kind}"
    return replace(found, kind=kind, verdict=KINDS[kind].verdict(READERS)) if kind in KINDS else found


def _reduced(wanted: Json, there: Json) -> tuple[Json, Json]:
    """Both with what can be compared: fields called alike, rules that were put into words of their own left out, no properties of anybody's own but the unit."""
    asked, given = copy.deepcopy(wanted), copy.deepcopy(there)
    given["name"] = asked["name"]
    for table in (asked, given):
        table["customProperties"] = []
        table.pop("relationships", None)
        for part in (table, *(table.get("properties") or ())):
            part["quality"] = [q for q in part.get("quality") or () if not _is_in_words(q, part)]
    by_name = {n: p for p in given["properties"] for n in (str(p["name"]).lower(), str(p.get("physicalName", "")).lower()) if n}
    for part in asked.get("properties") or ():
        _pair_up(part, by_name)
    return asked, given


def _pair_up(part: Json, by_name: Mapping[str, Json]) -> None:
    part.pop("id", None)
    part.pop("relationships", None)
    part["customProperties"] = [c for c in part.get("customProperties") or () if c["property"] == "unit"]
    ours = by_name.get(str(part["name"]).lower()) or by_name.get(str(part.get("physicalName", "")).lower())
    if ours is None:
        return
    ours["name"] = part["name"]
    ours.pop("relationships", None)
    units = [c for c in ours.get("customProperties") or () if c["property"] == "unit"]
    ours["customProperties"] = units if part["customProperties"] else []
    for word in ("classification", "criticalDataElement", "encryptedName", "semanticType", "primaryKey", "primaryKeyPosition"):
        if word not in part:
            ours.pop(word, None)
    if not part.get("physicalType"):
        ours.pop("physicalType", None)
    if ours.get("primaryKey") and part.get("unique") and _is_alone(ours, by_name):
        ours["unique"] = True
    asked = part.get("logicalTypeOptions") or {}
    said = ours.get("logicalTypeOptions") or {}
    ours["logicalTypeOptions"] = {n: v for n, v in said.items() if n in asked}


def _is_alone(ours: Json, by_name: Mapping[str, Json]) -> bool:
    return sum(1 for p in {id(p): p for p in by_name.values()}.values() if p.get("primaryKey")) == 1 and bool(ours.get("primaryKey"))


def _is_in_words(rule: Json, part: Json) -> bool:
    """Whether the rule is said by `required`, `unique`, `enum` or a pattern already."""
    if rule.get("mustBe") != 0 or "properties" in part:
        return False
    match rule.get("metric"):
        case "nullValues":
            return bool(part.get("required"))
        case "duplicateValues":
            return bool(part.get("unique"))
        case "invalidValues":
            said = rule.get("arguments") or {}
            return ("validValues" in said and bool(part.get("enum"))) or ("pattern" in said and "pattern" in (part.get("logicalTypeOptions") or {}))
    return False


def _levels(expectation: Mapping[str, Any], ours: Mapping[str, Any]) -> tuple[list[Json], list[Json]]:
    """Levels of service that are expected, and the loosest that we promise of each: it must be as good."""
    asked = [{n: v for n, v in p.items() if n not in ("id", "element")} for p in expectation.get("slaProperties") or ()]
    given = [{n: v for n, v in p.items() if n not in ("id", "element")} for p in ours.get("slaProperties") or ()]
    kept = []
    for want in asked:
        same = [p for p in given if p.get("property") == want.get("property")]
        worse = [p for p in same if _is_loosened(want, p)]
        kept += (worse or same)[:1]
    return asked, kept


def _is_loosened(want: Json, given: Json) -> bool:
    report = Report(READERS)
    compare_promises(report, [want], [given])
    return any(d.verdict in (Verdict.BREAKING, Verdict.NOT_JUDGED) for d in report.found)
