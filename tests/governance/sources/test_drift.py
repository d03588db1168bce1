"""A source that changed: what was seen is kept and told, a change of the mapping proposed, and accepted by a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from medthread.app import Installation
from medthread.governance.sources import Drift, amend, drifts
from medthread.model.errors import ConflictError, NotFoundError
from medthread.pipeline.run import run_pipeline
from medthread.stores.postgres.tables import audit_event, load
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios.company import write

MAPPING = """name: erp
zh: 采购
en: ERP
owner: purchasing
org: T
tables:
  supplier:
    files: "supplier*.csv"
    format: csv
    feeds: [{entity: supplier, fields: {code: 编码, name: 单位名称}}]
  item:
    files: "item*.csv"
    format: csv
    feeds: [{entity: item, fields: {code: code, name: name, shelf_life_days: days}}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "sources").mkdir(parents=True)
    (folder / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (folder / "sources" / "purchasing.yaml").write_text(MAPPING, encoding="utf-8")
    write(folder / "inbox" / "supplier1.csv", "编码,单位名称", [(f"V{n}", f"苏州{chr(0x4e00 + n * 37)}五金有限公司") for n in range(40)])
    write(folder / "inbox" / "item1.csv", "code,name,days", [(f"M{n}", f"零件{n}", 30) for n in range(40)])
    return folder


@pytest.fixture
def opened(home: Path, open_beside: Opening) -> Iterator[Installation]:
    with open_beside(home) as installation:
        run(installation)
        yield installation


def run(installation: Installation) -> None:
    run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)


def found(installation: Installation) -> dict[str, Drift]:
    path = installation.workspace.source_file("erp")
    return {f"{d.table}.{d.column}": d for d in drifts(installation.context(), installation.sources[0], path.read_text(encoding="utf-8"))}


def accept(installation: Installation, column: str, *, table: str = "supplier", ignoring: bool = False) -> None:
    source, path = installation.sources[0], installation.workspace.source_file("erp")
    with installation.store.transaction() as tx:
        amend(tx, context=installation.context(), source=source, path=path, table=table, column=column, ignoring=ignoring, by="ann")
    installation.read_sources()


def test_a_renamed_column_is_found_by_its_name_and_its_values_and_the_load_is_taken_in(home: Path, opened: Installation) -> None:
    assert found(opened) == {}
    rows = [(f"V{n}", f"苏州{chr(0x4e00 + n * 37)}五金有限公司", "苏州") for n in range(50)]
    write(home / "inbox" / "supplier2.csv", "编码,供应商全称,区域", rows)
    run(opened)
    drift = found(opened)
    gone = drift["supplier.单位名称"]
    assert (gone.kind, gone.likely, gone.values_alike) == ("missing", "供应商全称", 0.8)
    assert gone.proposed == MAPPING.replace("name: 单位名称", "name: 供应商全称")
    assert drift["supplier.区域"].kind == "new"
    accept(opened, "单位名称")
    run(opened)
    with opened.store.transaction() as tx:
        assert set(tx.execute(select(load.c.status).where(load.c.table == "supplier")).scalars()) == {"accepted"}
        [told] = tx.execute(select(audit_event).where(audit_event.c.action == "source.amend")).all()
    assert (told.actor, told.object) == ("ann", "source/erp")
    reader = LakeReader(opened.releases)
    try:
        snapshot = reader.current()
        assert snapshot.query(f"select count(*) as n from {snapshot.relation('golden.supplier')}") == [{"n": 50}]
    finally:
        reader.close()
    accept(opened, "区域", ignoring=True)
    assert found(opened) == {}
    with pytest.raises(NotFoundError):
        accept(opened, "区域", ignoring=True)


def test_a_new_column_that_is_called_like_a_field_is_proposed_for_it(home: Path, opened: Installation) -> None:
    write(home / "inbox" / "supplier2.csv", "编码,单位名称,统一社会信用代码,x1", [("V99", "无锡后来五金有限公司", "91320500MA1ABCDE1X", "z")])
    run(opened)
    drift = found(opened)
    assert drift["supplier.统一社会信用代码"].likely == "supplier.uscc"
    assert drift["supplier.x1"].likely is None
    accept(opened, "统一社会信用代码")
    assert opened.sources[0].tables["supplier"].feeds[0].fields["uscc"].from_ == "统一社会信用代码"


def test_values_that_no_longer_read_are_told_and_nothing_is_proposed(home: Path, opened: Installation) -> None:
    write(home / "inbox" / "item2.csv", "code,name,days", [(f"N{n}", f"新零件{n}", "三十天") for n in range(40)])
    run(opened)
    drift = found(opened)["item.days"]
    assert (drift.kind, drift.likely, drift.before, drift.now, drift.proposed) == ("unreadable", "item.shelf_life_days", 0.0, 1.0, None)
    with pytest.raises(ConflictError):
        accept(opened, "days", table="item")
