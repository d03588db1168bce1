"""Edits of one contract, each with what it is called and whom it breaks: written by hand, not by the comparison."""

import copy
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Edit = Callable[[Json], None]

BASE: Json = {
    "apiVersion": "v3.2.0", "kind": "DataContract", "id": "c", "version": "1.0.0", "status": "active", "name": "Lots", "domain": "manufacturing",
    "description": {"purpose": "lots"},
    "servers": [{"server": "api", "type": "api", "location": "https://a.example/x"}],
    "roles": [{"role": "reader", "access": "read"}],
    "team": {"members": [{"username": "production", "role": "owner"}]},
    "slaProperties": [
        {"property": "latency", "value": 1, "unit": "h"}, {"property": "retention", "value": 5, "unit": "y"}, {"property": "availability", "value": "99.5%"}, {"property": "mood", "value": 1},
    ],
    "schema": [{
        "id": "lot", "name": "lot", "physicalName": "golden.lot", "logicalType": "object", "physicalType": "table", "dataGranularityDescription": "one row per lot",
        "relationships": [{"from": ["lot.item", "lot.no"], "to": ["x.a", "x.b"]}],
        "quality": [{"id": "one", "metric": "duplicateValues", "arguments": {"properties": ["item", "no"]}, "mustBe": 0}],
        "properties": [
            {"id": "item", "name": "item", "logicalType": "string", "physicalType": "varchar", "required": True, "primaryKey": True, "primaryKeyPosition": 1, "relationships": [{"to": "item.code"}]},
            {"id": "no", "name": "no", "logicalType": "string", "physicalType": "varchar(20)", "required": True, "primaryKey": True, "primaryKeyPosition": 2,
             "logicalTypeOptions": {"pattern": "[A-Z0-9]{4,20}", "maxLength": 20}},
            {"name": "kind", "logicalType": "string", "enum": [{"value": "made", "label": "生产"}, {"value": "received"}], "classification": "internal"},
            {"name": "quantity", "logicalType": "number", "physicalType": "decimal(24,6)", "logicalTypeOptions": {"minimum": 0, "maximum": 1000},
             "quality": [{"name": "few", "type": "sql", "query": "select 1", "mustBeLessThan": 10, "unit": "rows", "severity": "error"}],
             "customProperties": [{"property": "unit", "value": "pcs", "vendor": "medthread"}, {"property": "colour", "value": "red", "vendor": "acme"}]},
            {"id": "count", "name": "count", "logicalType": "integer", "physicalType": "integer"},
            {"name": "at", "logicalType": "timestamp", "logicalTypeOptions": {"timezone": False, "defaultTimezone": "Etc/UTC"}},
            {"name": "phone", "logicalType": "string", "classification": "personal", "encryptedName": "phone", "customProperties": [{"property": "mask", "value": "partial", "vendor": "medthread"}]},
            {"name": "parts", "logicalType": "array", "items": {"logicalType": "object", "properties": [{"name": "code", "logicalType": "string", "required": True}]}},
        ],
    }],
}


def table(contract: Json) -> Json:
    found: Json = contract["schema"][0]
    return found


def field(contract: Json, name: str) -> Json:
    return next(p for p in table(contract)["properties"] if p["name"] == name)


def edited(edit: Edit) -> Json:
    made = copy.deepcopy(BASE)
    edit(made)
    return made


def put(name: str | None, /, **said: Any) -> Edit:
    """Words said of a field, or of the table."""
    return lambda c: (field(c, name) if name else table(c)).update(said)


def without(name: str, word: str) -> Edit:
    return lambda c: field(c, name).pop(word)


def drop(name: str) -> Edit:
    return lambda c: table(c)["properties"].remove(field(c, name))


def add(**said: Any) -> Edit:
    return lambda c: table(c)["properties"].append(said)


def promise(number: int, **said: Any) -> Edit:
    return lambda c: c["slaProperties"][number].update(said)


def own(name: str, word: str, value: Any, vendor: str = "medthread") -> Edit:
    return lambda c: field(c, name).setdefault("customProperties", []).append({"property": word, "value": value, "vendor": vendor})


