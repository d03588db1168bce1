"""Small files of the standard layer become large ones, and nothing else changes: not rows, lineage, releases, nor what is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from medthread.app import Installation, open_installation
from medthread.pipeline.release import Keeping, Rule
from medthread.pipeline.run import take_in
from medthread.stores.engines import job
from medthread.stores.lakehouse import merge as merging
from medthread.stores.lakehouse.catalog import open_catalog
from medthread.stores.lakehouse.merge import LEAST, Merger, groups
from medthread.stores.lakehouse.rewrite import Rewriter, Rewriting, Rewritten
from tests.scenarios import company

pytestmark = pytest.mark.usefixtures("own_database")
SIZE = 128 << 20
RECEIPTS = "standard.receipt"


def many_loads(installation: Installation, home: Path, count: int = LEAST + 1) -> None:
    """Taken in one after the other, and brought to readers at last."""
    for n in range(1, count):
        take_in(installation.context(), by="test")
        company.receipts(home, f"receipt{n + 1}.csv", 1000 * n, 5)
    assert company.run(installation).release


def merger(installation: Installation) -> Merger:
    return Merger(installation.store, installation.workspace.data / "lake")


def found(installation: Installation) -> dict[str, merging.Group]:
    with installation.store.transaction() as tx:
        return {g.table: g for g in groups(tx, size=SIZE)}


def iceberg_rows(installation: Installation, table: str) -> int:
    """As another engine counts them, through the catalog."""
    return int(open_catalog(installation.store, warehouse=installation.workspace.data / "lake").load_table(table).scan().to_arrow().num_rows)


def test_the_same_rows_in_one_file_and_nothing_is_made_again(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        many_loads(installation, home)
        before, current, committer = company.read_from(installation), installation.releases.current(), installation.context().committer
        assert current is not None
        heads, files = committer.heads(), committer.files(RECEIPTS)
        assert len(files) == LEAST + 1
        rows, raw = iceberg_rows(installation, RECEIPTS), committer.files("raw.erp_receipt")
        told = installation.upkeep.tidying().tidy(by="tester")
        assert (told.into, told.altered) == (2, [])  # receipts, and the edges that they tell of
        assert len(committer.files(RECEIPTS)) == 1
        assert iceberg_rows(installation, RECEIPTS) == rows
        assert committer.heads() == heads
        assert committer.files("raw.erp_receipt") == raw  # named after their loads, they stay
        assert committer.files_at(RECEIPTS, heads[RECEIPTS]) == committer.files(RECEIPTS)

        assert installation.faults(current) == []  # it names the files that it named, and they are there
        again = company.run(installation)
        assert (again.release, again.rows_written) == (None, 0)
        assert company.read_from(installation) == before

        company.receipts(home, "receipt99.csv", 99000, 5)  # news are news: five rows and what they touch, not the whole
        after = company.run(installation)
        newest = installation.releases.current()
        assert newest is not None
        assert newest.id == after.release
        assert len(newest.tables[RECEIPTS].files) == 2
        assert installation.faults(newest) == []
        content = company.read_from(installation)
        assert len(content["golden.receipt"]) == len(before["golden.receipt"]) + 5
        assert set(before["standard.receipt"]) <= set(content["standard.receipt"])

        strict = replace(installation.upkeep.tidying(), rule=Rule(Keeping(days=1, daily=0, monthly=0, at_least=2)))
        for days in (900, 902):
            strict.tidy(by="tester", now=datetime.now(UTC) + timedelta(days=days))
        assert company.read_from(installation) == content
        assert iceberg_rows(installation, RECEIPTS) == rows + 5


@pytest.mark.parametrize(("at", "between"), [
    ("copy", "nothing"), ("swap_files", "nothing"), ("swap_files", "a run"), ("_record", "a run"), ("_record", "a rewriting"),
])
def test_cut_short_anywhere_it_is_finished_or_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, between: str) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        many_loads(installation, home)
        content, rows = company.read_from(installation), iceberg_rows(installation, RECEIPTS)
        owner: Any = Merger if at == "_record" else merging
        original: Callable[..., Any] = getattr(owner, at)

        def cut(*given: Any, **named: Any) -> None:
            if at == "swap_files" and between == "a run":  # right after it; else right before
                original(*given, **named)
            raise KeyboardInterrupt

        monkeypatch.setattr(owner, at, cut)
        with pytest.raises(KeyboardInterrupt):
            merger(installation).merge(found(installation)[RECEIPTS])
        monkeypatch.setattr(owner, at, original)
        if between == "a run":
            company.receipts(home, "receipt99.csv", 99000, 5)
            company.run(installation)
            content, rows = company.read_from(installation), rows + 5
        elif between == "a rewriting":
            with job() as con:
                Rewriter(installation.store, installation.workspace.data / "lake", con, lambda _tx, _ids: None).rewrite(
                    Rewriting(RECEIPTS, lambda _: "_key like 'erp:R1%' or receipt_no like 'R1%'"), key="gone", done=(gone := Rewritten()))
            assert gone.total > 0
            rows = iceberg_rows(installation, RECEIPTS)
        merger(installation).settle()
        assert merger(installation).settle() == 0
        committer = installation.context().committer
        assert iceberg_rows(installation, RECEIPTS) == rows == sum(committer.file_rows(RECEIPTS).values())
        if between == "a rewriting":
            with job() as con:
                left = con.execute(f"select count(*) from read_parquet({committer.files(RECEIPTS)}) where receipt_no like 'R1%'").fetchall()
            assert left == [(0,)]
        else:
            assert company.read_from(installation) == content
        assert not [p for p in installation.upkeep.orphans() if "merged" in p.name]


def test_a_file_that_was_changed_is_not_covered_up(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        many_loads(installation, home)
        files = installation.context().committer.files(RECEIPTS)
        Path(files[3]).write_bytes(Path(files[4]).read_bytes())
        told = installation.upkeep.tidying().tidy(by="tester")
        assert told.altered == [RECEIPTS]
        assert told.into == 1  # the others are merged
        assert installation.context().committer.files(RECEIPTS) == files
        with installation.store.transaction() as tx:
            assert tx.execute(text("select count(*) from medthread.lake_merge")).scalar_one() == 0


def test_nothing_is_merged_while_a_batch_is_open_or_a_commit_is_not_written_down(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        many_loads(installation, home)
        group = found(installation)[RECEIPTS]
        with installation.store.transaction() as tx:
            tx.execute(text("insert into medthread.batch (id, stage) values ('Bopen', 'open')"))
        assert found(installation) == {}
        with installation.store.transaction() as tx:
            tx.execute(text("delete from medthread.batch where id = 'Bopen'"))
            tx.execute(text("update medthread.lake_commit set snapshot = snapshot + 1 where \"table\" = 'standard.receipt'"))
        assert not merger(installation).merge(group)
