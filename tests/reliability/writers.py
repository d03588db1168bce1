"""Threads that write events as people's acts do, in a database with a process of the tests' own."""

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import psycopg
from sqlalchemy import MetaData, insert

from medthread.derive import tables_of
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import outbox
from tests.workflow.permit import EVENT, own_registry

RECORDS, WRITERS = 7, 3


@contextmanager
def own_store(cluster: Cluster, name: str) -> Iterator[Store]:
    """A database of that name with the tables of the tests' own process."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f"create database kill_{name}")
    native = MetaData()
    tables_of(own_registry(), native)
    made = Store(cluster.url.replace("@/medthread?", f"@/kill_{name}?"))
    upgrade(made, native)
    yield made
    made.close()


class Writers:
    """Several at once, each committing a little later than it wrote."""

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let each end what it writes."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
