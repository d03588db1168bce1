"""The one place that changes lakehouse tables.

A commit has a key. Asked again with the same key, nothing happens: a run that was killed anywhere may
repeat itself. The key stands in the Iceberg snapshot and in `lake_commit`; a snapshot without its row
(killed in between) is found and the row made up for.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from medthread.model.errors import StoreError
from medthread.stores.lakehouse.catalog import PROPERTIES, address_of, open_catalog
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import batch, lake_commit, lake_file

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table as IcebergTable

KEY = "medthread.commit"
FILES_AT = text("""
    with moment as (select max(at) as at from medthread.lake_commit where "table" = :table and coalesce(content, snapshot) = :snapshot)
    select f.path from medthread.lake_file as f join medthread.lake_commit as a on a.key = f.added_in
    left join medthread.lake_commit as r on r.key = f.removed_in, moment
    where f."table" = :table and a.at <= moment.at and (r.at is null or r.at > moment.at) order by a.at, f.path
""")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Change:
    """Files to append to a table, to put in place of all it holds, or to put in place of those that are `removed`."""

    table: str
    files: tuple[Path, ...]
    key: str
    mode: Literal["append", "replace", "swap"] = "append"
    fingerprint: str | None = None
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Committed:
    """What a change came to; `fresh` is false when it had been done before."""

    table: str
    snapshot: int
    rows: int
    fresh: bool


def sha256_of(path: Path) -> str:
    """Hash of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Committer:
    """Appends and replaces; remembers each file with its hash."""

    def __init__(self, store: Store, lake: Path) -> None:
        self._store = store
        self._lake = lake

    @cached_property
    def _catalog(self) -> "SqlCatalog":
        return open_catalog(self._store, warehouse=self._lake)

    def place(self, table: str, name: str) -> Path:
        """Where a new data file of a table belongs."""
        path = self._lake / table.replace(".", "/") / "data" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, change: Change) -> Committed:
        """Do a change once."""
        done = self._done(change.key)
        if done is not None:
            return Committed(change.table, done, 0, fresh=False)
        if not change.files:
            return self._without_files(change)
        import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed when nothing changed
        import pyarrow.parquet as pq  # noqa: PLC0415

        # Whether a column is full in one file says nothing of the next: every column may be empty.
        schemas = [pa.schema([field.with_nullable(nullable=True) for field in pq.read_schema(f)]) for f in change.files]
        schema = pa.unify_schemas(schemas)
        rows = sum(pq.read_metadata(f).num_rows for f in change.files)
        table = self._table(change.table, schema)
        snapshot = self._found(table, change.key) or self._write(table, change)
        self._record(change, snapshot)
        return Committed(change.table, snapshot, rows, fresh=True)

    def _without_files(self, change: Change) -> Committed:
        """Files only go, or all stay and what they were made from is another."""
        table = self._catalog.load_table(change.table)
        current = table.current_snapshot()
        assert current is not None  # noqa: S101 - it has files
        snapshot = self._found(table, change.key) or (self._write(table, change) if change.removed else int(current.snapshot_id))
        self._record(change, snapshot)
        return Committed(change.table, snapshot, 0, fresh=True)

    def check_place(self) -> None:
        """Refuse a lake that was copied or moved: its tables name their files by full path, those of the place it came from."""
        address_of(self._lake)
        with self._store.transaction() as tx:
            path = tx.execute(select(lake_file.c.path).limit(1)).scalar_one_or_none()
            known = path or tx.execute(select(batch.c.id).limit(1)).scalar_one_or_none()
        if known is None and next(self._lake.glob("*/*/data/*.parquet"), None) is not None:
            raise StoreError(
                f"{self._lake} holds tables that this database knows nothing of",
                hint="the database that belongs to them was not brought along (operations guide, 'Backup')",
            )
        if path is not None and not Path(path).is_relative_to(self._lake.resolve()):
            was = path.partition("/data/lake/")[0]
            raise StoreError(
                f"this workspace was made at {was}, and its tables name their files there",
                hint=f"put it back to {was}; `medthread backup restore` makes one elsewhere (operations guide, 'Backup')",
            )

    def fingerprint(self, table: str) -> str | None:
        """Of the last replacement of a table: what it was computed from."""
        query = select(lake_commit.c.fingerprint).where(lake_commit.c.table == table)
        with self._store.transaction() as tx:
            return tx.execute(query.order_by(lake_commit.c.at.desc()).limit(1)).scalar_one_or_none()

    def heads(self) -> dict[str, int]:
        """The newest snapshot of every table, by what it holds: one that only put the same rows into other files counts as the one before."""
        held = func.coalesce(lake_commit.c.content, lake_commit.c.snapshot).label("snapshot")
        latest = select(lake_commit.c.table, held).ext(distinct_on(lake_commit.c.table))
        with self._store.transaction() as tx:
            rows = tx.execute(latest.order_by(lake_commit.c.table, lake_commit.c.at.desc())).all()
        return {r.table: r.snapshot for r in rows}

    def files(self, table: str) -> list[str]:
        """The live files of a table's head."""
        query = select(lake_file.c.path).where(lake_file.c.table == table, lake_file.c.removed_in.is_(None))
        with self._store.transaction() as tx:
            return list(tx.execute(query.order_by(lake_file.c.at, lake_file.c.path)).scalars())

    def files_of(self, key: str) -> list[str]:
        """The files that a commit added and that are still live."""
        query = select(lake_file.c.path).where(lake_file.c.added_in == key, lake_file.c.removed_in.is_(None))
        with self._store.transaction() as tx:
            return list(tx.execute(query.order_by(lake_file.c.path)).scalars())

    def file_rows(self, table: str) -> dict[str, int]:
        """The live files of a table's head with their rows."""
        query = select(lake_file.c.path, lake_file.c.rows).where(lake_file.c.table == table, lake_file.c.removed_in.is_(None))
        with self._store.transaction() as tx:
            return {r.path: int(r.rows) for r in tx.execute(query.order_by(lake_file.c.at, lake_file.c.path))}

    def files_at(self, table: str, snapshot: int) -> list[str] | None:
        """The files that hold what a table had at a snapshot, and nothing else; None where the snapshot is not known, or a file is gone from the disk."""
        with self._store.transaction() as tx:
            found = list(tx.execute(FILES_AT, {"table": table, "snapshot": snapshot}).scalars())
        return found if found and all(Path(p).is_file() for p in found) else None

    def is_done(self, key: str) -> bool:
        """Whether a change by this key was made and written down."""
        return self._done(key) is not None

    def _done(self, key: str) -> int | None:
        with self._store.transaction() as tx:
            return tx.execute(select(lake_commit.c.snapshot).where(lake_commit.c.key == key)).scalar_one_or_none()

    def _table(self, name: str, schema: Any) -> "IcebergTable":
        from pyiceberg.exceptions import NoSuchTableError  # noqa: PLC0415

        try:
            table = self._catalog.load_table(name)
        except NoSuchTableError:
            self._catalog.create_namespace_if_not_exists(name.partition(".")[0])
            return self._catalog.create_table(name, schema=schema, properties=PROPERTIES)
        fields = table.schema().fields
        if set(schema.names) - {f.name for f in fields}:
            with table.update_schema() as evolution:
                evolution.union_by_name(schema)
        for field in retyped(table, schema):
            retype(table, field)
        if full := [f.name for f in fields if f.required]:  # made before every column could be empty
            with table.update_schema() as evolution:
                for column in full:
                    evolution.make_column_optional(column)
        return table

    def _found(self, table: "IcebergTable", key: str) -> int | None:
        for snapshot in reversed(table.metadata.snapshots):
            if snapshot.summary is not None and snapshot.summary.additional_properties.get(KEY) == key:
                return int(snapshot.snapshot_id)
        return None

    def _write(self, table: "IcebergTable", change: Change) -> int:
        paths = [address_of(f.resolve()) for f in change.files]
        if change.mode == "swap" and change.removed:
            swap_files(table, {address_of(Path(p)) for p in change.removed}, paths, key=change.key)
        else:
            self._add(table, change, paths)
        current = table.current_snapshot()
        assert current is not None  # noqa: S101 - a commit was just made
        return int(current.snapshot_id)

    def _add(self, table: "IcebergTable", change: Change, paths: list[str]) -> None:
        from pyiceberg.expressions import AlwaysTrue  # noqa: PLC0415

        with table.transaction() as tx:
            if change.mode == "replace" and table.current_snapshot() is not None:
                tx.delete(AlwaysTrue())
            tx.add_files(paths, snapshot_properties={KEY: change.key}, check_duplicate_files=False)

    def _record(self, change: Change, snapshot: int) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415

        rows = [
            {
                "path": str(f.resolve()),
                "table": change.table,
                "sha256": sha256_of(f),
                "bytes": f.stat().st_size,
                "rows": pq.read_metadata(f).num_rows,
                "added_in": change.key,
            }
            for f in change.files
        ]
        with self._store.transaction() as tx:
            tx.execute(
                insert(lake_commit).values(
                    key=change.key,
                    table=change.table,
                    snapshot=snapshot,
                    mode=change.mode,
                    fingerprint=change.fingerprint,
                    at=func.clock_timestamp(),
                )
            )
            if change.mode == "replace":
                live = (lake_file.c.table == change.table) & lake_file.c.removed_in.is_(None)
                tx.execute(update(lake_file).where(live).values(removed_in=change.key))
            if change.removed:
                tx.execute(update(lake_file).where(lake_file.c.path.in_(change.removed)).values(removed_in=change.key))
            # A file that was in the table before may come back: what was made once is not made again.
            if rows:
                # It may have been taken off the disk and made anew meanwhile, which is not always byte for byte the same.
                came = insert(lake_file)
                again = {c: came.excluded[c] for c in ("sha256", "bytes", "rows")} | {"removed_in": None, "freed_at": None, "gone_at": None}
                tx.execute(came.on_conflict_do_update(index_elements=["path"], set_=again), rows)


