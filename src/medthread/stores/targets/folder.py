"""A folder: a disk of its own, a mounted share, a stick."""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from medthread.stores.targets.port import TargetError, missing

CHUNK = 1 << 20
UNFINISHED = ".partial"
ABANDONED = 86_400.0  # seconds after which nobody is still writing


class FolderTarget:
    """Copies as files. Written aside, forced to the disk, and moved into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser().resolve()

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._folder

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self._folder)

    def put(self, name: str, path: Path) -> None:
        """Copy a file in."""
        final = self._folder / name
        aside = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}{UNFINISHED}")
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as source, aside.open("xb") as sink:
                shutil.copyfileobj(source, sink, CHUNK)
                sink.flush()
                os.fsync(sink.fileno())
            aside.replace(final)
            _settle(final.parent)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise self._refused(error) from error

    def get(self, name: str) -> Iterator[bytes]:
        """Read a file."""
        path = self._folder / name
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except FileNotFoundError as error:
            raise missing(self.name, name) from error
        except OSError as error:
            raise self._refused(error) from error

    def sizes(self, prefix: str) -> dict[str, int]:
        """List files; what a writer that died left unfinished is swept away after a day."""
        found: dict[str, int] = {}
        start = self._folder / prefix
        try:
            for path in (p for p in start.rglob("*") if p.is_file()):
                if path.name.endswith(UNFINISHED):
                    _sweep(path)
                else:
                    found[path.relative_to(self._folder).as_posix()] = path.stat().st_size
        except OSError as error:
            raise self._refused(error) from error
        return found

    def remove(self, name: str) -> None:
        """Delete a file."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> TargetError:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        said = "is full" if full else f"cannot be used: {error.strerror}"
        hint = "make room there, keep fewer backups ([backup] keep_daily, keep_weekly), or name a larger place" if full else "is it mounted, and ours to write?"
        return TargetError(f"{self.name} {said}", hint=hint, target=self.name)


def _sweep(path: Path) -> None:
    if time.time() - path.stat().st_mtime > ABANDONED:
        path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Force a folder's own entries to the disk, so that a name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
