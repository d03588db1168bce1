"""Candidates by blocks, then one pass that scores them; all set-wise."""

from typing import Any

from medthread.pipeline.match.comparisons import Comparisons
from medthread.stores.engines import literal

BLOCK_LIMIT = 300  # a block shared by more records tells nothing, and would cost the square of it


def score(con: Any, comparisons: Comparisons, *, least: float, first_alone: bool = False) -> None:
    """`edges` between `features` with at least the given score: a, b, score, tier, parts (what, case, weight). With `first_alone`, those of the first row alone."""
    con.execute(f"create or replace temp table block as {_blocks(comparisons)}")
    con.execute(f"create or replace temp table shared as select value from block group by value having count(*) between 2 and {BLOCK_LIMIT}")
    con.execute("create or replace temp table candidate as select value, row from block semi join shared using (value)")
    whose = "a.row = 0 and b.row > 0" if first_alone else "a.row < b.row"
    con.execute(f"create or replace temp table pair as select distinct a.row as a, b.row as b from candidate a join candidate b on a.value = b.value and {whose}")
    columns = []
    for comparison in comparisons.compare:
        picked = " ".join(f"when {case.when} then {i}" for i, case in enumerate(comparison.cases))
        columns.append(f"case {picked} end as {comparison.what}_case")
    con.execute(
        f"create or replace temp table judged as select least(l.rid, r.rid) as a, greatest(l.rid, r.rid) as b, {', '.join(columns)}"
        " from pair p join features l on l.rowid = p.a join features r on r.rowid = p.b"
    )
    weights = {
        c.what: "case " + " ".join(f"when {c.what}_case = {i} then {case.weight}" for i, case in enumerate(c.cases)) + " else 0 end"
        for c in comparisons.compare
    }
    parts = ", ".join(
        f"case when {c.what}_case is not null then {{'what': {literal(c.what)}, 'case': {c.what}_case, 'weight': {weights[c.what]}}} end"
        for c in comparisons.compare
    )
    total = " + ".join(weights.values())
    con.execute(
        f"create or replace temp table edges as select a, b, cast({total} as double) as score, case when code_case = 0 then 'key' else 'model' end as tier,"
        f" cast(to_json(list_filter([{parts}], lambda x: x is not null)) as varchar) as parts"
        f" from judged where {total} >= {least} order by score desc, a, b"
    )


def _blocks(comparisons: Comparisons) -> str:
    """Each block's value as a number: two that happen to have the same one make a pair too many, which is judged like any other."""
    each = " union all ".join(
        f"select hash({n}, cast({block} as varchar)) as value, rowid as row from features where cast({block} as varchar) <> ''" for n, block in enumerate(comparisons.blocks)
    )
    return f"select value, row from ({each})"
