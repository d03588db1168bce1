"""One moment of the whole installation: what the database shows then is what a restored one will show.

The tables that say what the lake holds, and the log that every act writes to, are locked for as long as it takes to name
the moment: no act is half in it. The same moment is then read at leisure, while work goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError

from medthread.model.errors import StoreError
from medthread.stores.postgres.physical import Point, name_point, point_of
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import audit_event, batch, lake_file, release, release_pointer
from medthread.trust.log import last_checkpoint

LOCKED = "medthread.audit_event, medthread.audit_log, medthread.lake_commit, medthread.lake_file, medthread.release, medthread.release_table"
ATTEMPTS, PATIENCE = 12, "5s"


@dataclass(frozen=True)
class Moment:
    """A transaction that sees the moment, and the moment's place in the log where the server is ours."""

    tx: Connection
    at: datetime
    point: Point | None


@contextmanager
def moment(store: Store, name: str) -> Iterator[Moment]:
    """Hold a moment still, to be read."""
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reading:
        if store.cluster is None:
            with reading.begin():
                yield Moment(reading, _now(reading), None)
            return
        lsn = None
        for _ in range(ATTEMPTS):
            lsn = _named(store, reading, name)
            if lsn is not None:
                break
        if lsn is None:
            raise StoreError("a long act holds the log of acts, so that no moment could be named", hint="run the backup again when it has ended")
        try:
            with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                point = point_of(other, name, lsn)
            yield Moment(reading, _now(reading), point)
        finally:
            reading.rollback()


def _named(store: Store, reading: Connection, name: str) -> str | None:
    """Name the moment; nothing where somebody would have had to wait too long for it. Leaves `reading` at that moment."""
    try:
        with store.engine.begin() as locking:
            locking.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
            locking.execute(text(f"lock table {LOCKED} in share mode"))
            reading.execute(text("select 1"))
            return name_point(locking, name)
    except OperationalError as error:
        reading.rollback()
        if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
            return None
        raise


def _now(reading: Connection) -> datetime:
    at: datetime = reading.execute(text("select transaction_timestamp()")).scalar_one()
    return at


@dataclass(frozen=True)
class LakeState:
    """What the database says of the lake: files with their hashes, heads of the catalog, releases."""

    files: dict[str, str]
    heads: tuple[str, ...]
    release: str | None
    releases: int
    traces: tuple[str, ...]
    unfinished: bool


def lake_state(tx: Connection) -> LakeState:
    """Every file that a table's head or a release names."""
    named = "removed_in is null or path in (select unnest(files) from medthread.release_table)"
    files = {r.path: f"sha256:{r.sha256}" for r in tx.execute(select(lake_file.c.path, lake_file.c.sha256).where(text(named)))}
    heads: tuple[str, ...] = ()
    if tx.execute(text("select to_regclass('public.iceberg_tables')")).scalar_one() is not None:
        heads = tuple(tx.execute(text("select metadata_location from public.iceberg_tables")).scalars())
    releases = tx.execute(select(release.c.id, release.c.trace_index).where(release.c.withdrawn_at.is_(None))).all()
    unfinished = tx.execute(select(batch.c.id).where(batch.c.stage != "done").limit(1)).one_or_none() is not None
    return LakeState(
        files, heads, tx.execute(select(release_pointer.c.release)).scalar_one_or_none(), len(releases),
        tuple({r.trace_index for r in releases if r.trace_index}), unfinished)




@dataclass(frozen=True)
class LogState:
    """The log of acts: its rows, the last one's number, its last signed checkpoint."""

    rows: int
    last: int
    sealed: int
    checkpoint: str | None


def log_state(tx: Connection, *, up_to: int | None = None) -> LogState:
    """How far the log has come; `up_to` counts no rows beyond a number."""
    query = select(func.count().label("rows"), func.coalesce(func.max(audit_event.c.seq), 0).label("last"))
    row = tx.execute(query if up_to is None else query.where(audit_event.c.seq <= up_to)).one()
    newest = last_checkpoint(tx)
    return LogState(row.rows, row.last, newest.size if newest else 0, newest.note if newest else None)


def count_rows(tx: Connection) -> dict[str, int]:
    """How many rows every table has, by `schema.table`."""
    named = tx.execute(text("select schemaname, tablename from pg_tables where schemaname in ('medthread', 'native') order by 1, 2")).all()
    return {f"{r.schemaname}.{r.tablename}": tx.execute(text(f'select count(*) from "{r.schemaname}"."{r.tablename}"')).scalar_one() for r in named}
