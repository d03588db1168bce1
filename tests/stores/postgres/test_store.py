"""Pooled connections, and transactions that can be taken back to their beginning."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from sqlalchemy import text

from medthread.model.errors import StoreError
from medthread.stores.postgres import Store
from medthread.stores.postgres.store import undo


@pytest.fixture
def alone(store: Store) -> Iterator[Store]:
    """The same database over a pool of the test's own."""
    own = Store(store.url)
    yield own
    own.close()


def own_pid(store: Store) -> int:
    with store.transaction() as tx:
        return int(tx.execute(text("select pg_backend_pid()")).scalar_one())


def test_a_connection_that_died_while_it_rested_is_replaced(alone: Store) -> None:
    resting = own_pid(alone)
    assert own_pid(alone) == resting
    with alone.transaction() as held:  # takes the resting one, so that another ends it
        with alone.transaction() as other:
            others = other.execute(text("select pg_backend_pid()")).scalar_one()
        assert held.execute(text("select pg_terminate_backend(:pid, 10000)"), {"pid": others}).scalar_one()
    assert own_pid(alone) != others
    with alone.transaction() as first, alone.transaction() as second:  # as many as rested before
        assert {first.execute(text("select 1")).scalar_one(), second.execute(text("select 1")).scalar_one()} == {1}


def test_a_connection_that_rested_long_is_asked(alone: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medthread.stores.postgres.store.RESTED", 0.0)
    assert own_pid(alone) == own_pid(alone)


def test_a_connection_that_dies_in_use_is_a_store_error(alone: Store) -> None:
    with pytest.raises(StoreError, match="refused"), alone.undoable() as tx:  # noqa: PT012 - it fails where the block ends
        pid = tx.execute(text("select pg_backend_pid()")).scalar_one()
        with alone.transaction() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        undo(tx)


def test_what_broke_off_can_be_undone_and_the_transaction_goes_on(alone: Store) -> None:
    with alone.undoable() as tx:
        tx.execute(text("create temp table kept (n int) on commit drop"))
        with pytest.raises(Exception, match="does not exist"):
            tx.execute(text("select * from nowhere"))
        undo(tx)
        assert tx.execute(text("select to_regclass('pg_temp.kept') is null")).scalar_one()


def test_single_statements_stand_by_themselves(alone: Store) -> None:
    with alone.statements() as tx:
        first, second = (tx.execute(text("select pg_current_xact_id()::text")).scalar_one() for _ in range(2))
    assert first != second
    with alone.transaction() as tx:  # the same connection, as it was
        assert len({tx.execute(text("select pg_current_xact_id()::text")).scalar_one() for _ in range(2)}) == 1


def test_of_a_closed_store_no_connection_stays_open(store: Store) -> None:
    own = Store(store.url)
    with own.transaction() as late:
        driver = late.connection.driver_connection
        own.close()
        late.execute(text("select 1"))
    assert isinstance(driver, Connection)
    assert driver.closed
    for _ in range(2):  # somebody who did not hear of it
        with own.transaction() as tx:
            driver = tx.connection.driver_connection
        assert isinstance(driver, Connection)
        assert driver.closed
