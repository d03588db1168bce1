"""Models in partitions: made again exactly where news touch them, and then the same as made whole."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.app import Installation
from medthread.model.errors import DeclarationError
from medthread.pipeline.build import golden_delta
from medthread.pipeline.build.built import Built, heads
from medthread.pipeline.build.model import parse_model
from medthread.pipeline.build.partition import Between, parse_partition
from medthread.pipeline.run import apply_models
from medthread.stores.engines import DuckEngine, Input
from tests.conftest import Opening
from tests.scenarios import company

MONTHLY = """-- about: 每月收货 | Receipts by month
-- meaning: 每月每个物料一行 | One row per month and item
-- owner: purchasing
-- grain: month, item
-- partition: month = date_trunc('month', received_at) of golden.receipt
select date_trunc('month', r.received_at) as month, r.item__code as item, any_value(i.name) as name, count(*) as receipts, sum(r.quantity) as quantity
from golden.receipt as r
left join golden.item as i on i.id = r.item
group by all
"""
YEARLY = """-- about: 每年收货 | Receipts by year
-- meaning: 每年一行 | One row per year
-- owner: purchasing
-- grain: year
-- partition: year = year(month) of marts.monthly
select year(month) as year, sum(receipts) as receipts, sum(quantity) as quantity from marts.monthly group by all
"""
HEADER = "no,line,supplier,item,slot,lot,qty,at"


def receipt(no: str, at: str, *, quantity: int = 5, item: str = "M1") -> tuple[object, ...]:
    return (no, 1, "V1", item, "S1", "L1", quantity, at)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = company.found(tmp_path / "c")
    (home / "models").mkdir()
    (home / "models" / "monthly.sql").write_text(MONTHLY, encoding="utf-8")
    (home / "models" / "yearly.sql").write_text(YEARLY, encoding="utf-8")
    company.write(home / "inbox" / "receipt0.csv", HEADER, [receipt(f"A{n}", f"20{23 + n // 12}-{n % 12 + 1:02}-05") for n in range(36)])
    return home


@pytest.fixture
def opened(home: Path, open_beside: Opening, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(golden_delta, "WORTH", 1.0)
    with open_beside(home) as installation:
        company.run(installation)
        yield installation


def made(installation: Installation, table: str = "marts.monthly") -> Built:
    with installation.store.transaction() as tx:
        return heads(tx)[table]


def remade(before: Built, after: Built) -> set[str]:
    """Partitions whose files are others, by their month or year."""
    names = before.files.keys() | after.files.keys()
    return {name[:7] for name in names if before.files.get(name) != after.files.get(name)}


def wrong(installation: Installation) -> int:
    """Rows that differ from those of the statements over all that they read."""
    context, engine, found = installation.context(), DuckEngine(), 0
    for model in (m for m in installation.models if m.partition):
        inputs = {name: Input(context.committer.files(name)) for name in (*model.reads, model.table)}
        differ = f"(({model.text}) except all from {model.table}) union all (from {model.table} except all ({model.text}))"
        found += int(engine.rows(f"select count(*) from ({differ})", inputs=inputs)[0][0])
    return found


def test_a_new_row_makes_its_own_month_again_and_no_other(home: Path, opened: Installation) -> None:
    months, years = made(opened), made(opened, "marts.yearly")
    assert len(months.files) == 36 + 1  # the company's own receipts are of a month of their own
    company.write(home / "inbox" / "receipt2.csv", HEADER, [receipt("B1", "2024-03-09")])
    company.run(opened)
    assert remade(months, made(opened)) == {"2024-03"}
    assert remade(years, made(opened, "marts.yearly")) == {"2024"}
    assert wrong(opened) == 0


def test_a_correction_makes_the_month_that_it_left_and_the_one_it_came_to(home: Path, opened: Installation) -> None:
    before = made(opened)
    company.write(home / "inbox" / "receipt2.csv", HEADER, [receipt("A5", "2025-02-05")])
    company.run(opened)
    assert remade(before, made(opened)) == {"2023-06", "2025-02"}
    assert wrong(opened) == 0


def test_a_partition_that_lost_its_rows_is_gone(home: Path, opened: Installation) -> None:
    company.write(home / "inbox" / "receipt2.csv", HEADER, [receipt("A5", "2025-02-05")])
    company.run(opened)
    assert not any(name.startswith("2023-06") for name in made(opened).files)


def test_what_another_table_tells_anew_makes_all_again_but_only_where_it_is_used(home: Path, opened: Installation) -> None:
    before = made(opened)
    company.write(home / "inbox" / "supplier2.csv", "code,name,uscc", [("V99", "无锡远方五金有限公司", "")])
    company.run(opened)
    assert remade(before, made(opened)) == set()
    company.write(home / "inbox" / "item2.csv", "code,name", [("M1", "改名零件")])
    company.run(opened)
    assert len(remade(before, made(opened))) == 37
    assert wrong(opened) == 0


def test_another_statement_makes_all_again(home: Path, opened: Installation) -> None:
    before = made(opened)
    (home / "models" / "monthly.sql").write_text(MONTHLY.replace("sum(r.quantity)", "max(r.quantity)"), encoding="utf-8")
    apply_models(opened.context(), by="test", index_trace=opened.index_trace, reason=None)
    assert len(remade(before, made(opened))) == 37
    assert wrong(opened) == 0


def test_rows_of_another_partition_are_refused(home: Path, opened: Installation) -> None:
    mixed = MONTHLY.replace("select date_trunc('month', r.received_at) as month", "select date_trunc('year', r.received_at) as month")
    (home / "models" / "monthly.sql").write_text(mixed, encoding="utf-8")
    apply_models(opened.context(), by="test", index_trace=opened.index_trace, reason=None)
    company.write(home / "inbox" / "receipt2.csv", HEADER, [receipt("B1", "2024-03-09")])
    with pytest.raises(DeclarationError, match=r"asked for some partitions and gave rows of '2024-01-01"):
        company.run(opened)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_both_ways_agree(home: Path, opened: Installation, seed: int) -> None:
    chance = random.Random(seed)
    for n in range(3):
        rows = [
            receipt(chance.choice(["A", "C"]) + str(chance.randrange(40)), chance.choice(["", "2024-07-01", f"20{chance.randrange(23, 26)}-{chance.randrange(1, 12):02}-05"]),
                    quantity=chance.randrange(99), item=f"M{chance.randrange(33)}")
            for _ in range(chance.randrange(1, 9))
        ]
        company.write(home / "inbox" / f"receipt_{n}.csv", HEADER, rows)
        if chance.random() < 0.3:
            company.write(home / "inbox" / f"item_{n}.csv", "code,name", [(f"M{30 + n}", "新")])
        company.run(opened)
        assert wrong(opened) == 0, f"seed {seed}, round {n}"


@pytest.mark.parametrize(("said", "message"), [
    ("month of golden.receipt", "names no partitions"),
    ("month = date_trunc('month', of golden.receipt", "is no expression"),
    ("month = received_at of golden.lot", "has partitions of golden.lot, which it does not read"),
])
def test_what_names_no_partitions_is_told(said: str, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        parse_partition(said, ["golden.receipt"], file="m.sql")


def test_a_partition_is_of_a_table_that_the_statement_reads() -> None:
    with pytest.raises(DeclarationError, match=r"m\.sql has partitions of golden\.lot"):
        parse_model("m", MONTHLY.replace("of golden.receipt", "of golden.lot"), file="m.sql")


def test_files_of_an_older_version_are_not_compared_with_newer_ones(tmp_path: Path) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    pq.write_table(pa.table({"id": ["a"], "n": [1]}), old)
    pq.write_table(pa.table({"id": ["a"], "n": [1], "_version": [7]}), new)
    assert not Between((str(old),), (str(new),), None).is_of_one_shape()
    assert not Between((str(old),), (str(new),), ("id", "_version")).is_of_one_shape()
    assert Between((str(old),), (str(new),), ("id", "n")).is_of_one_shape()
    assert Between((str(new),), (str(new),), None).is_of_one_shape()
    assert Between((), (), None).is_of_one_shape()
