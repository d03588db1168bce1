"""Which database a workspace keeps its records in: the one that the surroundings name, or its own."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.store import Store


def with_driver(url: str) -> str:
    """The address as people write it, with the driver that we bring."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def external_store() -> Store | None:
    """The database that MEDTHREAD_DATABASE_URL names."""
    url = os.environ.get("MEDTHREAD_DATABASE_URL")
    return Store(with_driver(url)) if url else None


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """PostgreSQL: the one that MEDTHREAD_DATABASE_URL names, or the embedded one, whose files lie in `folder`."""
    external = external_store()
    if external is not None:
        try:
            yield external
        finally:
            external.close()
        return
    with Cluster(folder) as cluster:
        store = Store(cluster.url, cluster=cluster)
        try:
            yield store
        finally:
            store.close()
