"""The quality index of parts of the data, with its way over the last days: by domain, entity, field, source or dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from medthread.derive.form import pair
from medthread.governance.quality_index import DIMENSIONS, WINDOW, Cell, cells, reckoned, standing, today_in
from medthread.governance.quality_target import QualityTargets
from medthread.governance.rule_library import MODELS, ListedRule, listed
from medthread.model import Dimension, Label, Registry, Source
from medthread.model.rule_file import QualityRule
from medthread.stores.postgres.store import Store

DOMAINS = {
    "product": Label("产品", "Product"), "supply": Label("供应", "Supply"), "manufacturing": Label("制造", "Manufacturing"), "quality": Label("质量", "Quality"),
    "service": Label("售后", "Service"), "compliance": Label("合规", "Compliance"), MODELS: Label("模型", "Models"),
}


class Part(StrEnum):
    """What the data is divided by."""

    DOMAIN = "domain"
    ENTITY = "entity"
    FIELD = "field"
    SOURCE = "source"
    DIMENSION = "dimension"


@dataclass(frozen=True)
class Parts:
    """What is known of the data's parts."""

    registry: Registry
    rules: Sequence[QualityRule]
    sources: tuple[Source, ...]
    targets: QualityTargets

    def name_of(self, by: Part, cell: Cell, rule: ListedRule) -> str | None:
        """The part that a count belongs to; none where it belongs to no part of this kind."""
        match by:
            case Part.DOMAIN:
                return rule.domain
            case Part.ENTITY:
                return rule.entity or rule.asset
            case Part.FIELD:
                return f"{rule.entity or rule.asset}.{rule.field}" if rule.field else None
            case Part.SOURCE:
                return cell.source
            case Part.DIMENSION:
                return rule.dimension.value

    def label_of(self, by: Part, name: str) -> Label:
        """What people call it."""
        entity, _, field = name.rpartition(".")
        match by:
            case Part.DOMAIN:
                return DOMAINS.get(name, Label(name, name))
            case Part.DIMENSION:
                return DIMENSIONS[Dimension(name)]
            case Part.SOURCE:
                return next((Label(s.zh, s.en) for s in self.sources if s.name == name), Label(name, name))
            case Part.ENTITY:
                return self.registry[name].about.label if name in self.registry else Label(name, name)
            case Part.FIELD:
                known = self.registry.get(entity)
                return known.fields[field].label if known and field in known.fields else Label(name, name)

    def target_of(self, by: Part, name: str) -> float | None:
        """The index that it is to reach."""
        if by is Part.DOMAIN or by is Part.SOURCE:
            return self.targets.of(f"{by.value}:{name}")
        entity = name.rpartition(".")[0] if by is Part.FIELD else name
        domain = f"domain:{self.registry[entity].about.domain}" if entity in self.registry else ""
        return self.targets.of(name, entity, domain) if by is not Part.DIMENSION else self.targets.of()


def divided(store: Store, parts: Parts, by: Part, *, days: int, of: str | None = None, zone: str) -> dict[str, Any]:
    """Each part with its index, that of its dimensions, its target, and the index at the end of each of the last days that anything was counted on.

    `of` keeps the parts of one entity, source or domain. Ordered from the worst; a part without any check is not there.
    """
    today = today_in(zone)
    known = {r.id: r for r in listed(parts.registry, parts.rules)}
    found = [c for c in cells(store, since=today - timedelta(days=WINDOW + days), zone=zone) if c.rule in known]
    kept = [c for c in found if of is None or of in (known[c.rule].entity, known[c.rule].asset, known[c.rule].domain, c.source)]
    grouped: dict[str, list[Cell]] = {}
    for cell in kept:
        if (name := parts.name_of(by, cell, known[cell.rule])) is not None:
            grouped.setdefault(name, []).append(cell)
    dimension_of = {id_: r.dimension for id_, r in known.items()}
    shown = [today - timedelta(days=n) for n in range(days - 1, -1, -1)]
    items = [told for name, its in grouped.items() if (told := _part(parts, by, name, its, dimension_of, shown))]
    items.sort(key=lambda i: (i["index"], i["name"]))
    return {"by": by.value, "of": of, "window_days": WINDOW, "items": items}


def _part(parts: Parts, by: Part, name: str, its: Sequence[Cell], dimension_of: Mapping[str, Dimension], shown: Sequence[date]) -> dict[str, Any] | None:
    now = standing(its, until=shown[-1])
    index, by_dimension = reckoned(now, dimension_of)
    if index is None:
        return None
    target = parts.target_of(by, name)
    counted_on = {c.day for c in its}
    trend = [
        {"day": day.isoformat(), "index": then}
        for day in shown if day in counted_on and (then := reckoned(standing(its, until=day), dimension_of)[0]) is not None
    ]
    return {
        "name": name, "label": pair(parts.label_of(by, name)), "index": index, "dimensions": {d.value: i for d, i in by_dimension.items()},
        "checked": sum(c.checked for c in now), "broken": sum(c.broken for c in now), "rules": len({c.rule for c in now}),
        "target": target, "meets": None if target is None else index >= target, "trend": trend,
    }
