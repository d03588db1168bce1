"""What is known of an entry of the dictionary beside its words: examples, quality, use."""

from collections.abc import Iterator
from typing import Any

from medthread.api.listing import listing_of, shown
from medthread.api.services import Services
from medthread.derive.dictionary import Sort
from medthread.derive.form import pair
from medthread.governance.dictionary.book import Book, Item, Owners
from medthread.governance.quality_parts import Part, Parts, divided
from medthread.governance.rule_library import by_rule, listed
from medthread.model import Label
from medthread.model.owners import owner_label
from medthread.model.service import OFFERS, Offer
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.fields import fields_used
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.judge.verdict import latest
from medthread.trust.access import Actor

LOOKED_AT, EXAMPLES, DAYS = 2000, 8, 30
# A record of what is wrong with data has these: the one kind of record that does is where incidents are.
_OF_INCIDENTS = frozenset({"rule", "asset", "broken", "last_seen"})
PERSONAL = Label("个人信息字段不给出示例", "no examples are given of personal data")
MASKED = Label("该字段对您脱敏", "the field is masked for you")
NO_VALUES = Label("此类条目没有自己的取值", "entries of this kind hold no values")
OF_MODELS = Label("模型的列不给出示例:其取值来自多个字段,请到模型页查看", "no examples of columns of models: their values come of several fields")


def owners_told(owners: Owners) -> list[dict[str, Any]]:
    """Who answers for it, as far as anybody is named."""
    return [{"kind": kind, "name": name, "label": pair(owner_label(name))} for kind, name in vars(owners).items() if name]


def examples_of(given: Services, actor: Actor, item: Item) -> dict[str, Any]:
    """Some values of a field as the reader sees them, or why there are none."""
    e = item.entry
    entity = given.registry[e.entity] if e.entity in given.registry else None  # noqa: SIM401 - a registry refuses what it does not know
    if e.sort not in (Sort.FIELD, Sort.CODES) or entity is None or e.field is None:
        return {"items": [], "because": pair(OF_MODELS if e.sort is Sort.COLUMN else NO_VALUES)}
    if entity.fields[e.field].is_personal:
        return {"items": [], "because": pair(PERSONAL)}
    listing = listing_of(given, entity, actor, q=None, filters=(), sort="id")
    if e.field in listing.masked:
        return {"items": [], "because": pair(MASKED)}
    looked = f'select * from {listing.source} where {listing.where} and "{e.field}" is not null limit {LOOKED_AT}'
    rows = listing.rows.query(looked, listing.parameters)
    values = (shown(given, row, opened=frozenset())[e.field] for row in rows)
    return {"items": list(dict.fromkeys(str(v) for v in values if v is not None))[:EXAMPLES], "because": None, "release": given.reader.current().release.id if given.releases else None}


def quality_on(given: Services, actor: Actor, item: Item) -> dict[str, Any]:
    """Index, rules and open incidents of an entity, a field, a model or a rule."""
    e = item.entry
    by = Part.FIELD if e.field else Part.ENTITY
    name = f"{e.entity}.{e.field}" if e.field else e.entity
    parts = Parts(given.registry, given.rules, given.sources, given.targets)
    zone = given.workflow.calendar.zone
    index = next((i for i in divided(given.store, parts, by, days=DAYS, of=e.entity, zone=zone)["items"] if i["name"] == name), None)
    with given.store.transaction() as tx:
        found = by_rule(latest(tx))
    here = [r for r in listed(given.registry, given.rules) if _about(item, r.id, r.entity or r.asset, r.field)]
    return {"index": index, "rules": [r.told(found.get(r.id, ())) for r in here], "incidents": _incidents(given, actor, {r.id for r in here})}


def _about(item: Item, rule: str, of: str, field: str | None) -> bool:
    e = item.entry
    return rule == e.entity if e.sort is Sort.RULE else of == e.entity and (e.field is None or field == e.field)


def _incidents(given: Services, actor: Actor, rules: set[str]) -> dict[str, Any]:
    """Open incidents of these rules, as far as the reader sees records of that kind."""
    kind = next((e for e in given.registry.values() if e.fields.keys() >= _OF_INCIDENTS and e.name in given.workflow.rulebook.processes), None)
    if kind is None or not rules:
        return {"entity": kind.name if kind else None, "items": []}
    listing = listing_of(given, kind, actor, q=None, filters=(), sort="id")
    named = ", ".join("?" for _ in rules)
    rows = listing.rows.query(f'select * from {listing.source} where {listing.where} and "rule" in ({named}) order by "id" desc limit 200', (*listing.parameters, *sorted(rules)))
    ended = given.workflow.rulebook.processes[kind.name].terminal
    title = kind.about.title or kind.key()[-1]
    told = [shown(given, r, opened=frozenset()) for r in rows]
    return {"entity": kind.name, "items": [{"id": r["_id"], "title": r[title], "rule": r["rule"], "state": r.get("_state"), "broken": r["broken"]} for r in told if r.get("_state") not in ended]}


def uses_of(given: Services, book: Book, item: Item) -> dict[str, Any]:
    """Who uses an entity, a field, a model or a column."""
    e = item.entry
    field = e.field if e.sort in (Sort.FIELD, Sort.COLUMN, Sort.CODES) else None
    return {
        "models": list(_models(given, book, e.entity, field)), "references": list(_references(given, e.entity, field)),
        "rules": [{"id": r.id, "label": pair(r.label)} for r in book.rules.values() if e.sort is not Sort.RULE and _about(item, r.id, r.entity or r.asset, r.field)],
        "offers": [{"kind": o.offer.value, "kind_label": pair(OFFERS[o.offer]), "label": pair(o.label), "address": o.address} for o in given.offers if _offers(o.offer, o.name, e.entity)],
    }


def _offers(offer: Offer, name: str, of: str) -> bool:
    return (offer is Offer.ENTITY and name == of) or (offer is Offer.MART and PREFIX + name == of)


def _models(given: Services, book: Book, of: str, field: str | None) -> Iterator[dict[str, Any]]:
    """Models that read it; where a statement does not tell which fields it takes, that is said."""
    tables = {of} if of.startswith(PREFIX) else {f"{layer}.{of}" for layer in ("golden", "native", "standard")}
    for known in book.models.values():
        for table in tables & set(known.model.reads):
            used = fields_used(known.model.statement, {t: c for t in known.model.reads if (c := _columns(given, book, t))})[table]
            if field is None or used is None or field in used:
                yield {"name": known.model.name, "label": pair(known.model.label), "table": table, "fields": None if used is None else sorted(used), "certain": used is not None}


def _columns(given: Services, book: Book, table: str) -> Columns:
    known = book.models.get(table.removeprefix(PREFIX)) if table.startswith(PREFIX) else None
    return known.made.columns if known and known.made else declared_columns(table, given.registry)


def _references(given: Services, of: str, field: str | None) -> Iterator[dict[str, Any]]:
    """Fields that refer to the entity; of a field only where it is the key that they name."""
    if of not in given.registry or (field is not None and field not in given.registry[of].key()):
        return
    for other in given.registry.values():
        for f in other.fields.values():
            if f.mark.ref and f.mark.ref.entity == of:
                yield {"subject": f"{other.name}.{f.name}", "label": pair(Label(f"{other.about.zh} · {f.label.zh}", f"{other.about.en}: {f.label.en}"))}
