"""The relay, its subscriber and the broker killed with -9 in a loop: no event is lost, none has two effects, those of a record stay in order."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import MetaData, func, insert, select

from medthread.derive import tables_of
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import inbound_event, outbox
from medthread.workflow.relay import behind
from tests.broker import Broker
from tests.conftest import ROOT
from tests.reliability.relaying import STREAM
from tests.reliability.test_kill import KILLS
from tests.workflow.permit import EVENT, own_registry
from tests.workflow.test_relay import until

RECORDS, WRITERS = 7, 3


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path).start()
    yield running
    running.end()


@pytest.fixture
def stores(cluster: Cluster) -> Iterator[tuple[Store, Store]]:
    """The databases of the producer and of the subscriber."""
    made = []
    for name in ("producer", "subscriber"):
        with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
            admin.execute(f"create database kill_{name}")
        native = MetaData()
        tables_of(own_registry(), native)
        made.append(Store(cluster.url.replace("@/medthread?", f"@/kill_{name}?")))
        upgrade(made[-1], native)
    yield made[0], made[1]
    for store in made:
        store.close()


class Writers:
    """Several at once, each committing a little later than it wrote, as people's acts do."""

    def __init__(self, store: Store) -> None:
        self._store, self._stop = store, threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        rng, n = random.Random(writer), 0
        while not self._stop.is_set():
            n += 1
            number = f"{writer}-{n}"
            with self._store.transaction() as tx:
                tx.execute(insert(outbox).values(
                    id=str(uuid.uuid4()), type=EVENT.name, entity="hot_work", record=f"r{writer}-{n % RECORDS}", by="kill", body={"permit_no": number, "n": n}))
                time.sleep(rng.uniform(0, 0.01))
            time.sleep(rng.uniform(0, 0.08))

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def start(what: str, store: Store, broker: Broker, folder: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.reliability.relaying", what, store.url, broker.url, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: "subprocess.Popen[str]", how: int) -> None:
    process.send_signal(how)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def count(store: Store, table: Any) -> int:
    with store.transaction() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def all_out(store: Store) -> bool:
    with store.transaction() as tx:
        return behind(tx).events == 0


def test_no_event_is_lost_doubled_or_out_of_order(stores: tuple[Store, Store], broker: Broker, tmp_path: Path) -> None:
    producer, subscriber = stores
    rng, writers = random.Random(7), Writers(producer)
    running = {"relay": start("relay", producer, broker, tmp_path), "receive": start("receive", subscriber, broker, tmp_path)}
    where = {"relay": producer, "receive": subscriber}
    for n in range(KILLS):
        time.sleep(rng.uniform(0.05, 0.4))
        victim = ("relay", "receive", "broker")[n % 3]
        if victim == "broker":
            broker.end(signal.SIGKILL)
            time.sleep(rng.uniform(0, 0.2))
            broker.start()
        else:
            end(running[victim], signal.SIGKILL)
            running[victim] = start(victim, where[victim], broker, tmp_path)
    writers.stop()
    written = count(producer, outbox)
    assert written > KILLS
    until(lambda: all_out(producer), 120)
    until(lambda: count(subscriber, inbound_event) == written, 120)
    for process in running.values():
        end(process, signal.SIGKILL)
    whole_and_in_order(producer, broker, written)
    each_had_one_effect(subscriber, written)


def whole_and_in_order(producer: Store, broker: Broker, written: int) -> None:
    """What the broker has, taken once by its id, is what happened, for each record in the order in which it was committed."""
    kept: dict[str, dict[str, Any]] = {}
    for _, _, content in broker.kept(STREAM):
        event = json.loads(content)
        kept.setdefault(event["id"], event)
    assert len(kept) == written
    with producer.transaction() as tx:
        happened = tx.execute(select(outbox.c.id, outbox.c.record).order_by(outbox.c.xid, outbox.c.seq)).all()
    for record in {h.record for h in happened}:
        assert [e["id"] for e in kept.values() if e["subject"] == f"hot_work/{record}"] == [h.id for h in happened if h.record == record]


def each_had_one_effect(subscriber: Store, written: int) -> None:
    registry = own_registry()
    effects = tables_of(registry, MetaData())["gas_reading"]
    with subscriber.transaction() as tx:
        outcomes = dict(tx.execute(select(inbound_event.c.outcome, func.count()).group_by(inbound_event.c.outcome)).all())
        places = tx.execute(select(effects.c.place)).scalars().all()
    assert outcomes == {"taken": written}
    assert len(places) == len(set(places)) == written
    assert count(subscriber, outbox) == written
