"""Sources that are asked: a database whose rows come, change, come back and go, and what readers see of it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from medthread.app import Installation, open_installation
from medthread.pipeline.ingest import accept_load
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.postgres.tables import collection, load
from medthread.stores.serving import LakeReader
from tests.scenarios.company import write

MAPPING = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: T
url: sqlite:///{base}
tables:
  supplier:
    table: supplier
    ignore: [note]
    feeds: [{{entity: supplier, fields: {{code: code, name: name}}}}]
  item:
    table: item
    feeds: [{{entity: item, fields: {{code: code, name: name}}}}]
  receipt:
    query: select * from receipt
    changed_at: updated_at
    feeds:
      - entity: receipt
        fields: {{receipt_no: no, line_no: line, supplier: supplier, item: item, lot_no: lot, quantity: qty, received_at: at}}
"""
FILES = """
name: wms
zh: 仓储
en: WMS
owner: logistics
org: T
tables:
  stock:
    files: "stock*.csv"
    format: csv
    {said}
    ignore: [seen_at]
    feeds: [{{entity: item, fields: {{code: code, name: name}}, scheme: wms}}]
"""


class Company:
    """A workspace with a database beside it."""

    def __init__(self, home: Path) -> None:
        self.home, self.base = home, home.parent / "erp.db"
        (home / "sources").mkdir(parents=True)
        (home / "inbox").mkdir()
        (home / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
        (home / "sources" / "erp.yaml").write_text(MAPPING.format(base=self.base), encoding="utf-8")
        self.tell("create table supplier (code text primary key, name text, note text)")
        self.tell("create table item (code text primary key, name text)")
        self.tell("create table receipt (no text, line integer, supplier text, item text, lot text, qty text, at text, updated_at text)")
        for n in range(30):
            self.tell("insert into supplier values (?, ?, '')", f"V{n}", f"苏州{chr(0x4e00 + n * 37)}{chr(0x5200 + n * 41)}五金有限公司")
            self.tell("insert into item values (?, ?)", f"M{n}", f"零件{n}")
        for n in range(100):
            self.receive(n, qty=n + 1, changed=f"2026-01-05 08:{n // 60:02}:{n % 60:02}")

    def tell(self, sql: str, *values: Any) -> None:
        """One statement, committed."""
        with closing(sqlite3.connect(self.base)) as base, base:
            base.execute(sql, values)

    def receive(self, n: int, *, qty: int, changed: str) -> None:
        """A receipt, new or changed."""
        self.tell("delete from receipt where no = ?", f"R{n}")
        self.tell("insert into receipt values (?, 1, ?, ?, ?, ?, '2026-01-05', ?)", f"R{n}", f"V{n % 30}", f"M{n % 30}", f"L{n}", str(qty), changed)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "home")


@pytest.fixture
def installation(company: Company) -> Iterator[Installation]:
    with open_installation(company.home) as opened:
        yield opened


def run(installation: Installation, **changed: Any) -> Outcome:
    context = installation.context()
    return run_pipeline(replace(context, **changed), by="test", index_trace=installation.index_trace)


def seen(installation: Installation, sql: str) -> list[dict[str, Any]]:
    """What readers see."""
    reader = LakeReader(installation.releases)
    try:
        snapshot = reader.current()
        return snapshot.query(sql.format(**{t: snapshot.relation(f"golden.{t}") for t in ("supplier", "item", "receipt") if f"{{{t}}}" in sql}))
    finally:
        reader.close()


def loads(installation: Installation, table: str) -> list[Any]:
    """Loads of a table, oldest first."""
    with installation.store.transaction() as tx:
        return list(tx.execute(select(load).where(load.c.table == table).order_by(load.c.at)).all())


def asked(installation: Installation, table: str) -> list[str]:
    """How asking for a table ended, oldest first."""
    with installation.store.transaction() as tx:
        return list(tx.execute(select(collection.c.status).where(collection.c.table == table).order_by(collection.c.id)).scalars())


def flags(installation: Installation, code: str) -> list[str]:
    [row] = seen(installation, f"select _flags from {{supplier}} where code = '{code}'")
    return list(row["_flags"])


def test_a_database_is_read_once_and_asked_again_for_nothing(installation: Installation) -> None:
    first = run(installation)
    assert {c.status for c in first.collected} == {"landed"}
    assert seen(installation, "select count(*) as n from {receipt}") == [{"n": 100}]
    again = run(installation)
    assert [c.status for c in again.collected] == ["nothing"] * 3
    assert again.rows_written == 0
    assert len(loads(installation, "receipt")) == 1
    assert [p for p in installation.context().landing.folder.rglob("*") if p.is_file()] == []


