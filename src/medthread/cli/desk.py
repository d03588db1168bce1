"""The steward's desk at the server itself: whoever works there sees everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medthread.api.services import Services
from medthread.app import open_installation
from medthread.trust.access import Actor
from medthread.trust.operators import operator_name


@contextmanager
def steward_desk(home: Path) -> Iterator[tuple[Services, Actor]]:
    """What is asked, and whoever works at the server as a steward who sees everything."""
    name = operator_name()
    with open_installation(home) as installation, installation.services(None) as given:
        yield given, Actor(name, name, ("steward",))
