"""The operational store: one SQLAlchemy engine, one transaction at the edge of each act."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from medthread.model.errors import StoreError
from medthread.stores.postgres.cluster import Cluster

POOL = 20
# The user is called as our schema is; without a search path of its own that schema would pass for the default.
SETTINGS = "-c timezone=UTC -c search_path=public"


class Store:
    """An open PostgreSQL database, embedded or external."""

    def __init__(self, url: str, *, cluster: Cluster | None = None) -> None:
        self.url = url
        self.cluster = cluster  # the embedded server, where it is one
        self.engine: Engine = create_engine(
            url, pool_size=POOL, max_overflow=0, pool_pre_ping=True, connect_args={"options": SETTINGS}
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it fails."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise StoreError(
                f"the database refused: {error.orig}", hint="is PostgreSQL running and MEDTHREAD_DATABASE_URL right?"
            ) from error

    def check(self) -> dict[str, Any]:
        """Whether it answers, and which version it is."""
        with self.transaction() as connection:
            version = connection.execute(text("show server_version")).scalar_one()
        return {"ok": True, "version": version}

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
