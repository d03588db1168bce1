"""What happened, and who reacts: events by name in the past tense, reactions as data with a function behind them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from medthread.model.declared import Declared
from medthread.model.labels import Label

Row = dict[str, Any]


@dataclass(frozen=True)
class EventType(Declared):
    """A kind of event. `source` says what brings it about where no transition does; `version` rises when its facts change."""

    name: str
    zh: str
    en: str
    domain: str
    source: str = field(default="", kw_only=True)
    version: int = field(default=1, kw_only=True)

    @property
    def label(self) -> Label:
        """What happened, in both languages."""
        return Label(self.zh, self.en)


@dataclass(frozen=True)
class Event:
    """One that happened: to which record, by whom, with which facts. Personal values are never in it."""

    id: str
    type: str
    entity: str
    record: str
    at: datetime
    by: str
    body: Mapping[str, Any]


class Work(Protocol):
    """What a reaction may do, all in one transaction with the event that called it."""

    by: str
    now: datetime

    def find(self, entity: str, **where: Any) -> list[Row]:
        """Native records with those values, with `id` and `_state`; none when nothing fits."""

    def get(self, entity: str, id_: str) -> Row:
        """One native record by id."""

    def create(self, entity: str, values: Row) -> str:
        """Open a native record; gives its id. Text keys left out are numbered."""

    def create_many(self, entity: str, rows: Iterable[Row]) -> int:
        """Write many native records of a kind that has neither a process nor personal values, set by set; gives how many."""

    def create_from(self, entity: str, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """The same from the rows of a SELECT as `records` takes it, each column a field; in memory is only a part of them at a time."""

    def change(self, entity: str, id_: str, values: Row) -> None:
        """Change some values of a native record."""

    def act(self, entity: str, id_: str, action: str, *, reason: str, values: Row | None = None) -> None:
        """Do a transition that the system may do."""

    def emit(self, event: str, *, entity: str, record: str, body: Row) -> None:
        """Say that something happened."""

    def walk(self, *lots: tuple[str, str], direction: str) -> list[tuple[str, str]]:
        """The lots (item, lot number) met along the genealogy from any of these, themselves included."""

    def leading(self, lots: Sequence[tuple[str, str]], *, to: str) -> list[tuple[str, str]]:
        """Those of the lots from which something of a kind, such as "shipment", is reached along the genealogy."""

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a SELECT (PostgreSQL) over `native.<entity>` and `medthread.process_case`, read live, parameters written `:name`."""

    def released(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a SELECT (DuckDB) over `golden.<entity>` of the release that readers see, parameters written `$name`."""

    def release(self) -> str | None:
        """Which release that is, so that the same question can be asked again; none while nothing is published."""


class Mode(StrEnum):
    """How a reaction comes about."""

    AT_ONCE = "at_once"  # in the transaction of the act itself
    AUTO = "auto"  # by the system, soon after
    PROPOSE = "propose"  # a person with the role accepts or refuses
    BLOCK = "block"  # a guard refuses while it stands


Do = Callable[[Event, Work], None]


@dataclass(frozen=True, kw_only=True)
class Reaction(Declared):
    """What follows from an event, in which domain. `do` is absent for a block, `guard` and `role` only there for theirs."""

    name: str
    on: str
    domain: str
    mode: Mode
    zh: str
    en: str
    do: Do | None = None
    role: str = ""
    guard: str = ""

    @property
    def label(self) -> Label:
        """What is done, in both languages."""
        return Label(self.zh, self.en)


def reaction(on: str, *, domain: str, mode: Mode, zh: str, en: str, role: str = "") -> Callable[[Do], Do]:
    """Declare a function as the reaction to an event."""

    def declare(do: Do) -> Do:
        Reaction(name=do.__name__, on=on, domain=domain, mode=mode, zh=zh, en=en, do=do, role=role)
        return do

    return declare
