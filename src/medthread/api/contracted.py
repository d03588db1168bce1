"""Contracts as JSON: a line of the list, where one stands, what differs, what others expect."""

from collections.abc import Iterable, Sequence
from typing import Any

from medthread.api.services import Services
from medthread.derive.contract.words import label_of
from medthread.derive.form import pair
from medthread.governance.contracts.expected import FieldVerdict, held_against
from medthread.governance.contracts.kept import GivenOut
from medthread.governance.contracts.made import Contract
from medthread.governance.contracts.others import OfOthers, Part
from medthread.governance.contracts.planned import PlannedContract
from medthread.governance.contracts.shelf import Standing
from medthread.governance.contracts.source_check import SourceLine, check_mapping, table_of_source
from medthread.methods.contracts import Difference, Verdict, worst
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.owners import owner_label
from medthread.model.wording import worded

Json = dict[str, Any]
SHORT = 300


def difference(one: Difference) -> Json:
    """One difference; what was and what is are cut short, the contracts have them whole."""
    return {"kind": one.kind, "at": one.at, "field": one.field, "verdict": one.verdict.value, "label": pair(one.label), "before": _short(one.before), "after": _short(one.after)}


def differences(found: Iterable[Difference]) -> list[Json]:
    """The gravest first, else in the order of the contract."""
    order = list(Verdict)
    return [difference(d) for d in sorted(found, key=lambda d: order.index(d.verdict))]


def _short(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def line(one: Standing) -> Json:
    """A contract as the list shows it."""
    contract = one.contract
    return {
        "subject": contract.subject, "kind": contract.kind, "label": pair(contract.label), "owner": contract.owner, "owner_label": pair(owner_label(contract.owner)), "domain": contract.domain,
        "table": contract.table, "version": one.promised.version if one.promised else None, "next": one.next, "verdict": one.verdict.value if one.verdict else None,
        "differences": len(one.differences), "release": one.promised.release if one.promised else None,
    }


def version(one: GivenOut) -> Json:
    """A version that was given out."""
    return {
        "version": one.version, "release": one.release, "at": one.at, "verdict": one.verdict.value if one.verdict else None, "gone": one.content is None,
        "differences": differences(one.differences),
    }


def fields_told(contract: Contract) -> list[Json]:
    """The fields of a contract in short."""
    return [
        {
            "name": p["name"], "label": pair(label_of(p)), "type": p["logicalType"],
            "stored": p.get("physicalType"), "required": p.get("required", False), "key": p.get("primaryKey", False), "classification": p.get("classification"),
            "codes": [c["value"] for c in p.get("enum", ())], "rules": len(p.get("quality", ())),
        }
        for p in contract.there["properties"]
    ]


def promises_told(contract: Contract) -> list[Json]:
    """Levels of service, with their words in both languages."""
    found = []
    for promise in contract.content.get("slaProperties", ()):
        zh, _, en = promise.get("description", "").partition("\n")
        found.append({"property": promise["property"], "value": str(promise["value"]), "unit": promise.get("unit"), "label": {"zh": zh, "en": en or zh}})
    return found


def of_others_line(one: OfOthers) -> Json:
    """A contract of somebody else as the list shows it."""
    return {
        "name": one.name, "kind": one.kind.value, "subject": one.subject, "owner": one.owner, "owner_label": pair(owner_label(one.owner)), "blocks": one.blocks, "kept_by": one.kept_by,
        "at": one.at, "version": str(one.document.get("version", "")), "standard": one.document.get("apiVersion"),
    }


def of_something(given: Services, one: OfOthers) -> OfOthers:
    """The same, where what it is about is there. Raises `NotFoundError`, and `InvalidError` for a source's that would hold releases back."""
    if one.kind is Part.CONSUMER:
        given.contracts.one(one.subject)
        return one
    table_of_source(given.sources, one.subject)
    if one.blocks:
        raise InvalidError("what a source promises holds back no release", hint="leave blocks out; accept the rules that it suggests, and let them block")
    return one


def checked(given: Services, one: OfOthers, language: str) -> Json:
    """How a contract of somebody else stands to us: a line for each field or column; `fault` where it could not be compared."""
    try:
        if one.kind is Part.CONSUMER:
            fields = held_against(one.document, given.contracts.one(one.subject).content)
            return {"verdict": worst(v.verdict for v in fields).value, "fields": [_field(v) for v in fields], "columns": [], "fault": None}
        source, table, _ = table_of_source(given.sources, one.subject)
        lines = check_mapping(source, table, one.document, given.registry)
        return {"verdict": worst([Verdict.COMPATIBLE, *(found.verdict for found in lines)]).value, "fields": [], "columns": [_column(found) for found in lines], "fault": None}
    except (InvalidError, NotFoundError) as error:
        return {"verdict": Verdict.BREAKING.value, "fields": [], "columns": [], "fault": worded(error.message, language)}


def _field(one: FieldVerdict) -> Json:
    return {"field": one.field, "verdict": one.verdict.value, "differences": differences(one.differences)}


def _column(found: SourceLine) -> Json:
    return {"column": found.column, "field": found.field, "verdict": found.verdict.value, "label": pair(found.label), "detail": found.detail}


def planned(found: Sequence[PlannedContract]) -> list[Json]:
    """What a plan of models does to contracts."""
    return [
        {"subject": p.subject, "version": p.version, "verdict": p.verdict.value, "differences": differences(p.differences),
         "consumers": [{"name": name, "fields": list(fields)} for name, fields in p.consumers]}
        for p in found
    ]
