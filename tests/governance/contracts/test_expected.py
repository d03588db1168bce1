"""What a consumer expects, field by field; what a source promises, against its mapping."""

from typing import Any

import pytest

from medthread.derive.contract import contract_of
from medthread.governance.contracts.expected import held_against
from medthread.governance.contracts.source_check import check_mapping
from medthread.model import parse_source
from medthread.model.errors import InvalidError
from tests.registry import registry

B, N, C = "breaking", "not-judged", "compatible"


def expectation(*fields: dict[str, Any], version: str = "v3.0.2", **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": "DataContract", "id": "theirs", "version": "4", "schema": [{"name": "lot", "properties": list(fields)}], **more}


def verdicts(*fields: dict[str, Any], **more: Any) -> dict[str | None, tuple[str, set[str]]]:
    found = held_against(expectation(*fields, **more), contract_of(registry()["lot"], registry(), version="1.0.0"))
    return {v.field: (v.verdict.value, {d.kind.removeprefix("expected.") for d in v.differences if d.verdict.value != "description"}) for v in found}


def field(name: str = "lot_no", **said: Any) -> dict[str, Any]:
    return {"name": name, **said}


@pytest.mark.parametrize(("asked", "verdict", "kinds"), [
    (field(logicalType="string"), C, set()),
    (field("LOT_NO", logicalType="string", required=True, physicalType="NVARCHAR(50)"), C, set()),
    (field("Batch", physicalName="lot_no", logicalType="string"), C, set()),
    (field("colour", logicalType="string"), B, {"field.removed"}),
    (field(logicalType="integer"), B, {"type.changed"}),
    (field("quantity", logicalType="number"), C, set()),
    (field("quantity", logicalType="integer"), B, {"type.widened"}),
    (field("supplier", logicalType="string", required=True), B, {"required.off"}),
    (field("supplier", logicalType="string", quality=[{"metric": "nullValues", "mustBe": 0}]), B, {"required.off"}),
    (field(logicalType="string", quality=[{"rule": "nullValues", "type": "library", "mustBe": 0}]), C, set()),
    (field(logicalType="string", unique=True), B, {"unique.off"}),
    (field("kind", logicalType="string", enum=[{"value": v} for v in ("received", "production", "sterilisation", "rework", "lost")]), C, {"code.removed"}),
    (field("kind", logicalType="string", enum=[{"value": "received"}]), B, {"code.added"}),
    (field("kind", logicalType="string"), C, set()),
    (field("kind"), C, set()),
    (field(logicalType="string", logicalTypeOptions={"maxLength": 20}), B, {"bound.loosened"}),
    (field(logicalType="string", classification="public"), B, {"class.raised"}),
    (field(logicalType="string", quality=[{"type": "sql", "query": "select 1", "mustBe": 0}]), N, {"rule.changed"}),
    (field(logicalType="string", flavour="sweet"), N, {"unknown"}),
])
def test_each_field_has_its_verdict(asked: dict[str, Any], verdict: str, kinds: set[str]) -> None:
    assert verdicts(asked)[asked["name"]] == (verdict, kinds)


def test_levels_of_service_must_be_as_good() -> None:
    def whole(**said: Any) -> tuple[str, set[str]] | None:
        return verdicts(field(), slaProperties=[said]).get(None)

    assert whole(property="retention", value=12, unit="mo") == (C, {"promise.tightened"})  # ours is two years
    assert whole(property="retention", value=30, unit="y") == (B, {"promise.loosened"})
    assert whole(property="latency", value=1, unit="h") == (B, {"promise.removed"})


def test_an_expectation_that_names_another_table_is_refused() -> None:
    theirs = expectation(field())
    theirs["schema"] = [{"name": "a"}, {"name": "b"}]
    with pytest.raises(InvalidError, match="2 tables, and none is called lot: a, b"):
        held_against(theirs, contract_of(registry()["lot"], registry(), version="1.0.0"))


SOURCE = parse_source({
    "name": "mes", "zh": "制造执行", "en": "MES", "owner": "production_it", "org": "T", "fresh_within": "1 h",
    "tables": {"lot": {"files": "l*.csv", "format": "csv", "ignore": ["工号"], "personal": ["电话"], "feeds": [{"entity": "lot", "fields": {
        "item": "料号", "lot_no": {"from": "批号", "change": ["trim", "upper"]}, "kind": {"from": "类型", "codes": {"生产": "production"}}, "quantity": "数量", "made_on": "日期"}}]}},
}, origin="t")


def lines(*columns: dict[str, Any], **more: Any) -> set[tuple[str | None, str | None, str, str | None]]:
    promise = {"apiVersion": "v3.2.0", "schema": [{"name": "lot", "properties": list(columns)}], **more}
    return {(found.column, found.field, found.verdict.value, found.detail) for found in check_mapping(SOURCE, "lot", promise, registry())}


GOOD = [
    field("料号", logicalType="string", required=True), field("批号", logicalType="string", required=True), field("类型", logicalType="string", enum=[{"value": "生产"}]),
    field("数量", logicalType="number"), field("日期", logicalType="date"), field("电话", logicalType="string"), field("工号", logicalType="string"),
]


def test_a_promise_that_the_mapping_fits_has_nothing_to_tell() -> None:
    assert lines(*GOOD) == set()


@pytest.mark.parametrize(("change", "told"), [
    ({"数量": None}, ("数量", "lot.quantity", B, None)),
    ({"数量": field("数量", logicalType="boolean")}, ("数量", "lot.quantity", B, "boolean → decimal")),
    ({"数量": field("数量", logicalType="string")}, ("数量", "lot.quantity", N, "string → decimal")),
    ({"料号": field("料号", logicalType="string")}, ("料号", "lot.item", N, None)),
    ({"类型": field("类型", logicalType="string", enum=[{"value": "生产"}, {"value": "报废"}])}, ("类型", "lot.kind", B, "报废")),
    ({"批号": field("批号", logicalType="string", required=True, deprecated=True)}, ("批号", "lot.lot_no", N, None)),
    ({"工号": field("工号", logicalType="string", classification="personal")}, ("工号", None, B, None)),
    ({"新列": field("新列", logicalType="string")}, ("新列", None, C, None)),
])
def test_what_a_source_does_not_promise_is_told(change: dict[str, Any], told: tuple[Any, ...]) -> None:
    columns = {c["name"]: c for c in GOOD} | change
    assert lines(*filter(None, columns.values())) == {told}


def test_promises_of_the_whole_are_looked_at_too() -> None:
    assert lines(*GOOD, slaProperties=[{"property": "latency", "value": 2, "unit": "h"}]) == {(None, None, B, "2 h > 1 h")}
    assert lines(*GOOD, status="retired") == {(None, None, B, "retired")}
