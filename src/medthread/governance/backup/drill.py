"""A restore drill: a backup brought back into a scratch place, started, looked at from every side, and written down.

ISO 22301 8.5, GMP 2025 annex on standalone software (backup and recovery are tried out, not assumed). What it found is
signed with the installation's own key.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, text

from medthread.governance.backup.manifest import KeyBundle, Manifest
from medthread.governance.backup.moment import LogState, count_rows, log_state
from medthread.governance.backup.restore import SETTINGS_FILE, restore
from medthread.governance.backup.vault import Shelf, clear
from medthread.model import Entity, Home, Registry
from medthread.model.errors import MedthreadError, NotFoundError
from medthread.stores.lakehouse import Releases, verify_release
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.migrate import differences
from medthread.stores.postgres.pages import check_pages, check_structures
from medthread.stores.postgres.store import Store
from medthread.stores.serving import LakeReader
from medthread.trace import TraceIndex
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog, check_log
from medthread.trust.seal import is_sealed, key_id_of, unseal

LOOKED_AT = 20  # rows among which a sealed value is looked for that was not erased
CHANGED_BY_RESTORING = frozenset({"medthread.session", "medthread.audit_event", "medthread.audit_unsealed", "medthread.signing_key"})


@dataclass(frozen=True)
class Check:
    """One look at the copy: what was looked at, whether it is as it should be, and what was seen."""

    name: str
    passed: bool
    seen: str


@dataclass
class Drill:
    """A drill under way, and then its record."""

    backup: str
    target: str
    point_at: datetime
    started_at: datetime
    recovery_seconds: float = 0.0
    finished_at: datetime | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything was as it should be."""
        return bool(self.checks) and all(c.passed for c in self.checks)

    @property
    def loss_seconds(self) -> float:
        """How old the backup's moment was: what would have been lost, had the original gone when the drill began."""
        return (self.started_at - self.point_at).total_seconds()

    def statement(self) -> dict[str, Any]:
        """What is signed; numbers as text."""
        return {**asdict(self), "recovery_seconds": f"{self.recovery_seconds:.3f}", "loss_seconds": f"{self.loss_seconds:.3f}", "passed": self.passed}

    def look(self, name: str, see: Callable[[], tuple[bool, str]]) -> bool:
        """Look at one thing; an error that has words is a failed check, and the drill goes on."""
        try:
            passed, seen = see()
        except MedthreadError as error:
            passed, seen = False, error.message
        self.checks.append(Check(name, passed, seen[:2000]))
        return passed


@dataclass(frozen=True)
class Declared:
    """What a copy is compared with: the entities, and the tables that follow from them."""

    registry: Registry
    native: MetaData


def drill(shelf: Shelf, manifest: Manifest, scratch: Path, *, keys: KeyBundle | None, declared: Declared) -> Drill:
    """Restore a backup into `scratch` (removed before and after) and look at everything that makes it an installation."""
    made = Drill(manifest.id, shelf.target.name, manifest.point_at, datetime.now(UTC))
    _forget(scratch)
    try:
        made.look("restored", lambda: _restored(shelf, manifest, scratch, keys))
        if (scratch / SETTINGS_FILE).exists():  # it comes last
            _opened(made, manifest, scratch, declared)
    finally:
        _forget(scratch)
    made.finished_at = datetime.now(UTC)
    return made


def _forget(scratch: Path) -> None:
    """Nothing of a copy stays behind, wherever its server keeps its files."""
    Cluster(scratch / "data" / "postgres").remove()
    clear(scratch)


def _restored(shelf: Shelf, manifest: Manifest, scratch: Path, keys: KeyBundle | None) -> tuple[bool, str]:
    done = restore(shelf, manifest, scratch, keys=keys, by="drill")
    faults = [f"{f.what}: {f.path}" for f in manifest.faults]
    return not faults, "; ".join(faults) or f"{done.files} contents, {done.bytes} bytes, each as its hash says"


def _opened(made: Drill, manifest: Manifest, scratch: Path, declared: Declared) -> None:
    data = scratch / "data"
    with Cluster(data / "postgres") as cluster:
        store = Store(cluster.url, cluster=cluster)
        try:
            _look_inside(made, manifest, store, data, declared)
            made.look("structures", lambda: (True, check_structures(cluster)))
        finally:
            store.close()
    made.look("pages", lambda: (True, check_pages(cluster)))


