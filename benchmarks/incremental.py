"""A run over one per cent of news, against the run that took in everything; and the same news over a quarter of the store."""

from pathlib import Path

from benchmarks.figures import Figure, timed
from medthread.app import Installation, open_installation
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.engines import connect, literal

MAPPING = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: B
tables:
  supplier:
    files: "supplier*.csv"
    format: csv
    feeds: [{entity: supplier, fields: {code: code, name: name}}]
  item:
    files: "item*.csv"
    format: csv
    feeds: [{entity: item, fields: {code: code, name: name}}]
  receipt:
    files: "receipt*.csv"
    format: csv
    feeds:
      - entity: receipt
        fields: {receipt_no: no, line_no: line, supplier: supplier, item: item, supplier_lot: slot, lot_no: lot, quantity: qty, received_at: at}
      - entity: genealogy_edge
        fields:
          {parent_kind: {constant: supplier_lot}, parent_item: item, parent_no: slot, child_kind: {constant: lot}, child_item: item, child_no: lot,
           activity_kind: {constant: receive}, activity: no, quantity: qty, at: at}
"""
MONTHLY = """-- about: 每月收货 | Receipts by month
-- meaning: 每月每个物料一行 | One row per month and item
-- owner: purchasing
-- grain: month, item
-- partition: month = date_trunc('month', received_at) of golden.receipt
select date_trunc('month', received_at) as month, item, count(*) as receipts, sum(quantity) as quantity from golden.receipt where item is not null group by all
"""
RECEIPT = """
select 'R' || i as no, 1 as line, 'V' || (i % 200) as supplier, 'M' || (i % 500) as item, 'S' || i as slot, 'L' || (i // 2) as lot, 1 + i % 90 as qty,
    strftime(date '2023-01-01' + cast(least(i, {rows}) * 1080 // {rows} as integer), '%Y-%m-%d') as at
from range({first}, {last}) as t(i)
"""
SHARE, LIMIT, GROWTH = 0.01, 0.05, 1.5


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """Seconds of the whole run and of the one with news, whose tenth part corrects the newest rows there are."""
    news = int(rows * SHARE)
    quarter, _ = news_after(folder / "quarter", rows // 4, news)
    spent, whole = news_after(folder / "whole", rows, news)
    return [
        Figure("run with 1 % of news", f"{spent:.2f} s", f"{whole:.2f} s", spent / whole, f"<= {LIMIT}", spent <= LIMIT * whole),
        Figure("the same news over four times the store", f"{spent:.2f} s", f"{quarter:.2f} s", spent / quarter, f"<= {GROWTH}", spent <= GROWTH * quarter),
    ]


def news_after(home: Path, rows: int, news: int) -> tuple[float, float]:
    """Seconds of a run with news, and of the one before, which took in everything."""
    for part in ("sources", "models", "inbox"):
        (home / part).mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(MAPPING, encoding="utf-8")
    (home / "models" / "monthly.sql").write_text(MONTHLY, encoding="utf-8")
    inbox = home / "inbox"
    write(inbox / "supplier.csv", "select 'V' || i as code, 'Supplier ' || md5(cast(i as varchar)) as name from range(200) as t(i)")
    write(inbox / "item.csv", "select 'M' || i as code, 'Part ' || i as name from range(500) as t(i)")
    write(inbox / "receipt.csv", RECEIPT.format(rows=rows, first=0, last=rows))
    outcomes: list[Outcome] = []
    with open_installation(home) as installation:
        whole = timed(lambda: outcomes.append(run(installation)))
        write(inbox / "receipt2.csv", RECEIPT.format(rows=rows, first=rows - news // 10, last=rows + news - news // 10))
        spent = timed(lambda: outcomes.append(run(installation)))
    assert outcomes[-1].rows_written
    return spent, whole


def run(installation: Installation) -> Outcome:
    """One run of everything."""
    return run_pipeline(installation.context(), by="bench", index_trace=installation.index_trace)


def write(path: Path, sql: str) -> None:
    """A CSV of a SELECT."""
    con = connect()
    con.execute(f"copy ({sql}) to {literal(str(path))} (format csv, header)")
    con.close()
