"""The port: letters go in, each comes back with a receipt. What fails for all of them is a `StoreError`, to be tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Letter:
    """What is said of one thing, in the target's words; the target is told the same `id` whenever it is said again."""

    id: str
    payload: Mapping[str, str | None]


@dataclass(frozen=True)
class Sent:
    """What became of a letter: a receipt, or why the target refused it; `again` where it may take it later."""

    id: str
    receipt: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    again: str | None = None


class Way(Protocol):
    """One way into one system."""

    def deliver(self, letters: Sequence[Letter]) -> list[Sent]:
        """Hand them over; a letter that was handed over before is known by its id. Raises `StoreError` where nobody is there."""
