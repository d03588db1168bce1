"""A new migration from what the declarations say and the migrations do not say yet; read it before keeping it."""

import sys
import tempfile
from pathlib import Path

from sqlalchemy import MetaData

from medthread.app import declared
from medthread.derive import tables_of
from medthread.stores.postgres import Store
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.migrate import write_revision


def main() -> None:
    """In a database of its own, brought to the newest migration."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one message
        raise SystemExit('usage: python scripts/revise.py "what changes"')
    native = MetaData()
    tables_of(declared()[0], native)
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "postgres") as cluster:
        store = Store(cluster.url)
        write_revision(store, native, sys.argv[1])
        store.close()


if __name__ == "__main__":
    main()
