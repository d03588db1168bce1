"""Backups and drills as acts: each with its row, its audit row, and its end written down however it ended."""

import contextlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from medthread.governance.backup.drill import Declared, Drill, drill
from medthread.governance.backup.keys import bring_keys, bundle_of, keep_keys
from medthread.governance.backup.manifest import KeyBundle
from medthread.governance.backup.prune import Pruned, prune
from medthread.governance.backup.setting import BackupSetting
from medthread.governance.backup.take import Subject, Taken, alone, new_id, system_of, take
from medthread.governance.backup.vault import Shelf
from medthread.methods.canonical import hash_of, plain
from medthread.model.errors import ConfigurationError, MedthreadError, NotFoundError
from medthread.stores.postgres.tables import backup_run
from medthread.stores.postgres.tables import drill as drills
from medthread.trust.audit import record
from medthread.trust.installation import vouch
from medthread.trust.sealed_stream import AlteredError
from medthread.trust.signatures import Signer


@dataclass(frozen=True)
class Keeping:
    """A workspace with its declared way of being backed up."""

    subject: Subject
    setting: BackupSetting
    signer: Signer
    declared: Declared

    @property
    def keys_folder(self) -> Path:
        """Where the installation's own keys are."""
        return self.subject.data / "keys"

    def run(self, *, by: str, whole: bool = False) -> Taken:
        """Make a backup, put the keys where keys are kept, remove what the policy does not keep."""
        store = self.subject.store
        with alone(store):
            id_ = new_id(datetime.now(UTC))
            with store.transaction() as tx:
                # Nobody else is making one now: what still says so was interrupted.
                tx.execute(update(backup_run).where(backup_run.c.status == "running").values(status="interrupted"))
                tx.execute(insert(backup_run).values(id=id_, status="running", started_by=by, started_at=func.clock_timestamp()))
            try:
                taken = take(self.subject, self.setting, id_=id_, by=by, whole=whole)
                keys = self._keep_keys()
                pruned, left = self._prune(taken)
            except BaseException as error:
                message = error.message if isinstance(error, MedthreadError) else type(error).__name__
                self._end(id_, by=by, status="failed", message=message)
                raise
            self._end(id_, by=by, **_told(taken, keys, pruned, left))
        return taken

    def _keep_keys(self) -> str | None:
        if self.setting.keys is None:
            return None
        bundle = bundle_of(self.subject.store, self.keys_folder, system=system_of(self.subject.store))
        keep_keys(bundle, self.setting.keys, self.setting.key(), self.subject.data / "scratch" / "backup")
        return self.setting.keys.name

    def _prune(self, taken: Taken) -> tuple[list[Pruned], dict[str, str]]:
        """Only where the new backup is: a target that failed keeps everything that it has."""
        done, left = [], {}
        for target in (t for t in self.setting.targets if t.name in taken.targets):
            try:
                done.append(prune(target, self.setting.key(), self.setting.policy, now=datetime.now(UTC)))
            except (AlteredError, ConfigurationError) as error:
                left[target.name] = f"nothing was pruned: {error.message}"
        return done, left

    def _end(self, id_: str, *, by: str, status: str, **values: Any) -> None:
        with self.subject.store.transaction() as tx:
            tx.execute(update(backup_run).where(backup_run.c.id == id_).values(status=status, finished_at=func.clock_timestamp(), **values))
            told = {k: v for k, v in values.items() if k in ("whole", "targets", "failed", "faults", "keys", "message") and v}
            record(tx, actor=by, action="backup.run", object_=f"backup/{id_}", detail={"status": status, **told})

    def shelf(self, name: str | None = None) -> Shelf:
        """One target to read from: the one named, or the first."""
        for target in self.setting.targets:
            if name in (None, target.name):
                return Shelf(target, self.setting.key())
        raise NotFoundError(f"no target {name!r}", hint=f"there are: {', '.join(t.name for t in self.setting.targets)}")

    def keys(self) -> KeyBundle | None:
        """The newest copy of the keys; nothing where none are kept."""
        return None if self.setting.keys is None else bring_keys(self.setting.keys, self.setting.key())

    def drill(self, *, by: str, target: str | None = None, backup: str | None = None) -> tuple[str, Drill]:
        """Try a backup out, the newest if none is named, and keep a signed record; gives its id."""
        shelf = self.shelf(target)
        manifest, keys = shelf.find(backup), None
        with contextlib.suppress(NotFoundError):  # the drill itself says that there are none
            keys = self.keys()
        made = drill(shelf, manifest, self.subject.data / "scratch" / "drill", keys=keys, declared=self.declared)
        return self._keep_drill(made, by=by), made

    def _keep_drill(self, made: Drill, *, by: str) -> str:
        id_, statement = f"drill-{made.started_at:%Y%m%dT%H%M%SZ}", made.statement()
        with self.subject.store.transaction() as tx:
            signed = vouch(tx, self.signer, statement)
            tx.execute(insert(drills).values(
                id=id_, backup=made.backup, target=made.target, passed=made.passed, started_by=by, started_at=made.started_at,
                finished_at=made.finished_at, recovery_seconds=made.recovery_seconds, loss_seconds=made.loss_seconds, record=plain(statement),
                record_hash=hash_of(statement), key=signed.key, algorithm=signed.algorithm, signature=signed.signature))
            failed = [c.name for c in made.checks if not c.passed]
            record(tx, actor=by, action="backup.drill", object_=f"drill/{id_}", detail={"backup": made.backup, "passed": made.passed, "failed": failed})
        return id_

    def runs(self, limit: int = 100) -> list[dict[str, Any]]:
        """Backups that were asked for, newest first."""
        with self.subject.store.transaction() as tx:
            rows = tx.execute(select(backup_run).order_by(backup_run.c.started_at.desc()).limit(limit)).all()
        return [dict(r._mapping) for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _told(taken: Taken, keys: str | None, pruned: list[Pruned], left: dict[str, str]) -> dict[str, Any]:
    manifest, failed = taken.manifest, {**taken.failed, **left}
    return {
        "status": "partial" if taken.failed or manifest.faults else "done", "whole": manifest.whole, "point_at": manifest.point_at,
        "contents": len(manifest.entries), "bytes": manifest.bytes, "sent": taken.sent, "targets": list(taken.targets), "failed": failed,
        "faults": [f.model_dump() for f in manifest.faults], "pruned": [asdict(p) for p in pruned if p.backups or p.contents], "keys": keys,
    }
