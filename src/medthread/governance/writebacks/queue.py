"""What is to be said and what became of it: put in once for each other thing to say, lent for a while to whoever delivers it, settled with a receipt."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, bindparam, func, select, text, update

from medthread.governance.writebacks.rules import by_name
from medthread.model import Label
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.model.writeback import Writeback
from medthread.stores.postgres.copying import copy_from_csv
from medthread.stores.postgres.tables import writeback
from medthread.stores.ways import Letter, Sent
from medthread.trust.audit import record
from medthread.workflow.many import AS_CSV

STATES = {
    "waiting": Label("等待发送", "To be sent"), "by_hand": Label("待人工写入", "To be done by hand"), "done": Label("已送达", "Delivered"),
    "confirmed": Label("来源已一致", "The source says the same"), "drifted": Label("来源不一致", "The source says otherwise"), "refused": Label("被拒绝", "Refused"),
    "unsendable": Label("无法发送", "Cannot be said"), "superseded": Label("已有更新", "Overtaken"), "given_up": Label("已放弃", "Given up"), "noted": Label("启用时已有", "There from the beginning"),
}
OPEN = ("by_hand", "drifted", "refused", "unsendable")  # what waits for a person
BATCH, LENT = 200, timedelta(minutes=10)
AGAIN, LONGEST = timedelta(seconds=30), timedelta(hours=1)
LISTED = 500
STAGE = text("create temp table writeback_wanted (record text, payload text, wrong text) on commit drop")
# What was said last of each record, or given up, and differs from what is to be said now.
FRESH = """
    from writeback_wanted w left join lateral (
      select b.payload, b.seq, b.error from medthread.writeback b where b.rule = :rule and b.record = w.record and b.state <> 'superseded' order by b.seq desc limit 1
    ) last on true
    where last.seq is null or last.payload is distinct from w.payload::jsonb or (w.wrong is not null and last.error is distinct from w.wrong)
"""
PUT = text(f"""
    insert into medthread.writeback (id, rule, source, entity, record, payload, state, error, next_at)
    select 'W' || md5(:rule || chr(31) || w.record || chr(31) || w.payload || chr(31) || coalesce(last.seq, 0)), :rule, :source, :entity, w.record, w.payload::jsonb,
      case when w.wrong is not null then 'unsendable' else :state end, w.wrong, :now {FRESH} order by w.record
""")
OVERTAKE = text("""
    update medthread.writeback b set state = 'superseded' from medthread.writeback n
    where b.rule = :rule and n.rule = b.rule and n.record = b.record and n.seq > b.seq and b.state in ('waiting', 'by_hand', 'refused', 'unsendable', 'drifted')
""")
TAKE = text("""
    with due as (select seq from medthread.writeback where rule = :rule and state = 'waiting' and next_at <= :now order by seq limit :most for update skip locked)
    update medthread.writeback b set next_at = :until, attempts = attempts + 1 from due where b.seq = due.seq returning b.seq, b.id, b.payload
""")
PUT_OFF = text("""
    update medthread.writeback set error = :error, next_at = :now + least(cast(:longest as interval), cast(:again as interval) * power(2, least(attempts - 1, 20)))
    where id = any(:ids) and state = 'waiting'
