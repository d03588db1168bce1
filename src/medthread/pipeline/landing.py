"""Where what was collected lies until it was taken in: `<source>/<table>/<moment>-<n>.<form>`, each file whole or not there."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

PART = ".part"


@dataclass(frozen=True)
class Landing:
    """The folder of all."""

    folder: Path

    def waiting(self, source: str, table: str) -> list[Path]:
        """Files of a table, oldest first."""
        return sorted(p for p in (self.folder / source / table).glob("*") if p.suffix != PART and p.is_file())

    @contextmanager
    def landing(self, source: str, table: str, form: str) -> Iterator[Path]:
        """A place to write to, which becomes the next file of a table when all went well and something was written, durably; and nothing otherwise."""
        folder = self.folder / source / table
        folder.mkdir(parents=True, exist_ok=True)
        named = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        target = next(p for n in count() if not (p := folder / f"{named}-{n}.{form}").exists())
        partial = target.with_name(target.name + PART)
        try:
            yield partial
            if partial.exists():
                _settle(partial)
                partial.replace(target)
                _settle(folder)
        finally:
            partial.unlink(missing_ok=True)

    def clear(self, *, older_than: float) -> None:
        """Take away files that were begun so many seconds ago and never ended."""
        for path in self.folder.glob(f"*/*/*{PART}"):
            if time.time() - path.stat().st_mtime > older_than:
                path.unlink(missing_ok=True)

    def forget(self, file: str) -> None:
        """Take away a file that was taken in, by its name under the folder."""
        (self.folder / file).unlink(missing_ok=True)


def _settle(path: Path) -> None:
    """Have the disk keep it, whatever happens to the power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
