"""What the machine wants of a message broker; adapters lie beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Message:
    """A text to be published. Two of one `id` are the same; those of one `key` arrive in order."""

    subject: str
    id: str
    key: str
    content: bytes
    media: str


class Publisher(Protocol):
    """Gives texts to a broker that keeps them."""

    def publish(self, messages: Sequence[Message]) -> None:
        """All of them acknowledged when it returns; `StoreError` where one was not, and some may have been kept."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True)
class Delivery:
    """A text that came in: where it stands in the broker, and what the adapter needs to acknowledge it."""

    place: str
    content: bytes
    handle: Any


class Inlet(Protocol):
    """Takes texts from a broker that keeps them until they are acknowledged."""

    def fetch(self, limit: int) -> Sequence[Delivery]:
        """The next ones, waiting about a second for the first; `StoreError` where the broker does not answer."""

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge: they do not come again."""

    def close(self) -> None:
        """End the connection."""
