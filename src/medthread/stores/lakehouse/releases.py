"""Releases: one row set naming a snapshot of every table. What readers see is where the pointer stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from medthread.stores.lakehouse.standing import standing
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import lake_commit, lake_file, release, release_pointer, release_table

POINTER = "current"


@dataclass(frozen=True)
class ReleaseTable:
    """One table as a release shows it."""

    name: str
    snapshot: int
    rows: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """A consistent state of the whole lakehouse."""

    id: str
    created_at: datetime
    published_at: datetime | None
    trace_index: str | None
    tables: dict[str, ReleaseTable]


class Releases:
    """Makes, finds and publishes releases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def heads(self) -> dict[str, ReleaseTable]:
        """Every table at its newest snapshot, with its live files."""
        newest = (
            select(lake_commit.c.table, lake_commit.c.snapshot)
            .ext(distinct_on(lake_commit.c.table))
            .order_by(lake_commit.c.table, lake_commit.c.at.desc())
            .subquery()
        )
        query = (
            select(
                newest.c.table,
                newest.c.snapshot,
                func.sum(lake_file.c.rows).label("rows"),
                func.array_agg(lake_file.c.path).label("files"),
            )
            .join(lake_file, (lake_file.c.table == newest.c.table) & lake_file.c.removed_in.is_(None))
            .group_by(newest.c.table, newest.c.snapshot)
        )
        with self._store.transaction() as tx:
            rows = tx.execute(query).all()
        return {r.table: ReleaseTable(r.table, r.snapshot, int(r.rows), tuple(sorted(r.files))) for r in rows}

    def held(self, tables: Mapping[str, ReleaseTable]) -> dict[str, int]:
        """Of each table the snapshot that first held its rows: the same for the same rows, in whatever files."""
        with self._store.transaction() as tx:
            merged = tx.execute(select(lake_commit.c.table, lake_commit.c.snapshot, lake_commit.c.content).where(lake_commit.c.content.is_not(None))).all()
        contents = {(r.table, r.snapshot): r.content for r in merged}
        return {t.name: contents.get((t.name, t.snapshot), t.snapshot) for t in tables.values()}

    def create(
        self, tx: Connection, *, id_: str, by: str, trace_index: str | None, tables: dict[str, ReleaseTable]
    ) -> None:
        """Write a release down; readers do not see it until it is published."""
        tx.execute(insert(release).values(id=id_, created_by=by, trace_index=trace_index))
        tx.execute(
            insert(release_table),
            [
                {"release": id_, "table": t.name, "snapshot": t.snapshot, "rows": t.rows, "files": list(t.files)}
                for t in tables.values()
            ],
        )

    def publish(self, tx: Connection, *, id_: str, by: str) -> str | None:
        """Move the pointer, to a newer or an older release; gives where it stood. Raises `GoneError` for a withdrawn one."""
        before = self.current_id(tx)
        standing(tx, id_, lock=True)
        values = {"release": id_, "moved_by": by, "moved_at": func.clock_timestamp()}
        tx.execute(
            insert(release_pointer)
            .values(name=POINTER, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        first = func.coalesce(release.c.published_at, func.clock_timestamp())
        tx.execute(update(release).where(release.c.id == id_).values(published_at=first))
        return before

    def current_id(self, tx: Connection) -> str | None:
        """The id that the pointer stands at."""
        query = select(release_pointer.c.release).where(release_pointer.c.name == POINTER)
        return tx.execute(query).scalar_one_or_none()

    def current(self) -> Release | None:
        """The release that readers see."""
        with self._store.transaction() as tx:
            id_ = self.current_id(tx)
            return self._read(tx, id_) if id_ else None

    def newest(self) -> Release | None:
        """The release that was made last, whether readers ever saw it or not."""
        with self._store.transaction() as tx:
            id_ = tx.execute(select(release.c.id).order_by(release.c.created_at.desc()).limit(1)).scalar_one_or_none()
            return self._read(tx, id_) if id_ else None

    def ready(self, tx: Connection) -> str | None:
        """The release made last, where readers never saw it and it is newer than the one they see."""
        seen = select(release.c.created_at).join(release_pointer, release_pointer.c.release == release.c.id).where(release_pointer.c.name == POINTER)
        newest = select(release.c.id, release.c.published_at, release.c.created_at).order_by(release.c.created_at.desc()).limit(1)
        made, at = tx.execute(newest).one_or_none(), tx.execute(seen).scalar_one_or_none()
        return made.id if made and made.published_at is None and (at is None or made.created_at > at) else None

    def get(self, id_: str) -> Release:
        """A release by id. Raises `GoneError` for one that was withdrawn."""
        with self._store.transaction() as tx:
            return self._read(tx, id_)

    def _read(self, tx: Connection, id_: str) -> Release:
        row = standing(tx, id_)
        tables = tx.execute(select(release_table).where(release_table.c.release == id_)).all()
        return Release(
            row.id,
            row.created_at,
            row.published_at,
            row.trace_index,
            {t.table: ReleaseTable(t.table, t.snapshot, t.rows, tuple(t.files)) for t in tables},
        )
