"""What the machine wants of a way to reach a person; adapters lie beside this file."""

from dataclasses import dataclass
from typing import Protocol

from medthread.model.errors import MedthreadError


class NotDeliverableError(MedthreadError):
    """One address that takes nothing; the others may."""

    code = "not-deliverable"


@dataclass(frozen=True)
class Letter:
    """A text to one person. Two of one `id` are the same."""

    id: str
    to: str
    subject: str
    text: str


class Messenger(Protocol):
    """Hands a letter over to something that keeps it until it arrives."""

    def send(self, letter: Letter) -> None:
        """Taken over when it returns. `NotDeliverableError` for this address alone; `StoreError` where nothing can be sent now."""
