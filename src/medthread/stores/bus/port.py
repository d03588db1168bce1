"""What the machine wants of a message broker; adapters lie beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Address:
    """Where the broker is, the file of the authority that its certificate is checked with, and the password or token that goes with it."""

    url: str
    ca: Path | None = None
    secret: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """Without name and password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def user(self) -> str | None:
        """The name in the address."""
        name = urlsplit(self.url).username
        return unquote(name) if name else None

    @property
    def hosts(self) -> tuple[str, ...]:
        """Each `host` or `host:port`; some brokers are several."""
        return tuple(h for h in urlsplit(self.url).netloc.rpartition("@")[2].split(",") if h)


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
    """A text that came in: where it stands in the broker, and what the adapter needs to acknowledge it.

    `id` is the same when it comes again, and None where the broker has no such thing; `subject` is the topic it was sent to.
    """

    place: str
    content: bytes
    handle: Any
    id: str | None = None
    subject: str | None = None
    key: str | None = None
    sent_at: datetime | None = None


class Inlet(Protocol):
    """Takes texts from a broker that keeps them until they are acknowledged. After an error it is closed, and another one opened."""

    @property
    def most(self) -> int:
        """How many it may hand out before the first of them is acknowledged."""

    def fetch(self, limit: int) -> Sequence[Delivery]:
        """The next ones, waiting about a second for the first; `StoreError` where the broker does not answer."""

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge: they do not come again."""

    def close(self) -> None:
        """End the connection; what was not acknowledged comes again."""
