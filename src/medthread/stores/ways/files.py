"""A way by files: a CSV for each round, whole or not there, which the other system fetches from the outbox of the workspace."""

import csv
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from medthread.model.errors import StoreError
from medthread.stores.ways.port import Letter, Sent

ID = "_id"  # the column that tells one thing said from the same said again


class FileWay:
    """A folder that another system looks into."""

    def __init__(self, folder: Path, *, name: str, columns: Sequence[str]) -> None:
        self._folder, self._name, self._columns = folder, name, columns

    def deliver(self, letters: Sequence[Letter]) -> list[Sent]:
        """Write one file; called after its content, so that the same letters make the same file."""
        named = hashlib.sha256("".join(letter.id for letter in letters).encode()).hexdigest()[:16]
        path = self._folder / f"{self._name}-{named}.csv"
        partial = path.with_name(f".{path.name}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8-sig", newline="") as out:
                writer = csv.writer(out)
                writer.writerow([ID, *self._columns])
                writer.writerows([letter.id, *(letter.payload.get(c) for c in self._columns)] for letter in letters)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path)
        except OSError as error:
            raise StoreError(f"{path.name} cannot be written: {error.strerror}", hint="look after the outbox of the workspace: it takes the files of what is written back") from error
        return [Sent(letter.id, {"file": path.name, "row": n}) for n, letter in enumerate(letters, 1)]