def test_only_what_changed_comes_and_what_is_gone_is_withdrawn(company: Company, installation: Installation) -> None:
    run(installation)
    company.tell("update supplier set name = '苏州新名五金有限公司' where code = 'V3'")
    company.tell("insert into supplier values ('V99', '无锡后来精工有限公司', '')")
    company.tell("delete from supplier where code = 'V7'")
    run(installation)
    last = loads(installation, "supplier")[-1]
    assert (last.rows_read, last.rows_accepted, last.rows_quarantined) == (2, 2, 0)
    assert {f["kind"]: f["rows"] for f in last.findings} == {"known": 28, "withdrawn": 1}
    assert seen(installation, "select name from {supplier} where code = 'V3'") == [{"name": "苏州新名五金有限公司"}]
    assert flags(installation, "V7") == ["source.withdrawn"]
    assert seen(installation, "select name from {supplier} where code = 'V7'")[0]["name"], "what was known of it stays"
    company.tell("insert into supplier select 'V7', '苏州归来五金有限公司', ''")
    run(installation)
    assert flags(installation, "V7") == []


def test_a_table_may_come_back_to_what_it_was(company: Company, installation: Installation) -> None:
    for name in ("甲", "乙", "甲"):
        company.tell("update item set name = ? where code = 'M1'", f"零件{name}")
        run(installation)
    assert seen(installation, "select name from {item} where code = 'M1'") == [{"name": "零件甲"}]
    assert [load.status for load in loads(installation, "item")] == ["accepted"] * 3


def test_a_change_that_was_committed_late_is_found(company: Company, installation: Installation) -> None:
    run(installation)
    company.receive(200, qty=7, changed="2026-01-05 08:01:00")  # before the last of the first read, within the overlap
    company.receive(5, qty=50, changed="2026-01-05 09:00:00")
    company.receive(300, qty=9, changed="2026-01-05 09:00:01")
    run(installation)
    assert seen(installation, "select count(*) as n from {receipt}") == [{"n": 102}]
    assert [int(r["quantity"]) for r in seen(installation, "select quantity from {receipt} where receipt_no = 'R5'")] == [50]
    assert loads(installation, "receipt")[-1].rows_read == 3
    with installation.store.transaction() as tx:
        since = tx.execute(select(collection.c.since).where(collection.c.table == "receipt").order_by(collection.c.id.desc()).limit(1)).scalar_one()
    assert since.startswith("2026-01-05 07:51:39")


def test_a_sequence_is_read_again_from_where_it_stood_before_the_overlap(company: Company, installation: Installation) -> None:
    company.tell("update receipt set updated_at = cast(rowid as text)")
    run(installation)
    with installation.store.transaction() as tx:
        tx.execute(update(load).values(at=load.c.at - timedelta(hours=1)))
    run(installation)
    with installation.store.transaction() as tx:
        since = list(tx.execute(select(collection.c.since).where(collection.c.table == "receipt").order_by(collection.c.id)).scalars())
    assert since == [None, "100"]
    assert asked(installation, "receipt") == ["landed", "nothing"]


def test_a_source_that_is_away_is_told_and_stops_no_other(company: Company) -> None:
    (company.home / "sources" / "wms.yaml").write_text(FILES.format(said=""), encoding="utf-8")
    write(company.home / "inbox" / "stock1.csv", "code,name,seen_at", [("S1", "台架", "1")])
    company.base.rename(company.base.with_suffix(".away"))
    with open_installation(company.home) as opened:
        outcome = run(opened)
        assert {c.status for c in outcome.collected} == {"failed"}
        assert all(c.error is not None and c.error.hint for c in outcome.collected)
        assert seen(opened, "select count(*) as n from {item}") == [{"n": 1}]
        company.base.with_suffix(".away").rename(company.base)
        assert {c.status for c in run(opened).collected} == {"landed"}
        assert seen(opened, "select count(*) as n from {item}") == [{"n": 31}]


def test_a_table_that_was_cut_short_waits_for_somebody(company: Company, installation: Installation) -> None:
    run(installation)
    company.tell("delete from supplier where code not in ('V0', 'V1')")
    run(installation)
    waiting = loads(installation, "supplier")[-1]
    assert (waiting.status, waiting.message["withdrawn"], waiting.message["stood"]) == ("blocked", "28", "30")
    assert flags(installation, "V9") == []
    run(installation)
    assert [load.status for load in loads(installation, "supplier")] == ["accepted", "blocked"], "the same picture is not laid down twice"
    company.tell("delete from supplier where code = 'V1'")
    run(installation)
    assert [load.status for load in loads(installation, "supplier")] == ["accepted", "superseded", "blocked"], "only the newest matters"
    with installation.store.transaction() as tx:
        accept_load(tx, id_=loads(installation, "supplier")[-1].id, by="steward", reason="供应商主数据已清理")
    company.tell("insert into supplier values ('V99', '无锡后来精工有限公司', '')")
    run(installation)
    assert [load.status for load in loads(installation, "supplier")] == ["accepted", "superseded", "accepted", "accepted"]
    assert flags(installation, "V9") == ["source.withdrawn"]


