"""Rows taken out of the lake, or emptied: every file that holds one is written again without it, and the old file removed.

That goes for the heads and for every release that names the file: nobody comes back to the rows by an older release. A
file that neither a head nor a release names any more is removed whole. Iceberg hears of it as an overwrite under a commit
key of its own, so that a rewriting killed anywhere may be repeated. What the disk keeps of removed files is the disk's.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, text, update

from medthread.stores.engines import copy, literal, quote
from medthread.stores.lakehouse.catalog import address_of, open_catalog
from medthread.stores.lakehouse.committer import KEY, key_of, sha256_of, swap_files
from medthread.stores.lakehouse.leftover import told_gone
from medthread.stores.lakehouse.merge import Merger
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import lake_commit, lake_file, load, release_table

if TYPE_CHECKING:
    import duckdb
    from pyiceberg.catalog.sql import SqlCatalog

MODE = "rewrite"
ROW, LOAD = "file_row_number", "file_load"
IN_USE = text("""
    select path, removed_in is null as live from medthread.lake_file where "table" = :table and (removed_in is null
    or path in (select unnest(files) from medthread.release_table where "table" = :table)) order by path
""")
LEFT = text("""
    select path from medthread.lake_file where "table" = :table and removed_in is not null
    and path not in (select unnest(files) from medthread.release_table where "table" = :table)
    union
    select made.path from medthread.table_build as b, jsonb_each(b.files) as part, jsonb_array_elements_text(part.value) as made(path)
    where b."table" = :table and not exists (select from medthread.lake_file as f where f.path = made.path)
""")


Columns = frozenset[str]


@dataclass(frozen=True)
class Rewriting:
    """What to do in one table: rows where `touched` holds go; or, with `put` (column -> SQL), get new values instead.

    Both are given the columns of the file, which are not the same in every file of a table, and speak of the relation
    `old`, in which `file_row_number` counts from 0 and `file_load` is the load that the file is named after.
    """

    table: str
    touched: Callable[[Columns], str]
    put: Callable[[Columns], dict[str, str]] | None = None


@dataclass
class Rewritten:
    """What it came to: rows touched in the files that somebody names, by table, and files written and removed."""

    rows: dict[str, int] = field(default_factory=dict)
    written: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """All rows touched."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class _Pair:
    old: Path
    new: Path
    live: bool
    less: int


