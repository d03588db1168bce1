"""A pivot with its totals over a mart, against the same written by hand in SQL, in the same run and on the same connection."""

from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, paired
from medthread.derive.pivot import Axis, Measure, pivot_sql
from medthread.model import Kind
from medthread.stores.engines import connect

LIMIT, ROUNDS, ZONE, MOST = 1.2, 7, "Asia/Shanghai", 20_000
ROWS = (Axis("judged_at", Kind.TIMESTAMP, "month"),)
COLUMNS = (Axis("supplier", Kind.TEXT),)
MEASURES = (Measure("count"), Measure("avg", "measured", Kind.DECIMAL))
BY_HAND = """
    select cast(date_trunc('month', judged_at + interval 8 hour) as date) as month, supplier, count(*) as n, avg(measured) as measured
    from {table} group by cube (month, supplier)"""


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """The median of several rounds of each, taken in turns; both give the same figures."""
    con = connect(memory="2GB")
    path = folder / "inspection.parquet"
    con.execute(f"""
        copy (select 'S' || (i * 7919 % 40) as supplier, (i * 31 % 1000)::decimal(24, 6) / 7 as measured,
            timestamp '2024-01-01' + interval (i * 104729 % 31536000) second as judged_at from range({rows}) as t(i)) to '{path}' (format parquet)""")
    table = f"read_parquet('{path}')"
    sql = pivot_sql(table, "true", ROWS, COLUMNS, MEASURES, zone=ZONE, most=MOST)

    def query(text: str) -> list[tuple[object, ...]]:
        return con.execute(text).fetchall()

    by_pivot, by_hand = partial(query, sql), partial(query, BY_HAND.format(table=table))
    if {(r[0], r[1], r[-2], round(float(str(r[-1])), 6)) for r in by_pivot()} != {(m, s, n, round(float(str(a)), 6)) for m, s, n, a in by_hand()}:
        raise AssertionError("the two do not agree")
    ours, theirs = paired(by_pivot, by_hand, times=ROUNDS)
    ratio = ours / theirs
    return [Figure(f"a pivot by month and supplier with totals over {rows:,} rows", f"{ours * 1000:.0f} ms", f"{theirs * 1000:.0f} ms", ratio, f"<= {LIMIT}", ratio <= LIMIT)]
