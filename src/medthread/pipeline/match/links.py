"""How golden records belong under one another: told by their names, or by a steward, whose word comes first.

A branch is linked by itself where one head office only has its name and its city, and never to one elsewhere than its own
name says; whatever is less sure is suggested. What a steward says holds for the golden records that the two records stand
in, however they are matched, within its dates; of two words about the same thing the later one counts from its first day.
"""

from typing import Any

import pyarrow as pa

from medthread.model import MatchModel
from medthread.pipeline.match.decisions import LINK, Decision, Decisions
from medthread.stores.engines import literal, quote

LINKED, SUGGESTED, CIRCULAR = "linked", "suggested", "circular"
KIND, PARENT, FROM, UNTIL = "kind", "parent", "from", "until"  # what a decision's values say; without a parent there is none
FIRST_DAY, LAST_DAY = "date '0001-01-01'", "date '9999-12-31'"
COLUMNS = (
    ("child", "varchar"), ("parent", "varchar"), ("kind", "varchar"), ("status", "varchar"), ("tier", "varchar"), ("decision", "bigint"),
    ("valid_from", "date"), ("valid_until", "date"),
)
TABLE = "select * from link order by kind, child, valid_from nulls first, parent"
# `{name}`: the field that records are called by. Both give child, parent, sure.
TOLD_BY = {
    "branch": """
with told as (
  select distinct a.golden_id, f.norm, f.city, f.branch, coalesce(starts_with(m.{name}, f.city), false) as says_city
  from features f join assigned a using (rid) join member m on m.record_id = f.rid where f.norm is not null and not f.latin
), pair as (
  select c.golden_id as child, p.golden_id as parent, bool_or(coalesce(c.city = p.city, false)) as near
  from told c join told p on p.norm = c.norm and p.branch is null and p.golden_id <> c.golden_id
  where c.branch is not null group by 1, 2 having near or not bool_or(c.says_city and coalesce(p.city <> c.city, false))
)
select child, parent, near and count(*) filter (near) over (partition by child) = 1 as sure from pair""",
    "group": """
with told as (
  select a.golden_id, f.brand, bool_or(contains(m.{name}, '集团')) as leads
  from features f join assigned a using (rid) join member m on m.record_id = f.rid
  where f.branch is null and not f.latin and not f.institution and length(f.brand) > 1 group by 1, 2
), head as (
  select brand, any_value(golden_id) as golden_id from told where leads group by brand having count(*) = 1
)
select t.golden_id as child, h.golden_id as parent, false as sure from told t join head h using (brand) where not t.leads""",
}
# What a steward said, each word until a later one about the same begins.
STATED = f"""
select child, parent, kind, decision, valid_from, nullif(ends, {LAST_DAY}) as valid_until from (
  select *, least(coalesce(valid_until, {LAST_DAY}), coalesce(min(coalesce(valid_from, {FIRST_DAY})) over (
    partition by child, kind order by decision rows between 1 following and unbounded following), {LAST_DAY})) as ends
  from (
    select s.decision, s.kind, c.golden_id as child, p.golden_id as parent, s.valid_from, s.valid_until
    from said_link s join assigned c on c.rid = s.child left join assigned p on p.rid = s.parent
    where s.parent is null or p.golden_id <> c.golden_id
  )
) where ends > coalesce(valid_from, {FIRST_DAY})"""
CIRCLE = f"""
with recursive above as (
  select child, parent from link where status = '{LINKED}'
  union select a.child, l.parent from above a join link l on l.child = a.parent and l.status = '{LINKED}'
)
select l.decision from link l join above a on a.child = l.parent and a.parent = l.child
where l.status = '{LINKED}' order by l.decision desc nulls last limit 1"""


def link(con: Any, model: MatchModel, decisions: Decisions) -> None:
    """`link`: child, parent, kind, status, who told it, from when until when (exclusive).

    From `features`, `assigned` (rid, golden_id) and `member` (the records). Links that would go in a circle, as two words
    may that came in force one after the other, stand as `circular`: the newest of each circle is left out.
    """
    con.register("said_link", _said(decisions))
    con.execute(f"create temp table stated_link as {STATED}")
    con.execute(f"create temp table link ({', '.join(f'{n} {t}' for n, t in COLUMNS)})")
    con.execute(f"insert into link select child, parent, kind, '{LINKED}', 'steward', decision, valid_from, valid_until from stated_link where parent is not null")
    for kind in model.links:
        if kind.told_by:
            con.execute(
                f"insert into link select child, parent, {literal(kind.name)}, case when sure then '{LINKED}' else '{SUGGESTED}' end, 'name', null, null, null"
                f" from ({TOLD_BY[kind.told_by].format(name=quote(model.name))}) where child not in (select child from stated_link where kind = {literal(kind.name)})"
            )
    while (last := con.execute(CIRCLE).fetchall()):
        con.execute(f"update link set status = '{CIRCULAR}' where status = '{LINKED}' and decision is not distinct from ?", last[0])


def _said(decisions: Decisions) -> pa.Table:
    said = list(map(_row, decisions.of(LINK)))
    text, columns = pa.string(), ("decision", KIND, "child", PARENT, FROM, UNTIL)
    types = dict(zip(columns, (pa.int64(), text, text, text, text, text), strict=True))
    rows = pa.table({c: pa.array([r[n] for r in said], types[c]) for n, c in enumerate(columns)})
    dates = [rows[c].cast(pa.date32()) for c in (FROM, UNTIL)]
    return rows.drop_columns([FROM, UNTIL]).append_column("valid_from", dates[0]).append_column("valid_until", dates[1])


def _row(decision: Decision) -> tuple[int, str | None, str, str | None, str | None, str | None]:
    child, *parents = decision.sides
    values = decision.values
    return decision.id, values[KIND], child[0], parents[0][0] if parents else None, values.get(FROM), values.get(UNTIL)

