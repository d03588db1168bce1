"""Events handled a second, each with an effect in the database, against procrastinate doing the same with a lock for each aggregate.

Both get the same effects to write: one row each, in the order of their aggregate. Producers write while the handler
runs, so that nothing may be lost behind a transaction that commits late; then what waits is handled, and timed.
"""

import asyncio
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from benchmarks.figures import Figure, timed
from medthread.app import open_installation
from medthread.model import Event, EventType, Mode, Reaction, Rulebook, Work
from medthread.stores.postgres import Store
from medthread.stores.serving import LakeReader
from medthread.workflow import Context
from medthread.workflow.outbox import emit
from medthread.workflow.worker import settle

AGGREGATES, PRODUCERS, ROUNDS, AT_ONCE = 100, 4, 3, 10
EVENT = "bench.counted"
TABLES = """
create table bench_effect (n bigint generated always as identity, aggregate text not null, number bigint not null);
create table bench_job (n bigint generated always as identity, aggregate text not null, number bigint not null);
create table bench_aggregate (aggregate text primary key, number bigint not null default 0);
insert into bench_aggregate (aggregate) select 'a' || n from generate_series(0, 99) n;
"""
NEXT = text("update bench_aggregate set number = number + 1 where aggregate = :aggregate returning number")
EFFECT = "insert into bench_effect (aggregate, number) values (:aggregate, :number) returning n"
WRONG = """
with seen as (select aggregate, number, lag(number, 1, 0) over (partition by aggregate order by n) as before from {table})
select (select sum(number) from bench_aggregate) - (select count(distinct (aggregate, number)) from {table}) as lost,
    (select count(*) - count(distinct (aggregate, number)) from {table}) as twice, count(*) filter (where number <> before + 1) as out_of_order from seen
"""


@dataclass(frozen=True)
class Wrong:
    """What an outbox must never do."""

    lost: int
    twice: int
    out_of_order: int


def counted(event: Event, work: Work) -> None:
    """One row, in the transaction that moves the cursor."""
    work.records(EFFECT, {"aggregate": event.record, "number": event.body["number"]})


def measure(folder: Path, *, events: int) -> list[Figure]:
    """Both in turns; the rates are medians."""
    home = folder / "outbox"
    home.mkdir()
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        store = installation.store
        reader = LakeReader(installation.releases)
        context = replace(installation.commands(reader), rulebook=_rules())
        with store.transaction() as tx:
            tx.execute(text(TABLES))
        _race(store, context, events // 2)
        ours, theirs = [], []
        jobs = Jobs(store.url.replace("+psycopg", ""))
        for _ in range(ROUNDS):
            _produce(store, context, events)
            ours.append(events / timed(lambda: settle(store, context)))
            theirs.append(jobs.rate(events // 10))
        wrong = _wrong(store, "bench_effect")
        reader.close()
    mine, other = statistics.median(ours), statistics.median(theirs)
    label = f"events over {AGGREGATES} aggregates"
    good = wrong == Wrong(0, 0, 0)
    return [
        Figure(f"{label}, handled with their effect; procrastinate", f"{mine:,.0f}/s", f"{other:,.0f}/s", mine / other, ">= 3", mine / other >= 3),
        Figure(f"{label}: lost, twice, out of order", f"{wrong.lost}, {wrong.twice}, {wrong.out_of_order}", "0, 0, 0", 0.0, "none", good),
    ]


def _rules() -> Rulebook:
    event = EventType(EVENT, "计数", "Counted", "quality")
    follows = Reaction(name="count", on=EVENT, domain="quality", mode=Mode.AUTO, zh="计数", en="Count", do=counted)
    return Rulebook({}, {}, {}, {}, {EVENT: event}, {"count": follows})


def _produce(store: Store, context: Context, events: int, *, seed: int = 0) -> None:
    """Events as acts write them: the aggregate locked, so that its events have an order; some transactions stay open a while."""
    chance = random.Random(seed)  # noqa: S311 - which aggregate comes next is no secret
    for n in range(events):
        record = f"a{chance.randrange(AGGREGATES)}"
        with store.transaction() as tx:
            number = tx.execute(NEXT, {"aggregate": record}).scalar_one()
            emit(tx, context, type_=EVENT, entity="bench", record=record, by="bench", at=datetime.now(UTC), body={"number": number})
            if seed and n % 10 == 0:
                time.sleep(chance.random() * 0.004)


def _race(store: Store, context: Context, events: int) -> None:
    """Several producers and the handler at once."""
    with ThreadPoolExecutor(PRODUCERS) as pool:
        writing = [pool.submit(_produce, store, context, events // PRODUCERS, seed=n + 1) for n in range(PRODUCERS)]
        while not all(w.done() for w in writing):
            settle(store, context)
        for done in writing:
            done.result()
    settle(store, context)


def _wrong(store: Store, table: str) -> Wrong:
    with store.transaction() as tx:
        return Wrong(*(int(n) for n in tx.execute(text(WRONG.format(table=table))).one()))


class Jobs:
    """The same by procrastinate: a job with a lock for each aggregate, one row each."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        asyncio.run(self._schema())

    def _app(self) -> procrastinate.App:
        return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=self._conninfo))

    async def _schema(self) -> None:
        app = self._app()
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    def rate(self, jobs: int) -> float:
        """Jobs a second, ten at a time: more than one at a time gives it."""
        return asyncio.run(self._rate(jobs))

    async def _rate(self, jobs: int) -> float:
        app = self._app()
        async with AsyncConnectionPool(self._conninfo, min_size=AT_ONCE, max_size=AT_ONCE) as pool:

            @app.task(name="count")
            async def count(aggregate: str, number: int) -> None:
                async with pool.connection() as tx:
                    await tx.execute("insert into bench_job (aggregate, number) values (%s, %s)", (aggregate, number))

            async with app.open_async():
                for n in range(jobs):
                    aggregate = f"a{n % AGGREGATES}"
                    await count.configure(lock=aggregate).defer_async(aggregate=aggregate, number=n // AGGREGATES + 1)
                started = time.perf_counter()
                await app.run_worker_async(wait=False, concurrency=AT_ONCE, install_signal_handlers=False, delete_jobs="always")
                return jobs / (time.perf_counter() - started)
