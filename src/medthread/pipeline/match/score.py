"""Candidates by blocks, then one pass that scores them; all set-wise."""

from typing import Any

from medthread.pipeline.match.comparisons import Comparisons
from medthread.stores.engines import literal

BLOCK_LIMIT = 300  # a block shared by more records tells nothing, and would cost the square of it


def score(con: Any, comparisons: Comparisons, *, least: float) -> None:
    """`edges` between `features` with at least the given score: a, b, score, tier, parts (what, case, weight)."""
    con.execute(f"create or replace temp table block as {_blocks(comparisons)}")
    con.execute(
        "create or replace temp table pair as select distinct a.rid as a, b.rid as b from block a join block b"
        f" on a.n = b.n and a.value = b.value and a.rid < b.rid where a.size <= {BLOCK_LIMIT}"
    )
    columns = []
    for comparison in comparisons.compare:
        picked = " ".join(f"when {case.when} then {i}" for i, case in enumerate(comparison.cases))
        columns.append(f"case {picked} end as {comparison.what}_case")
    con.execute(
        f"create or replace temp table judged as select p.a, p.b, {', '.join(columns)}"
        " from pair p join features l on l.rid = p.a join features r on r.rid = p.b"
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
    each = " union all ".join(
        f"select {n} as n, cast({block} as varchar) as value, rid from features where {block} is not null"
        for n, block in enumerate(comparisons.blocks)
    )
    return f"select n, value, rid, count(*) over (partition by n, value) as size from ({each}) where value <> ''"