def change_own(name: str, number: int, value: Any) -> Edit:
    return lambda c: field(c, name)["customProperties"][number].update(value=value)


B, N, C, D = "breaking", "not-judged", "compatible", "description"
# What is done; the one kind that is to be told; its verdict for readers, and for suppliers.
EDITS: dict[str, tuple[Edit, str, str, str]] = {
    "a field is gone": (drop("count"), "field.removed", B, B),
    "an optional field came": (add(name="note", logicalType="string"), "field.added", C, C),
    "a required field came": (add(name="note", logicalType="string", required=True), "field.added.required", C, B),
    "renamed, by its id": (put("count", name="pieces"), "field.renamed", B, B),
    "renamed, as it says": (lambda c: field(c, "count").update(name="pieces", customProperties=[{"property": "renamedFrom", "value": "count"}]), "field.renamed", B, B),
    "number became integer": (put("quantity", logicalType="integer"), "type.narrowed", B, B),
    "integer became number": (put("count", logicalType="number"), "type.widened", B, C),
    "timestamp became date": (lambda c: field(c, "at").update(logicalType="date"), "type.changed", B, B),
    "a wider integer is stored": (put("count", physicalType="bigint"), "storage.wider", C, C),
    "a narrower integer is stored": (put("count", physicalType="smallint"), "storage.narrower", B, B),
    "fewer digits are stored": (put("quantity", physicalType="decimal(10,2)"), "storage.narrower", B, B),
    "a longer text is stored": (put("no", physicalType="varchar(40)"), "storage.wider", C, C),
    "another type is stored": (put("count", physicalType="blob"), "storage.changed", N, N),
    "must be filled": (put("kind", required=True), "required.on", C, B),
    "may be empty": (put("item", required=False), "required.off", B, C),
    "must be unique": (put("kind", unique=True), "unique.on", C, B),
    "another key": (lambda c: [field(c, "no").pop(w) for w in ("primaryKey", "primaryKeyPosition")], "key.changed", B, B),
    "another order of the key": (lambda c: (put("item", primaryKeyPosition=2)(c), put("no", primaryKeyPosition=1)(c)), "key.changed", B, B),
    "a code is gone": (lambda c: field(c, "kind")["enum"].pop(), "code.removed", B, B),
    "a code came": (lambda c: field(c, "kind")["enum"].append({"value": "lost"}), "code.added", B, C),
    "a code is called otherwise": (lambda c: field(c, "kind")["enum"][0].update(label="自制"), "words", D, D),
    "codes opened": (without("kind", "enum"), "codes.opened", B, C),
    "codes closed": (put("item", enum=[{"value": "a"}]), "codes.closed", C, B),
    "a tighter pattern": (put("no", logicalTypeOptions={"pattern": "[A-Z0-9]{6,20}", "maxLength": 20}), "pattern.tightened", C, B),
    "a looser pattern": (put("no", logicalTypeOptions={"pattern": "[A-Z0-9]{4,30}", "maxLength": 20}), "pattern.loosened", B, C),
    "another pattern": (put("no", logicalTypeOptions={"pattern": "[A-Z]{4,20}", "maxLength": 20}), "pattern.changed", N, N),
    "no pattern": (put("no", logicalTypeOptions={"maxLength": 20}), "pattern.removed", B, C),
    "a shorter text": (put("no", logicalTypeOptions={"pattern": "[A-Z0-9]{4,20}", "maxLength": 10}), "bound.tightened", C, B),
    "a lower minimum": (put("quantity", logicalTypeOptions={"minimum": -5, "maximum": 1000}), "bound.loosened", B, C),
    "a lower maximum": (put("quantity", logicalTypeOptions={"minimum": 0, "maximum": 10}), "bound.tightened", C, B),
    "another zone": (put("at", logicalTypeOptions={"timezone": False, "defaultTimezone": "Asia/Shanghai"}), "format.changed", B, B),
    "multiples": (put("count", logicalTypeOptions={"multipleOf": 5}), "option.changed", N, N),
    "another unit": (change_own("quantity", 0, "kg"), "unit.changed", B, B),
    "a unit is said": (own("count", "unit", "pcs"), "unit.added", C, C),
    "a higher class": (put("kind", classification="confidential"), "class.raised", B, C),
    "a lower class": (put("kind", classification="public"), "class.lowered", C, C),
    "a class nobody knows": (put("kind", classification="blue"), "class.changed", N, N),
    "another mask": (change_own("phone", 0, "null"), "mask.changed", B, C),
    "kept elsewhere": (put("phone", encryptedName="phone_enc"), "place.changed", B, B),
    "deprecated": (put("count", deprecated=True), "deprecated", C, C),
    "a reference is gone": (without("item", "relationships"), "reference.removed", B, C),
    "a reference came": (put("kind", relationships=[{"to": "kind.code"}]), "reference.added", C, B),
    "other words": (put("kind", description="what it is", businessName="类型", tags=["a"]), "words", D, D),
    "other vendors' words": (change_own("quantity", 1, "blue"), "unknown", N, N),
    "a word nobody knows": (put("kind", flavour="sweet"), "unknown", N, N),
    "a word nobody knows, of the table": (put(None, flavour="sweet"), "unknown", N, N),
    "a word nobody knows, of the contract": (lambda c: c.update(flavour="sweet"), "unknown", N, N),
    "another grain": (put(None, dataGranularityDescription="one row per unit"), "grain.changed", B, B),
    "another place": (put(None, physicalName="golden.lots"), "place.changed", B, B),
    "a view": (put(None, physicalType="view"), "table.kind", C, C),
    "another table": (lambda c: c["schema"].append({"name": "unit", "properties": []}), "object.added", C, C),
    "no table": (lambda c: c["schema"].pop(), "object.removed", B, B),
    "the table renamed": (put(None, name="lots"), "object.renamed", B, B),
    "within a list": (lambda c: field(c, "parts")["items"]["properties"][0].update(required=False), "required.off", B, C),
    "later data": (promise(0, value=2), "promise.loosened", B, C),
    "earlier data, in another unit": (promise(0, value=30, unit="min"), "promise.tightened", C, B),
    "the same in another unit": (promise(0, value=60, unit="min"), "words", D, D),
    "kept for ever": (lambda c: (promise(1, value="forever")(c), c["slaProperties"][1].pop("unit")), "promise.tightened", C, B),
    "kept shorter": (promise(1, value=2), "promise.loosened", B, C),
    "less there": (promise(2, value="98%"), "promise.loosened", B, C),
    "a level nobody knows": (promise(3, value=2), "promise.changed", N, N),
    "a level is gone": (lambda c: c["slaProperties"].pop(0), "promise.removed", B, C),
    "a rule is gone": (without("quantity", "quality"), "rule.removed", B, C),
    "more may break it": (lambda c: field(c, "quantity")["quality"][0].update(mustBeLessThan=100), "rule.loosened", B, C),
    "less may break it": (lambda c: field(c, "quantity")["quality"][0].update(mustBeLessThan=1), "rule.tightened", C, B),
    "a rule warns only": (lambda c: field(c, "quantity")["quality"][0].update(severity="warning"), "rule.loosened", B, C),
    "a rule asks otherwise": (lambda c: field(c, "quantity")["quality"][0].update(query="select 2"), "rule.changed", N, N),
    "a rule came": (put("count", quality=[{"name": "new", "type": "sql", "query": "select 3", "mustBe": 0}]), "rule.added", C, B),
    "a place is gone": (lambda c: c.pop("servers"), "server.removed", B, B),
    "a place is elsewhere": (lambda c: c["servers"][0].update(location="https://b.example/x"), "server.changed", B, B),
    "a role is gone": (lambda c: c.pop("roles"), "role.removed", B, B),
    "others answer": (lambda c: c["team"]["members"][0].update(username="quality"), "owner.changed", D, D),
    "retired": (lambda c: c.update(status="retired"), "status.retired", B, B),
    "deprecated as a whole": (lambda c: c.update(status="deprecated"), "status.deprecated", C, C),
    "a price": (lambda c: c.update(price={"priceAmount": 5}), "price.changed", N, N),
}
