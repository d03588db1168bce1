"""A workspace made from a backup, in an empty folder: settings, database, lake, trace index, keys.

`medthread.toml` comes last: a folder in which a restore was interrupted is no workspace, and cannot be opened as one.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import text, update

from medthread.governance.backup.keys import put_back
from medthread.governance.backup.manifest import KeyBundle, Manifest, Named
from medthread.governance.backup.vault import Shelf, clear
from medthread.model.errors import ConfigurationError, ConflictError, StoreError
from medthread.stores.lakehouse.relocate import rename_in_store, rewrite_metadata
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.logical import undump
from medthread.stores.postgres.recovery import Recovery
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import backup_run
from medthread.stores.private import is_walked, make_way
from medthread.trust.audit import record
from medthread.trust.log import Memory

SETTINGS_FILE = "medthread.toml"
MARK = ".restoring"


@dataclass(frozen=True)
class Restored:
    """What a restore came to."""

    backup: str
    point_at: datetime
    seconds: float
    files: int
    bytes: int
    keys: bool


def restore(shelf: Shelf, manifest: Manifest, home: Path, *, keys: KeyBundle | None, by: str, external: Store | None = None) -> Restored:
    """Make the workspace `home` from a backup.

    Without keys everything is restored but what is sealed stays sealed. A dump goes into `external` where one is given,
    else into a new embedded database. Raises ConflictError when something is there already; nothing is ever overwritten.
    """
    started = datetime.now(UTC)
    home = home.expanduser().resolve()
    _refuse_mixture(manifest, keys, external)
    scratch = _begin(home)
    data = home / "data"
    for named in manifest.lake.files:
        _bring(shelf, named, data / "lake")
    for named in manifest.trace:
        _bring(shelf, named, data / "trace")
    for named in manifest.landing:
        _bring(shelf, named, data / "landing")
    for named in manifest.settings:
        if named.path != SETTINGS_FILE:
            _bring(shelf, named, home)
    _restore_database(shelf, manifest, data, scratch, external)
    old, new = Path(manifest.lake.place), (data / "lake").resolve()
    if old != new:
        rewrite_metadata(new, old=old, new=new)
    memory = Memory.beside(data / "keys")
    with _opened(data, external) as store, store.transaction() as tx:
        if old != new:
            rename_in_store(tx, old=old, new=new)
        if keys is not None:
            put_back(tx, keys, data / "keys")
        tx.execute(text("delete from medthread.session"))  # who was signed in then is not signed in now
        # Its own row says that it is under way, for so it was at that moment; that it counted is why we are here.
        tx.execute(update(backup_run).where(backup_run.c.id == manifest.id).values(
            status="done", whole=manifest.whole, point_at=manifest.point_at, finished_at=manifest.finished_at))
        # What was signed up to the newest copy of the keys goes further than this log: it is told, and the log begins anew from here.
        told = {"point_at": manifest.point_at.isoformat(), "keys": keys is not None, "remembered": memory.told()}
        record(tx, actor=by, action="backup.restore", object_=f"backup/{manifest.id}", detail=told)
    memory.forget()
    _finish(shelf, manifest, home, scratch)
    return Restored(manifest.id, manifest.point_at, (datetime.now(UTC) - started).total_seconds(), len(manifest.entries), manifest.bytes, keys is not None)


def _refuse_mixture(manifest: Manifest, keys: KeyBundle | None, external: Store | None) -> None:
    if keys is not None and keys.system != manifest.database.server.system:
        raise ConfigurationError("these keys are another installation's", hint="name the place that this installation's [backup] keys named")
    if external is not None and manifest.database.kind == "base":
        raise ConfigurationError(
            "the backup is of an embedded server, and MEDTHREAD_DATABASE_URL names another",
            hint="unset MEDTHREAD_DATABASE_URL to restore it embedded; from there pg_dump moves it")


def _begin(home: Path) -> Path:
    """An empty folder, or one in which a restore was interrupted: then it begins anew."""
    if home.exists() and not (home / MARK).exists() and any(home.iterdir()):
        raise ConflictError(f"{home} is not empty", hint="restore into a new folder: nothing is ever overwritten")
    try:
        make_way(home, walked=is_walked())
        (home / MARK).touch()
        for left in home.iterdir():
            if left.name != MARK:
                clear(left) if left.is_dir() else left.unlink()
        make_way(home / "data", walked=is_walked())
        scratch = home / "data" / "scratch" / "restore"
        scratch.mkdir(parents=True)
    except OSError as error:
        raise ConfigurationError(f"{home} cannot be made: {error.strerror}", hint="choose another folder, or look who owns it") from error
    return scratch


def _bring(shelf: Shelf, named: Named, place: Path) -> None:
    inside = PurePosixPath(named.path)
    if inside.is_absolute() or ".." in inside.parts:
        raise StoreError(f"the manifest names {named.path!r}, which leads elsewhere", hint="it was not made by this program")
    shelf.bring_to(named.entry, place / inside)


def _restore_database(shelf: Shelf, manifest: Manifest, data: Path, scratch: Path, external: Store | None) -> None:
    database = manifest.database
    if database.kind == "dump":
        with tempfile.NamedTemporaryFile(dir=scratch) as file:
            for entry in database.pieces:
                shelf.bring(entry, file)
            file.flush()
            with _opened(data, external) as store:
                undump(store, Path(file.name))
        return

    def fill(folder: Path) -> None:
        for named in database.log:
            _bring(shelf, named, folder)

    with shelf.stream(database.pieces, scratch) as base:
        Recovery(data / "postgres").make(base, fill, point=database.point or "")


@contextmanager
def _opened(data: Path, external: Store | None) -> Iterator[Store]:
    if external is not None:
        yield external
        return
    with Cluster(data / "postgres") as cluster:
        store = Store(cluster.url, cluster=cluster)
        try:
            yield store
        finally:
            store.close()


def _finish(shelf: Shelf, manifest: Manifest, home: Path, scratch: Path) -> None:
    clear(scratch)
    for named in manifest.settings:
        if named.path == SETTINGS_FILE:
            _bring(shelf, named, home)
    (home / MARK).unlink()
