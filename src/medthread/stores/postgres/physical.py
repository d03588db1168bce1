"""The embedded server copied whole: a base backup as a stream, and the log (WAL) up to a point that has a name.

A replication slot keeps the log from the last copy on, so that a later copy needs to take no more than that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.model.errors import StoreError
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.programs import address_of, stream_of

SLOT = "medthread_backup"
SEGMENT = re.compile(r"[0-9A-F]{24}")
NEXT = text("select pg_walfile_name(cast(:at as pg_lsn) + cast(:step as numeric) * pg_size_bytes(current_setting('wal_segment_size')))")
ROOM = "is the disk full, or the server under another's repair? its log is beside its files"


@dataclass(frozen=True)
class Point:
    """A moment in the log: its name, its place, the segment that holds it."""

    name: str
    lsn: str
    segment: str


def keep_log(tx: Connection) -> str:
    """From now on the log is kept for the next copy; gives the place that it is kept from."""
    tx.execute(text("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = :slot"), {"slot": SLOT})
    return str(tx.execute(text("select lsn from pg_create_physical_replication_slot(:slot, true)"), {"slot": SLOT}).scalar_one())


def kept_from(tx: Connection) -> str | None:
    """The place that the log is kept from; nothing where it is not kept, or no longer whole."""
    query = text("select restart_lsn from pg_replication_slots where slot_name = :slot and wal_status in ('reserved', 'extended')")
    found = tx.execute(query, {"slot": SLOT}).scalar_one_or_none()
    return None if found is None else str(found)


def keep_log_from(tx: Connection, lsn: str) -> None:
    """The log before a place is in a copy: the server may forget it."""
    tx.execute(text("select pg_replication_slot_advance(:slot, cast(:lsn as pg_lsn))"), {"slot": SLOT, "lsn": lsn})


def name_point(tx: Connection, name: str) -> str:
    """Name this moment; gives its place in the log."""
    return str(tx.execute(text("select pg_create_restore_point(:name)"), {"name": name}).scalar_one())


def point_of(tx: Connection, name: str, lsn: str) -> Point:
    """The named moment, its segment closed: nothing is written into it any more."""
    segment = str(tx.execute(text("select pg_walfile_name(cast(:lsn as pg_lsn))"), {"lsn": lsn}).scalar_one())
    tx.execute(text("select pg_switch_wal()"))
    return Point(name, lsn, segment)


def segments(tx: Connection, cluster: Cluster, *, start: str, point: Point) -> list[Path]:
    """The files of the log from a place to a point, without a gap."""
    found: list[Path] = []
    for step in range(1 << 20):
        name = str(tx.execute(NEXT, {"at": start, "step": step}).scalar_one())
        path = cluster.files / "pg_wal" / name
        if not SEGMENT.fullmatch(name) or not path.is_file():
            raise StoreError(f"the log's segment {name} is gone", hint="make a whole backup: medthread backup run --whole")
        found.append(path)
        if name == point.segment:
            return found
    raise StoreError(f"the log from {start} never comes to {point.lsn}", hint="make a whole backup: medthread backup run --whole")


def base_backup(cluster: Cluster, label: str) -> Iterator[bytes]:
    """The server's files as one tar stream, with PostgreSQL's own list of them and their hashes in it."""
    address, password = address_of(cluster.url)
    command = [
        str(cluster.programs / "pg_basebackup"), "--dbname", address, "--pgdata=-", "--format=tar", "--wal-method=none", "--checkpoint=fast",
        "--manifest-checksums=SHA256", f"--label={label}", "--no-password"]
    return stream_of(command, password=password, hint=ROOM)
