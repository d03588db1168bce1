"""The quality index: the share of checks that held, by rule, by dimension, over all loads taken in.

A dimension's index is 100 · (1 - broken / checked) over its rules; the whole is the mean of the dimensions that
were checked at all, so that a dimension with few checks is not drowned by one with many.
"""

import math
from typing import Any

from sqlalchemy import func, select

from medthread.derive.checks import checks_of
from medthread.model import Dimension, Label, Registry
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import rule_count

DIMENSIONS = {
    Dimension.ACCURACY: Label("准确性", "Accuracy"), Dimension.COMPLETENESS: Label("完整性", "Completeness"),
    Dimension.CONSISTENCY: Label("一致性", "Consistency"), Dimension.TIMELINESS: Label("及时性", "Timeliness"),
    Dimension.UNIQUENESS: Label("唯一性", "Uniqueness"), Dimension.VALIDITY: Label("有效性", "Validity"),
}


def _index(broken: int, checked: int) -> float:
    """Rounded down: a hundred means that nothing was broken."""
    return math.floor(10_000 * (checked - broken) / checked) / 100


def quality_of(store: Store, registry: Registry) -> dict[str, Any]:
    """Index, dimensions and rules."""
    sums = [func.sum(rule_count.c[n]).label(n) for n in ("checked", "broken", "corrected")]
    with store.transaction() as tx:
        counted = {r.rule: r for r in tx.execute(select(rule_count.c.rule, *sums).group_by(rule_count.c.rule)).all()}
    rules: list[dict[str, Any]] = []
    totals = {d: [0, 0] for d in Dimension}
    for entity in registry.values():
        for check in checks_of(entity, registry):
            row = counted.get(check.id)
            if row is None:
                continue
            checked, broken = int(row.checked), int(row.broken)
            totals[check.rule.dimension][0] += checked
            totals[check.rule.dimension][1] += broken
            rules.append({
                "id": check.id, "label": {"zh": check.label.zh, "en": check.label.en}, "entity": entity.name,
                "dimension": check.rule.dimension.value, "gate": "correct" if check.rule.correct else check.rule.gate.value,
                "checked": checked, "failed": broken, "corrected": int(row.corrected),
                "rate": round(broken / checked, 6) if checked else 0.0,
            })
    rules.sort(key=lambda r: (-r["failed"], r["id"]))
    dimensions: list[dict[str, Any]] = [
        {"name": d.value, "label": {"zh": DIMENSIONS[d].zh, "en": DIMENSIONS[d].en}, "index": _index(broken, checked)}
        for d, (checked, broken) in totals.items() if checked
    ]
    index = math.floor(100 * sum(d["index"] for d in dimensions) / len(dimensions)) / 100 if dimensions else None
    return {"index": index, "dimensions": dimensions, "rules": rules}
