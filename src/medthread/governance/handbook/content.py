"""What an issue of the handbook says: everything that is printed, as data in both languages, the same for the same state.

One chapter a business domain (entities with their fields, models, lists of codes, rules), and one of what is common: the
glossary, how the quality index is reckoned, models that belong to no domain.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from medthread.derive.dictionary import Sort
from medthread.derive.form import pair, retention_label
from medthread.governance.dictionary.book import Book, Item
from medthread.governance.handbook.setting import COMMON, HandbookSetting
from medthread.governance.quality_index import DIMENSIONS, WINDOW
from medthread.governance.quality_parts import DOMAINS
from medthread.methods.canonical import hash_of
from medthread.model import Entity, Label, Registry
from medthread.model.owners import owner_label
from medthread.trust.roles import role_label

Content = dict[str, Any]
_BESIDE = frozenset({"fields", "columns", "since", "declared", "id", "asset"})  # told apart, or following from what is told
_COMMON = Label("公共部分", "What is common")
_INDEX = Label(
    f"每个维度的指数 = 100 × (1 − 不符合数 / 检验数),对该维度的全部规则合计;入库规则按最近 {WINDOW} 天的各次装载累计,整表规则取最近一次判定;总指数 = 有检验的各维度指数的算术平均。结果向下取到两位小数。",
    f"Index of a dimension = 100 × (1 − broken / checked) over all its rules; rules of intake are added up over the loads of the last {WINDOW} days, a rule of whole tables counts as it stood last; the whole = the mean of the dimensions that were checked. Rounded down to two decimals.",
)


def content_of(book: Book, registry: Registry, setting: HandbookSetting, *, quality: Mapping[str, Any], release: str | None, company: str) -> Content:
    """The content of an issue of today's state, but for its version and what changed since the last."""
    domains = [d for d in DOMAINS if any(e.about.domain == d for e in registry.values())]
    domains += sorted({e.about.domain for e in registry.values()} - set(domains))
    chapters = [_common(book, quality, setting), *(_chapter(d, book, registry, setting) for d in domains)]
    return {"company": company, "as_of": book.on.isoformat(), "release": release, "gaps": book.gaps, "issued_by": [{"role": r, "label": pair(role_label(r))} for r in setting.issued_by],
            "chapters": [{**c, "hash": hash_of(c)} for c in chapters]}


def _common(book: Book, quality: Mapping[str, Any], setting: HandbookSetting) -> Content:
    index = quality["index"]
    return {
        "name": COMMON, "label": pair(_COMMON), "signs": _signs(setting, COMMON),
        "index": {"formula": pair(_INDEX), "whole": None if index is None else f"{index:.2f}",
                  "dimensions": [{"label": d["label"], "index": f"{d['index']:.2f}"} for d in quality["dimensions"]]},
        "terms": [_term(i, book) for i in book.items.values() if i.term is not None],
        "models": _models(book, ""), "entities": [], "codes": [], "rules": _rules(book, "models"),
    }


def _chapter(domain: str, book: Book, registry: Registry, setting: HandbookSetting) -> Content:
    here = [e for e in registry.values() if e.about.domain == domain]
    return {
        "name": domain, "label": pair(DOMAINS.get(domain, Label(domain, domain))), "signs": _signs(setting, domain), "terms": [],
        "entities": [_entity(e, book, registry) for e in here], "models": _models(book, domain), "codes": [c for e in here for c in _codes(e)], "rules": _rules(book, domain),
    }


def _signs(setting: HandbookSetting, chapter: str) -> list[Content]:
    return [{"role": r, "label": pair(role_label(r))} for r in setting.signs(chapter)]


def _head(item: Item) -> Content:
    """What is said of every subject alike."""
    entry, owners = item.entry, item.owners
    return {
        "subject": entry.subject, "label": pair(entry.label), "meaning": pair(entry.meaning), "synonyms": list(entry.synonyms),
        "owner": pair(owner_label(owners.business)), "steward": owners.steward, "technical": owners.technical,
        "since": item.said.since.isoformat() if item.overlaid and item.said else None, "declared": pair(item.declared.meaning) if item.overlaid else None,
    }