def _look_inside(made: Drill, manifest: Manifest, store: Store, data: Path, declared: Declared) -> None:
    made.look("database", lambda: _migration(store, manifest, declared))
    for domain in dict.fromkeys(e.about.domain for e in declared.registry.values()):
        made.look(f"domain {domain}", lambda d=domain: _domain(store, data, declared.registry, d))  # type: ignore[misc] # a default binds the name
    made.recovery_seconds = (datetime.now(UTC) - made.started_at).total_seconds()
    made.look("rows", lambda: _rows(store, manifest))
    made.look("audit", lambda: _audit(store, manifest, data))
    made.look("lake", lambda: _lake(store, manifest, data))


def _migration(store: Store, manifest: Manifest, declared: Declared) -> tuple[bool, str]:
    with store.transaction() as tx:
        found = tx.execute(text("select version_num from medthread.alembic_version")).scalar_one()
        apart = differences(tx, declared.native)
    if found != manifest.database.server.migration:
        return False, f"migration {found}, and the backup says {manifest.database.server.migration}"
    return True, f"migration {found}" + (f"; {len(apart)} steps behind this program, which takes them when it opens it" if apart else "")


def _rows(store: Store, manifest: Manifest) -> tuple[bool, str]:
    with store.transaction() as tx:
        found = count_rows(tx)
    other = [f"{t}: {found.get(t)} for {n}" for t, n in manifest.rows.items() if t not in CHANGED_BY_RESTORING and found.get(t) != n]
    return not other, "; ".join(other) or f"{len(found)} tables, {sum(manifest.rows.values())} rows"


def _audit(store: Store, manifest: Manifest, data: Path) -> tuple[bool, str]:
    """As many rows, the same last checkpoint, and every leaf, node, root and signature computed again."""
    with store.transaction() as tx:
        found = log_state(tx, up_to=manifest.audit.last)
    if found != LogState(**manifest.audit.model_dump()):
        return False, f"{found.rows} rows sealed to {found.sealed}, and the backup says {manifest.audit.rows} sealed to {manifest.audit.sealed}, or another root"
    checked = check_log(AuditLog(store, Keyring.open(data / "keys" / "master.key")))
    wrong = [f"{f.kind} {f.where}" for f in checked.findings.faults]
    return not wrong, "; ".join(wrong) or f"{found.rows} rows, {checked.rows} of them sealed; root as the last of {checked.checkpoints} checkpoints"


def _lake(store: Store, manifest: Manifest, data: Path) -> tuple[bool, str]:
    current = Releases(store).current()
    if current is None:
        return manifest.lake.release is None, "nothing was published"
    faults = [f"{f.what}: {f.path}" for f in verify_release(store, current)]
    if current.trace_index is not None:
        TraceIndex(data / "trace" / current.trace_index).verify()
    files = sum(len(t.files) for t in current.tables.values())
    same = current.id == manifest.lake.release
    return same and not faults, "; ".join(faults) or f"release {current.id}: {files} files and the trace index as their hashes say"


def _domain(store: Store, data: Path, registry: Registry, domain: str) -> tuple[bool, str]:
    """One record of a domain, read the way that readers read it, and a sealed value opened."""
    for entity in (e for e in registry.values() if e.about.domain == domain):
        rows = _native_rows(store, entity) if entity.about.home is Home.NATIVE else _lake_rows(store, entity)
        if rows:
            sealed = [v for row in rows for v in row.values() if isinstance(v, str) and is_sealed(v)]
            opened = f", {_unsealed(store, data, sealed)}" if sealed else ""
            return True, f"{entity.name} {rows[0]['id']}{opened}"
    return True, "it has no records"


def _native_rows(store: Store, entity: type[Entity]) -> list[dict[str, Any]]:
    with store.transaction() as tx:
        rows = tx.execute(text(f'select * from native."{entity.name}" order by id limit {LOOKED_AT}')).all()
    return [dict(r._mapping) for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _lake_rows(store: Store, entity: type[Entity]) -> list[dict[str, Any]]:
    with closing(LakeReader(Releases(store))) as reader:
        if not reader.published() or not reader.current().has(f"golden.{entity.name}"):
            return []
        snapshot = reader.current()
        return snapshot.query(f"select * from {snapshot.relation(f'golden.{entity.name}')} order by id limit {LOOKED_AT}")


def _unsealed(store: Store, data: Path, sealed: list[str]) -> str:
    """Open a sealed value with the restored keys; an erased one is left closed, and that is as it should be."""
    path = data / "keys" / "master.key"
    if not path.exists():
        raise NotFoundError("no keys were given: what is sealed stays sealed", hint="name the place of the keys in [backup] keys")
    keyring = Keyring.open(path)
    with store.transaction() as tx:
        for value in sealed:
            try:
                key = keyring.find(tx, key_id_of(value))
            except NotFoundError:
                continue
            unseal(value, key=key)
            return "a sealed value opened"
    return "its sealed values are erased"
