"""Making a backup: the database first, as of a named moment; then every file that it names at that moment.

A lake file that the moment names is never changed and not removed while a backup is under way, so it may be copied after
the moment. The manifest comes last; killed anywhere before, there is no backup, and what was sent already is not sent
again.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.governance.backup.manifest import Audit, Database, Entry, Fault, Lake, Manifest, Named, Server
from medthread.governance.backup.moment import LakeState, Moment, count_rows, lake_state, log_state, moment
from medthread.governance.backup.setting import BackupSetting
from medthread.governance.backup.vault import Shelf, Vault, clear
from medthread.model.errors import ConflictError, MedthreadError, StoreError
from medthread.pipeline.landing import PART
from medthread.stores.lakehouse.catalog import address_of
from medthread.stores.postgres.logical import dump, export_snapshot
from medthread.stores.postgres.physical import base_backup, keep_log, keep_log_from, kept_from, segments
from medthread.stores.postgres.store import Store
from medthread.trace.index import facts_of
from medthread.trust.sealed_stream import AlteredError

PIECE = 32 << 20
SETTINGS = ("medthread.toml", "sources/**/*", "models/**/*", "policies/**/*", "processes/**/*", "rules/**/*", "entities/**/*")
LOCK = text("select pg_try_advisory_lock(hashtext('medthread.backup'))")
UNLOCK = text("select pg_advisory_unlock(hashtext('medthread.backup'))")


@dataclass(frozen=True)
class Subject:
    """What is copied: a workspace and its store."""

    name: str
    home: Path
    data: Path
    product: str
    store: Store


@dataclass(frozen=True)
class Taken:
    """A backup that was made, where it is, and where it could not be put."""

    manifest: Manifest
    targets: tuple[str, ...]
    failed: dict[str, str]
    sent: int


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """One backup, pruning or destruction at a time."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(LOCK).scalar_one():
            raise ConflictError("a backup is under way, or something that must not meet one", hint="wait for it to end")
        try:
            yield
        finally:
            connection.execute(UNLOCK)


def new_id(at: datetime) -> str:
    """A backup's id: its time, and a few letters of its own."""
    return f"{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def take(subject: Subject, setting: BackupSetting, *, id_: str, by: str, whole: bool = False) -> Taken:
    """Make a backup on every target; `whole` copies the server anew though its log since the last copy would do.

    Raises StoreError when no target could be used or the database cannot be copied. Files that are missing or changed are
    listed in the manifest: the rest is worth keeping.
    """
    started, spool = datetime.now(UTC), subject.data / "scratch" / "backup"
    clear(spool)
    try:
        earlier = _earlier(setting)
        vault = Vault(setting.targets, setting.key(), spool, {} if earlier is None else earlier.entries)
        vault.open(system_of(subject.store))
        manifest = _copy(subject, vault, _Plan(id_, by, started, None if whole else _base(subject, setting, vault, earlier)))
        vault.finish(manifest)
        if subject.store.cluster is not None and manifest.database.lsn is not None:
            with subject.store.transaction() as tx:
                keep_log_from(tx, manifest.database.lsn)
    finally:
        clear(spool)
    return Taken(manifest, tuple(t.name for t in vault.standing), dict(vault.failed), vault.sent)


@dataclass(frozen=True)
class _Plan:
    id: str
    by: str
    started: datetime
    base: Manifest | None  # the backup whose copy of the server is built upon


def system_of(store: Store) -> str:
    """The identifier of the database server: a restored one has it too, another installation never."""
    with store.transaction() as tx:
        return str(tx.execute(text("select system_identifier from pg_control_system()")).scalar_one())


def _earlier(setting: BackupSetting) -> Manifest | None:
    """The newest backup on any target that answers."""
    found = []
    for target in setting.targets:
        try:
            found.append(Shelf(target, setting.key()).newest())
        except MedthreadError:  # said again, with its reason, when the target is to be written to
            continue
    return max((m for m in found if m is not None), key=lambda m: m.point_at, default=None)


def _base(subject: Subject, setting: BackupSetting, vault: Vault, earlier: Manifest | None) -> Manifest | None:
    """An earlier backup to build upon: every target has all of it, it is not too old, the log since then is kept whole."""
    if earlier is None or subject.store.cluster is None or earlier.database.kind != "base" or not earlier.database.pieces:
        return None
    with subject.store.transaction() as tx:
        start = kept_from(tx)
        in_line = start is not None and tx.execute(
            text("select cast(:start as pg_lsn) <= cast(:lsn as pg_lsn)"), {"start": start, "lsn": earlier.database.lsn}).scalar_one()
    needed = (*earlier.database.pieces, *(n.entry for n in earlier.database.log))
    age = datetime.now(UTC) - earlier.base_at
    return earlier if in_line and age < setting.whole_every and vault.has_everywhere(needed) else None


