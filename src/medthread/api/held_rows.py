"""Held rows as a reader of the API is shown them: rules in words, raw columns with personal ones under their mask."""

import json
from typing import Any

from medthread.api.services import Services
from medthread.derive.checks import Check, checks_of
from medthread.derive.columns import INDEX, MASKED
from medthread.derive.sharing import WITHHELD
from medthread.model import Dimension, Label, Rule
from medthread.trust.access import Actor
from medthread.trust.seal import is_sealed

WITHHELD_ROW = {"": WITHHELD}
OF_LOADS = (
    Check("load.unparsable", "", None, Rule(
        name="unparsable", about=Label("无法解析的行(列数不符或引号未闭合)", "a line that cannot be parsed (columns or quotes)"),
        broken="", dimension=Dimension.VALIDITY)),
    Check("load.blocked", "", None, Rule(
        name="blocked", about=Label("同一文件触发了阻断规则", "another row of the file broke a blocking rule"), broken="",
        dimension=Dimension.VALIDITY)),
)


def kept_back(given: Services, actor: Actor) -> frozenset[tuple[str, str]]:
    """Entities and sources whose raw rows sharing rules keep from an actor: a raw row is withheld whole where any of its values is."""
    sharing = given.workflow.sharing
    if not sharing.restricts(actor):
        return frozenset()
    kept = set()
    for source in given.sources:
        row = {"_org": source.org, "_plant": source.plant, "_source": source.name}
        for entity in given.registry.values():
            terms = sharing.terms(entity, actor)
            origin = terms.origin_of(row)
            if terms.withheld(origin) or terms.refusal(origin):
                kept.add((entity.name, source.name))
    return frozenset(kept)


def checks_by_id(given: Services) -> dict[str, Check]:
    """Every rule of every entity, and those of loads."""
    declared = [c for e in given.registry.values() for c in checks_of(e, given.registry)]
    return {c.id: c for c in [*declared, *OF_LOADS]}


def shown_rule(id_: str, known: dict[str, Check]) -> dict[str, Any]:
    """A rule in words."""
    check = known.get(id_)
    label = {"zh": check.label.zh, "en": check.label.en} if check else {"zh": id_, "en": id_}
    return {"id": id_, "label": label, "dimension": check.rule.dimension.value if check else None}


def shown_raw(text: str | None) -> dict[str, Any]:
    """The raw row; personal columns show their mask only, whoever looks."""
    if not text:
        return {}
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        return {"": "***" if is_sealed(text) else text}
    masks = {k.removesuffix(MASKED): v for k, v in row.items() if k.endswith(MASKED)}
    shown = {k: v for k, v in row.items() if not k.endswith((MASKED, INDEX))}
    return {k: masks.get(k, "***") if isinstance(v, str) and is_sealed(v) else v for k, v in shown.items()}
