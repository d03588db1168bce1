"""The quality index: over what was checked, rounded down, no dimension drowned by another."""

from sqlalchemy import insert

from medthread.derive.checks import checks_of
from medthread.governance.quality_index import quality_of
from medthread.model import Dimension
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import rule_count
from tests.registry import registry

REGISTRY = registry()


def count(store: Store, dimension: Dimension, *, checked: int, broken: int, place: int = 0) -> str:
    checks = [c for e in REGISTRY.values() for c in checks_of(e, REGISTRY) if c.rule.dimension is dimension]
    check = checks[place]
    with store.transaction() as tx:
        tx.execute(insert(rule_count).values(
            batch="B", source="s", table="t", rule=check.id, entity=check.entity, checked=checked, broken=broken, corrected=0))
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
