"""Rules that a contract of others suggests: what a source promises of its values, what a consumer asks of a table. A person tries and accepts them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medthread.derive.contract.words import Json, label_of
from medthread.governance.contracts.made import Contract
from medthread.governance.contracts.meant import table_meant
from medthread.governance.contracts.others import OfOthers
from medthread.governance.profiles.suggestions import Suggestion, is_said
from medthread.methods.contracts import normal
from medthread.model import Entity, Gate, Label, Registry, Source
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.context import Context
from medthread.pipeline.judge import State, try_rules
from medthread.stores.lakehouse import ReleaseTable

SAID = {"filled": ("应有值", "must be filled", "completeness"), "codes": ("应为约定的值", "must be one of the agreed values", "validity"),
        "pattern": ("应符合约定的格式", "must have the agreed form", "validity"), "range": ("应在约定的范围内", "must lie within the agreed bounds", "accuracy"),
        "length": ("长度应在约定之内", "must have the agreed length", "validity"), "unique": ("不应重复", "must not repeat", "uniqueness")}
ORIGIN = Label("由契约建议", "Suggested by a contract")
LONGEST = 60
Check = dict[str, Any]


def suggested_by_source(one: OfOthers, source: Source, table: str, context: Context, tables: Mapping[str, ReleaseTable]) -> list[Suggestion]:
    """What a source promises of columns that stand as they come in a field: rules of intake, tried on the rows that were taken in."""
    mapping = source.tables[table]
    there = table_meant(one.document, table, mapping.place)
    parts = {n: p for p in there.get("properties") or () for n in (str(p["name"]), str(p.get("physicalName") or p["name"]))}
    rules: list[QualityRule] = []
    for feed in mapping.feeds:
        entity = context.registry[feed.entity]
        for name, field in feed.fields.items():
            if field.from_ in parts and field.codes is None and field.path is None and field.unit is None and not entity.fields[name].is_personal:
                rules += _of_entity(one, entity, name, parts[field.from_])
    return _tried(one, rules, context, tables)


def _of_entity(one: OfOthers, entity: type[Entity], name: str, part: Json) -> Iterator[QualityRule]:
    field = entity.fields[name]
    for kind, check in _checks(part):
        if (kind == "filled" and field.required) or (kind == "codes" and field.mark.codes):
            continue
        yield _rule(one, kind, check, {"entity": entity.name, "field": name}, field.label, at=Point.INTAKE)


def suggested_by_consumer(one: OfOthers, ours: Contract, context: Context, tables: Mapping[str, ReleaseTable]) -> list[Suggestion]:
    """What a consumer asks of the values of our table and the table's contract does not say: rules of the release, tried on the table as it is."""
    there = normal(ours.content)["schema"][0]
    wanted = table_meant(one.document, there["name"], there["physicalName"])
    known = {n.lower(): p for p in there["properties"] for n in (str(p["name"]), str(p["physicalName"]))}
    rules: list[QualityRule] = []
    for part in wanted.get("properties") or ():
        given = known.get(str(part["name"]).lower())
        if given is None or "encryptedName" in given:
            continue
        said = list(_checks(given))
        for kind, check in _checks(part):
            if (kind, check) not in said:
                rules.append(_rule(one, kind, check, {"table": ours.table, "field": given["name"]}, label_of(given), at=Point.RELEASE))
        if part.get("unique") and not given.get("unique"):
            rules.append(_rule(one, "unique", {"unique": [given["name"]]}, {"table": ours.table, "field": given["name"]}, label_of(given), at=Point.RELEASE))
    return _tried(one, rules, context, tables)


def _checks(part: Json) -> Iterator[tuple[str, Check]]:
    """What is said of a field's values, in the words of our rules."""
    options = part.get("logicalTypeOptions") or {}
    if part.get("required"):
        yield "filled", {"filled": True}
    if part.get("enum"):
        yield "codes", {"codes": [str(c["value"]) for c in part["enum"]]}
    if isinstance(options.get("pattern"), str) and part.get("logicalType", "string") == "string":
        yield "pattern", {"pattern": options["pattern"].removeprefix("^").removesuffix("$")}
    bounds = {ours: options[theirs] for ours, theirs in (("low", "minimum"), ("high", "maximum")) if isinstance(options.get(theirs), int | float | str)}
    if bounds:
        yield "range", {"range": bounds}
    lengths = {ours: options[theirs] for ours, theirs in (("least", "minLength"), ("most", "maxLength")) if isinstance(options.get(theirs), int) and options[theirs] >= (theirs == "maxLength")}
    if lengths:
        yield "length", {"length": lengths}


def _rule(one: OfOthers, kind: str, check: Check, on: Json, label: Label, *, at: Point) -> QualityRule:
    zh, en, dimension = SAID[kind]
    place = str(on.get("entity") or on["table"].partition(".")[2])
    name = "_".join((_slug(one.name), place, on["field"], kind))
    target = on if kind != "unique" else {n: v for n, v in on.items() if n != "field"}
    return QualityRule.model_validate({
        "name": name if len(name) <= LONGEST else f"{name[: LONGEST - len(kind) - 1].rstrip('_')}_{kind}", "zh": f"{label.zh}{zh}({one.name})", "en": f"{label.en} {en} ({one.name})", "dimension": dimension,
        "owner": one.owner, "gate": Gate.WARN, "at": at, "on": target, "check": check,
    })


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower()).strip("_")
    return kept if kept[:1].isalpha() else f"c_{kept}".rstrip("_")


def _tried(one: OfOthers, rules: Sequence[QualityRule], context: Context, tables: Mapping[str, ReleaseTable]) -> list[Suggestion]:
    """Each with what all rows say of it, those that are said already left out; one that cannot be asked is told by no row looked at."""
    fresh = list({r.name: r for r in rules if not is_said(r, Registry(dict(context.registry)), context.rules)}.values())
    verdicts = {v.rule: v for v in try_rules(context, fresh, tables)}
    found = []
    for rule in fresh:
        verdict = verdicts[rule.name]
        failed = verdict.state is State.FAILED
        found.append(Suggestion(
            rule=rule, checked=0 if failed else verdict.checked, broken=0 if failed else verdict.broken, sample=(), zh=f"契约“{one.name}”如此约定", en=f"the contract {one.name} says so", origin=ORIGIN))
    return found
