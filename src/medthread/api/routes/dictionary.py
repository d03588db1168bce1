"""The data dictionary: found by Chinese, English, pinyin or its initials; a page per entity; contracts."""

from typing import Annotated, Any

import yaml
from fastapi import Query, Response

from medthread import __version__
from medthread.api.identity import Given, Reader
from medthread.api.media import YAML, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive import entity_meta
from medthread.derive.contract import contract_of
from medthread.derive.dictionary import Entry, entries
from medthread.methods.names import sound
from medthread.model import FieldMapping, Label, Registry
from medthread.model.owners import owner_label

router = Subject("dictionary", "数据字典", "Data dictionary", owner="it").router()
MOST = 60


def _keys(entry: Entry) -> list[tuple[int, str]]:
    """All texts by which an entry may be asked for, each with how far it is from the name itself."""
    near = [(0, entry.label.zh), (0, entry.label.en), (0, entry.field or entry.entity), (2, sound(entry.label.zh)), (3, _initials(entry.label.zh))]
    return [(place, text.lower()) for place, text in [*near, *((1, s) for s in entry.synonyms)]]


def _initials(text: str) -> str:
    return "".join(sound(c)[:1] for c in text).lower()


def _distance(entry: Entry, wanted: str) -> int | None:
    best = None
    for place, key in _keys(entry):
        if wanted == key:
            score = place
        elif key.startswith(wanted):
            score = 10 + place
        elif wanted in key:
            score = 20 + place
        else:
            continue
        best = score if best is None else min(best, score)
    return best


def search_entries(registry: Registry, text: str) -> list[Entry]:
    """Entries that the text fits, nearest first; entities before fields."""
    wanted = text.strip().lower()
    found = [(d, e.field is not None, n, e) for n, e in enumerate(entries(registry)) if (d := _distance(e, wanted)) is not None]
    return [e for *_, e in sorted(found, key=lambda f: f[:3])]


@router.get("/dictionary", summary="查找术语 · Search the dictionary")
def search(given: Given, _: Reader, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Entities and fields that a word names; without a word, all entities.

    一个词所指的对象与字段;不给词则列出全部对象。
    """
    found = search_entries(given.registry, q) if q.strip() else [e for e in entries(given.registry) if e.field is None]
    return {"items": [
        {"kind": "field" if e.field else "entity", "entity": e.entity, "field": e.field, "label": _pair(e.label),
         "definition": _pair(e.meaning) if e.meaning else None, "type": e.kind, "classification": e.classification,
         "owner": e.owner, "owner_label": _pair(owner_label(e.owner)), "standard": e.standard, "synonyms": list(e.synonyms)}
        for e in found[:MOST]
    ]}


def _pair(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


@router.get("/dictionary/{entity}", summary="查看字典的一页 · Get a page of the dictionary")
def page(entity: str, given: Given, actor: Reader) -> dict[str, Any]:
    """One entity: meaning, fields, rules, and which source columns feed it.

    一种对象:含义、字段、规则,以及由哪些来源列供数。
    """
    declared = given.registry[entity]
    meta = entity_meta(declared, given.registry, clearance=actor.clearance, process=given.workflow.rulebook.processes.get(entity))
    fields = [
        {**f, "type": f["kind"], "definition": f["about"], "reference": f["ref"], "checks": f["rules"]} for f in meta["fields"]
    ]
    return {**meta, "owner_label": _pair(owner_label(declared.about.owner)), "definition": meta["meaning"], "fields": fields, "sources": mapping_lineage(given, entity)}


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


@router.get("/contracts/{entity}", summary="取数据契约 ODCS · Get a data contract (ODCS)", **text_as(YAML))
def contract(entity: str, given: Given, _: Reader) -> Response:
    """The entity's data contract (ODCS 3.1).

    对象的数据契约(ODCS 3.1)。
    """
    text = yaml.safe_dump(contract_of(given.registry[entity], given.registry, version=__version__), allow_unicode=True, sort_keys=False)
    headers = {"Content-Disposition": f'attachment; filename="{entity}.odcs.yaml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)