def test_without_its_password_a_source_says_which_variable_is_missing(company: Company) -> None:
    path = company.home / "sources" / "erp.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("url:", "secret: ERP_PASSWORD\nurl:"), encoding="utf-8")
    with open_installation(company.home) as opened:
        outcome = run(opened, secret=lambda _: None)
        assert {c.status for c in outcome.collected} == {"failed"}
        assert all("ERP_PASSWORD" in str(c.error) for c in outcome.collected)


@pytest.mark.parametrize("late", [False, True])
def test_the_newest_version_is_what_the_source_says_in_whatever_order_files_arrive(company: Company, *, late: bool) -> None:
    (company.home / "sources" / "erp.yaml").unlink()
    (company.home / "sources" / "wms.yaml").write_text(FILES.format(said="changed_at: seen_at"), encoding="utf-8")
    files = [("stock1.csv", "旧名", "2026-01-01"), ("stock2.csv", "新名", "2026-01-02")]
    with open_installation(company.home) as opened:
        for name, title, moment in reversed(files) if late else files:
            write(company.home / "inbox" / name, "code,name,seen_at", [("S1", title, moment)])
            run(opened)
        assert seen(opened, "select name from {item}") == [{"name": "新名"}]


def test_a_file_that_is_the_whole_table_withdraws_what_it_lacks(company: Company) -> None:
    (company.home / "sources" / "erp.yaml").unlink()
    (company.home / "sources" / "wms.yaml").write_text(FILES.format(said="snapshot: true"), encoding="utf-8")
    rows = [(f"S{n}", f"台架{n}", "1") for n in range(20)]
    with open_installation(company.home) as opened:
        write(company.home / "inbox" / "stock1.csv", "code,name,seen_at", rows)
        run(opened)
        write(company.home / "inbox" / "stock2.csv", "code,name,seen_at", rows[1:])
        run(opened)
        withdrawn = "select code from {item} where list_contains(_flags, 'source.withdrawn')"
        assert seen(opened, withdrawn) == [{"code": "S0"}]
        write(company.home / "inbox" / "stock3.csv", "code,name,seen_at", rows)  # the first file again, under another name
        run(opened)
        assert loads(opened, "stock")[-1].status == "repeated"
        assert seen(opened, withdrawn) == [{"code": "S0"}]
        write(company.home / "inbox" / "stock4.csv", "code,name,seen_at", rows[:3])
        run(opened)
        assert loads(opened, "stock")[-1].status == "blocked"
        assert seen(opened, withdrawn) == [{"code": "S0"}]


def test_two_files_of_one_delivery_count_in_the_order_of_their_names(company: Company) -> None:
    (company.home / "sources" / "erp.yaml").unlink()
    (company.home / "sources" / "wms.yaml").write_text(FILES.format(said=""), encoding="utf-8")
    with open_installation(company.home) as opened:
        for n in range(1, 9):
            write(company.home / "inbox" / f"stock{n}.csv", "code,name,seen_at", [("S1", f"名{n}", "1")])
        run(opened)
        assert seen(opened, "select name from {item}") == [{"name": "名8"}]


def test_a_source_that_does_not_answer_is_not_waited_for(installation: Installation) -> None:
    outcome = run_pipeline(installation.context(), by="test", index_trace=installation.index_trace, patience=0.0)
    assert [(c.source, c.status) for c in outcome.collected if c.status == "running"] == [("erp", "running")]
    for asking in [t for t in threading.enumerate() if t.name == "ask erp"]:
        asking.join()
    again = run_pipeline(installation.context(), by="test", index_trace=installation.index_trace, asks=False)
    assert outcome.release or again.release
    assert seen(installation, "select count(*) as n from {receipt}") == [{"n": 100}]


@pytest.mark.parametrize("changed_at", ["", "changed_at: at"])
def test_a_source_calls_its_columns_as_it_likes(company: Company, changed_at: str) -> None:
    columns = ("k", "n", "at", "id", "file", "load", "path", "filename", "hashes", "gone")
    mapping = f"""
name: odd
zh: 怪
en: Odd
owner: it
org: T
url: sqlite:///{company.base}
tables:
  odd:
    table: odd
    {changed_at}
    ignore: [{', '.join(columns[2:])}]
    feeds: [{{entity: item, fields: {{code: k, name: n}}}}]
"""
    (company.home / "sources" / "erp.yaml").write_text(mapping, encoding="utf-8")
    company.tell(f"create table odd ({', '.join(f'{c} text' for c in columns)})")
    for n in range(5):
        company.tell(f"insert into odd values ({', '.join('?' for _ in columns)})", f"K{n}", f"零件{n}", f"2026-01-0{n + 1}", *("x" for _ in columns[3:]))
    with open_installation(company.home) as opened:
        run(opened)
        company.tell("update odd set n = '新', at = '2026-01-09' where k = 'K1'")
        company.tell("delete from odd where k = 'K2'")
        run(opened)
        assert seen(opened, "select name from {item} where code = 'K1'") == [{"name": "新"}]
        gone = [r["code"] for r in seen(opened, "select code from {item} where list_contains(_flags, 'source.withdrawn')")]
        assert gone == ([] if changed_at else ["K2"])
