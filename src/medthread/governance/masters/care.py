"""Pairs in the steward's queue as work: until when each is to be looked at, and who has taken it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from medthread.governance.masters.setting import MasterSetting
from medthread.model import Entity
from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import account, pair_care
from medthread.stores.serving import Snapshot
from medthread.trust.audit import record
from medthread.workflow import Calendar, Context
from medthread.workflow.notices import Why, tell

STEWARD = "steward"
REVIEW = (("one", "varchar"), ("other", "varchar"))
KEEP = text("""
    insert into medthread.pair_care (entity, one, other, since, due_at)
    select :entity, p.one, p.other, :now, :due from unnest(cast(:ones as text[]), cast(:others as text[])) as p(one, other) on conflict do nothing
""")
DROP = text("""
    delete from medthread.pair_care c where c.entity = :entity
    and not exists (select from unnest(cast(:ones as text[]), cast(:others as text[])) as p(one, other) where p.one = c.one and p.other = c.other)
""")
# A pair that is decided already only waits for a run.
OVERDUE = text("""
    update medthread.pair_care c set told_at = :now
    where c.entity = :entity and c.due_at <= :now and c.told_at is null
      and not exists (select from medthread.match_decision d where d.entity = c.entity and d.status in ('asked', 'in_force') and d.golden @> jsonb_build_array(c.one, c.other))
    returning c.one
""")


def due_of(calendar: Calendar, setting: MasterSetting, now: datetime) -> datetime | None:
    """Until when a pair that comes now is looked at; none without a limit."""
    return calendar.after(now, f"{setting.pair_days} wd") if setting.pair_days else None


def keep_pairs(tx: Connection, snapshot: Snapshot, entity: type[Entity], *, due: datetime | None, now: datetime) -> None:
    """Begin the time of pairs that are new in the queue, and forget those that are no longer in it."""
    rows = snapshot.query(f"select one, other from {snapshot.relation(f'golden.{entity.name}_review', REVIEW)} order by 1, 2")
    pairs = {"entity": entity.name, "ones": [r["one"] for r in rows], "others": [r["other"] for r in rows]}
    tx.execute(KEEP, pairs | {"now": now, "due": due})
    tx.execute(DROP, pairs)


def tell_overdue(tx: Connection, context: Context, entity: type[Entity], *, now: datetime) -> int:
    """Tell stewards, and who answers for the master, how many pairs came past their time; each pair is told of once."""
    count = len(tx.execute(OVERDUE, {"entity": entity.name, "now": now}).all())
    for role in dict.fromkeys((STEWARD, entity.about.owner)) if count else ():
        tell(tx, context, role=role, why=Why.UNDECIDED, entity=entity.name, record=entity.name, about={"rows": count})
    return count


def assign(tx: Connection, *, entity: str, pair: tuple[str, str], to: str | None, by: str, due: datetime | None, now: datetime) -> None:
    """Say who looks at a pair: oneself, another steward, or nobody any more."""
    if to is not None and tx.execute(select(account.c.name).where(account.c.name == to, account.c.disabled_at.is_(None), account.c.roles.contains([STEWARD]))).one_or_none() is None:
        raise InvalidError(f"{to!r} is no steward", hint="hand it to somebody who has the role")
    said = {"assignee": to, "taken_at": now if to else None}
    fresh = insert(pair_care).values(entity=entity, one=pair[0], other=pair[1], since=now, due_at=due, **said)
    tx.execute(fresh.on_conflict_do_update(index_elements=["entity", "one", "other"], set_=said))
    record(tx, actor=by, action="master.assign", object_=f"{entity}/{pair[0]}", detail={"pair": list(pair), "to": to})


def cares(tx: Connection, entity: str, *, of: Sequence[tuple[str, str]] | None = None, assignee: str | None = None) -> list[dict[str, Any]]:
    """What is kept of pairs: all of a master, those of some, or those that somebody took; with the name of who took each."""
    table = pair_care
    query = select(table, account.c.printed_name.label("assignee_name")).outerjoin(account, account.c.name == table.c.assignee).where(table.c.entity == entity)
    if of is not None:
        query = query.where(table.c.one.in_([o for o, _ in of]), table.c.other.in_([o for _, o in of]))
    if assignee is not None:
        query = query.where(table.c.assignee == assignee)
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's way to a row's columns


def stewards(tx: Connection) -> list[dict[str, str]]:
    """Whom a pair may be handed to."""
    rows = tx.execute(select(account.c.name, account.c.printed_name).where(account.c.disabled_at.is_(None), account.c.roles.contains([STEWARD])).order_by(account.c.name))
    return [{"name": r.name, "printed_name": r.printed_name} for r in rows]
