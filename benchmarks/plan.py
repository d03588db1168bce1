"""The plan of one changed model among two hundred, columns, readers and cost told."""

import statistics
from pathlib import Path

from benchmarks.figures import Figure, timed
from benchmarks.incremental import MAPPING, RECEIPT, run, write
from medthread.app import Installation, open_installation

MODELS, ROUNDS, LIMIT = 200, 5, 2.0
WIDE = """-- about: 统计{n} | Figures {n}
-- meaning: 每日每个物料一行 | One row per day and item
-- owner: purchasing
-- grain: day, item
-- test: receipts > 0
with received as (
    select cast(received_at as date) as day, item, supplier, quantity from golden.receipt where item is not null and received_at is not null
),

named as (
    select r.*, i.code, i.name, s.name as supplier_name
    from received as r left join golden.item as i on i.id = r.item left join golden.supplier as s on s.id = r.supplier
)

select
    day, item, any_value(code) as code, any_value(name) as name, count(*) as receipts, count(distinct supplier) as suppliers,
    sum(quantity) as quantity, max(quantity) filter (where quantity > {n}) as largest,
    case when sum(quantity) > 100 then 'many' when sum(quantity) > 10 then 'some' else 'few' end as size
from named
group by day, item
"""
ABOVE = """-- about: 月度{n} | Months {n}
-- meaning: 每月一行 | One row per month
-- owner: purchasing
-- grain: month
select date_trunc('month', f.day) as month, sum(f.receipts) as receipts, sum(f.quantity) as quantity, count(distinct f.item) as items
from marts.figures{n} as f group by all
"""


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """Half of the models read receipts, the other half one of these each."""
    home = folder / "plan"
    for part in ("sources", "models", "inbox"):
        (home / part).mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(MAPPING, encoding="utf-8")
    for n in range(MODELS // 2):
        (home / "models" / f"figures{n}.sql").write_text(WIDE.format(n=n), encoding="utf-8")
        (home / "models" / f"months{n}.sql").write_text(ABOVE.format(n=n), encoding="utf-8")
    write(home / "inbox" / "receipt.csv", RECEIPT.format(rows=rows, first=0, last=rows))
    with open_installation(home) as installation:
        run(installation)
        (home / "models" / "figures7.sql").write_text(WIDE.format(n=7).replace("'few'", "'hardly any'").replace("suppliers,", "vendors,"), encoding="utf-8")
        spent = statistics.median(timed(lambda: _plan(installation)) for _ in range(ROUNDS))
        plan = _plan(installation)
    assert [c.change.name for c in plan.changes] == ["figures7"]
    assert [r.name for r in plan.changes[0].readers] == ["months7"]
    return [Figure(f"plan of one changed model among {MODELS}", f"{spent:.2f} s", f"{LIMIT:.0f} s", spent / LIMIT, "<= 2 s", spent <= LIMIT)]


def _plan(installation: Installation):  # type: ignore[no-untyped-def] # noqa: ANN202 - a Plan
    """Read all files anew and plan."""
    return installation.plan()
