"""One at a time changes the lake: a run, or a rewriting of what is there."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from medthread.model.errors import ConflictError
from medthread.stores.postgres.store import Store

LOCK = text("select pg_try_advisory_lock(hashtext('medthread.lake'))")
UNLOCK = text("select pg_advisory_unlock(hashtext('medthread.lake'))")


@contextmanager
def turn(store: Store) -> Iterator[None]:
    """Have the lake to oneself; refused at once while somebody else has it. A killed holder gives it back by dying."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(LOCK).scalar_one():
            raise ConflictError("the lake is being changed: a run, or a destruction, is under way", hint="wait for it to end, then ask again")
        try:
            yield
        finally:
            connection.execute(UNLOCK)
