"""The contracts of now, made once for as long as nothing of what they are made from changes; and where each stands to what was promised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection

from medthread.governance.contracts.kept import GivenOut, differences, promised
from medthread.governance.contracts.made import UNNUMBERED, Contract, Making
from medthread.governance.dictionary.book import Book
from medthread.methods.contracts import Difference, Verdict, next_version, worst
from medthread.model import Registry, Source
from medthread.model.errors import NotFoundError
from medthread.model.rule_file import QualityRule


@dataclass(frozen=True)
class Standing:
    """A contract, the version that was promised last, and what a release now would change of it."""

    contract: Contract
    promised: GivenOut | None
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The gravest of what would change; None where nothing would."""
        same = self.promised is not None and self.promised.digest == self.contract.digest
        return None if same or self.promised is None else worst(d.verdict for d in self.differences)

    @property
    def next(self) -> str:
        """The version that a release now would give it."""
        if self.promised is None:
            return UNNUMBERED
        return self.promised.version if self.verdict is None else next_version(self.promised.version, self.verdict)


@dataclass
class ContractShelf:
    """Contracts of an installation."""

    registry: Registry
    book: Callable[[], Book]
    sources: Callable[[], tuple[Source, ...]]
    rules: Callable[[], Sequence[QualityRule]]
    tenant: str
    _made: Mapping[str, Contract] = field(default_factory=dict, repr=False)
    _made_from: Making | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def making(self) -> Making:
        """What contracts are made from now."""
        return Making(self.book(), self.registry, self.sources(), self.rules(), self.tenant)

    def now(self) -> Mapping[str, Contract]:
        """Every contract as it would be given out now."""
        making = self.making
        with self._lock:
            if making != self._made_from:
                self._made, self._made_from = making.all(), making
            return self._made

    def one(self, subject: str) -> Contract:
        """The contract of an entity or a model's table. Raises `NotFoundError`."""
        found = self.now().get(subject)
        if found is None:
            raise NotFoundError(f"there is no contract of {subject!r}", hint="entities go by their name, models by their table such as marts.lot_overview; one that was not made yet has none")
        return found

    def standing(self, tx: Connection) -> tuple[dict[str, Standing], list[GivenOut]]:
        """Every contract with what was promised of it, and what was promised and is not there any more."""
        before, now = promised(tx), self.now()
        return {s: standing_of(c, before.get(s)) for s, c in now.items()}, [one for subject, one in before.items() if subject not in now]


def standing_of(now: Contract, last: GivenOut | None) -> Standing:
    """A contract beside the version that was given out last."""
    return Standing(now, last if last is not None and last.content is not None else None, differences(last, now))
