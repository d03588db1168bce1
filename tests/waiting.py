"""Waiting for what comes about by itself, and no longer than it may take."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from medthread.stores.postgres.store import Store
from medthread.workflow import Context, worker
from medthread.workflow.react import SUBSCRIBER

WAITING = text("""
    select exists (select from medthread.outbox as o left join medthread.subscription as s on s.name = :name
    where s.name is null or (o.xid, o.seq) > (s.xid, s.seq))
""")


def within(seconds: float, true: Callable[[], Any]) -> bool:
    """Whether it came about in time."""
    until = time.monotonic() + seconds
    while not (held := bool(true())) and time.monotonic() < until:
        time.sleep(0.02)
    return held


def settle(store: Store, context: Context) -> int:
    """Handle every event that was told of, also those that wait behind a transaction somewhere else in the same server, as its own housekeeping is."""
    handled = 0

    def all_done() -> bool:
        nonlocal handled
        handled += worker.settle(store, context)
        with store.transaction() as tx:
            return not tx.execute(WAITING, {"name": SUBSCRIBER}).scalar_one()

    assert within(20, all_done), "events wait behind a transaction that does not end"
    return handled
