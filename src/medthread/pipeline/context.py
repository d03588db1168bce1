"""What every stage works with: the store, the committer, the registry, the sources, and the places on disk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from medthread.model import Registry, Source
from medthread.model.rule_file import QualityRule
from medthread.model.rules import SURE
from medthread.pipeline.build.model import Model
from medthread.pipeline.judging import Judging
from medthread.pipeline.landing import Landing
from medthread.pipeline.progress import Progress, silent
from medthread.stores.lakehouse import Committer
from medthread.stores.postgres.store import Store
from medthread.trust.keys import Keyring


class AtRelease(Protocol):
    """A part of the product that every release asks and tells."""

    def judge(self, context: "Context", *, run: str) -> None:
        """Look at what is about to be released. Raises `HeldError` where readers may not see it."""

    def prepare(self, context: "Context") -> Callable[[Connection, str, str], None]:
        """Make what goes with a release; what is given keeps it, in the transaction that makes the release of an id, by somebody."""


@dataclass(frozen=True)
class Context:
    """The batch path's surroundings, made once by `app.py`."""

    store: Store
    committer: Committer
    registry: Registry
    sources: tuple[Source, ...]
    declared: Callable[[], tuple[Model, ...]]
    keyring: Keyring
    secret: Callable[[str], str | None]  # a password or token by the name that a source gives it
    inbox: Path
    landing: Landing
    lake: Path
    scratch: Path
    trace: Path
    progress: Progress = field(default=silent)
    memory: str = "2GB"
    threads: int = 2
    rules: tuple[QualityRule, ...] = ()  # of the company's own; those tried at intake are in the registry too
    judging: Judging = field(default_factory=Judging)  # how long rules may take, and their verdicts are kept
    corrects_from: float = SURE  # rules at least so sure of a mended value mend by themselves
    zone: str = "Asia/Shanghai"  # whose day it is when something comes into force
    at_release: tuple[AtRelease, ...] = ()
    publishes: bool = True  # or a run makes a release ready, and a train takes it to readers

    @property
    def today(self) -> date:
        """The day that it is for the organisation."""
        return datetime.now(ZoneInfo(self.zone)).date()

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Models as their files declare them when they are first asked for: who builds none is not in the way of a file that cannot be read."""
        return self.declared()

    def source(self, name: str) -> Source:
        """A source by name."""
        return next(s for s in self.sources if s.name == name)
