"""What matching leaves beside the golden records: the crosswalk, its history, the edges, and what waits for a steward.

All are SELECTs over these relations: `member` (records with their golden id), `assigned` (rid, golden_id), `before`
(record_id, golden_id as they were), `edges` (a, b, score, tier, parts), `side` (decision, side, rid), `refused` and `unbound` (a, b, against).
"""

from collections.abc import Sequence

from medthread.stores.engines import file_list

INSIDE = (
    "select e.*, x.golden_id from edges e join assigned x on x.rid = e.a join assigned y on y.rid = e.b where x.golden_id = y.golden_id"
)
EDGES = f"select golden_id, a, b, tier, score, parts from ({INSIDE}) order by golden_id, score desc"
XREF_COLUMNS = (
    ("record_id", "varchar"), ("golden_id", "varchar"), ("source", "varchar"), ("scheme", "varchar"), ("source_key", "varchar"), ("score", "double"),
    ("tier", "varchar"),
)
# The strongest edge inside its cluster says why a record is there; one that only a steward put there has none, or a weak one.
XREF = f"""
with inside as ({INSIDE}), best as (
  select rid, max_by(score, score) as score, max_by(tier, score) as tier
  from (select a as rid, score, tier from inside union all select b, score, tier from inside) group by rid
)
select m.record_id, m.golden_id, m._source as source, m._scheme as scheme, substr(m._key, length(m._scheme) + 2) as source_key,
  b.score, case when b.score >= {{auto}} then b.tier when l.rid is not null then 'steward' else 'alone' end as tier
from member m left join best b on b.rid = m.record_id left join (select distinct rid from linked) l on l.rid = m.record_id
order by m.record_id
"""
# Pairs of golden records that may be one: the likeliest pair of records of each, unless a steward keeps the two apart; and
# those that a steward put together and whose identifiers no longer allow it.
REVIEW = """
with across as (
  select e.*, least(x.golden_id, y.golden_id) as one, greatest(x.golden_id, y.golden_id) as other
  from edges e join assigned x on x.rid = e.a join assigned y on y.rid = e.b where x.golden_id <> y.golden_id
), placed as (
  select distinct s.decision, s.side, a.golden_id from side s join assigned a using (rid)
), kept as (
  select distinct least(l.golden_id, r.golden_id) as one, greatest(l.golden_id, r.golden_id) as other
  from placed l join placed r on r.decision = l.decision and r.side <> l.side
), likeliest as (
  select * from across anti join kept using (one, other)
  qualify row_number() over (partition by one, other order by score desc, a, b) = 1
), parted as (
  select least(x.golden_id, y.golden_id) as one, greatest(x.golden_id, y.golden_id) as other, min(u.a) as a, arg_min(u.b, u.a) as b, any_value(u.against) as against
  from unbound u join assigned x on x.rid = u.a join assigned y on y.rid = u.b where x.golden_id <> y.golden_id group by 1, 2
)
select one, other, a, b, 'steward' as tier, cast(0 as double) as score, '[]' as parts, 'conflict' as kind, against from parted
union all
select one, other, a, b, tier, score, parts, case when score >= {auto} then 'conflict' else 'pair' end as kind, against
from likeliest anti join parted using (one, other) left join (select a, b, min(against) as against from refused group by a, b) using (a, b)
order by score desc, one, other
"""


def retired(earlier: Sequence[str]) -> str:
    """Ids that no longer stand, with the ones that took their records over. One that stands again is not among them."""
    kept = f" union select golden_id, merged_into from read_parquet({file_list(tuple(earlier))}) where golden_id not in (select golden_id from gone)" if earlier else ""
    return f"select * from (select golden_id, merged_into from gone{kept}) where golden_id not in (select golden_id from assigned) order by 1, 2"


def former(earlier: Sequence[str], *, until: str) -> str:
    """Under which ids a record stood before, and until when (SQL): it is how what was parted comes to its own id again."""
    kept = f" union all select record_id, golden_id, until from read_parquet({file_list(tuple(earlier))})" if earlier else ""
    left = f"select b.record_id, b.golden_id, {until} as until from before b left join assigned a on a.rid = b.record_id where a.golden_id is distinct from b.golden_id"
    return f"select record_id, golden_id, max(until) as until from ({left}{kept}) group by record_id, golden_id order by 1, 2"
