"""Counting who uses what is offered, so that its end can be talked about with those whom it touches.

Calls are counted in memory and written together every few seconds and at the end: no request waits for it. What was
counted in the last seconds before a process is killed is lost; nobody is charged by these figures.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import StoreError
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import api_token, service_use

EVERY = 5.0  # seconds between two writings
FULL = 5_000  # counts that wait, at which it is written at once
PERIOD = 90  # days that count as current use
LOG = logging.getLogger("medthread.services")
Key = tuple[str, date, str, str]


@dataclass(frozen=True)
class Caller:
    """Who called: an account, and the token that it came with."""

    account: str = ""
    token: str = ""


@dataclass
class Count:
    """Calls, how many of them were refused, and the last."""

    calls: int
    refused: int
    last_at: datetime


class UseMeter:
    """Counts beside the server."""

    def __init__(self, store: Store, *, every: float = EVERY) -> None:
        self._store, self._every = store, every
        self._counts: dict[Key, Count] = {}
        self._lock = threading.Lock()
        self._wake, self._is_over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="service use", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what was counted, and end."""
        self._is_over = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self.flush()

    def count(self, services: Iterable[str], caller: Caller, *, refused: bool, at: datetime) -> None:
        """One call of one or more services."""
        with self._lock:
            for service in services:
                self._add((service, at.date(), caller.account, caller.token), Count(1, int(refused), at))
            full = len(self._counts) > FULL
        if full:
            self._wake.set()

    def _add(self, key: Key, more: Count) -> None:
        found = self._counts.get(key)
        if found is None:
            self._counts[key] = more
        else:
            found.calls += more.calls
            found.refused += more.refused
            found.last_at = max(found.last_at, more.last_at)

    def flush(self) -> int:
        """Write what was counted since; kept for later where the store does not answer. Gives how many rows."""
        with self._lock:
            taken, self._counts = self._counts, {}
        if not taken:
            return 0
        rows = [{"service": k[0], "day": k[1], "account": k[2], "token": k[3], "calls": c.calls, "refused": c.refused, "last_at": c.last_at}
                for k, c in sorted(taken.items())]  # in one order for all, or two writers could wait for each other
        new = insert(service_use)
        more = {n: service_use.c[n] + new.excluded[n] for n in ("calls", "refused")}
        last = {"last_at": func.greatest(service_use.c.last_at, new.excluded.last_at)}
        try:
            with self._store.transaction() as tx:
                tx.execute(new.on_conflict_do_update(index_elements=["service", "day", "account", "token"], set_=more | last), rows)
        except StoreError:
            with self._lock:
                for key, count in taken.items():
                    self._add(key, count)
            raise
        return len(rows)

    def _run(self) -> None:
        while not self._is_over:
            self._wake.wait(self._every)
            self._wake.clear()
            try:
                self.flush()
            except StoreError as error:
                LOG.warning("use is not written, and kept: %s", error)
                self._wake.wait(self._every)


def _since(now: datetime) -> date:
    return now.date() - timedelta(days=PERIOD)


def use_of_all(tx: Connection, *, now: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Calls, callers and last use of every service within the period."""
    table: Table = service_use
    query = (
        select(table.c.service, func.sum(table.c.calls).label("calls"), func.sum(table.c.refused).label("refused"),
               func.count(func.distinct(table.c.account)).label("callers"), func.max(table.c.last_at).label("last_at"))
        .where(table.c.day >= _since(now or datetime.now(UTC))).group_by(table.c.service)
    )
    return {r.service: {"calls": int(r.calls), "refused": int(r.refused), "callers": r.callers, "last_at": r.last_at} for r in tx.execute(query).all()}


def callers_of(tx: Connection, service: str, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Who used a service within the period, the busiest first; tokens by the names that their owners gave them."""
    table = service_use
    query = (
        select(table.c.account, table.c.token, api_token.c.name, func.sum(table.c.calls).label("calls"), func.sum(table.c.refused).label("refused"),
               func.max(table.c.last_at).label("last_at"))
        .outerjoin(api_token, api_token.c.id == table.c.token)
        .where(table.c.service == service, table.c.day >= _since(now or datetime.now(UTC)))
        .group_by(table.c.account, table.c.token, api_token.c.name).order_by(func.sum(table.c.calls).desc(), table.c.account, table.c.token)
    )
    return [{"account": r.account or None, "token": r.token or None, "token_name": r.name, "calls": int(r.calls), "refused": int(r.refused), "last_at": r.last_at}
            for r in tx.execute(query).all()]


def days_of(tx: Connection, service: str, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Calls of a service by day within the period."""
    table = service_use
    query = (
        select(table.c.day, func.sum(table.c.calls).label("calls")).where(table.c.service == service, table.c.day >= _since(now or datetime.now(UTC)))
        .group_by(table.c.day).order_by(table.c.day)
    )
    return [{"day": r.day, "calls": int(r.calls)} for r in tx.execute(query).all()]
