"""Receipts of what became of masters: how far each outside system has taken it over, and what it could not take.

A system asks for what is told after its position, does it, and says so. Nothing is pushed and nothing is kept for it: what is
told is in the lake, so a system that was away for a month goes on where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres.tables import master_refusal, master_subscriber
from medthread.trust.audit import record


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """`taken`: everything up to this number, but for the `refused` (number → why); `settled`: refused earlier, done now."""

    entity: str
    subscriber: str
    taken: int
    refused: Mapping[int, str]
    settled: Sequence[int] = ()


@dataclass(frozen=True)
class Subscriber:
    """A system that takes over, how far it is and since when; `open` counts what it refused and has not settled."""

    name: str
    taken: int
    account: str
    moved_at: datetime
    open: int


def receive(tx: Connection, receipt: Receipt, *, told: Mapping[int, str], last: int, by: str) -> int:
    """Write a receipt down; gives the position. `told` names the golden record of each number that is refused, `last` is the newest number.

    Raises `InvalidError` for numbers that were not told, and `ConflictError` for a position behind the one that was said before.
    """
    table = master_subscriber
    here = (table.c.entity == receipt.entity) & (table.c.name == receipt.subscriber)
    before = tx.execute(select(table.c.taken).where(here).with_for_update()).scalar_one_or_none()
    _check(receipt, before=before or 0, told=told, last=last)
    now = datetime.now(UTC)
    values = {"taken": receipt.taken, "account": by, "moved_at": now}
    made = insert(table).values(entity=receipt.entity, name=receipt.subscriber, **values)
    tx.execute(made.on_conflict_do_update(index_elements=["entity", "name"], set_=values))
    of = {"entity": receipt.entity, "subscriber": receipt.subscriber}
    if receipt.refused:
        rows = [{**of, "seq": seq, "golden_id": told[seq], "reason": why, "settled_at": None} for seq, why in sorted(receipt.refused.items())]
        refused = insert(master_refusal)
        again = {"reason": refused.excluded.reason, "settled_at": None}
        tx.execute(refused.on_conflict_do_update(index_elements=["entity", "subscriber", "seq"], set_=again), rows)
    if receipt.settled:
        theirs = (master_refusal.c.entity == receipt.entity) & (master_refusal.c.subscriber == receipt.subscriber) & master_refusal.c.seq.in_(list(receipt.settled))
        tx.execute(update(master_refusal).where(theirs, master_refusal.c.settled_at.is_(None)).values(settled_at=now))
    detail = {"taken": receipt.taken, "refused": len(receipt.refused), "settled": len(receipt.settled)}
    record(tx, actor=by, action="master.receive", object_=f"master_subscriber/{receipt.entity}/{receipt.subscriber}", before={"taken": before}, detail=detail)
    return receipt.taken


def _check(receipt: Receipt, *, before: int, told: Mapping[int, str], last: int) -> None:
    if receipt.taken > last:
        raise InvalidError(f"only {last} changes were told of {receipt.entity}", hint="say the number of the last one that was taken over")
    if receipt.taken < before:
        raise ConflictError(f"{receipt.subscriber} said before that it has taken {before}", hint="ask for what comes after that number")
    if strange := sorted(set(receipt.refused) - set(told)):
        raise InvalidError(f"{strange[0]} is no number of a change that was told", hint="refuse by the number that the change came with")
    if beyond := [seq for seq in receipt.refused if seq > receipt.taken]:
        raise InvalidError(f"{min(beyond)} is refused, but only {receipt.taken} are taken", hint="a position counts what was refused too")


def subscribers(tx: Connection, entity: str) -> list[Subscriber]:
    """Those of a master, by name."""
    table, refused = master_subscriber, master_refusal
    open_ = func.count(refused.c.seq).filter(refused.c.settled_at.is_(None))
    query = select(table.c.name, table.c.taken, table.c.account, table.c.moved_at, open_).where(table.c.entity == entity)
    query = query.outerjoin(refused, (refused.c.entity == table.c.entity) & (refused.c.subscriber == table.c.name)).group_by(*table.primary_key, table.c.taken, table.c.account, table.c.moved_at)
    return [Subscriber(*row) for row in tx.execute(query.order_by(table.c.name))]


def refusals(tx: Connection, entity: str, subscriber: str, *, limit: int) -> list[dict[str, Any]]:
    """What it could not take and has not settled, oldest first."""
    table = master_refusal
    theirs = (table.c.entity == entity) & (table.c.subscriber == subscriber) & table.c.settled_at.is_(None)
    return [dict(r) for r in tx.execute(select(table.c.seq, table.c.golden_id, table.c.reason, table.c.at).where(theirs).order_by(table.c.seq).limit(limit)).mappings()]
