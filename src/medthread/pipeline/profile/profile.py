"""What a profile says of a table: its columns as they are filled, what names its rows, what decides what, whose keys stand in it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter


class Standing(StrEnum):
    """How a column's values may be told: as they are; masked, for nobody has said that they are not personal; not at all, for they are sealed."""

    CLEAR = "clear"
    MASKED = "masked"
    SEALED = "sealed"


class Reading(StrEnum):
    """What a value can be read as; text where nothing else."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    TRUTH = "truth"
    TEXT = "text"


@dataclass(frozen=True)
class Counted:
    """A value and the rows of the sample that have it."""

    value: str
    rows: int


@dataclass(frozen=True)
class Pattern:
    """How values are written: `A9{3,5}` for a letter and three to five digits, as an RE2 expression too, and the rows of the sample written so."""

    form: str
    regex: str
    rows: int


@dataclass(frozen=True)
class Bin:
    """A span of values and the rows of the sample in it; the first and the last hold what lies beyond them too."""

    low: str
    high: str
    rows: int


@dataclass(frozen=True)
class Suspicion:
    """What sensitive data a column seems to hold, what share of its values are of that kind, and whether values or only its name say so.

    `declared`: its field is said to be about persons, so there is nothing to find.
    """

    kind: str
    share: float
    basis: str  # values | name
    declared: bool


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """One column. Nulls, blanks, distinct values (estimated), extremes and lengths are of all rows; the rest is of the sample."""

    name: str
    type: str
    standing: Standing
    field: str | None = None
    nulls: int = 0
    blanks: int = 0
    distinct: int = 0
    low: str | None = None
    high: str | None = None
    shortest: int | None = None
    longest: int | None = None
    likely: Reading = Reading.TEXT
    reads: Mapping[str, float] = dataclasses.field(default_factory=dict)
    quantiles: Mapping[str, str] = dataclasses.field(default_factory=dict)
    histogram: tuple[Bin, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    values: tuple[Counted, ...] = ()
    suspected: Suspicion | None = None

    @property
    def empty(self) -> int:
        """Rows without a value."""
        return self.nulls + self.blanks


@dataclass(frozen=True)
class KeyFound:
    """Columns that name a row, asked of all rows; with duplicates where they nearly do: rows beyond the first of each value."""

    columns: tuple[str, ...]
    duplicates: int = 0


@dataclass(frozen=True)
class Decides:
    """In what share of the sample's rows the value of one column is the usual one for the value of another."""

    column: str
    decided: str
    share: float


@dataclass(frozen=True)
class Within:
    """What share of a column's distinct values stand in a key field of a golden table."""

    column: str
    table: str
    field: str
    values: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A table as it was at a snapshot; `sampled` rows stand for all in what is counted by value."""

    table: str
    snapshot: int | None
    rows: int
    sampled: int
    at: datetime
    seconds: float
    columns: tuple[ColumnProfile, ...]
    keys: tuple[KeyFound, ...] = ()
    decides: tuple[Decides, ...] = ()
    within: tuple[Within, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """A column by its name."""
        return next(c for c in self.columns if c.name == name)

    @property
    def findings(self) -> list[ColumnProfile]:
        """Columns that seem to hold sensitive data and are not said to."""
        return [c for c in self.columns if c.suspected is not None and not c.suspected.declared]

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        shown: dict[str, Any] = PROFILES.dump_python(self, mode="json")
        return shown


PROFILES: TypeAdapter[Profile] = TypeAdapter(Profile)
