"""Candidates by blocks, then one pass that scores them; all set-wise."""

from typing import Any

from medthread.pipeline.match.comparisons import Comparison, Comparisons
from medthread.stores.engines import literal

BLOCK_LIMIT = 300  # a block shared by more records tells nothing, and would cost the square of it


def score(con: Any, comparisons: Comparisons, *, least: float, of_first: int | None = None) -> None:
    """`edges` between `features` with at least the given score: a, b, row_a, row_b, score, tier, parts (what, case, weight). With `of_first`, those alone that one of so many first rows takes part in.

    What a score is made of is put into words only for the edges that somebody asks it of.
    """
    con.execute(f"create or replace temp table block as {_blocks(comparisons)}")
    con.execute(f"create or replace temp table shared as select value from block group by value having count(*) between 2 and {BLOCK_LIMIT}")
    con.execute("create or replace temp table candidate as select value, row from block semi join shared using (value)")
    whose = "a.row < b.row" if of_first is None else f"a.row < {of_first} and b.row > a.row"
    # Two rows in one number: to tell pairs apart is to tell numbers apart.
    con.execute(f"create or replace temp table pair as select distinct a.row << 32 | b.row as rows from candidate a join candidate b on a.value = b.value and {whose}")
    cases = [f"case {' '.join(f'when {case.when} then {i}' for i, case in enumerate(c.cases))} end as {c.what}_case" for c in comparisons.compare]
    total = " + ".join(_weight(c) for c in comparisons.compare)
    con.execute(
        f"create or replace temp table scored as select *, cast({total} as double) as score from ("
        f"select least(l.rid, r.rid) as a, greatest(l.rid, r.rid) as b, l.rowid as row_a, r.rowid as row_b, {', '.join(cases)}"
        f" from pair p join features l on l.rowid = p.rows >> 32 join features r on r.rowid = p.rows & {2**32 - 1}) where {total} >= {least}"
    )
    parts = ", ".join(f"case when {c.what}_case is not null then {{'what': {literal(c.what)}, 'case': {c.what}_case, 'weight': {_weight(c)}}} end" for c in comparisons.compare)
    con.execute(
        "create or replace temp view edges as select a, b, row_a, row_b, score, case when code_case = 0 then 'key' else 'model' end as tier,"
        f" cast(to_json(list_filter([{parts}], lambda x: x is not null)) as varchar) as parts from scored"
    )


def _weight(comparison: Comparison) -> str:
    """What a comparison adds, by the case that holds."""
    return "case " + " ".join(f"when {comparison.what}_case = {i} then {case.weight}" for i, case in enumerate(comparison.cases)) + " else 0 end"


def _blocks(comparisons: Comparisons) -> str:
    """Each block's value as a number: two that happen to have the same one make a pair too many, which is judged like any other."""
    each = " union all ".join(
        f"select hash({n}, cast({block} as varchar)) as value, rowid as row from features where cast({block} as varchar) <> ''" for n, block in enumerate(comparisons.blocks)
    )
    return f"select value, row from ({each})"
