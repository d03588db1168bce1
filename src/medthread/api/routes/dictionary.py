"""The data dictionary: found by Chinese, English, pinyin or its initials; a page per entity, one per entry."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import Query

from medthread.api.entry_page import examples_of, owners_told, quality_on, uses_of
from medthread.api.identity import Given, Reader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive import entity_meta
from medthread.derive.dictionary import Sort
from medthread.derive.form import pair
from medthread.governance.dictionary.book import Book, Item
from medthread.governance.dictionary.changes import PROPOSED, history
from medthread.governance.quality_parts import DOMAINS
from medthread.model import FieldMapping, Label
from medthread.model.errors import NotFoundError
from medthread.model.owners import OWNERS, owner_label

router = Subject("dictionary", "数据字典", "Data dictionary", owner="it").router()
MOST = 60
ALL = 2000
Text = Annotated[str | None, Query(max_length=200)]
On = Annotated[date | None, Query(description="a day: what held then; today where none is named")]


@router.get("/dictionary", summary="查找术语 · Search the dictionary")
def search(
    given: Given, _: Reader, q: Annotated[str, Query(max_length=100)] = "", sort: Sort | None = None, domain: Text = None, owner: Text = None,
    term: Text = None, on: On = None,
) -> dict[str, Any]:
    """Entities, fields, models, columns, code lists, rules and terms that a word names; without a word all of a sort, else all entities.

    `domain`, `owner` and `term` (entries that a term is bound to) narrow it; `on` shows what held on a day.

    一个词所指的对象、字段、模型、列、代码表、规则与术语;不给词则列出某一类的全部,默认全部对象。可按业务域、责任方、所绑定的术语筛选;`on` 指定日期。
    """
    book = given.dictionary.book(on)
    found = book.find(q, most=MOST if not (sort or domain or owner or term) else ALL) if q.strip() else _listed(book, sort, narrowed=bool(domain or owner or term))
    kept = [i for i in found if _fits(i, book, sort, domain, owner, term)]
    return {"items": [told(i) for i in kept[:ALL]], "total": len(kept), "gaps": book.gaps, "on": book.on}


def _listed(book: Book, sort: Sort | None, *, narrowed: bool) -> Iterable[Item]:
    wanted = {sort} if sort else {Sort.ENTITY, Sort.MODEL, Sort.TERM} if narrowed else {Sort.ENTITY}
    return [i for i in book.items.values() if i.entry.sort in wanted] if not narrowed or sort else list(book.items.values())


def _fits(item: Item, book: Book, sort: Sort | None, domain: str | None, owner: str | None, term: str | None) -> bool:
    entry, owners = item.entry, item.owners
    return (
        (sort is None or entry.sort is sort) and (domain is None or entry.domain == domain)
        and (owner is None or owner in (owners.business, owners.steward, owners.technical)) and (term is None or term in book.bound.get(entry.subject, ()))
    )


def told(item: Item) -> dict[str, Any]:
    """An entry as lists show it."""
    e = item.entry
    return {
        "kind": e.sort.value, "subject": e.subject, "entity": e.entity, "field": e.field, "label": pair(e.label), "definition": pair(e.meaning), "type": e.kind,
        "classification": e.classification, "owner": e.owner, "owner_label": _pair(owner_label(e.owner)), "standard": e.standard, "synonyms": list(e.synonyms),
        "domain": e.domain, "overlaid": item.overlaid, "status": item.term.status.value if item.term else None, "parent": item.term.parent if item.term else None,
    }


def _pair(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


@router.get("/dictionary-domains", summary="取字典的目录 · Get the dictionary's tree")
def domains(given: Given, _: Reader) -> dict[str, Any]:
    """Business domains with the entities and models of each, and the owners that there are to choose from.

    各业务域及其对象与模型,以及可选的责任方。
    """
    book = given.dictionary.book()
    shown = [i for i in book.items.values() if i.entry.sort in (Sort.ENTITY, Sort.MODEL)]
    names = [*DOMAINS, *sorted({i.entry.domain for i in shown} - set(DOMAINS))]
    items = [
        {"name": name, "label": pair(DOMAINS.get(name, Label(name or "企业自有", name or "The company's own"))),
         "items": [{"subject": i.entry.subject, "kind": i.entry.sort.value, "label": pair(i.entry.label)} for i in shown if i.entry.domain == name]}
        for name in names
    ]
    return {"items": [d for d in items if d["items"]], "owners": [{"name": n, "label": pair(label)} for n, label in OWNERS.items()], "terms": len(book.terms), "gaps": book.gaps}


def _item(given: Services, subject: str, on: date | None = None) -> tuple[Book, Item]:
    book = given.dictionary.book(on)
    if subject not in book.items:
        raise NotFoundError(f"{subject} is not in the dictionary", hint="GET /api/v1/dictionary finds what there is")
    return book, book.items[subject]


@router.get("/dictionary-entries/{subject}", summary="查看字典的一个条目 · Get an entry of the dictionary")
def entry(subject: str, given: Given, _: Reader, on: On = None) -> dict[str, Any]:
    """One entry: what is declared, what the company says over it, owners, bound terms, every change of it with its author and approver, what waits.

    一个条目:产品声明、企业自己的说法、责任方、绑定的术语、历次变更及编制人与批准人、待批准的变更。
    """
    book, item = _item(given, subject, on)
    with given.store.transaction() as tx:
        changes = history(tx, subject)
    declared = item.declared
    codes = [{"code": c, "label": pair(label)} for c, label in _codes(given, item).items()]
    return {
        **told(item), "on": book.on, "owners": owners_told(item.owners), "codes": codes,
        "declared": None if item.term else {"definition": pair(declared.meaning), "synonyms": list(declared.synonyms), "owner": declared.owner, "owner_label": pair(owner_label(declared.owner))},
        "said": item.said.content if item.said else None, "since": item.said.since if item.said and item.said.content else None,
        "terms": [told(book.items[f"term:{t}"]) for t in book.bound.get(subject, ())], "term": item.term.model_dump(mode="json") if item.term else None,
        "bound": [told(book.items[s]) for s in item.term.bound if s in book.items] if item.term else [],
        "children": [told(i) for i in book.items.values() if item.term and i.term and i.term.parent == item.entry.entity],
        "see": [told(book.items[f"term:{n}"]) for n in (item.term.see if item.term else ()) if f"term:{n}" in book.items],
        "history": changes, "waiting": next((c["proposal"] for c in changes if c["state"] == PROPOSED), None),
    }


def _codes(given: Services, item: Item) -> dict[str, Label]:
    e = item.entry
    if e.field is None or e.sort not in (Sort.FIELD, Sort.CODES) or e.entity not in given.registry:
        return {}
    return dict(given.registry[e.entity].fields[e.field].mark.codes or {})


@router.get("/dictionary-entries/{subject}/examples", summary="取条目的示例值 · Get examples of an entry")
def examples(subject: str, given: Given, actor: Reader) -> dict[str, Any]:
    """Values of the current release, as far as the reader may see them; never of personal fields, of which it is said why there are none.

    当前发布中的示例值,限于读者可见范围;个人信息字段从不给出示例,并说明原因。
    """
    return examples_of(given, actor, _item(given, subject)[1])


@router.get("/dictionary-entries/{subject}/quality", summary="取条目的质量 · Get the quality of an entry")
def quality(subject: str, given: Given, actor: Reader) -> dict[str, Any]:
    """The quality index with its target and way, the rules with how they stand, and open incidents.

    质量指数、目标与走势,规则的现状,以及未结的质量事件。
    """
    return quality_on(given, actor, _item(given, subject)[1])


@router.get("/dictionary-entries/{subject}/use", summary="取条目的使用情况 · Get the use of an entry")
def use(subject: str, given: Given, _: Reader) -> dict[str, Any]:
    """Models, rules, references and offers of the interface that use it.

    使用它的模型、规则、引用与接口。
    """
    book, item = _item(given, subject)
    return uses_of(given, book, item)


@router.get("/dictionary/{entity}", summary="查看字典的一页 · Get a page of the dictionary")
def page(entity: str, given: Given, actor: Reader, on: On = None) -> dict[str, Any]:
    """One entity: meaning, fields, rules, and which source columns feed it, in the words that hold.

    一种对象:含义、字段、规则,以及由哪些来源列供数;按现行口径。
    """
    declared = given.registry[entity]
    book = given.dictionary.book(on)
    meta = entity_meta(declared, given.registry, clearance=actor.clearance, process=given.workflow.rulebook.processes.get(entity))
    fields = [{**f, "type": f["kind"], "reference": f["ref"], "checks": f["rules"], **_said(book, f"{entity}.{f['name']}")} for f in meta["fields"]]
    said = _said(book, entity)
    return {**meta, **said, "owner_label": _pair(owner_label(book.items[entity].owners.business)), "fields": fields, "sources": mapping_lineage(given, entity)}


def _said(book: Book, subject: str) -> dict[str, Any]:
    item = book.items[subject]
    return {"definition": pair(item.entry.meaning), "synonyms": list(item.entry.synonyms), "overlaid": item.overlaid, "owners": owners_told(item.owners),
            "terms": [pair(book.items[f"term:{t}"].entry.label) for t in book.bound.get(subject, ())]}


def mapping_lineage(given: Services, entity: str) -> list[dict[str, Any]]:
    """Source columns behind each field, and what is done to them."""
    return [
        {"source": s.name, "table": name, "field": field, "columns": list(m.columns), "how": how(m)}
        for s in given.sources for name, table in s.tables.items() for feed in table.feeds if feed.entity == entity
        for field, m in feed.fields.items()
    ]


def how(mapping: FieldMapping) -> str:
    """What a mapping does, in a word or two."""
    if mapping.constant is not None:
        return f"constant {mapping.constant!r}"
    done = [
        word for word, is_so in (
            ("concat", mapping.concat), ("split", mapping.split), ("lookup", mapping.lookup), ("path", mapping.path),
            ("codes", mapping.codes), ("unit", mapping.unit),
        ) if is_so
    ]
    return ", ".join([*done, *mapping.change])
