"""A record as somebody sees it who was granted a look: the fields of the grant in clear, and the reading in the log before it is shown."""

from typing import Any

from medthread.api.listing import select_one
from medthread.api.services import Services
from medthread.api.sharing import WITHHELD_IN
from medthread.derive.view import masked_fields
from medthread.model import Entity
from medthread.trust.access import Actor
from medthread.trust.audit import record_read
from medthread.trust.unmasking import standing_grants, waiting


def read_one(given: Services, entity: type[Entity], actor: Actor, *, id_: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """An object as shown, where its row came from, and what of it is shown under a grant or asked for."""
    item, origin = select_one(given, entity, actor, id_=id_)
    masked = masked_fields(entity, actor.clearance)
    if not masked:
        return item, origin, {"fields": [], "until": None, "asked": None}
    opened: dict[str, Any] = {}
    with given.store.transaction() as tx:
        asked = waiting(tx, actor=actor, entity=entity.name, id_=id_)
        for grant in standing_grants(tx, actor=actor, entity=entity.name, id_=id_):
            fresh = masked.intersection(grant.fields) - opened.keys() - item.get(WITHHELD_IN, {}).keys()  # a grant lifts no sharing rule
            opened |= dict.fromkeys(sorted(fresh), grant.expires_at)
            if fresh:
                record_read(tx, actor=actor.name, object_=f"{entity.name}/{id_}", fields=fresh, reason=grant.reason, grant=grant.id)
    if opened:
        item, origin = select_one(given, entity, actor, id_=id_, clear=frozenset(opened))
    return item, origin, {"fields": sorted(opened), "until": min(opened.values(), default=None), "asked": asked}
