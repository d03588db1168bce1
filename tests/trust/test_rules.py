"""The rules of an entity tried on one typed row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from medthread.trust.rules import broken_rules
from tests.registry import registry

RISK = registry()["risk_item"]


def ids(**values: object) -> list[str]:
    return [c.id for c in broken_rules(RISK, values)]


def test_what_the_values_break_is_named() -> None:
    assert ids(severity=3, probability=5) == []
    assert ids(severity=9, probability=0) == ["risk_item.severity.range", "risk_item.probability.range"]


def test_what_is_empty_breaks_no_limit() -> None:
    assert ids() == []


def test_rows_tried_at_once_are_not_mixed() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: ids(severity=n), range(10)))
    assert [bool(f) for f in found] == [not 1 <= n <= 5 for n in range(10)]


def test_moments_of_several_zones_are_compared_in_one() -> None:
    declared = registry()["deviation"]
    ends = {n: datetime.fromisoformat("2026-11-25T08:00:00+08:00") for n, f in declared.fields.items() if f.kind.value == "timestamp"}
    assert broken_rules(declared, dict(ends)) == broken_rules(declared, {n: datetime.fromisoformat("2026-11-25T00:00:00+00:00") for n in ends})
