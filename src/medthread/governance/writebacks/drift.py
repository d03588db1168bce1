"""Whether a source says what it was told: what it delivered last, held against what was delivered to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select, text

from medthread.model.writeback import Writeback
from medthread.stores.engines import file_list, literal, question, quote
from medthread.stores.lakehouse import Committer
from medthread.stores.postgres.tables import load

PATH = "_path"
LAST = text("""
    select distinct on (record) id, payload::text as payload, state, sent_at from medthread.writeback
    where rule = :rule and state not in ('superseded', 'given_up') order by record, seq desc
""")
MARK = text("""
    update medthread.writeback b set state = f.state, found = f.found::jsonb, checked_at = :now
    from unnest(cast(:ids as text[]), cast(:states as text[]), cast(:found as text[])) as f(id, state, found)
    where b.id = f.id and b.state in ('done', 'confirmed', 'drifted')
""")


def compare(tx: Connection, rule: Writeback, committer: Committer, *, now: datetime) -> int:
    """Mark what the source confirms, and what it says otherwise since it was told; gives how many changed their state. What it did not speak of since stays as it is."""
    if rule.check is None:
        return 0
    told = tx.execute(LAST, {"rule": rule.name}).all()
    open_ = [r for r in told if r.state in ("done", "confirmed", "drifted") and r.sent_at is not None]
    table = f"raw.{rule.to}_{rule.check.table}"
    files = committer.files(table)
    if not open_ or not files:
        return 0
    came = {r.id: r.at for r in tx.execute(select(load.c.id, load.c.at).where(load.c.source == rule.to, load.c.table == rule.check.table))}
    found = _held(rule, open_, files, came)
    tx.execute(MARK, {"ids": found["id"].to_pylist(), "states": found["state"].to_pylist(), "found": found["found"].to_pylist(), "now": now})
    return int(found.filter(pc.not_equal(found["state"], found["was"])).num_rows)


def _held(rule: Writeback, told: Sequence[Any], files: list[str], came: dict[str, datetime]) -> pa.Table:
    assert rule.check is not None  # noqa: S101 - only rules with a check are compared
    check = rule.check
    with question() as con:
        con.register("told_rows", pa.table({
            "id": [r.id for r in told], "payload": [r.payload for r in told], "was": [r.state for r in told],
            "sent_at": pa.array([r.sent_at.replace(tzinfo=None) for r in told], pa.timestamp("us")),
        }))
        con.register("came_rows", pa.table({"load": list(came), "at": pa.array([at.replace(tzinfo=None) for at in came.values()], pa.timestamp("us"))}))
        key = " and ".join(f"trim(r.{quote(column)}) = json_extract_string(t.payload, {literal('$.' + _quoted(word))})" for word, column in check.key.items())
        names = ", ".join(f"{literal(word)}, trim(r.{quote(column)})" for word, column in check.values.items())
        same = " and ".join(f"json_extract_string(l.found, {at}) is not distinct from json_extract_string(l.payload, {at})" for at in (literal("$." + _quoted(w)) for w in check.values))
        raw = f"select *, parse_filename({PATH}, true) as _load from read_parquet({file_list(tuple(files))}, union_by_name=true, filename='{PATH}')"
        sql = f"""
            with r as (select r.*, c.at as _at from ({raw}) as r join came_rows as c on c.load = r._load),
            l as (
              select t.id, t.was, t.payload, t.sent_at, r._at, cast(json_object({names}) as varchar) as found
              from told_rows as t join r on {key} qualify row_number() over (partition by t.id order by r._at desc, r._load desc) = 1
            )
            select id, was, found, case when {same} then 'confirmed' when _at > sent_at then 'drifted' else was end as state from l"""
        found: pa.Table = con.sql(sql).to_arrow_table()
        con.unregister("told_rows")
        con.unregister("came_rows")
    return found


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '\\"') + '"'