class Rewriter:
    """Rewrites tables. `con` is the caller's DuckDB connection, in which the tables stand that conditions speak of.

    `tell` hears, in the transaction that renames files, which releases name others from now on.
    """

    def __init__(self, store: Store, lake: Path, con: "duckdb.DuckDBPyConnection", tell: Callable[[Connection, Iterable[str]], None]) -> None:
        self._store, self._lake, self._con, self._tell = store, lake, con, tell

    @cached_property
    def _catalog(self) -> "SqlCatalog":
        return open_catalog(self._store, warehouse=self._lake)

    def rewrite(self, change: Rewriting, *, key: str, done: Rewritten) -> None:
        """Do it for every file of a table; what was done under the same key is not done again."""
        Merger(self._store, self._lake).settle()  # else the rows could stand in a file that nobody has written down yet
        key = key_of(key, change.table)
        if not self._is_done(key):
            pairs = [pair for path, live in self._files(change.table) if (pair := self._written(change, Path(path), live=live, key=key, done=done))]
            if pairs:
                snapshot = self._committed(change.table, pairs, key)
                self._record(change.table, pairs, key, snapshot)
                done.written += len(pairs)
        done.removed += self._sweep(change.table)

    def _is_done(self, key: str) -> bool:
        with self._store.transaction() as tx:
            return tx.execute(select(lake_commit.c.key).where(lake_commit.c.key == key)).one_or_none() is not None

    def _files(self, table: str) -> list[tuple[str, bool]]:
        with self._store.transaction() as tx:
            return [(r.path, r.live) for r in tx.execute(IN_USE, {"table": table})]

    def _written(self, change: Rewriting, old: Path, *, live: bool, key: str, done: Rewritten) -> _Pair | None:
        """The file again, where it holds such a row. The new one lies in a folder of its own, for its name is its load's."""
        with self._reading(old) as columns:
            condition = f"coalesce({change.touched(columns)}, false)"
            touched = int(self._con.execute(f"select count(*) from old where {condition}").fetchall()[0][0])
            if not touched:
                return None
            kept, less = f"select * exclude ({ROW}, {LOAD})", 0
            if change.put is None:
                sql, less = f"{kept} from old where not {condition} order by {ROW}", touched
            else:
                made = ", ".join(f"case when {condition} then {new} else {quote(c)} end as {quote(c)}" for c, new in change.put(columns).items())
                sql = f"{kept} replace ({made}) from old order by {ROW}"
            home = old.parent if old.parent.name == "data" else old.parent.parent
            new = home / key[:12] / old.name
            copy(self._con, sql, new)
        done.rows[change.table] = done.rows.get(change.table, 0) + touched
        return _Pair(old, new, live, less)

    @contextmanager
    def _reading(self, path: Path) -> Iterator[Columns]:
        read = f"read_parquet({literal(str(path))}, {ROW}=true)"
        self._con.execute(f"create or replace temp view old as select *, {literal(path.stem)} as {LOAD} from {read}")
        try:
            yield frozenset(str(r[0]) for r in self._con.execute("describe old").fetchall()) - {ROW, LOAD}
        finally:
            self._con.execute("drop view if exists old")

    def _committed(self, table: str, pairs: list[_Pair], key: str) -> int:
        found = self._catalog.load_table(table)
        for snapshot in reversed(found.metadata.snapshots):
            if snapshot.summary is not None and snapshot.summary.additional_properties.get(KEY) == key:
                return int(snapshot.snapshot_id)
        live = {address_of(p.old): address_of(p.new) for p in pairs if p.live}
        if live:
            swap_files(found, set(live), live.values(), key=key)
        current = found.current_snapshot()
        assert current is not None  # noqa: S101 - it has files
        return int(current.snapshot_id)

    def _record(self, table: str, pairs: list[_Pair], key: str, snapshot: int) -> None:
        with self._store.transaction() as tx:
            tx.execute(insert(lake_commit).values(key=key, table=table, snapshot=snapshot, mode=MODE, at=func.clock_timestamp()))
            touched: set[str] = set()
            for pair in pairs:
                touched |= _renamed(tx, table, pair, key)
            self._tell(tx, sorted(touched))

    def _sweep(self, table: str) -> int:
        """Remove files that nobody names any more: those rewritten, those that a replacement left behind, those made and not committed."""
        with self._store.transaction() as tx:
            left = [Path(p) for p in tx.execute(LEFT, {"table": table}).scalars()]
        there = [p for p in left if p.is_file()]
        for path in there:
            path.unlink()
        with self._store.transaction() as tx:
            told_gone(tx, there, now=datetime.now(UTC))
        return len(there)


def _renamed(tx: Connection, table: str, pair: _Pair, key: str) -> set[str]:
    """Let head, releases and load name the new file in place of the old; gives the releases that did."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    old, new = str(pair.old), str(pair.new)
    before = tx.execute(select(lake_file).where(lake_file.c.path == old)).one()
    told: dict[str, Any] = {"sha256": sha256_of(pair.new), "bytes": pair.new.stat().st_size, "rows": pq.read_metadata(pair.new).num_rows}
    tx.execute(insert(lake_file).values(path=new, table=table, added_in=key, removed_in=before.removed_in, **told))
    tx.execute(update(lake_file).where(lake_file.c.path == old).values(removed_in=func.coalesce(lake_file.c.removed_in, key)))
    files = func.array_replace(release_table.c.files, old, new)
    named = (release_table.c.table == table) & release_table.c.files.contains([old])
    touched = tx.execute(update(release_table).where(named).values(files=files, rows=release_table.c.rows - pair.less).returning(release_table.c.release))
    tx.execute(update(load).where(load.c.raw_path == old).values(raw_path=new))
    return set(touched.scalars())
