"""A metric by month and dimension over a mart, against the same written by hand in SQL, in the same run and on the same connection."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, paired
from medthread.governance.metrics.answer import Wanted, answer
from medthread.governance.metrics.book import MetricBook
from medthread.governance.metrics.figure import Seen
from medthread.model import Kind
from medthread.model.metric import Metric, Qualifier
from medthread.stores.engines import connect

LIMIT, ROUNDS, ZONE = 1.2, 7, "Asia/Shanghai"
METRIC = Metric.model_validate({
    "name": "acceptance", "zh": "接收率", "en": "Accepted", "meaning": {"zh": "占比", "en": "share"}, "owner": "quality", "over": "marts.inspection", "at": "judged_at",
    "of": {"count": "rows", "where": ["passed"]}, "per": {"count": "rows"}, "times": 100, "dimensions": ["supplier"],
})
PASSED = Qualifier(name="passed", over="marts.inspection", zh="合格", en="passed", holds="result = 'pass'")
BY_HAND = """
    select cast(date_trunc('month', judged_at + interval 8 hour) as date) as month, supplier, 100.0 * count(*) filter (where result = 'pass') / count(*) as share
    from {table} where judged_at >= timestamp '2023-12-31 16:00:00' and judged_at < timestamp '2024-12-31 16:00:00' group by all"""


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """The median of several rounds of each, taken in turns; both give the same figures."""
    con = connect(memory="2GB")
    path = folder / "inspection.parquet"
    con.execute(f"""
        copy (select 'I' || i as id, 'S' || (i * 7919 % 40) as supplier, if(i * 31 % 50 = 0, 'fail', 'pass') as result,
            timestamp '2024-01-01' + interval (i * 104729 % 31536000) second as judged_at from range({rows}) as t(i)) to '{path}' (format parquet)""")
    table = f"read_parquet('{path}')"

    def query(sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        done = con.execute(sql, list(parameters))
        names = [d[0] for d in done.description or []]
        return [dict(zip(names, r, strict=True)) for r in done.fetchall()]

    kinds = {"id": Kind.TEXT, "supplier": Kind.TEXT, "result": Kind.TEXT, "judged_at": Kind.TIMESTAMP}
    seen, book = Seen(table, query, kinds), MetricBook({METRIC.name: METRIC}, {PASSED.name: PASSED})
    wanted = Wanted("month", date(2024, 1, 1), date(2024, 12, 31), ("supplier",))
    by_metric = partial(answer, METRIC, book, wanted, lambda _: seen, upto=wanted.last, zone=ZONE)
    by_hand = partial(query, BY_HAND.format(table=table))
    told = {ln.key: round(float(ln.figure.value or 0), 9) for ln in by_metric().lines}
    if told != {(r["month"], r["supplier"]): round(r["share"], 9) for r in by_hand()}:
        raise AssertionError("the two do not agree")
    ours, theirs = paired(by_metric, by_hand, times=ROUNDS)
    ratio = ours / theirs
    return [Figure(f"a metric by month and dimension over {rows:,} rows", f"{ours * 1000:.0f} ms", f"{theirs * 1000:.0f} ms", ratio, f"<= {LIMIT}", ratio <= LIMIT)]