""")


@dataclass(frozen=True)
class Took:
    """Letters that were taken on for a rule."""

    rule: Writeback
    letters: tuple[Letter, ...]


def enqueue(tx: Connection, rule: Writeback, found: pa.Table, *, now: datetime) -> int:
    """Put in what differs from what was said last; gives how much. What waits and was overtaken by it waits no more."""
    first = rule.begin == "now" and not tx.execute(select(writeback.c.seq).where(writeback.c.rule == rule.name).limit(1)).first()
    tx.execute(STAGE)
    content = io.BytesIO()
    pyarrow.csv.write_csv(found, content, AS_CSV)
    copy_from_csv(tx, "writeback_wanted", ", ".join(found.column_names), content.getvalue())
    state = "noted" if first else "by_hand" if rule.way.kind == "hand" else "waiting"
    put = tx.execute(PUT, {"rule": rule.name, "source": rule.to, "entity": rule.of, "state": state, "now": now}).rowcount
    if put:
        tx.execute(OVERTAKE, {"rule": rule.name})
    return put


def take(tx: Connection, rule: Writeback, *, now: datetime) -> Took:
    """What is due of a rule, lent to whoever delivers it: who dies with it leaves it to be taken again."""
    rows = tx.execute(TAKE, {"rule": rule.name, "now": now, "until": now + LENT, "most": BATCH}).all()
    letters = sorted(((r.seq, Letter(r.id, {k: None if v is None else str(v) for k, v in r.payload.items()})) for r in rows), key=lambda p: p[0])
    return Took(rule, tuple(letter for _, letter in letters))


def settle(tx: Connection, sent: Iterable[Sent], *, now: datetime) -> None:
    """Note what became of letters."""
    for one in sent:
        if one.again is not None:
            put_off(tx, [one.id], error=one.again, now=now)
            continue
        state = "refused" if one.refused is not None else "done"
        said = {"state": state, "receipt": dict(one.receipt), "error": one.refused, "sent_at": now}
        tx.execute(update(writeback).where(writeback.c.id == one.id, writeback.c.state == "waiting").values(**said))


def put_off(tx: Connection, ids: Sequence[str], *, error: str, now: datetime) -> None:
    """Nobody was there; they are tried again, less and less often."""
    tx.execute(PUT_OFF, {"ids": list(ids), "error": error[:500], "now": now, "again": AGAIN, "longest": LONGEST})


def act(tx: Connection, *, id_: str, what: str, by: str, reason: str, sources: Sequence[str]) -> str:
    """A person's word on one: `retry`, `done` (by hand, or seen to be there) or `give_up`; gives its state after it."""
    row = tx.execute(select(writeback).where(writeback.c.id == id_, writeback.c.source.in_(list(sources))).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"nothing {id_!r} is written back", hint="the list shows what there is")
    if not reason.strip():
        raise InvalidError("it is settled for a reason", hint="say why, or what shows it")
    if row.state not in (*OPEN, "waiting"):
        raise ConflictError(f"{id_} is {row.state}", hint="only what waits for the target or for a person is settled")
    if what == "retry" and row.state in ("by_hand", "unsendable"):
        raise ConflictError(f"{id_} is {row.state}: there is nothing to be sent again", hint="do it by hand and say so, or give it up")
    state = {"retry": "waiting", "done": "done", "give_up": "given_up"}[what]
    said: dict[str, Any] = {"state": state, "settled_by": by, "settled_why": reason.strip()}
    said |= {"next_at": func.now(), "attempts": 0, "error": None} if what == "retry" else {"sent_at": datetime.now(UTC)} if what == "done" else {}
    tx.execute(update(writeback).where(writeback.c.seq == row.seq).values(**said))
    record(tx, actor=by, action=f"writeback.{what}", object_=f"writeback/{id_}", reason=reason.strip(), detail={"rule": row.rule, "record": f"{row.entity}/{row.record}", "was": row.state})
    return state


def listed(tx: Connection, *, sources: Sequence[str], states: Sequence[str] = (), rule: str | None = None, of: str | None = None, after: int | None = None, limit: int = LISTED) -> list[dict[str, Any]]:
    """Newest first, of these sources."""
    query = select(writeback).where(writeback.c.source.in_(bindparam("sources", expanding=True))).order_by(writeback.c.seq.desc()).limit(min(limit, LISTED + 1))
    for condition in (writeback.c.state.in_(list(states)) if states else None, writeback.c.rule == rule if rule else None, writeback.c.record == of if of else None, writeback.c.seq < after if after is not None else None):
        query = query if condition is None else query.where(condition)
    return [dict(r._mapping) for r in tx.execute(query, {"sources": list(sources)})]  # noqa: SLF001 - SQLAlchemy's way to a row's columns


def counts(tx: Connection, rules: Iterable[Writeback]) -> dict[str, dict[str, int]]:
    """How many are in each state, by rule."""
    found: dict[str, dict[str, int]] = {name: {} for name in by_name(rules)}
    for row in tx.execute(select(writeback.c.rule, writeback.c.state, func.count()).group_by(writeback.c.rule, writeback.c.state)):
        found.setdefault(row[0], {})[row[1]] = int(row[2])
    return found


