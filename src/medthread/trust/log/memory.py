"""The checkpoint that was signed last, remembered in a file beside the keys and outside the database.

Who may write the database, but holds neither keys nor this file, can rewrite the log from its first leaf and take every
checkpoint away; what the database then says of itself agrees. The file says what was signed, so nothing is signed that
does not begin with it (RFC 9162, 2.1.4: consistency). It is written after the commit: one that is older than the
database is extended by it, and one that is newer shows a log that was cut, or that an older one was put back.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from medthread.methods.merkle import Frontier, consistency_ranges, is_consistent, prove, root
from medthread.methods.note import Checkpoint
from medthread.model import Label
from medthread.model.errors import ConfigurationError, StoreError
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import audit_log
from medthread.trust.audit import record
from medthread.trust.log.nodes import reading

FILE = "log.remembered"
FORKED = "audit.forked"
SETTLED = "audit_log.adopt"


class ForkedError(StoreError):
    """The log in the database does not begin with what was signed and is remembered."""

    code = "forked"

    def __init__(self, remembered: "Remembered", *, size: int) -> None:
        said, seen = remembered.checkpoint, f"{remembered.kept:%Y-%m-%d %H:%M} UTC"
        super().__init__(
            f"the audit log of {size} rows in the database does not begin with the {said.size} rows that were signed at {seen}: it was rewritten, cut, or an older one was put back",
            hint="keep a copy of the database and find out which: medthread audit verify; after a restore that you meant: medthread audit adopt --reason '…'")
        self.label = Label(
            f"不再签署审计日志:库内 {size} 条的日志并非由 {seen} 已签署的 {said.size} 条延续而来(被改写、被截断或恢复了旧库)",
            f"the audit log is no longer signed: its {size} rows do not begin with the {said.size} rows that were signed at {seen} (rewritten, cut, or an older database was put back)")


@dataclass(frozen=True)
class Remembered:
    """The note signed last and when, since when notes are remembered, and how long the log was then: that part could have been rewritten before."""

    note: str
    kept: datetime
    since: datetime
    begun: int
    after: str | None = None  # what is sealed next came after this moment: nothing that was there then still waits

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says."""
        return Checkpoint.parse(self.note.rpartition("\n\n")[0] + "\n")

    @property
    def told(self) -> dict[str, Any]:
        """What an audit row tells of it."""
        return {"size": self.checkpoint.size, "root": self.checkpoint.root.hex(), "note": self.note, "kept": self.kept.isoformat()}


class Memory:
    """One small JSON file. Several servers on one database have one each, or share a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, keys: Path) -> "Memory":
        """The one in the folder of an installation's keys."""
        return cls(keys / FILE)

    def read(self) -> Remembered | None:
        """What is remembered; nothing before the first signing. ConfigurationError where the file is not ours."""
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            found = Remembered(said["note"], datetime.fromisoformat(said["kept"]), datetime.fromisoformat(said["since"]), int(said["begun"]), said.get("after"))
            found.checkpoint  # noqa: B018 - what is no checkpoint is refused here
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise ConfigurationError(
                f"{self.path} does not say what was signed last: {error!r}",
                hint="put it back from the copy of the keys; where there is none: medthread audit adopt --reason '…'") from error
        return found

    def keep(self, note: str, *, begun: int, after: str | None = None) -> None:
        """Remember a note, whole and on the disk or not at all; an older one than is remembered is not."""
        now = datetime.now(UTC)
        try:
            with self._alone():
                held = self.read()
                fresh = Remembered(note, now, held.since if held else now, held.begun if held else begun, after)
                if held is None or held.checkpoint.size < fresh.checkpoint.size:
                    self._write(json.dumps({"note": note, "kept": now.isoformat(), "since": fresh.since.isoformat(), "begun": fresh.begun, "after": after}))
        except OSError as error:
            raise StoreError(f"what was signed cannot be remembered in {self.path}: {error.strerror}", hint="look who owns the folder of the keys, and whether the disk is full") from error

    def told(self) -> dict[str, Any] | None:
        """What an audit row tells of what is remembered, be it readable or not."""
        try:
            found = self.read()
        except ConfigurationError as error:
            return {"unreadable": error.message}
        return None if found is None else found.told

    def forget(self) -> None:
        """Begin anew with what the database holds then."""
        self.path.unlink(missing_ok=True)

    def _write(self, body: str) -> None:
        fresh = self.path.with_name(f"{self.path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process of this installation writes meanwhile; the folder itself is locked, so no file is left over."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def adopt(store: Store, memory: Memory, *, by: str, reason: str) -> None:
    """Go on with the log that the database holds now, as after a restore: an audit row tells what had been signed, and why."""
    with store.transaction() as tx:
        size = tx.execute(select(audit_log.c.size)).scalar_one_or_none() or 0
        record(tx, actor=by, action=SETTLED, object_="audit_log", reason=reason, before=memory.told(), after={"size": size})
    memory.forget()


def check_extends(tx: Connection, remembered: Remembered, *, origin: str, frontier: Frontier) -> None:
    """ForkedError unless the log that ends in this frontier begins with the remembered one."""
    said = remembered.checkpoint
    same = (said.origin, said.algorithm) == (origin, frontier.algorithm) and said.size <= frontier.size
    if not same or not _is_extended(tx, said, frontier):
        raise ForkedError(remembered, size=frontier.size)


def _is_extended(tx: Connection, said: Checkpoint, frontier: Frontier) -> bool:
    if said.size == frontier.size:
        return said.root == root(frontier)
    try:
        path = prove(consistency_ranges(said.size, frontier.size), reading(tx), algorithm=frontier.algorithm)
    except StoreError:  # the nodes that would prove it are gone
        return False
    return is_consistent(old=said.size, old_root=said.root, size=frontier.size, new_root=root(frontier), path=path, algorithm=frontier.algorithm)
