"""Small files of a table written together into files of a good size: the same rows in fewer places.

Only tables of the standard layer, whose rows carry their load and row with them. A raw file is named after its load and a
row of it by its place, for lineage, erasure and quarantine: raw files stay as they are. Releases go on naming the files that
they named; heads name the new ones. What a table holds is no other than before, so nothing is computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from medthread.model.errors import StoreError
from medthread.stores.engines import copy, file_list, job
from medthread.stores.lakehouse.catalog import address_of, open_catalog
from medthread.stores.lakehouse.committer import KEY, key_of, sha256_of, swap_files
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import lake_commit, lake_file, lake_merge

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table as IcebergTable

MODE = "merge"
SMALL = 4  # a file is small below this part of the size to be reached
LEAST, MOST_ROWS = 8, 1_000_000  # files worth merging; rows of a merged one
FOUND = text("""
    select "table", path, bytes, rows, sha256 from medthread.lake_file where "table" like 'standard.%' and removed_in is null and gone_at is null
    and bytes < :small and not exists (select from medthread.batch where stage <> 'done') order by "table", at, path
""")
HEAD = text('select snapshot, coalesce(content, snapshot) as content from medthread.lake_commit where "table" = :table order by at desc limit 1')


@dataclass(frozen=True)
class Group:
    """Files of one table that become one."""

    table: str
    hashes: dict[str, str]  # path → SHA-256
    rows: int

    @property
    def key(self) -> str:
        """Of the commit."""
        return key_of(MODE, self.table, list(self.hashes))


def groups(tx: Connection, *, size: int) -> Iterator[Group]:
    """What is worth merging into files of `size` bytes; nothing while a batch is open."""
    table, files, held, rows = "", dict[str, str](), 0, 0
    for row in [*tx.execute(FOUND, {"small": size // SMALL}), None]:
        if row is None or row.table != table or held + row.bytes > size or rows + row.rows > MOST_ROWS:
            if len(files) >= LEAST:
                yield Group(table, files, rows)
            table, files, held, rows = row.table if row else "", {}, 0, 0
        if row is not None:
            files[row.path] = row.sha256
            held, rows = held + row.bytes, rows + row.rows


class Merger:
    """Merges files, one group at a time. The caller has the lake to itself."""

    def __init__(self, store: Store, lake: Path, *, memory: str = "2GB", threads: int = 2) -> None:
        self._store, self._lake, self._memory, self._threads = store, lake.resolve(), memory, threads

    @cached_property
    def _catalog(self) -> "SqlCatalog":
        return open_catalog(self._store, warehouse=self._lake)

    def settle(self) -> int:
        """Finish or give up merges that were cut short; gives how many. Whoever changes files of the standard layer asks for it first."""
        with self._store.transaction() as tx:
            open_ = tx.execute(select(lake_merge).order_by(lake_merge.c.at)).all()
        for merge in open_:
            snapshot = _found(self._catalog.load_table(merge.table), merge.key)
            if snapshot is not None:
                self._record(merge, snapshot)
                continue
            with self._store.transaction() as tx:
                tx.execute(delete(lake_merge).where(lake_merge.c.key == merge.key))
            for path in (Path(merge.new), Path(merge.new).with_suffix(".partial")):
                path.unlink(missing_ok=True)
        return len(open_)

    def merge(self, group: Group) -> bool:
        """Merge a group. Left as it is where the table's head is not the one that is written down, for a commit was cut short there.

        Raises `StoreError` where a file is not what was committed: no new hash covers up what was changed.
        """
        table = self._catalog.load_table(group.table)
        with self._store.transaction() as tx:
            head = tx.execute(HEAD, {"table": group.table}).one()
        if table.metadata.current_snapshot_id != head.snapshot:
            return False
        for path, sha256 in group.hashes.items():
            if not Path(path).is_file() or sha256_of(Path(path)) != sha256:
                raise StoreError(f"{path} is not what was committed", hint="run `medthread verify`; the files are left as they are")
        new = self._lake.joinpath(*group.table.split(".", 1)) / "data" / f"merged-{group.key}.parquet"
        with self._store.transaction() as tx:
            tx.execute(insert(lake_merge).values(key=group.key, table=group.table, content=head.content, old=list(group.hashes), new=str(new), at=func.clock_timestamp()))
            merge = tx.execute(select(lake_merge).where(lake_merge.c.key == group.key)).one()
        self._write(group, new)
        swap_files(table, {address_of(Path(p)) for p in group.hashes}, [address_of(new)], key=group.key)
        snapshot = _found(self._catalog.load_table(group.table), group.key)
        assert snapshot is not None  # noqa: S101 - it was committed just now
        self._record(merge, snapshot)
        return True

    def _write(self, group: Group, new: Path) -> None:
        old = f"read_parquet({file_list(tuple(group.hashes))}, union_by_name=true)"
        with job(memory=self._memory, threads=self._threads) as con:
            con.execute("set preserve_insertion_order=true")  # what came together stays together
            copy(con, f"select * from {old}", new)
            before, after = (con.execute(f"select count(*), sum(hash(r)::hugeint) from {of} as r").fetchall() for of in (old, f"read_parquet({file_list((str(new),))})"))
        if before != after or before[0][0] != group.rows:
            raise StoreError(f"{new} does not hold the rows of the files that it is to replace", hint="they are left as they are; is the disk sound?")

    def _record(self, merge: Any, snapshot: int) -> None:
        """At the time at which it was begun: a run that came in between is newer."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

        new = Path(merge.new)
        told = {"sha256": sha256_of(new), "bytes": new.stat().st_size, "rows": pq.read_metadata(new).num_rows}
        with self._store.transaction() as tx:
            tx.execute(insert(lake_commit).values(key=merge.key, table=merge.table, snapshot=snapshot, mode=MODE, content=merge.content, at=merge.at))
            tx.execute(insert(lake_file).values(path=merge.new, table=merge.table, added_in=merge.key, at=merge.at, **told))
            tx.execute(update(lake_file).where(lake_file.c.path.in_(merge.old)).values(removed_in=merge.key))
            tx.execute(delete(lake_merge).where(lake_merge.c.key == merge.key))


def _found(table: "IcebergTable", key: str) -> int | None:
    for snapshot in reversed(table.metadata.snapshots):
        if snapshot.summary is not None and snapshot.summary.additional_properties.get(KEY) == key:
            return int(snapshot.snapshot_id)
    return None
