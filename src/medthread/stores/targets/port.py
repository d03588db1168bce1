"""What a place for copies can do. A copy is there whole, under its name, or it is not there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from medthread.model.errors import NotFoundError, StoreError


class TargetError(StoreError):
    """A place for copies that could not do its part: full, away, closed to us."""


class Target(Protocol):
    """A place for copies. Names are relative paths of plain letters."""

    @property
    def name(self) -> str:
        """The place as people write it, without secrets."""

    def put(self, name: str, path: Path) -> None:
        """Keep a file's content under a name, in place of what was there."""

    def get(self, name: str) -> Iterator[bytes]:
        """The content under a name, in chunks."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """Every name that begins so, with its number of bytes."""

    def remove(self, name: str) -> None:
        """Forget what is under a name; nothing where there is nothing."""


def missing(target: str, name: str) -> NotFoundError:
    """What to say of a name that nothing is kept under."""
    return NotFoundError(f"{target} has no {name}", hint="take another backup or another target; this copy is not whole")
