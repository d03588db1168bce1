"""Questions with a yes or no, asked inside an act and by other systems alike: guards, and the decisions made of them.

A guard is a named query for what stands in the way. It gives rows `(record, detail)`; no row, no objection. The
same guard answers an ERP over the API and refuses a person's act, so the two can never differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from medthread.model.declared import Declared
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label


@dataclass(frozen=True, kw_only=True)
class Guard(Declared):
    """What must not be there.

    `blocks` is one SELECT of two text columns, the blocking record (`entity/key`) and what is the matter with it.
    Parameters are written `:name` and listed in `takes`; `:today` and `:now` are always there, and inside an act
    `actor`, who acts, and `role`, in which role, may be taken beside the record's fields. `over` says where it looks:
    `records` is PostgreSQL (`native.<entity>`, with `medthread.process_case` for states), read live in the act's
    transaction; `release` is DuckDB over `golden.<entity>` of the release readers see. With `walk`, the machine follows
    the genealogy from `:item` and `:lot_no` and hands the lots met to the query as `:walked`, a list of `item|lot_no`
    that holds the lot itself.
    """

    name: str
    zh: str
    en: str
    takes: tuple[str, ...]
    blocks: str
    over: Literal["records", "release"] = "records"
    walk: Literal["up", "down"] | None = None
    clause: str = ""

    def __post_init__(self) -> None:
        """A walk starts from a lot."""
        if self.walk and not {"item", "lot_no"} <= set(self.takes):
            raise DeclarationError(f"guard {self.name} walks from no lot", hint="let it take item and lot_no")
        super().__post_init__()

    @property
    def label(self) -> Label:
        """What must hold, in both languages."""
        return Label(self.zh, self.en)


@dataclass(frozen=True, kw_only=True)
class Decision(Declared):
    """A question that other systems ask (a decision service, DMN 1.5 section 10.4): yes when no guard objects."""

    name: str
    zh: str
    en: str
    takes: tuple[str, ...]
    guards: tuple[str, ...]
    optional: tuple[str, ...] = ()  # parameters that may be left out

    @property
    def label(self) -> Label:
        """The question in both languages."""
        return Label(self.zh, self.en)


@dataclass(frozen=True, kw_only=True)
class Calculation(Declared):
    """A pure calculation that other systems ask for; `takes` says of which type each parameter is."""

    name: str
    zh: str
    en: str
    takes: Mapping[str, type]
    do: Callable[..., dict[str, Any]]
    optional: tuple[str, ...] = ()
    standard: str = ""

    @property
    def label(self) -> Label:
        """What it calculates, in both languages."""
        return Label(self.zh, self.en)
