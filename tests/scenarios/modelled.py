"""A company with models of its own: the texts, and the workspace that they are written into."""

from pathlib import Path

from tests.scenarios import company

CRM = """
name: crm
zh: 客户关系
en: CRM
owner: sales
org: T
trust: 60
tables:
  customer:
    files: "customer*.csv"
    format: csv
    feeds: [{entity: customer, fields: {code: code, name: name, phone: phone}}]
"""
BY_ITEM = """-- about: 物料收货 | Receipts by item
-- meaning: 每个物料一行 | One row per item
-- owner: purchasing
-- grain: item
-- test: receipts > 0
-- warn: receipts < 7
select item, count(*) as receipts from golden.receipt where item is not null group by item
"""
BUSY = """-- about: 常用物料 | Busy items
-- meaning: 收货最多的物料 | Items received most
-- owner: purchasing
-- grain: item
select item, receipts from marts.by_item where receipts >= 2
"""
CALLED = """-- about: 可联系的客户 | Customers with a phone
-- meaning: 每个客户一行 | One row per customer
-- owner: sales
-- grain: id
-- warn: name = ''
select id, name from golden.customer where phone is not null
"""
CASES = """- about: 一次 | Once
  given: {golden.receipt: [{id: R1, item: I1, quantity: 2}]}
  expect: [{item: I1, receipts: 1}]
- about: 两次 | Twice
  given: {golden.receipt: [{id: R1, item: I1, quantity: 2}]}
  expect: [{item: I1, receipts: 2}]
"""


def found(home: Path) -> Path:
    """The company's files, with customers whose phones are personal data, and no model yet."""
    company.found(home)
    (home / "models").mkdir()
    (home / "sources" / "crm.yaml").write_text(CRM, encoding="utf-8")
    company.write(home / "inbox" / "customer.csv", "code,name,phone", [(f"C{n}", f"第{n}医院", f"1380000000{n}") for n in range(5)])
    return home


def write(home: Path, **texts: str | None) -> None:
    """Write models' files, or take them away."""
    for name, text in texts.items():
        path = home / "models" / f"{name}.sql"
        path.unlink(missing_ok=True) if text is None else path.write_text(text, encoding="utf-8")
