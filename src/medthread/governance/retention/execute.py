"""An approved destruction carried out: every record looked at once more, destroyed, and forgotten but for a hash of its key.

Native records go in one transaction, with their lines, their case and the keys of what was sealed. Lake records go by
rewriting files; killed in between, the destruction is carried out again from where it stood. What the log of acts and
signatures say of a record stays: they prove what was done, and have an end of their own.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, func, select, update

from medthread.derive.retention import rule_of
from medthread.governance.backup.take import alone
from medthread.governance.retention.due import Look
from medthread.governance.retention.lake import destroy_rows
from medthread.governance.retention.propose import locked, spared_of
from medthread.methods.canonical import hash_of
from medthread.model import Entity, Home
from medthread.model.errors import ConflictError
from medthread.pipeline.context import Context as BatchContext
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import (
    deadline,
    destruction,
    destruction_item,
    outbox,
    process_case,
    process_step,
    proposal,
)
from medthread.trust.audit import record
from medthread.workflow import Context, handle
from medthread.workflow.guarding import Objection

OF_A_CASE = (process_case, process_step, deadline, proposal, outbox)
NOT_DUE = Objection("still_due", "执行之时仍然到期", "it is due still when it is carried out", "", "已不再到期或已不存在 / no longer due, or gone")
METHODS = {Home.NATIVE: "rows deleted, keys destroyed", Home.LAKE: "files rewritten without the rows, raw rows emptied, old files removed"}
Batch = Callable[[], BatchContext]


@dataclass(frozen=True)
class Executed:
    """What a destruction came to."""

    id: str
    records: int
    spared: int
    outcome: dict[str, Any]


def execute(context: Context, look: Look, batch: Batch, *, id_: str, by: str) -> Executed:
    """Carry out what was approved. Refused while a run or a backup is under way."""
    store = batch().store
    with turn(store), alone(store):
        handled = {"by": by, "action": "retention.execute", "object_": f"destruction/{id_}"}
        entity, going = handle(store, **handled, act=lambda tx: _begin(tx, context, look, id_, by=by))
        outcome: dict[str, Any] = {}
        if going and entity.about.home is not Home.NATIVE:
            done = destroy_rows(batch(), entity, going, key=id_)
            outcome = {"rows": done.rows, "files_written": done.written, "files_removed": done.removed}
        return handle(store, **handled, act=lambda tx: _finish(tx, id_, entity, outcome, by=by))


def _begin(tx: Connection, context: Context, look: Look, id_: str, *, by: str) -> tuple[type[Entity], list[str]]:
    """Look at every record once more; native ones are destroyed here. Gives the ids that go."""
    row = locked(tx, id_)
    if row.status not in ("approved", "executing"):
        raise ConflictError(f"{id_} is {row.status}", hint="a proposal is approved by another person before it is carried out")
    entity = context.registry[row.entity]
    items = (destruction_item.c.destruction == id_) & (destruction_item.c.status == "proposed")
    wanted = set(tx.execute(select(destruction_item.c.record).where(items)).scalars())
    if row.status == "approved":
        _spare(tx, context, look, entity, id_, wanted)
        tx.execute(update(destruction).where(destruction.c.id == id_).values(status="executing", executed_by=by))
        wanted = set(tx.execute(select(destruction_item.c.record).where(items)).scalars())
    if entity.about.home is Home.NATIVE:
        for record_id in sorted(wanted):
            destroy_native(tx, context, entity, record_id)
    return entity, sorted(wanted)


def _spare(tx: Connection, context: Context, look: Look, entity: type[Entity], id_: str, wanted: set[str]) -> None:
    """Records that are no longer due, or that something has come to stand over since they were proposed."""
    rule = rule_of(entity, context.registry)
    today = datetime.now(ZoneInfo(context.calendar.zone)).date()
    due = {d.id: d for d in look.due(tx, rule, today=today) if d.id in wanted}
    spared: dict[str, Any] = {r: [asdict(replace(NOT_DUE, record=f"{entity.name}/{r}"))] for r in wanted - set(due)}
    spared |= spared_of(tx, context, look, rule, list(due.values()))
    for record_id, because in spared.items():
        here = (destruction_item.c.destruction == id_) & (destruction_item.c.record == record_id)
        tx.execute(update(destruction_item).where(here).values(status="spared", because=because))


def destroy_native(tx: Connection, context: Context, entity: type[Entity], id_: str) -> None:
    """A native record: its lines before it, what was sealed in each, its case, and itself."""
    table = context.tables[entity.name]
    row = tx.execute(select(table).where(table.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        return
    whole = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    for name in context.parts(entity.name):
        part, lines = context.registry[name], context.tables[name]
        here = part.about.part_of or ""
        ref = part.fields[here].mark.ref
        where = [lines.c[here] == whole[entity.key()[-1]], *(lines.c[mine] == whole[theirs] for theirs, mine in (ref.along if ref else ()))]
        for line in tx.execute(select(lines.c.id).where(*where)).scalars().all():
            destroy_native(tx, context, part, line)
    context.keyring.destroy_subject(tx, f"{entity.name}/{id_}")
    for kept in OF_A_CASE:
        tx.execute(delete(kept).where(kept.c.entity == entity.name, kept.c.record == id_))
    tx.execute(delete(table).where(table.c.id == id_))


def _finish(tx: Connection, id_: str, entity: type[Entity], outcome: dict[str, Any], *, by: str) -> Executed:
    """The record of the destruction: how many, a hash over the keys, by what means, on whose approval. The keys themselves go."""
    row = locked(tx, id_)
    items = destruction_item.c.destruction == id_
    gone = tx.execute(select(destruction_item).where(items, destruction_item.c.status == "proposed").order_by(destruction_item.c.record)).all()
    hashes = [{"was": r.record, "hash": hash_of([entity.name, r.record, r.key])} for r in gone]
    if hashes:
        fresh: dict[str, Any] = {"record": bindparam("hash"), "key": None, "inputs": {}, "status": "destroyed"}
        tx.execute(update(destruction_item).where(items, destruction_item.c.record == bindparam("was")).values(**fresh), hashes)
    spared = tx.execute(select(func.count()).where(items, destruction_item.c.status == "spared")).scalar_one()
    keys_hash, method = hash_of(sorted(h["hash"] for h in hashes)), METHODS[entity.about.home]
    told = {"records": len(gone), "keys_hash": keys_hash, "method": method}
    tx.execute(update(destruction).where(destruction.c.id == id_).values(
        status="executed", executed_by=by, executed_at=func.clock_timestamp(), outcome=outcome, **told))
    record(tx, actor=by, action="retention.execute", object_=f"destruction/{id_}",
           detail={**told, "entity": entity.name, "spared": spared, "proposed_by": row.proposed_by, "approved_by": row.decided_by, **outcome})
    return Executed(id_, len(gone), spared, outcome)
