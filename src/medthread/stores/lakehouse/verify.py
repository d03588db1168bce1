"""Whether every file that a release names is there and unchanged, and the release the one that was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from medthread.stores.lakehouse.committer import sha256_of
from medthread.stores.lakehouse.releases import Release, Releases
from medthread.stores.lakehouse.seal import digest_of, told_digest, told_release
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


def verify_sealed(store: Store, release: Release, *, lake: Path, trace: Path) -> Iterator[Fault]:
    """Compare what the database says of a release, and of which one readers see, with what the audit log tells of it.

    A release that was published before digests were told says nothing, and is not compared.
    """
    with store.transaction() as tx:
        digest = told_digest(tx, release.id)
        if digest is not None and digest != digest_of(tx, release.id, trace_index=release.trace_index, lake=lake.resolve(), trace=trace):
            yield Fault("release", release.id, "not what was sealed: files, hashes or trace index were changed in the database and beside it")
        shown, stands = told_release(tx), Releases(store).current_id(tx)
        if shown != stands:
            yield Fault("release", str(stands), f"the pointer was moved past the log, which tells of {shown}")
