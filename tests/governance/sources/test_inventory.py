"""How sources are doing, and whether their mappings fit, of a company with a database and a folder of files."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from medthread.app import Installation, open_installation
from medthread.cli import main
from medthread.governance.sources import Health, check_source, known_source, probe_source, standings
from medthread.governance.sources.standing import SourceStanding
from medthread.model.errors import NotFoundError, SourceError
from medthread.pipeline.run import run_pipeline

ERP = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: T
url: sqlite:///{base}
fresh_within: 1 h
tables:
  supplier:
    table: supplier
    feeds: [{{entity: supplier, fields: {{code: code, name: name}}}}]
  receipt:
    query: select * from receipt
    feeds:
      - entity: receipt
        fields: {{receipt_no: no, line_no: line, supplier: supplier, item: item, lot_no: lot, quantity: qty, received_at: at}}
"""
WMS = """
name: wms
zh: 仓储
en: WMS
owner: warehouse
org: T
tables:
  stock:
    files: "stock*.csv"
    format: csv
    feeds: [{entity: item, fields: {code: code, name: name}, scheme: wms}]
"""


def tell(base: Path, *statements: str) -> None:
    with closing(sqlite3.connect(base)) as db, db:
        for statement in statements:
            db.execute(statement)


@pytest.fixture
def home(tmp_path: Path, own_database: None) -> Path:
    return founded(tmp_path / "home")


def founded(home: Path) -> Path:
    """A workspace, the database and the file that it reads."""
    base = home.parent / "erp.db"
    (home / "sources").mkdir(parents=True)
    (home / "inbox").mkdir()
    (home / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(ERP.format(base=base), encoding="utf-8")
    (home / "sources" / "wms.yaml").write_text(WMS, encoding="utf-8")
    tell(
        base, "create table supplier (code text, name text)", "create table receipt (no text, line, supplier text, item text, lot text, qty, at text)",
        "insert into supplier values ('V1', '苏州一号五金有限公司'), ('V2', '无锡二号五金有限公司')",
        "insert into receipt values ('R1', 1, 'V1', 'M1', 'L1', 5, '2026-01-05'), ('R2', 1, 'V2', 'M1', 'L2', '６', '2026/1/6')",
    )
    (home / "inbox" / "stock1.csv").write_text("code,name\nM1,零件\n", encoding="utf-8")
    return home


@pytest.fixture
def installation(home: Path) -> Iterator[Installation]:
    with open_installation(home) as opened:
        yield opened


def run(installation: Installation) -> None:
    run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)


def stand(installation: Installation, *, later: timedelta = timedelta(0)) -> dict[str, SourceStanding]:
    with installation.store.transaction() as tx:
        found = standings(tx, installation.sources, calendar=installation.workspace.calendar(), now=datetime.now(UTC) + later)
    return {s.source.name: s for s in found}


def test_a_source_is_well_late_failing_or_refusing(home: Path, installation: Installation) -> None:
    assert {n: s.health for n, s in stand(installation).items()} == {"erp": Health.NEVER, "wms": Health.NEVER}
    assert stand(installation)["erp"].keeps_promise is False
    run(installation)
    assert {n: s.health for n, s in stand(installation).items()} == {"erp": Health.WELL, "wms": Health.WELL}
    assert (stand(installation)["erp"].keeps_promise, stand(installation)["wms"].keeps_promise) == (True, None)
    late = stand(installation, later=timedelta(hours=2))
    assert {n: s.health for n, s in late.items()} == {"erp": Health.LATE, "wms": Health.WELL}
    assert late["erp"].keeps_promise is False
    before = stand(installation)["erp"].tables[0]
    run(installation)
    after = stand(installation)["erp"].tables[0]
    assert (after.loaded_at, after.fresh_at > before.fresh_at) == (before.loaded_at, True), "an answer that there is nothing new is fresh"  # type: ignore[operator]
    tell(home.parent / "erp.db", "alter table supplier rename to lieferant")
    run(installation)
    failing = stand(installation)["erp"]
    assert [(t.name, t.health) for t in failing.tables] == [("supplier", Health.FAILING), ("receipt", Health.WELL)]
    assert failing.health is Health.FAILING
    assert "no table 'supplier'" in str(failing.tables[0].message)
    tell(home.parent / "erp.db", "alter table lieferant rename to supplier", "alter table supplier rename column name to 名称")
    (home / "inbox" / "stock2.csv").write_text("code,title\nM2,零件\n", encoding="utf-8")
    run(installation)
    held = stand(installation)
    assert (held["erp"].health, held["erp"].tables[0].refused, held["wms"].health) == (Health.REFUSING, 1, Health.REFUSING)


