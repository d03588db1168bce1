"""Where an object comes from, what was mended in it, and what refers to it."""

from typing import Any

from sqlalchemy import select

from medthread.api.services import Services
from medthread.derive.view import masked_fields
from medthread.model import Entity, Home
from medthread.stores.postgres.tables import load
from medthread.trust.access import Actor, plant_rule

CORRECTION = "standard.correction"


def lineage_of(given: Services, origin: dict[str, Any]) -> list[dict[str, Any]]:
    """The source file and row of the version that is shown."""
    if not origin.get("_load"):
        return []
    with given.store.transaction() as tx:
        file = tx.execute(select(load.c.file).where(load.c.id == origin["_load"])).scalar_one_or_none()
    return [{"source": origin["_source"], "table": origin["_table"], "file": file, "row": origin["_row"], "load": origin["_load"]}]


def corrections_of(given: Services, entity: type[Entity], actor: Actor, origin: dict[str, Any]) -> list[dict[str, Any]]:
    """Values that a rule repaired on the way in, before and after."""
    if not origin.get("_load") or not given.reader.current().has(CORRECTION):
        return []
    snapshot = given.reader.current()
    rows = snapshot.query(
        f"select field, rule, before, after from {snapshot.relation(CORRECTION)}"
        ' where entity = ? and load = ? and "row" = ? order by field',
        (entity.name, origin["_load"], origin["_row"]),
    )
    hidden = masked_fields(entity, actor.clearance)
    return [{**r, "before": "***", "after": "***"} if r["field"] in hidden else r for r in rows]


def related_of(given: Services, entity: type[Entity], actor: Actor, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Entities with rows that refer to this object, counted, with the filter that lists them."""
    if entity.about.home is Home.NATIVE:
        return []
    snapshot = given.reader.current()
    value = item["_id"] if entity.about.home is Home.MASTER else item.get(entity.key()[-1])
    found = []
    for other in given.registry.values():
        if other.about.home is Home.NATIVE or not snapshot.has(f"golden.{other.name}"):
            continue
        for field in other.fields.values():
            ref = field.mark.ref
            if ref is None or ref.entity != entity.name:
                continue
            along = [(mine, item.get(theirs)) for theirs, mine in ref.along]
            where = " and ".join(f'"{name}" = ?' for name in (field.name, *(n for n, _ in along)))
            parameters = [value, *(v for _, v in along)]
            rule, bound = plant_rule(actor)
            relation = snapshot.relation(f"golden.{other.name}")
            count = snapshot.query(f"select count(*) as n from {relation} where {where} and {rule}", [*parameters, *bound])[0]["n"]
            if count:
                label = {"zh": f"{other.about.zh}({field.label.zh})", "en": f"{other.about.en} ({field.label.en})"}
                filters = [f"{n}:eq:{v}" for n, v in zip((field.name, *(n for n, _ in along)), parameters, strict=True)]
                found.append({"entity": other.name, "label": label, "count": count, "filter": filters[0], "filters": filters})
    return found
