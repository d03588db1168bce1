"""Whether a backup is still what it was when it was made: every content read, unsealed and compared."""

import io

from medthread.governance.backup.manifest import Entry, Manifest
from medthread.governance.backup.vault import Shelf
from medthread.model.errors import NotFoundError
from medthread.trust.sealed_stream import AlteredError


class Nowhere(io.RawIOBase):
    """Takes what it is given and keeps nothing."""

    def writable(self) -> bool:
        """It may be written to."""
        return True

    def write(self, data: object) -> int:
        """Count only."""
        return len(data)  # type: ignore[arg-type] # bytes-like


def damaged(shelf: Shelf, manifest: Manifest) -> list[tuple[Entry, str]]:
    """Contents that are missing or changed on a target."""
    found: list[tuple[Entry, str]] = []
    for entry in manifest.entries.values():
        try:
            shelf.bring(entry, Nowhere())  # type: ignore[arg-type] # it writes
        except NotFoundError:
            found.append((entry, "missing"))
        except AlteredError:
            found.append((entry, "changed"))
    return found
