"""Iceberg snapshots that are neither a head nor a release's, expired; and the metadata files that only they named."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from medthread.stores.lakehouse.catalog import open_catalog
from medthread.stores.lakehouse.committer import KEY
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import lake_commit, release, release_table

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table as IcebergTable
    from pyiceberg.table.snapshots import Snapshot


@dataclass
class Expired:
    """What went: snapshots, metadata files and their bytes."""

    snapshots: int = 0
    files: int = 0
    bytes: int = 0


class Expirer:
    """Expires what was superseded before a moment; what is younger may be read just now by an engine outside."""

    def __init__(self, store: Store, lake: Path, *, before: datetime) -> None:
        self._store, self._lake, self._before = store, lake, before

    @cached_property
    def _catalog(self) -> "SqlCatalog":
        return open_catalog(self._store, warehouse=self._lake)

    def tables(self) -> list[str]:
        """All tables that were ever committed to."""
        with self._store.transaction() as tx:
            return list(tx.execute(select(lake_commit.c.table).distinct().order_by(lake_commit.c.table)).scalars())

    def expire(self, name: str, done: Expired, *, thorough: bool) -> None:
        """Expire a table's snapshots. Metadata that nothing names is looked for where something expired, or when asked to be thorough."""
        table = self._catalog.load_table(name)
        idle = self._idle(table, *self._named(name))
        if idle:
            table.maintenance.expire_snapshots().by_ids(idle).commit()
            done.snapshots += len(idle)
        if idle or thorough:
            self._sweep(self._catalog.load_table(name), done)

    def _named(self, name: str) -> tuple[set[int], set[str]]:
        """Snapshots that releases name, and keys of commits that are written down."""
        kept = select(release_table.c.snapshot).join(release, release.c.id == release_table.c.release)
        with self._store.transaction() as tx:
            named = set(tx.execute(kept.where(release_table.c.table == name, release.c.withdrawn_at.is_(None))).scalars())
            keys = set(tx.execute(select(lake_commit.c.key).where(lake_commit.c.table == name)).scalars())
        return named, keys

    def _idle(self, table: "IcebergTable", named: AbstractSet[int], keys: AbstractSet[str]) -> list[int]:
        """A snapshot whose commit is not written down yet was cut short: the next run looks for it."""
        current = table.metadata.current_snapshot_id
        snapshots = sorted(table.metadata.snapshots, key=lambda s: (s.sequence_number or 0, s.timestamp_ms))
        idle = []
        for snapshot, after in pairwise(snapshots):
            key = _key_of(snapshot)
            superseded = datetime.fromtimestamp(after.timestamp_ms / 1000, UTC)
            if snapshot.snapshot_id not in {*named, current} and superseded < self._before and (key is None or key in keys):
                idle.append(int(snapshot.snapshot_id))
        return idle

    def _sweep(self, table: "IcebergTable", done: Expired) -> None:
        folder = self._lake.joinpath(*table.name()[-2:]) / "metadata"
        named = {_name(address) for address in _addresses(table)}
        for path in folder.iterdir():
            told = path.lstat()
            if path.name not in named and path.suffix in (".avro", ".json") and datetime.fromtimestamp(told.st_mtime, UTC) < self._before:
                path.unlink(missing_ok=True)
                done.files += 1
                done.bytes += told.st_size


def _key_of(snapshot: "Snapshot") -> str | None:
    return snapshot.summary.additional_properties.get(KEY) if snapshot.summary is not None else None


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def _addresses(table: "IcebergTable") -> set[str]:
    """Every metadata file that the table still names."""
    found: set[Any] = {table.metadata_location, *(log.metadata_file for log in table.metadata.metadata_log)}
    for snapshot in table.metadata.snapshots:
        found |= {snapshot.manifest_list, *(m.manifest_path for m in snapshot.manifests(table.io))}
    return found
