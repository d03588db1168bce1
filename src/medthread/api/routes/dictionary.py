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
from medthread.derive.dictionary import entries
from medthread.model import FieldMapping, Label
from medthread.model.owners import owner_label

router = Subject("dictionary", "数据字典", "Data dictionary", owner="it").router()
MOST = 60


@router.get("/dictionary", summary="查找术语 · Search the dictionary")
def search(given: Given, _: Reader, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Entities and fields that a word names; without a word, all entities.

    一个词所指的对象与字段;不给词则列出全部对象。
    """
    found = given.dictionary.find(q, most=MOST) if q.strip() else [e for e in entries(given.registry) if e.field is None]
    return {"items": [
        {"kind": "field" if e.field else "entity", "entity": e.entity, "field": e.field, "label": _pair(e.label),
         "definition": _pair(e.meaning) if e.meaning else None, "type": e.kind, "classification": e.classification,
         "owner": e.owner, "owner_label": _pair(owner_label(e.owner)), "standard": e.standard, "synonyms": list(e.synonyms)}
        for e in found
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
