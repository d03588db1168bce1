"""Use is counted in memory and written together; nothing that was counted is lost while the process lives."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text

from medthread.governance.service_use import FULL, Caller, UseMeter, callers_of, days_of, use_of_all
from medthread.model.errors import StoreError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account, api_token, service_use

NOW = datetime.now(UTC)
ANN, ERP = Caller("ann"), Caller("erp", "t1")


def called(meter: UseMeter, times: int, caller: Caller = ANN, *, service: str = "operation.get.lots", refused: bool = False, at: datetime = NOW) -> None:
    for _ in range(times):
        meter.count([service], caller, refused=refused, at=at)


def test_counts_are_written_together_and_added_to_what_is_there(store: Store) -> None:
    meter = UseMeter(store)
    called(meter, 5)
    called(meter, 2, refused=True)
    called(meter, 3, ERP)
    assert meter.flush() == 2
    assert meter.flush() == 0
    called(meter, 1, at=NOW + timedelta(seconds=1))
    meter.flush()
    with store.transaction() as tx:
        use = use_of_all(tx, now=NOW)["operation.get.lots"]
        assert (use["calls"], use["refused"], use["callers"]) == (11, 2, 2)
        assert use["last_at"] == NOW + timedelta(seconds=1)
        assert [(c["account"], c["token"], c["calls"]) for c in callers_of(tx, "operation.get.lots", now=NOW)] == [("ann", None, 8), ("erp", "t1", 3)]


def test_a_token_goes_by_its_name_and_nobody_by_none(store: Store) -> None:
    with store.transaction() as tx:
        tx.execute(insert(account).values(name="erp", printed_name="ERP", password_hash="x", roles=[]))
        tx.execute(insert(api_token).values(id="t1", token_hash="x", account="erp", name="夜间同步", scopes=[], expires_at=NOW))
    meter = UseMeter(store)
    called(meter, 2, ERP)
    called(meter, 1, Caller())
    meter.flush()
    with store.transaction() as tx:
        assert [(c["account"], c["token_name"]) for c in callers_of(tx, "operation.get.lots", now=NOW)] == [("erp", "夜间同步"), (None, None)]


def test_old_use_does_not_count_as_use(store: Store) -> None:
    meter = UseMeter(store)
    called(meter, 4, at=NOW - timedelta(days=100))
    called(meter, 2, at=NOW - timedelta(days=3))
    meter.flush()
    with store.transaction() as tx:
        assert use_of_all(tx, now=NOW)["operation.get.lots"]["calls"] == 2
        assert days_of(tx, "operation.get.lots", now=NOW) == [{"day": (NOW - timedelta(days=3)).date(), "calls": 2}]
        assert len(tx.execute(select(service_use)).all()) == 2


def test_what_the_store_did_not_take_is_kept(store: Store) -> None:
    meter = UseMeter(store)
    called(meter, 3)
    with store.transaction() as tx:
        tx.execute(text("alter table medthread.service_use rename to away"))
    store.close()
    broken = Store("postgresql+psycopg://nobody:x@127.0.0.1:1/none")
    elsewhere = UseMeter(broken)
    called(elsewhere, 3)
    with pytest.raises(StoreError):
        elsewhere.flush()
    called(elsewhere, 2)
    elsewhere._store = store  # the database is back
    with store.transaction() as tx:
        tx.execute(text("alter table medthread.away rename to service_use"))
    assert elsewhere.flush() == 1
    assert meter.flush() == 1
    with store.transaction() as tx:
        assert use_of_all(tx, now=NOW)["operation.get.lots"]["calls"] == 8
    broken.close()


def test_many_at_once_lose_nothing_and_no_call_writes(store: Store) -> None:
    meter = UseMeter(store, every=0.05)
    meter.start()

    def call() -> None:
        for _ in range(500):
            called(meter, 1)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    meter.stop()
    with store.transaction() as tx:
        assert use_of_all(tx, now=NOW)["operation.get.lots"]["calls"] == 4000


def test_counting_takes_next_to_no_time_and_a_full_memory_is_written(store: Store) -> None:
    meter = UseMeter(store, every=3600)
    meter.start()
    began = time.perf_counter()
    for n in range(FULL + 1):
        meter.count([f"entity.e{n}"], ANN, refused=False, at=NOW)
    assert (time.perf_counter() - began) / FULL < 0.0005  # seconds a call, with room for a busy machine
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with store.transaction() as tx:
            if len(use_of_all(tx, now=NOW)) > FULL - 100:
                break
        time.sleep(0.05)
    else:
        raise AssertionError("it was not written")
    meter.stop()
