"""Decisions about master records as somebody may see them: with what the golden records are called that they are about."""

from collections.abc import Mapping, Sequence
from typing import Any

from medthread.api.golden_links import kinds_of
from medthread.api.golden_rows import MASKED, RETIRED, GoldenRows, matched_masters
from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.derive.view import masked_fields
from medthread.model import Entity, Label
from medthread.pipeline.match.decisions import LINK, SETTING
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.links import FROM, KIND, PARENT, UNTIL
from medthread.pipeline.match.setting import AUTO, REVIEW
from medthread.stores.serving import Snapshot
from medthread.trust.access import Actor

DATES = {FROM: Label("自", "From"), UNTIL: Label("至(不含)", "Until (exclusive)")}
LINES = {AUTO: Label("自动合并线", "line for matching by itself"), REVIEW: Label("人工查看线", "line for stewards")}


def told_decisions(given: Services, actor: Actor, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those about golden records that somebody sees, or that are no longer there for anybody to see; `names` by golden id."""
    if not found:
        return []
    snapshot = given.reader.current()
    told: dict[int, dict[str, Any]] = {}
    for entity in matched_masters(given.registry):
        mine = [d for d in found if d["entity"] == entity.name]
        if not mine:
            continue
        rows = GoldenRows(given, snapshot, entity, actor)
        names = _names(snapshot, entity, rows, sorted({g for d in mine for g in d["golden"]}))
        for d in mine:
            called = {g: names[g] for g in d["golden"] if g in names}
            if called or rows.is_all or d["kind"] == SETTING:
                told[d["id"]] = {**d, "label": pair(entity.about.label), "names": called, "mine": d["asked_by"] == actor.name, **_stated(rows, d, called)}
    return [told[d["id"]] for d in found if d["id"] in told]


def told_number(entity: type[Entity], name: str) -> dict[str, Any]:
    """What a number of matching is called: a line, or the weight of a likeness."""
    what, _, case = name.partition(".")
    if name in LINES:
        return {"label": pair(LINES[name])}
    compared = next((c for c in kind_of(entity.about.match).comparisons.compare if c.what == what), None) if entity.about.match else None
    if compared is None or not case.isdigit() or int(case) >= len(compared.cases):
        return {"label": {"zh": name, "en": name}}  # of a version of the product that weighed otherwise
    likeness = compared.cases[int(case)].label
    return {"label": {"zh": f"{compared.label.zh}:{likeness.zh}", "en": f"{compared.label.en}: {likeness.en}"}}


def told_against(entity: type[Entity], namespace: str | None) -> dict[str, str] | None:
    """What it means that two records differ in a namespace that keeps apart."""
    if not namespace:
        return None
    said = kind_of(entity.about.match).comparisons.against(namespace) if entity.about.match else None
    return pair(said) if said else {"zh": namespace, "en": namespace}


def _stated(rows: GoldenRows, decision: dict[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """The values that it states, in words: those that are masked or may be withheld are not told."""
    if decision["kind"] == LINK:
        return {"stated": _linked(rows.entity, decision["values"] or {}, called)}
    if decision["kind"] == SETTING:
        return {"stated": [{**told_number(rows.entity, name), "field": name, "value": value, "code": None} for name, value in (decision["values"] or {}).items()]}
    fields, hidden, terms = rows.entity.fields, masked_fields(rows.entity, rows.actor.clearance), rows.terms
    values = {n: MASKED if v is not None and (n in hidden or terms.touch(n)) else v for n, v in (decision["values"] or {}).items()}
    stated = [
        {"field": n, "label": pair(fields[n].label), "value": v, "code": pair((fields[n].mark.codes or {}).get(v or ""))} for n, v in values.items() if n in fields
    ]
    return {"values": values or None, "stated": stated}


def _linked(entity: type[Entity], values: Mapping[str, str | None], called: Mapping[str, str]) -> list[dict[str, Any]]:
    """What it belongs under and since when; the upper one's id where its name is not to be seen."""
    kind = next((k for k in kinds_of(entity) if k.name == values.get(KIND)), None)
    parent = values.get(PARENT)
    told: list[tuple[str, Label, str | None]] = [(PARENT, kind.parent if kind else Label(str(values.get(KIND)), str(values.get(KIND))), called.get(parent, parent) if parent else None)]
    told += [(n, label, values[n]) for n, label in DATES.items() if values.get(n)]
    return [{"field": n, "label": pair(label), "value": value, "code": None} for n, label, value in told]


def _names(snapshot: Snapshot, entity: type[Entity], rows: GoldenRows, wanted: Sequence[str]) -> dict[str, str]:
    """What each golden record is called that they see; one that was merged away as the one that took it over."""
    summary, bound = rows.summary()
    retired = snapshot.relation(f"golden.{entity.name}_retired", RETIRED)
    found = snapshot.query(
        f"with seen as materialized ({summary}), wanted as (select unnest(?) as id) select w.id, s.name from wanted w left join {retired} r on r.golden_id = w.id"
        " join seen s on s.id = coalesce(r.merged_into, w.id)", [*bound, list(wanted)],
    )
    return {r["id"]: r["name"] or r["id"] for r in found}
