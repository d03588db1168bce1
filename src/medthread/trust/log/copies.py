"""Checkpoints copied away from the database: a folder, best on another machine or one that nothing is deleted from.

Whoever rewrites the database together with its checkpoints is found out by the copies.
"""

import os
from pathlib import Path

from sqlalchemy import func, select

from medthread.model.errors import StoreError
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import audit_checkpoint

SUFFIX = ".checkpoint"
DIGITS = 12


class Copies:
    """One file a checkpoint, by day and size: `2026-10-01/000000000123.checkpoint`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._newest: int | None = None

    def files(self) -> list[Path]:
        """All of them, shortest log first."""
        return sorted(self.folder.glob(f"*/*{SUFFIX}"), key=lambda p: p.name)

    def catch_up(self, store: Store) -> int:
        """Copy what is newer than the newest copy; gives how many. A log that is shorter than its copies is refused."""
        newest = self._newest if self._newest is not None else self._found()
        table = audit_checkpoint
        with store.transaction() as tx:
            rows = tx.execute(select(table).where(table.c.size > newest).order_by(table.c.size)).all()
            held = tx.execute(select(func.max(table.c.size))).scalar_one() or 0
        if held < newest:
            raise StoreError(
                f"a log of {newest} rows was signed and copied to {self.folder}, the database holds {held}: it was cut, or an older backup was restored",
                hint="find out which; after a restore, put the later copies aside where they are kept, and copying goes on")
        self._newest = newest
        for row in rows:
            self._write(self.folder / f"{row.at:%Y-%m-%d}" / f"{row.size:0{DIGITS}d}{SUFFIX}", row.note)
            self._newest = row.size
        return len(rows)

    def _found(self) -> int:
        """The size of the newest copy: in the last day's folder, for logs only grow."""
        for day in sorted((p for p in self.folder.glob("*-*-*") if p.is_dir()), reverse=True):
            sizes = [size_of(p) for p in day.glob(f"*{SUFFIX}")]
            if sizes:
                return max(sizes)
        return 0

    def _write(self, path: Path, note: str) -> None:
        """Whole or not at all; two processes would write the same."""
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(note, encoding="utf-8")
            fresh.chmod(0o444)
            fresh.rename(path)
        except OSError as error:
            raise StoreError(
                f"checkpoints cannot be copied to {self.folder}: {error.strerror}", hint="look whether the folder of [audit] checkpoints is there and may be written"
            ) from error


def size_of(path: Path) -> int:
    """The size of the log that a copy is filed under."""
    if not path.stem.isdecimal():
        raise StoreError(f"{path} is no copy of a checkpoint", hint="keep other files out of the folder of [audit] checkpoints")
    return int(path.stem)
