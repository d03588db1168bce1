"""A lake that was moved: every snapshot of every table says the same there, and the next commit goes there."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.table import StaticTable
from sqlalchemy import insert, select, text

from medthread.stores.lakehouse import Change, Committer
from medthread.stores.lakehouse.relocate import rename_in_store, rewrite_metadata
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import table_build


def written(committer: Committer, name: str, values: list[str], **more: list[int]) -> Path:
    path = committer.place("raw.things", name)
    pq.write_table(pa.table({"a": values, **more}), path)
    return path


def snapshots(lake: Path) -> list[tuple[int, int, list[str]]]:
    """Of the newest metadata: each snapshot with its sequence number and the rows it holds."""
    heads = sorted(lake.glob("raw/things/metadata/*.metadata.json"))
    table = StaticTable.from_metadata(str(heads[-1]))
    return [(s.snapshot_id, s.sequence_number or 0, sorted(table.scan(snapshot_id=s.snapshot_id).to_arrow()["a"].to_pylist())) for s in table.metadata.snapshots]


def test_every_snapshot_says_the_same_there_and_the_next_commit_goes_there(store: Store, tmp_path: Path) -> None:
    old, new = tmp_path / "here" / "lake", tmp_path / "on 另一处" / "lake"
    committer = Committer(store, old)
    committer.commit(Change("raw.things", (written(committer, "1", ["a", "b"]), written(committer, "2", ["c"])), "k1"))
    committer.commit(Change("raw.things", (written(committer, "3", ["d"], b=[1]),), "k2"))
    committer.commit(Change("raw.things", (written(committer, "4", ["e"], b=[2]),), "k3", "replace"))
    committer.commit(Change("raw.things", (written(committer, "5", ["f"], b=[3]),), "k4"))
    before = snapshots(old)
    # A replacement is two snapshots to Iceberg: everything deleted, then the new files.
    assert [rows for _, _, rows in before][-1] == ["e", "f"]
    assert ["a", "b", "c", "d"] in [rows for _, _, rows in before]
    new.parent.mkdir()
    shutil.move(old, new)
    assert rewrite_metadata(new, old=old.resolve(), new=new.resolve()) == 1
    assert snapshots(new) == before
    with store.transaction() as tx:
        rename_in_store(tx, old=old.resolve(), new=new.resolve())
    moved = Committer(store, new)
    moved.check_place()
    assert [Path(f).is_file() for f in moved.files("raw.things")] == [True, True]
    moved.commit(Change("raw.things", (written(moved, "6", ["g"], b=[4]),), "k5"))
    assert snapshots(new)[-1][2] == ["e", "f", "g"]
    assert len(snapshots(new)) == len(before) + 1
    assert not old.exists()


def test_tables_that_were_made_are_those_that_lie_there(store: Store, tmp_path: Path) -> None:
    """Else what is made from news would go on naming the files of the place that it came from."""
    old, new = tmp_path / "here" / "lake", tmp_path / "there" / "lake"
    files = {"": [f"{old}/marts/t/data/a.parquet", "/elsewhere/b.parquet"], "2026-01-01": [f"{old}/marts/t/data/c.parquet"]}
    with store.transaction() as tx:
        tx.execute(insert(table_build).values(table="marts.t", fingerprint="f", files=files, rows=1, seconds=1.0, columns=[], inputs={}))
        rename_in_store(tx, old=old, new=new)
        moved = tx.execute(select(table_build.c.files)).scalar_one()
    assert moved == {"": [f"{new}/marts/t/data/a.parquet", "/elsewhere/b.parquet"], "2026-01-01": [f"{new}/marts/t/data/c.parquet"]}


def test_a_database_of_an_earlier_version_is_renamed_as_far_as_it_goes(store: Store, tmp_path: Path) -> None:
    committer = Committer(store, tmp_path / "here" / "lake")
    committer.commit(Change("raw.things", (written(committer, "1", ["a"]),), "k1"))
    with store.transaction() as tx:
        tx.execute(text("drop table medthread.table_build; drop table medthread.lake_merge"))
        rename_in_store(tx, old=(tmp_path / "here" / "lake").resolve(), new=tmp_path / "there" / "lake")
    assert committer.files("raw.things") == [str(tmp_path / "there" / "lake" / "raw" / "things" / "data" / "1.parquet")]


def test_what_was_not_brought_along_is_left_out(store: Store, tmp_path: Path) -> None:
    """Manifests of snapshots that were given up are gone: the others move all the same, and twice is once."""
    old, new = tmp_path / "old" / "lake", tmp_path / "new" / "lake"
    committer = Committer(store, old)
    committer.commit(Change("raw.things", (written(committer, "1", ["a"]),), "k1"))
    committer.commit(Change("raw.things", (written(committer, "2", ["b"]),), "k2", "replace"))
    shutil.copytree(old, new)
    first = sorted(new.glob("raw/things/metadata/snap-*.avro"))
    assert first
    for _ in range(2):
        rewrite_metadata(new, old=old.resolve(), new=new.resolve())
    assert snapshots(new)[-1][2] == ["b"]
