"""Several writes in one statement: all or none, each table once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import number_series, run, unknown_carrier
from medthread.stores.postgres.writing import adding, changing, put

CARRIER = {"text": "x", "issuer": "gs1", "first_by": "li"}


def test_rows_of_several_tables_go_together(store: Store) -> None:
    with store.transaction() as tx:
        put(tx, [adding(number_series, {"prefix": "W1", "year": 2026, "last": 1}), adding(unknown_carrier, {"id": "w1", **CARRIER})])
        put(tx, [changing(number_series, {"last": 2}, of={"prefix": "W1", "year": 2026}), changing(unknown_carrier, {"text": "y"}, of={"id": "w1"})])
        assert tx.execute(select(number_series.c.last).where(number_series.c.prefix == "W1")).scalar_one() == 2
        assert tx.execute(select(unknown_carrier.c.text).where(unknown_carrier.c.id == "w1")).scalar_one() == "y"


def test_one_that_cannot_be_takes_all_with_it(store: Store) -> None:
    with store.transaction() as tx:
        put(tx, [adding(unknown_carrier, {"id": "w2", **CARRIER})])
    with pytest.raises(IntegrityError), store.transaction() as tx:
        put(tx, [adding(number_series, {"prefix": "W2", "year": 2026, "last": 1}), adding(unknown_carrier, {"id": "w2", **CARRIER})])
    with store.transaction() as tx:
        assert tx.execute(select(number_series.c.last).where(number_series.c.prefix == "W2")).scalar_one_or_none() is None


def test_a_stamp_is_the_moment_of_writing(store: Store) -> None:
    before = datetime.now(UTC)
    with store.transaction() as tx:
        put(tx, [adding(run, {"id": "w3", "status": "running", "started_by": "li"})])
        put(tx, [changing(run, {"status": "done"}, of={"id": "w3"}, stamp="finished_at")])
        assert tx.execute(select(run.c.finished_at).where(run.c.id == "w3")).scalar_one() >= before


def test_two_of_one_table_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="one table"), store.transaction() as tx:
        put(tx, [adding(number_series, {"prefix": p, "year": 2026, "last": 1}) for p in ("W4", "W5")])
