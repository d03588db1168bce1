"""The quality index: over what was checked, rounded down, no dimension drowned by another; of parts, with targets and a way over days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from medthread.derive.checks import checks_of
from medthread.governance.quality_index import WINDOW, quality_of
from medthread.governance.quality_parts import Part, Parts, divided
from medthread.governance.quality_target import QualityTargets
from medthread.model import Dimension
from medthread.model.errors import ConfigurationError
from medthread.model.rule_file import parse_rules
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import rule_verdict
from tests.registry import registry

REGISTRY = registry()
NOW = datetime.now(UTC)
ZONE = "UTC"


def verdict(store: Store, rule: str, *, checked: int, broken: int, **more: Any) -> None:
    said = {"round": "B", "asset": "s.t", "source": "s", "version": "v", "point": "intake", "state": "broken", "corrected": 0, "at": NOW}
    with store.transaction() as tx:
        tx.execute(insert(rule_verdict).values(**said | {"rule": rule, "checked": checked, "broken": broken} | more))


def count(store: Store, dimension: Dimension, *, checked: int, broken: int, **more: Any) -> str:
    check = next(c for e in REGISTRY.values() for c in checks_of(e, REGISTRY) if c.rule.dimension is dimension)
    verdict(store, check.id, checked=checked, broken=broken, **more)
    return check.id


def test_nothing_checked_is_no_index(store: Store) -> None:
    assert quality_of(store, REGISTRY) == {"index": None, "dimensions": [], "rules": []}


def test_dimensions_weigh_alike_and_a_hundred_means_nothing_broken(store: Store) -> None:
    worst = count(store, Dimension.COMPLETENESS, checked=10, broken=5)
    count(store, Dimension.VALIDITY, checked=999_999, broken=1)
    told = quality_of(store, REGISTRY)
    assert {d["name"]: d["index"] for d in told["dimensions"]} == {"completeness": 50.0, "validity": 99.99}
    assert told["index"] == 74.99
    assert (told["rules"][0]["id"], told["rules"][0]["rate"]) == (worst, 0.5)


RULES = parse_rules({
    "name": "odd", "zh": "奇", "en": "Odd", "dimension": "accuracy", "owner": "quality", "at": "release", "on": {"entity": "lot", "field": "lot_no"},
    "check": {"rows": "select lot_no from golden.lot"},
}, origin="a")


def parts(**targets: float) -> Parts:
    return Parts(REGISTRY, RULES, (), QualityTargets.read({"quality": {"targets": {k.replace("__", ":"): v for k, v in targets.items()}}}, REGISTRY, ()))


def test_intake_is_added_up_and_whole_tables_count_as_they_stood_last(store: Store) -> None:
    for n, (checked, broken) in enumerate(((10, 2), (30, 0))):
        verdict(store, "lot.lot_no.required", checked=checked, broken=broken, round=f"B{n}", at=NOW - timedelta(days=n))
        verdict(store, "odd", checked=100, broken=10 * (n + 1), round=f"run{n}", asset="golden.lot", source=None, point="release", at=NOW - timedelta(days=n))
    verdict(store, "odd", checked=100, broken=99, round="same day", asset="golden.lot", source=None, point="release", at=NOW - timedelta(seconds=1))
    verdict(store, "odd", checked=0, broken=0, round="asked in vain", asset="golden.lot", source=None, point="release", state="failed", at=NOW + timedelta(seconds=1))
    told = quality_of(store, REGISTRY, RULES, zone=ZONE)
    assert {d["name"]: d["index"] for d in told["dimensions"]} == {"accuracy": 90.0, "completeness": 95.0}
    [lot] = divided(store, parts(), Part.ENTITY, days=30, zone=ZONE)["items"]
    assert (lot["name"], lot["index"], lot["checked"], lot["broken"], lot["rules"]) == ("lot", 92.5, 140, 12, 2)
    assert [p["index"] for p in lot["trend"]] == [90.0, 92.5]  # yesterday: nothing of 30, 20 of 100
    assert lot["dimensions"] == {"accuracy": 90.0, "completeness": 95.0}


def test_what_is_older_than_the_window_counts_no_more(store: Store) -> None:
    verdict(store, "lot.lot_no.required", checked=10, broken=9, at=NOW - timedelta(days=WINDOW + 1))
    assert quality_of(store, REGISTRY)["index"] is None
    assert divided(store, parts(), Part.ENTITY, days=30, zone=ZONE)["items"] == []


@pytest.mark.parametrize(("by", "names"), [
    (Part.DOMAIN, {"manufacturing", "supply"}), (Part.ENTITY, {"lot", "receipt"}), (Part.FIELD, {"lot.lot_no", "receipt.quantity"}),
    (Part.SOURCE, {"s", "other"}), (Part.DIMENSION, {"completeness", "validity"}),
])
def test_parts_are_told_the_worst_first(store: Store, by: Part, names: set[str]) -> None:
    verdict(store, "lot.lot_no.required", checked=10, broken=1)
    verdict(store, "receipt.quantity.type", checked=10, broken=5, asset="other.t", source="other")
    items = divided(store, parts(), by, days=7, zone=ZONE)["items"]
    assert {i["name"] for i in items} == names or by is Part.DOMAIN
    assert [i["index"] for i in items] == [50.0, 90.0]
    assert all(i["label"]["zh"] for i in items)
    only = divided(store, parts(), by, days=7, of="lot", zone=ZONE)["items"]
    assert [i["index"] for i in only] == [90.0]


def test_a_target_is_ones_own_or_that_of_what_one_belongs_to(store: Store) -> None:
    verdict(store, "lot.lot_no.required", checked=100, broken=1)
    verdict(store, "receipt.quantity.type", checked=100, broken=3)

    def met(by: Part, **targets: float) -> dict[str, tuple[float | None, bool | None]]:
        return {i["name"]: (i["target"], i["meets"]) for i in divided(store, parts(**targets), by, days=7, zone=ZONE)["items"]}

    assert met(Part.ENTITY, lot=99) == {"lot": (99.0, True), "receipt": (None, None)}
    assert met(Part.FIELD, lot=99.5) == {"lot.lot_no": (99.5, False), "receipt.quantity": (None, None)}
    domain = REGISTRY["receipt"].about.domain
    assert met(Part.ENTITY, **{f"domain__{domain}": 97})["receipt"] == (97.0, True)


@pytest.mark.parametrize("section", [
    7, {"goal": 1}, {"target": "high"}, {"target": 101}, {"target": True}, {"targets": 5}, {"targets": {"none": 5}}, {"targets": {"lot": -1}}, {"targets": {"source:none": 5}},
])
def test_a_target_that_cannot_be_is_refused(section: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^\[quality\]") as refused:
        QualityTargets.read({"quality": section}, REGISTRY, ())
    assert refused.value.hint


def test_a_general_target_stands_for_all() -> None:
    targets = QualityTargets.read({"quality": {"target": 98, "targets": {"lot": 99}}}, REGISTRY, ())
    assert (targets.of("lot"), targets.of("item"), QualityTargets.read({}, REGISTRY, ()).of("lot")) == (99.0, 98.0, None)
