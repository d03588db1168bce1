"""How far a run is: told to the terminal, the run's row and the console alike."""

from typing import Protocol

STAGES = ("ingest", "standardise", "match", "build", "release")


class Progress(Protocol):
    """Hears of each step."""

    def __call__(self, stage: str, done: int, total: int, what: str = "") -> None:
        """`done` of `total` steps of a stage are behind us."""


def silent(stage: str, done: int, total: int, what: str = "") -> None:
    """Nobody listens."""