def _copy(subject: Subject, vault: Vault, plan: _Plan) -> Manifest:
    if subject.store.cluster is None:
        with moment(subject.store, plan.id) as now:
            pieces = tuple(vault.keep_pieces(dump(subject.store, export_snapshot(now.tx)), piece=PIECE))
            return _described(subject, vault, plan, now, Database(kind="dump", pieces=pieces, server=_server(now.tx)))
    pieces, log, start = _server_files(subject, vault, plan)
    with moment(subject.store, plan.id) as now:
        if now.point is None:
            raise StoreError("the moment has no place in the log", hint="this is a fault of the program")
        with subject.store.transaction() as tx:
            fresh = segments(tx, subject.store.cluster, start=start, point=now.point)
        log += tuple(Named(path=p.name, entry=vault.keep_path(p, pack=True)) for p in fresh)
        newest = {n.path: n for n in log}
        database = Database(kind="base", pieces=pieces, log=tuple(newest.values()), point=now.point.name, lsn=now.point.lsn, server=_server(now.tx))
        return _described(subject, vault, plan, now, database)


def _server_files(subject: Subject, vault: Vault, plan: _Plan) -> tuple[tuple[Entry, ...], tuple[Named, ...], str]:
    """The copy of the server, the log that goes with it so far, and from where the log is still to be taken."""
    assert subject.store.cluster is not None  # noqa: S101 - asked before
    with subject.store.transaction() as tx:
        if plan.base is not None:
            start = kept_from(tx)
            return plan.base.database.pieces, plan.base.database.log, start or ""
        start = keep_log(tx)
    return tuple(vault.keep_pieces(base_backup(subject.store.cluster, plan.id), piece=PIECE)), (), start


def _server(tx: Connection) -> Server:
    query = text("select system_identifier, current_setting('server_version') from pg_control_system()")
    system, version = tx.execute(query).one()
    migration = tx.execute(text("select version_num from medthread.alembic_version")).scalar_one()
    return Server(system=str(system), version=str(version), migration=str(migration))


def _described(subject: Subject, vault: Vault, plan: _Plan, now: Moment, database: Database) -> Manifest:
    state, faults = lake_state(now.tx), _Faults()
    place = (subject.data / "lake").resolve()
    files = tuple(_lake_files(vault, place, state, faults))
    return Manifest(
        id=plan.id, workspace=subject.name, product=subject.product, whole=plan.base is None, made_by=plan.by,
        base_at=plan.started if plan.base is None else plan.base.base_at, point_at=now.at, started_at=plan.started,
        database=database, lake=Lake(place=str(place), files=files, release=state.release, releases=state.releases),
        trace=tuple(_trace_files(vault, subject.data / "trace", state.traces, faults)),
        landing=tuple(_landed_files(vault, subject.data / "landing")),
        settings=tuple(_named(vault, subject.home, p) for pattern in SETTINGS for p in sorted(subject.home.glob(pattern)) if p.is_file()),
        audit=Audit(**vars(log_state(now.tx))), rows=count_rows(now.tx), faults=tuple(faults.found), finished_at=datetime.now(UTC))


class _Faults:
    def __init__(self) -> None:
        self.found: list[Fault] = []

    def keep(self, vault: Vault, root: Path, path: Path, *, expected: str | None = None) -> Iterator[Named]:
        """The file as kept, or a fault in its place."""
        name = path.relative_to(root).as_posix()
        try:
            yield Named(path=name, entry=vault.keep_path(path, expected=expected))
        except FileNotFoundError:
            self.found.append(Fault(path=name, what="missing"))
        except AlteredError:
            self.found.append(Fault(path=name, what="changed"))


def _named(vault: Vault, root: Path, path: Path) -> Named:
    return Named(path=path.relative_to(root).as_posix(), entry=vault.keep_path(path))


def _lake_files(vault: Vault, place: Path, state: LakeState, faults: _Faults) -> Iterator[Named]:
    """Data files by the database's own hashes; table metadata; of an open batch also what is not committed yet."""
    for named, expected in sorted(state.files.items()):
        yield from faults.keep(vault, place, Path(named), expected=expected)
    copied = set()
    for path in sorted(p for p in place.glob("*/*/metadata/*") if p.is_file()):
        try:
            yield _named(vault, place, path)
        except FileNotFoundError:  # an older version, removed by a commit since
            continue
        copied.add(address_of(path))
    faults.found += [Fault(path=head.removeprefix(address_of(place) + "/"), what="missing") for head in state.heads if head not in copied]
    if state.unfinished:
        for path in sorted(place.glob("*/*/data/*.parquet")):
            if str(path) not in state.files:
                yield from faults.keep(vault, place, path)


def _landed_files(vault: Vault, place: Path) -> Iterator[Named]:
    """What was collected; one that is removed meanwhile was taken in before."""
    for path in sorted(p for p in place.rglob("*") if p.is_file() and p.suffix != PART):
        with suppress(FileNotFoundError):
            yield _named(vault, place, path)


def _trace_files(vault: Vault, place: Path, names: tuple[str, ...], faults: _Faults) -> Iterator[Named]:
    """The indexes that releases name, and those that they lie beside."""
    wanted: set[str] = set()
    for name in names:
        try:
            base = facts_of(place / name).get("base")
        except StoreError:
            faults.found.append(Fault(path=name, what="missing"))
            continue
        wanted |= {name, *([base] if base else [])}
    for name in sorted(wanted):
        for path in sorted(p for p in (place / name).rglob("*") if p.is_file()):
            yield from faults.keep(vault, place, path)
