"""Sharing rules for people: in plain words, in the order in which they are read, and as a table of who may read what from where."""

from dataclasses import asdict
from typing import Any

from medthread.api.identity import Given, Reader
from medthread.api.sharing import described
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.derive.sharing_matrix import KINDS, matrix, regions_of
from medthread.model.sharing import EFFECTS, Places, SharingRule, ShippedRule

router = Subject("sharing", "共享规则", "Sharing rules", owner="regulatory").router()


@router.get("/sharing-rules", summary="查看跨区域、跨系统的共享规则 · Get the rules of sharing across regions and systems")
def rules(given: Given, actor: Reader) -> dict[str, Any]:
    """Every rule in the order in which they are read, where everything lies, who may read what from where, and where you stand.

    按读取顺序列出每条规则、各类数据所在、谁可从何处读取什么,以及您所在的位置。
    """
    sharing = given.workflow.sharing
    return {
        "items": [_told(given, r) for r in sharing.rules], "effects": {e.value: pair(label) for e, label in EFFECTS.items()},
        "places": _places(sharing.places), "regions": regions_of(sharing.rules, sharing.places),
        "kinds": [{"name": k.name, "label": pair(k.label)} for k in KINDS], "matrix": matrix(sharing.rules, sharing.places),
        "you": asdict(sharing.recipient(actor)),
    }


def _told(given: Given, rule: SharingRule) -> dict[str, Any]:
    data = rule.data
    labels = [given.registry[n].about.label for n in data.entities]
    fields = [f.label for n in data.fields for f in [_field(given, data.entities, n)] if f is not None]
    return {
        **described(rule), "ships": isinstance(rule, ShippedRule), "effect_label": pair(EFFECTS[rule.effect]),
        "from": asdict(rule.from_), "to": asdict(rule.to), "entities": [pair(label) for label in labels], "fields": [pair(label) for label in fields],
        "personal": data.personal, "at_least": data.at_least.name.lower() if data.at_least is not None else None,
    }


def _field(given: Given, entities: tuple[str, ...], name: str) -> Any:
    """What a named field is called where the rule speaks of it."""
    return next((e.fields[name] for e in given.registry.values() if (not entities or e.name in entities) and name in e.fields), None)


def _places(places: Places) -> list[dict[str, Any]]:
    """What lies in each region."""
    kinds = asdict(places)
    regions = sorted({r for placed in kinds.values() for r in placed.values()})
    return [{"region": r, **{kind: sorted(n for n, at in placed.items() if at == r) for kind, placed in kinds.items()}} for r in regions]
