"""Where an object comes from, and what was mended in it."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from medthread.api.services import Services
from medthread.derive.view import masked_fields
from medthread.model import Entity
from medthread.pipeline.correct import corrected_from
from medthread.stores.postgres.tables import load
from medthread.trust.access import Actor

CORRECTION = "standard.correction"


def lineage_of(given: Services, origin: dict[str, Any]) -> list[dict[str, Any]]:
    """The source file and row of the version that is shown; of one that a person corrected, where it was held, and the correction."""
    if not origin.get("_load"):
        return []
    with given.store.transaction() as tx:
        file = tx.execute(select(load.c.file).where(load.c.id == origin["_load"])).scalar_one_or_none()
        corrected = corrected_from(tx, origin["_load"], origin["_row"])
    place = {"source": origin["_source"], "table": origin["_table"], "file": file, "row": origin["_row"], "load": origin["_load"]}
    return [{**place, "correction": None if corrected is None else asdict(corrected)}]


def corrections_of(
    given: Services, entity: type[Entity], actor: Actor, origin: dict[str, Any], *, withheld: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Values that a rule repaired on the way in, before and after; not those of fields that are withheld."""
    if not origin.get("_load") or not given.reader.current().has(CORRECTION):
        return []
    snapshot = given.reader.current()
    rows = snapshot.query(
        f"select field, rule, before, after from {snapshot.relation(CORRECTION)}"
        ' where entity = ? and load = ? and "row" = ? order by field',
        (entity.name, origin["_load"], origin["_row"]),
    )
    hidden = masked_fields(entity, actor.clearance).union(withheld)
    return [{**r, "before": "***", "after": "***"} if r["field"] in hidden else r for r in rows]

