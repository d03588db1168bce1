"""The operational store: one SQLAlchemy engine, one transaction at the edge of each act."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from select import POLLIN, poll
from threading import BoundedSemaphore
from typing import Any

from psycopg import Connection as Driver
from psycopg import OperationalError as DriverError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from medthread.model.errors import StoreError
from medthread.stores.postgres.cluster import Cluster

POOL = 20
STREAMS = 4  # of the pool, those that may be read for as long as a slow reader takes
# The user is called as our schema is; without a search path of its own that schema would pass for the default.
SETTINGS = "-c timezone=UTC -c datestyle=ISO -c search_path=public"
RESTED = 30.0  # seconds after which a pooled connection is asked whether it lives; before, its socket tells
SAVEPOINT, UNDO = b"savepoint act", b"rollback to savepoint act"


class Store:
    """An open PostgreSQL database, embedded or external."""

    def __init__(self, url: str, *, cluster: Cluster | None = None) -> None:
        self.url = url
        self.cluster = cluster  # the embedded server, where it is one
        self.engine: Engine = create_engine(
            url, pool_size=POOL, max_overflow=0, connect_args={"options": SETTINGS}
        )
        self._is_closed = False
        event.listen(self.engine, "checkin", self._rest)
        event.listen(self.engine, "checkout", _wake)
        self._streams = BoundedSemaphore(STREAMS)
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it fails."""
        with _answering(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def undoable(self) -> Iterator[Connection]:
        """One transaction that `undo` takes back to its beginning without ending it. The commit ends its savepoint too."""
        with self.transaction() as tx:
            _driver(tx).execute(SAVEPOINT)
            yield tx

    @contextmanager
    def statements(self) -> Iterator[Connection]:
        """Each statement a transaction of its own: for a question that nothing else hangs on."""
        with _answering(), self._single.connect() as connection:
            yield connection

    @contextmanager
    def streaming(self) -> Iterator[Connection]:
        """One transaction that is read from for as long as its reader takes: few at a time, so that slow readers leave connections for all others."""
        if not self._streams.acquire(blocking=False):
            raise StoreError(f"{STREAMS} exports are being read, and that is as many as may be at a time", hint="try again when one of them has ended")
        try:
            with self.transaction() as tx:
                yield tx
        finally:
            self._streams.release()

    @cached_property
    def sorts_by_code_point(self) -> bool:
        """Whether the database compares text by code points, as the lake does, and not by the rules of a language."""
        with self.statements() as tx:
            return bool(tx.execute(text(_BY_CODE_POINT)).scalar_one())

    def check(self) -> dict[str, Any]:
        """Whether it answers, and which version it is."""
        with self.transaction() as connection:
            version = connection.execute(text("show server_version")).scalar_one()
        return {"ok": True, "version": version}

    def close(self) -> None:
        """Give the connections back; one that is still out, or is asked for later, is closed when it comes back."""
        self._is_closed = True
        self.engine.dispose()

    def _rest(self, driver: "Driver[Any] | None", entry: ConnectionPoolEntry) -> None:
        entry.info["rested_at"] = time.monotonic()
        if self._is_closed and driver is not None:
            driver.close()


_BY_CODE_POINT = r"""
select datlocprovider = 'b' or (datlocprovider = 'c' and datcollate ~ '^(C|POSIX)($|\.)') from pg_database where datname = current_database()
"""


def undo(tx: Connection) -> None:
    """Take back what was done since an `undoable` transaction began, broken off or not; its locks go too."""
    _driver(tx).execute(UNDO)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, DriverError) as error:
        said = error.orig if isinstance(error, OperationalError) else error
        raise StoreError(f"the database refused: {said}", hint="is PostgreSQL running and MEDTHREAD_DATABASE_URL right?") from error


def _driver(tx: Connection) -> "Driver[Any]":
    found = tx.connection.driver_connection
    if not isinstance(found, Driver):
        raise TypeError("the store speaks through psycopg alone")
    return found


def _wake(driver: "Driver[Any]", entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Give no connection that died while it rested: a socket with nothing to read lives, any other is asked."""
    try:
        if time.monotonic() - entry.info.get("rested_at", time.monotonic()) < RESTED and not _has_news(driver):
            return
        driver.execute("select 1")
        driver.rollback()
    except DriverError as error:
        raise InvalidatePoolError from error


def _has_news(driver: "Driver[Any]") -> bool:
    """Whether the server sent something unasked, of which its end is one kind."""
    asked = poll()
    asked.register(driver.fileno(), POLLIN)
    return bool(asked.poll(0))
