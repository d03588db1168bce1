"""Screens as data: which entities there are, and what their lists and forms hold."""

from typing import Any

from sqlalchemy import func, select

from medthread.api.identity import Given, Reader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive import entity_meta
from medthread.derive.view import needs_clearance
from medthread.model import Entity, Home, Label
from medthread.trust.access import Actor
from medthread.workflow.changing import hands_on
from medthread.workflow.many import why_one_by_one

router = Subject("meta", "界面元数据", "Screens as data", owner="it", internal=True).router()
KINDS = {"text": "text", "integer": "integer", "decimal": "number", "boolean": "truth", "date": "date", "timestamp": "moment"}
AREAS = {
    "product": Label("产品", "Product"), "supply": Label("供应", "Supply"), "manufacturing": Label("制造", "Manufacturing"),
    "quality": Label("质量", "Quality"), "service": Label("服务", "Service"), "compliance": Label("合规与组织", "Compliance"),
}


def _pair(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def area_label(area: str) -> dict[str, str]:
    """What a domain is called."""
    return _pair(AREAS.get(area, Label(area, area)))


@router.get("/meta", summary="列出业务对象的种类与数量 · List kinds of business objects")
def entities(given: Given, _: Reader) -> dict[str, Any]:
    """Every entity with its number of objects in the current release.

    每种业务对象及其在当前发布中的数量。
    """
    release = given.releases.current()
    rows = {name: t.rows for name, t in release.tables.items()} if release else {}
    with given.store.transaction() as tx:
        native = {n: tx.execute(select(func.count()).select_from(t)).scalar_one() for n, t in given.native.items()}
    return {
        "entities": [
            {
                "name": e.name, "label": _pair(e.about.label), "area": e.about.domain,
                "area_label": area_label(e.about.domain),
                "native": e.about.home is Home.NATIVE, "count": native.get(e.name, rows.get(f"golden.{e.name}", 0)),
            }
            for e in given.registry.values()
        ],
    }


@router.get("/meta/{entity}", summary="取列表与表单的定义 · Get the list and form of a kind")
def entity(entity: str, given: Given, actor: Reader) -> dict[str, Any]:
    """One entity's list and form, for this reader.

    一种对象的列表与表单,按读者的权限给出。
    """
    return screen_of(given.registry[entity], given, actor)


def screen_of(entity: type[Entity], given: Services, actor: Actor) -> dict[str, Any]:
    """What the console draws, with what this reader may do."""
    meta = entity_meta(entity, given.registry, clearance=actor.clearance, process=given.workflow.rulebook.processes.get(entity.name))
    native = entity.about.home is Home.NATIVE
    writes = native and "entities:write" in given.access.can(actor)
    with given.store.transaction() as tx:
        makes, changes = hands_on(tx, given.workflow, entity, by=actor) if writes else (False, False)
    kinds = {f.mark.names for f in entity.fields.values()}
    fields = []
    for field, f in zip(meta["fields"], entity.fields.values(), strict=True):
        plain = not field["masked"] and not f.is_personal
        fields.append({
            **field,
            "type": "choice" if field["codes"] else "reference" if field["ref"] or field["names"] else "entity" if f.name in kinds else KINDS[field["kind"]],
            "choices": field["codes"], "reference": field["ref"], "along": [{"field": theirs, "from": mine} for theirs, mine in f.mark.ref.along] if f.mark.ref else [],
            "list": field["in_list"],
            "search": field["search"] and plain, "sortable": plain, "restricted": needs_clearance(f),
            "hint": field["about"] or (field["rules"][0]["label"] if f.mark.rules else None),
        })
    can = {
        "create": makes, "update": changes, "many": makes and why_one_by_one(given.workflow, entity) is None,
    }
    return {**meta, "about": meta["meaning"], "native": native, "can": can, "fields": fields}
