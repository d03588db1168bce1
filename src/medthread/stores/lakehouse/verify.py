"""Whether every file that a release names is there and unchanged."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from medthread.stores.lakehouse.committer import sha256_of
from medthread.stores.lakehouse.releases import Release
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import lake_file


@dataclass(frozen=True)
class Fault:
    """A file that is missing, unknown or changed."""

    table: str
    path: str
    what: str


def verify_release(store: Store, release: Release) -> Iterator[Fault]:
    """Read every file of the release again and compare its hash with the one kept at commit."""
    with store.transaction() as tx:
        known = {r.path: r.sha256 for r in tx.execute(select(lake_file.c.path, lake_file.c.sha256))}
    for table in release.tables.values():
        for name in table.files:
            path = Path(name)
            if name not in known:
                yield Fault(table.name, name, "unknown")
            elif not path.is_file() or path.is_symlink():
                yield Fault(table.name, name, "missing")
            elif sha256_of(path) != known[name]:
                yield Fault(table.name, name, "changed")