def test_a_mapping_that_fits(installation: Installation) -> None:
    supplier, receipt = probe_source(installation.context(), "erp")
    assert (supplier.fits, supplier.rows, receipt.fits, receipt.rows) == (True, 2, True, 2)
    assert {(f.field, f.values, f.fitting) for f in receipt.fields if f.field in ("quantity", "received_at")} == {("quantity", 2, 2), ("received_at", 2, 2)}
    [stock] = probe_source(installation.context(), "wms")
    assert (stock.fits, stock.rows) == (True, 1)


def test_a_mapping_that_does_not_fit_says_where(home: Path, installation: Installation) -> None:
    tell(
        home.parent / "erp.db", "update receipt set qty = 'viel' where no = 'R1'", "update receipt set at = '' where no = 'R2'",
        "alter table supplier rename column name to names", "alter table supplier add column note",
    )
    supplier, receipt = probe_source(installation.context(), "erp")
    assert (supplier.missing, supplier.new, supplier.alike) == (("name",), ("names", "note"), (("name", "names"),))
    assert [f.field for f in supplier.fields] == ["code"]
    assert (supplier.fits, receipt.fits, receipt.missing) == (False, False, ())
    found = {f.field: (f.values, f.fitting, f.share) for f in receipt.fields}
    assert (found["quantity"], found["received_at"], found["line_no"]) == ((2, 1, 0.5), (1, 1, 1.0), (2, 2, 1.0))
    (home / "inbox" / "stock1.csv").unlink()
    [stock] = probe_source(installation.context(), "wms")
    assert not stock.fits
    assert "stock*.csv" in stock.error.message  # type: ignore[union-attr]
    (home / "inbox" / "stock1.csv").write_bytes(b"\xff\xfe\xff")
    assert probe_source(installation.context(), "wms")[0].error is not None


def test_a_table_without_rows_fits_as_far_as_can_be_seen(home: Path, installation: Installation) -> None:
    tell(home.parent / "erp.db", "delete from supplier", "delete from receipt")
    supplier, receipt = probe_source(installation.context(), "erp")
    assert (supplier.fits, supplier.rows, receipt.fits, {f.share for f in receipt.fields}) == (True, 0, True, {None})


def test_a_source_is_asked_who_is_there(home: Path, installation: Installation) -> None:
    assert check_source(installation.context(), "erp").product == "SQLite"
    with pytest.raises(SourceError, match="no database"):
        check_source(installation.context(), "wms")
    for act in (check_source, probe_source):
        with pytest.raises(NotFoundError, match="no source 'mes'") as told:
            act(installation.context(), "mes")
        assert "erp, wms" in told.value.hint
    os.unlink(home.parent / "erp.db")  # noqa: PTH108 - as somebody else would
    with pytest.raises(SourceError, match="is not there"):
        check_source(installation.context(), "erp")
    assert all(t.error is not None and not t.fits for t in probe_source(installation.context(), "erp"))


def test_a_password_that_the_environment_lacks(home: Path, own_database: None) -> None:
    mapping = ERP.format(base="x").replace("url: sqlite:///x", "url: postgresql://reader@127.0.0.1:1/erp\nsecret: NOWHERE_PASSWORD")
    (home / "sources" / "erp.yaml").write_text(mapping, encoding="utf-8")
    with open_installation(home) as installation:
        with pytest.raises(SourceError, match="the environment has no NOWHERE_PASSWORD"):
            check_source(installation.context(), "erp")
        assert known_source(installation.sources, "erp").kind == "database"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    seen: Any = capsys.readouterr()
    return int(end.value.code or 0), seen.out + seen.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_line_tells_it(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", language)
    at = ("--home", str(home))
    code, text = told(capsys, "source", "list", *at)
    assert code == 0
    assert ("从未接入" if language == "zh" else "Never loaded") in text
    code, text = told(capsys, "source", "show", "erp", *at)
    assert (code, "receipt.quantity ← qty" in text) == (0, True)
    assert told(capsys, "source", "show", "mes", *at)[0] != 0
    code, text = told(capsys, "source", "test", "erp", *at)
    assert (code, "SQLite" in text) == (0, True)
    assert told(capsys, "source", "test", "wms", *at)[0] != 0
    assert told(capsys, "source", "probe", "erp", *at)[0] == 0
    tell(home.parent / "erp.db", "update receipt set qty = 'viel'", "alter table supplier rename column name to names")
    code, text = told(capsys, "source", "probe", "erp", *at)
    assert (code, "names" in text, "receipt.quantity" in text) == (1, True, True)
    assert ("缺少列 name" if language == "zh" else "column name is missing") in text
