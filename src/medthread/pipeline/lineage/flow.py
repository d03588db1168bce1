"""What flows into a column: the columns whose values it carries, apart from those that only decide which value or which row.

The words are OpenLineage's (columnLineage facet): DIRECT is IDENTITY, TRANSFORMATION or AGGREGATION; INDIRECT is JOIN,
GROUP_BY, FILTER, SORT, WINDOW or CONDITIONAL. Along a chain the gravest of the direct words holds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Source(NamedTuple):
    """A column of a table that is read."""

    table: str
    column: str


class Direct(StrEnum):
    """How a value goes over, mildest first."""

    IDENTITY = "IDENTITY"
    TRANSFORMATION = "TRANSFORMATION"
    AGGREGATION = "AGGREGATION"


class Indirect(StrEnum):
    """How a column decides what comes out without being in it."""

    JOIN = "JOIN"
    GROUP_BY = "GROUP_BY"
    FILTER = "FILTER"
    SORT = "SORT"
    WINDOW = "WINDOW"
    CONDITIONAL = "CONDITIONAL"


class Word(StrEnum):
    """Why a column has no value source; none where it has one, or where nobody can tell."""

    CONSTANT = "constant"
    COUNTED = "counted"
    GENERATED = "generated"
    KEPT = "kept"  # the statement takes rows away and changes no value


Influences = frozenset[tuple[Source, Indirect]]
GRAVER = list(Direct)
NOTHING: Influences = frozenset()


@dataclass(frozen=True)
class Flow:
    """What one expression is made of. `gap` says why that cannot be told; it is then not to be believed complete."""

    values: Mapping[Source, Direct] = field(default_factory=dict)
    influences: Influences = NOTHING
    word: Word | None = None
    gap: str = ""

    def at_least(self, direct: Direct) -> "Flow":
        """The same, gone through something that changes the value."""
        return replace(self, values={s: max(d, direct, key=GRAVER.index) for s, d in self.values.items()})

    def beside(self, influences: Influences) -> "Flow":
        """The same, under more influences."""
        return replace(self, influences=self.influences | influences) if influences else self

    def deciding(self, how: Indirect) -> Influences:
        """What it comes to where it only decides."""
        return self.influences | {(source, how) for source in self.values}


CONSTANT = Flow(word=Word.CONSTANT)
COUNTED = Flow(word=Word.COUNTED)
GENERATED = Flow(word=Word.GENERATED)


def leaf(table: str, column: str) -> Flow:
    """A column as it is."""
    return Flow({Source(table, column): Direct.IDENTITY})


def unknown(why: str) -> Flow:
    """What cannot be told."""
    return Flow(gap=why)


def together(flows: Iterable[Flow]) -> Flow:
    """All of them in one."""
    values: dict[Source, Direct] = {}
    influences: set[tuple[Source, Indirect]] = set()
    words, gaps = set(), []
    for flow in flows:
        for source, direct in flow.values.items():
            values[source] = max(values.get(source, direct), direct, key=GRAVER.index)
        influences |= flow.influences
        words.add(flow.word)
        gaps += [flow.gap] if flow.gap and flow.gap not in gaps else []
    word = None if values or gaps else next((w for w in (Word.COUNTED, Word.GENERATED, Word.KEPT) if w in words), Word.CONSTANT)
    return Flow(values, frozenset(influences), word, "; ".join(gaps))


@dataclass(frozen=True)
class Column:
    """A column of a relation; `kind` is its SQL type where that is known."""

    name: str
    flow: Flow
    kind: str = ""


@dataclass(frozen=True)
class Relation:
    """Columns in order, what decides which rows there are, and, where not all columns are known, what one by another name would be."""

    columns: tuple[Column, ...] = ()
    rows: Influences = NOTHING
    rest: Callable[[str], Flow] | None = None
    gaps: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """By name, in any case of letters."""
        low = name.lower()
        return next((c for c in self.columns if c.name.lower() == low), None)

    def flow(self, name: str) -> Flow | None:
        """Of the column by that name, also of one that may be among those not known."""
        found = self.column(name)
        return found.flow if found else self.rest(name) if self.rest else None

    def called(self, names: Iterable[str]) -> "Relation":
        """The same with other names for its first columns. Without columns that are known, nobody can say which is which."""
        new = list(names)
        if new and self.rest is not None and len(new) > len(self.columns):
            why = "a list of names over columns that are not known"
            return Relation(tuple(Column(n, unknown(why)) for n in new), self.rows, None, self.gaps)
        renamed = [replace(c, name=new[i]) if i < len(new) else c for i, c in enumerate(self.columns)]
        return replace(self, columns=tuple(renamed))

    def everything(self) -> Flow:
        """All columns at once."""
        return together([c.flow for c in self.columns] + ([unknown("columns that are not known")] if self.rest else []))
