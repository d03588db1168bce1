"""What a change of one model is: its verdict, and what it does to those who read the table.

Classes of change, the gravest first. A column taken away, another type, another grain or a model taken away *breaks* what
reads it. Another statement gives other *values*. What is only *added* harms nobody. A head that says other words or asks
other tests is *described* anew. A text that means the same is *typed* anew.
"""

import difflib
from dataclasses import dataclass
from enum import StrEnum

from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.model import Model


class Verdict(StrEnum):
    """The class of a change."""

    BREAKING = "breaking"
    VALUES = "values"
    ADDED = "added"
    DESCRIBED = "described"
    TYPED = "typed"


ORDER = tuple(Verdict)
# A type that holds every value of the other.
WIDER = {
    "TINYINT": {"SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}, "SMALLINT": {"INTEGER", "BIGINT", "HUGEINT"},
    "INTEGER": {"BIGINT", "HUGEINT", "DOUBLE"}, "BIGINT": {"HUGEINT"}, "FLOAT": {"DOUBLE"}, "DATE": {"TIMESTAMP"},
}


@dataclass(frozen=True)
class ColumnChange:
    """A column that is there before or after only, or has another type; `breaks` what reads it."""

    name: str
    before: str | None
    after: str | None

    @property
    def breaks(self) -> bool:
        """Whether who reads the column cannot read it as before."""
        return self.before is not None and self.after not in ({self.before} | WIDER.get(self.before, set()))


@dataclass(frozen=True)
class Change:
    """A model before and after: None where it is not there."""

    name: str
    before: Model | None
    after: Model | None
    columns: tuple[ColumnChange, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest that holds."""
        if self.before is None:
            return Verdict.ADDED
        if self.after is None or self.before.grain != self.after.grain or any(c.breaks for c in self.columns):
            return Verdict.BREAKING
        if self.before.sha != self.after.sha:
            return Verdict.VALUES
        if self.columns:
            return Verdict.ADDED
        said = [(m.label, m.meaning, m.owner, m.asks) for m in (self.before, self.after)]
        return Verdict.DESCRIBED if said[0] != said[1] else Verdict.TYPED

    @property
    def grain(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """What one row was and is, where that differs."""
        if self.before is None or self.after is None or self.before.grain == self.after.grain:
            return None
        return self.before.grain, self.after.grain

    @property
    def diff(self) -> list[str]:
        """The text as a unified diff, without its file names."""
        before, after = ((m.text.splitlines() if m else []) for m in (self.before, self.after))
        return list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]


def columns_changed(before: Columns, after: Columns) -> tuple[ColumnChange, ...]:
    """Columns that differ, in the order of the table."""
    old, new = dict(before), dict(after)
    gone = [ColumnChange(name, kind, None) for name, kind in before if name not in new]
    return tuple(gone + [ColumnChange(name, old.get(name), kind) for name, kind in after if old.get(name) != kind])
