"""News of masters, pushed: one event for each master whose golden records are other ones in the release that readers came to see.

An event says how many records what happened to, and between which numbers of the feed it stands; what happened itself is read
there, in the order in which it happened. However the pointer moves, by a run, a train or a person, nothing is told twice.
"""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from medthread.model import Entity, EventType
from medthread.stores.postgres.tables import master_news
from medthread.stores.serving import Snapshot
from medthread.workflow import Context
from medthread.workflow.outbox import emit

CHANGED = EventType("masters.changed", "主数据已变更", "Golden records changed", "it", source="the release that readers see")
BY = "system"
KINDS = ("created", "parted", "merged", "joined", "left", "changed", "linked", "unlinked")
SEQ = (("seq", "bigint"), ("golden_id", "varchar"), ("kind", "varchar"))


def tell_news(tx: Connection, context: Context, snapshot: Snapshot, entity: type[Entity], *, now: datetime) -> bool:
    """Tell of what became of a master since the last event about it; says whether there was anything. Two servers that look at once tell it once."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"master_news/{entity.name}", 0))))
    table = snapshot.relation(f"golden.{entity.name}_change", SEQ)
    last = int(tx.execute(select(func.coalesce(func.max(master_news.c.upto), 0)).where(master_news.c.entity == entity.name)).scalar_one())
    upto = int(snapshot.query(f"select coalesce(max(seq), 0) as n from {table}")[0]["n"])
    if upto <= last:  # nothing new, or readers see an older release again
        return False
    counted = snapshot.query(f"select kind, count(distinct golden_id) as n from {table} where seq > ? and seq <= ? group by 1", [last, upto])
    touched = snapshot.query(f"select count(distinct golden_id) as n from {table} where seq > ? and seq <= ?", [last, upto])[0]["n"]
    by = {r["kind"]: int(r["n"]) for r in counted}
    tx.execute(insert(master_news).values(entity=entity.name, release=snapshot.release.id, after=last, upto=upto))
    body = {"release": snapshot.release.id, "after": last, "upto": upto, "golden": int(touched), **{k: by.get(k, 0) for k in KINDS}}
    emit(tx, context, type_=CHANGED.name, entity=entity.name, record=snapshot.release.id, by=BY, at=now, body=body)
    return True