def _entity(entity: type[Entity], book: Book, registry: Registry) -> Content:
    return {
        **_head(book.items[entity.name]), "key": list(entity.key()), "retention": pair(retention_label(entity, registry)),
        "fields": [
            {**_head(book.items[f"{entity.name}.{f.name}"]), "kind": f.kind.value, "unit": f.mark.unit, "required": f.required, "key": f.mark.key,
             "classification": f.mark.classification.name.lower(), "reference": f.mark.ref.entity if f.mark.ref else None, "standard": f.mark.standard,
             "terms": [pair(book.items[f"term:{t}"].entry.label) for t in book.bound.get(f"{entity.name}.{f.name}", ())]}
            for f in entity.fields.values()
        ],
    }


def _models(book: Book, domain: str) -> list[Content]:
    return [
        {**_head(book.items[k.model.table]), "grain": list(k.model.grain), "reads": list(k.model.reads), "version": k.version.version if k.version else None,
         "text": k.model.text, "tests": [e.condition for e in k.model.expectations],
         "columns": [{**_head(i), "kind": i.entry.kind} for i in _columns_of(book, k.model.table)]}
        for k in book.models.values() if k.model.domain == domain
    ]


def _columns_of(book: Book, table: str) -> Iterator[Item]:
    return (i for i in book.items.values() if i.entry.sort is Sort.COLUMN and i.entry.entity == table)


def _codes(entity: type[Entity]) -> Iterator[Content]:
    for f in entity.fields.values():
        if f.mark.codes:
            yield {"subject": f"codes:{entity.name}.{f.name}", "label": pair(Label(f"{entity.about.zh} · {f.label.zh}", f"{entity.about.en}: {f.label.en}")),
                   "codes": [{"code": c, "label": pair(label)} for c, label in f.mark.codes.items()]}


def _rules(book: Book, domain: str) -> list[Content]:
    return [
        {"subject": f"rule:{r.id}", "id": r.id, "label": pair(r.label), "dimension": pair(DIMENSIONS[r.dimension]), "gate": r.gate, "asset": r.asset, "version": r.version,
         "owner": pair(owner_label(r.owner)), "tolerance": f"{r.tolerance:g}"}
        for r in book.rules.values() if r.domain == domain
    ]


def _term(item: Item, book: Book) -> Content:
    term, said = item.term, item.said
    assert term is not None  # noqa: S101 - terms are what is said
    assert said is not None  # noqa: S101 - likewise
    called = {n: pair(book.items[f"term:{n}"].entry.label) for n in (*term.see, *([term.parent] if term.parent else [])) if f"term:{n}" in book.items}
    return {**_head(item), "since": said.since.isoformat(), "status": term.status.value, "parent": called.get(term.parent or ""), "bound": list(term.bound),
            "see": [called[n] for n in term.see if n in called]}


def changes_between(before: Content | None, after: Content) -> list[Content]:
    """What an issue says that the last one did not: added, removed, changed, by subject, in the order of the handbook."""
    if before is None:
        return []
    old, new = dict(_subjects(before)), dict(_subjects(after))
    found = [_changed(s, "added", None, new[s]) for s in new if s not in old]
    found += [_changed(s, "removed", old[s], None) for s in old if s not in new]
    found += [_changed(s, "changed", old[s], new[s]) for s in new if s in old and old[s] != new[s]]
    return found


def _subjects(content: Content) -> Iterator[tuple[str, Content]]:
    for chapter in content["chapters"]:
        for part in ("terms", "entities", "models", "codes", "rules"):
            for one in chapter[part]:
                for told in (one, *one.get("fields", ()), *one.get("columns", ())):
                    yield told["subject"], {n: v for n, v in told.items() if n not in _BESIDE}


def _changed(subject: str, kind: str, before: Content | None, after: Content | None) -> Content:
    told = after or before or {}
    return {"subject": subject, "kind": kind, "label": told["label"], "what": _differing(before, after) if before and after else []}


def _differing(before: Content, after: Content) -> list[Content]:
    return [{"name": n, "before": _text(before.get(n)), "after": _text(after.get(n))} for n in _names(before, after) if before.get(n) != after.get(n)]


def _names(*contents: Content) -> Iterable[str]:
    return dict.fromkeys(n for c in contents for n in c)


def _text(value: Any) -> Content:
    """A value in both languages, as it is read."""
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return value
    if isinstance(value, list):
        parts = [_text(v) for v in value]
        return {"zh": "、".join(p["zh"] for p in parts), "en": ", ".join(p["en"] for p in parts)}
    if isinstance(value, dict):
        return _text(list(value.values()))
    said = "" if value is None else str(value)
    return {"zh": said, "en": said}
