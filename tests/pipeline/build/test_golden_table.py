"""A golden table brought up to date by its news holds exactly what it would hold made whole."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from medthread.app import Installation
from medthread.model import Home
from medthread.pipeline.build import golden_delta
from medthread.pipeline.build.golden import golden_sql
from medthread.pipeline.build.golden_inputs import define_standard
from medthread.stores.engines import file_list, job
from medthread.stores.postgres.tables import lake_commit
from tests.conftest import Opening
from tests.scenarios import company

# Two tables tell of a lot, so that its golden row is put together from both.
LOTS = """
  lot:
    files: "lot*.csv"
    format: csv
    feeds: [{entity: lot, fields: {item: item, lot_no: lot, quantity: qty, made_on: made}}]
  label:
    files: "label*.csv"
    format: csv
    feeds: [{entity: lot, fields: {item: item, lot_no: lot, expires_on: until}}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = company.found(tmp_path / "c")
    mapping = home / "sources" / "erp.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8") + LOTS, encoding="utf-8")
    company.write(home / "inbox" / "lot1.csv", "item,lot,qty,made", [(f"M{n % 30}", f"L{n}", n + 1, "2026/1/5") for n in range(150)])
    company.write(home / "inbox" / "label1.csv", "item,lot,until", [(f"M{n % 30}", f"L{n}", "2028-01-05") for n in range(100, 180)])
    return home


@pytest.fixture
def opened(home: Path, open_beside: Opening) -> Iterator[Installation]:
    with open_beside(home) as installation:
        company.run(installation)
        yield installation


def differing(installation: Installation) -> dict[str, int]:
    """Rows of each golden table that differ from those of the table made whole, either way, all columns compared."""
    context, found = installation.context(), {}
    for entity in installation.registry.at_home(Home.LAKE):
        if not (files := context.committer.files(f"golden.{entity.name}")):
            continue
        with job() as con:
            define_standard(context, con, entity)
            con.execute(f"create temp table whole as select * from ({golden_sql(entity, context.registry, context.sources)})")
            con.execute(f"create temp table kept as select * from read_parquet({file_list(tuple(files))}, union_by_name=true)")
            [(n,)] = con.execute("select (select count(*) from (from whole except all from kept)) + (select count(*) from (from kept except all from whole))").fetchall()
            found[entity.name] = int(n)
    return found


def modes(installation: Installation, table: str) -> list[str]:
    with installation.store.transaction() as tx:
        return list(tx.execute(select(lake_commit.c.mode).where(lake_commit.c.table == table).order_by(lake_commit.c.at)).scalars())


def test_new_rows_are_added_and_nothing_else_is_written(home: Path, opened: Installation) -> None:
    before = opened.context().committer.files("golden.receipt")
    company.receipts(home, "receipt2.csv", 1000, 5)
    company.run(opened)
    after = opened.context().committer.files("golden.receipt")
    assert modes(opened, "golden.receipt") == ["replace", "swap"]
    assert set(before) < set(after)
    assert sum(opened.context().committer.file_rows("golden.receipt")[f] for f in set(after) - set(before)) == 5
    assert set(differing(opened).values()) == {0}


def test_corrected_rows_take_the_place_of_those_they_correct(home: Path, opened: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden_delta, "WORTH", 1.0)  # the one file that there is may be written again
    company.write(home / "inbox" / "receipt2.csv", "no,line,supplier,item,slot,lot,qty,at",
                  [("R7", 1, "V7", "M7", "S7", "L7", 777, "2026/1/6"), ("R8", 1, "V8", "M9", "S8", "L8", 8, "2026/1/6"), ("R900", 1, "V1", "M1", "S9", "L9", 9, "2026/1/7")])
    company.write(home / "inbox" / "label2.csv", "item,lot,until", [("M7", "L7", "2029-01-01"), ("M1", "L900", "2029-01-01")])
    company.run(opened)
    assert modes(opened, "golden.receipt")[-1] == "swap"
    assert modes(opened, "golden.lot")[-1] == "swap"
    assert set(differing(opened).values()) == {0}


def test_where_most_would_be_written_again_it_is_made_whole(home: Path, opened: Installation) -> None:
    company.receipts(home, "receipt2.csv", 5, 150)
    company.run(opened)
    assert modes(opened, "golden.receipt") == ["replace", "replace"]
    assert set(differing(opened).values()) == {0}


def test_a_master_that_touches_no_row_writes_none(home: Path, opened: Installation) -> None:
    company.write(home / "inbox" / "supplier2.csv", "code,name,uscc", [("V999", "无锡远方五金有限公司", "")])
    company.run(opened)
    assert modes(opened, "golden.receipt") == ["replace"]
    assert company.run(opened).rows_written == 0


def test_many_small_files_are_written_together(home: Path, opened: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden_delta, "WORTH", 1.0)
    monkeypatch.setattr(golden_delta, "MANY", 3)
    for n in range(5):
        company.receipts(home, f"receipt{n + 2}.csv", 1000 + n * 10, 5)
        company.run(opened)
    assert len(opened.context().committer.files("golden.receipt")) <= 4
    assert set(differing(opened).values()) == {0}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_both_ways_agree(home: Path, opened: Installation, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """New and corrected rows, codes that nobody knew and that become known, suppliers that turn out to be one."""
    monkeypatch.setattr(golden_delta, "WORTH", 1.0)
    chance = random.Random(seed)
    inbox = home / "inbox"
    for n in range(3):
        rows = [
            (f"R{chance.randrange(300)}", 1, f"V{chance.randrange(26)}", f"M{chance.randrange(36)}", f"S{chance.randrange(99)}", f"L{chance.randrange(250)}",
             chance.randrange(1, 99), f"2026/{chance.randrange(1, 12)}/5")
            for _ in range(chance.randrange(1, 12))
        ]
        company.write(inbox / f"receipt_{n}.csv", "no,line,supplier,item,slot,lot,qty,at", list(rows))
        if chance.random() < 0.6:
            company.write(inbox / f"label_{n}.csv", "item,lot,until", [(f"M{chance.randrange(36)}", f"L{chance.randrange(250)}", f"20{28 + n}-01-05")])
        if chance.random() < 0.7:
            company.write(inbox / f"item_{n}.csv", "code,name", [(f"M{30 + n}", f"零件{30 + n}")])
        if chance.random() < 0.7:  # a code that was unknown, and whose name is that of another
            other = chance.randrange(20)
            company.write(inbox / f"supplier_{n}.csv", "code,name,uscc", [(f"V{20 + n}", f"苏州{chr(0x4e00 + other * 37)}{chr(0x5200 + other * 41)}五金有限公司", "")])
        company.run(opened)
        assert {t: d for t, d in differing(opened).items() if d} == {}, f"seed {seed}, round {n}"
    assert "swap" in modes(opened, "golden.receipt")