def retyped(table: "IcebergTable", schema: Any) -> list[Any]:
    """The columns of an Arrow schema that the table has with another type."""
    known = table.schema().as_arrow()
    both = [f for f in schema if f.name in known.names]
    return [f for f in both if str(known.field(f.name).type).replace("large_", "") != str(f.type).replace("large_", "")]


def retype(table: "IcebergTable", field: Any) -> None:
    """Give a column its new type: widened where the old values fit it, else a new column of that name, as Iceberg has it for readers of older snapshots."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed when nothing changed
    from pyiceberg.exceptions import ValidationError  # noqa: PLC0415

    column = pa.schema([field])
    try:
        with table.update_schema() as evolution:
            evolution.union_by_name(column)
    except ValidationError:
        with table.update_schema() as evolution:
            evolution.delete_column(field.name)
        with table.update_schema() as evolution:
            evolution.union_by_name(column)


def swap_files(table: "IcebergTable", removed: set[str], added: Iterable[str], *, key: str) -> None:
    """One snapshot in which files take the place of others, by their addresses."""
    from pyiceberg.io.pyarrow import parquet_files_to_data_files  # noqa: PLC0415 - pyiceberg costs seconds to import

    there = [f.file for f in table.scan().plan_files() if f.file.file_path in removed]
    with table.transaction() as tx, tx.update_snapshot(snapshot_properties={KEY: key}).overwrite() as change:
        for file in there:
            change.delete_data_file(file)
        for file in parquet_files_to_data_files(table.io, tx.table_metadata, iter(list(added))):
            change.append_data_file(file)


def key_of(*parts: Sequence[str] | str) -> str:
    """A commit key from what determines the change."""
    digest = hashlib.sha256()
    for part in parts:
        for item in [part] if isinstance(part, str) else sorted(part):
            digest.update(item.encode(errors="surrogateescape"))
            digest.update(b"\0")
        digest.update(b"\1")
    return digest.hexdigest()[:32]
