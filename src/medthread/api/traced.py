"""Trace answers as they may be shared: how goods flowed stays, and how many; names of parties and items go where a rule says so."""

from collections.abc import Iterable, Mapping
from typing import Any

from medthread.api.services import Services
from medthread.api.sharing import described, refuse
from medthread.derive.sharing import WITHHELD, Terms
from medthread.model.sharing import Effect
from medthread.trust.access import Actor

# Which columns of which part of an answer tell of an entity: of one object of the answer, or of what is drawn.
TELLS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "customer": (("customers", ("code", "name")), ("units", ("customer", "customer_code", "customer_name"))),
    "supplier": (("lots", ("supplier",)),),
    "item": (("lots", ("item_name",)),),
}
DRAWN = {"customer": ("customer",), "supplier": ("supplier_lot",), "item": ("supplier_lot", "lot", "unit")}
LOT = "lot"


def as_shared(given: Services, actor: Actor, answer: dict[str, Any]) -> dict[str, Any]:
    """A trace answer for whoever asks; refused altogether where lots themselves are not shared with them."""
    lots = _terms(given, actor, LOT)
    if lots is not None:
        refuse(given, actor, next(r for r in lots.rules if r.effect is not Effect.ALLOW), "trace")
    kept = {name: terms for name in TELLS if (terms := _terms(given, actor, name)) is not None}
    if not kept:
        return answer
    shown = {**answer, "graph": {**answer["graph"], "nodes": _drawn(answer["graph"]["nodes"], {k for n in kept for k in DRAWN[n]})}}
    for part, columns in (told for name in kept for told in TELLS[name]):
        shown[part] = [_without(row, columns) for row in shown[part]]
    return {**shown, "sharing": [described(r) for r in dict.fromkeys(r for t in kept.values() for r in t.rules)]}


def suggested(given: Services, actor: Actor, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lots that a text may mean, as they may be shared."""
    if _terms(given, actor, LOT) is not None:
        return []
    return [_without(i, ("item_name",)) for i in items] if _terms(given, actor, "item") is not None else items


def _terms(given: Services, actor: Actor, name: str) -> Terms | None:
    """The terms of an entity, if they may keep from the actor what it is called by."""
    if name not in given.registry:
        return None
    entity = given.registry[name]
    terms = given.workflow.sharing.terms(entity, actor)
    return terms if terms.touch(*entity.key(), *([entity.about.title] if entity.about.title else ())) else None


def _without(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    return {**row, **{c: WITHHELD for c in columns if row.get(c) is not None}}


def _drawn(nodes: list[dict[str, Any]], kinds: set[str]) -> list[dict[str, Any]]:
    return [_without(n, ("label", "detail")) if n["kind"] in kinds and not n["folded"] else n for n in nodes]
