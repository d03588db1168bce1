"""The graph of fields: edges that carry values apart from such as only decide, walked up or down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from medthread.methods.lookup import Key, Lookup
from medthread.pipeline.lineage import Direct, Source, Word

Direction = Literal["up", "down"]
Through = Literal["all", "value", "influence"]
DIRECT = frozenset(Direct)


@dataclass(frozen=True)
class Edge:
    """One column goes into another, or decides over it. `how` is OpenLineage's word, `by` names what does it, as a mapping or a model."""

    start: Source
    end: Source
    how: str
    by: str

    @property
    def is_value(self) -> bool:
        """Whether it carries the value."""
        return self.how in DIRECT


@dataclass(frozen=True)
class Gap:
    """A column whose lineage is not, or not wholly, known, and why."""

    table: str
    column: str
    why: str


@dataclass(frozen=True)
class Step:
    """An edge met on a walk, how many edges from its beginning, and whether values alone lead there."""

    edge: Edge
    depth: int
    is_value: bool


class Graph:
    """All edges, which columns need none (`words`), and what is not known (`gaps`); `columns` are all that were looked at."""

    def __init__(self, edges: Iterable[Edge], *, words: dict[Source, Word], gaps: Iterable[Gap], columns: Iterable[Source]) -> None:
        self.edges = list(dict.fromkeys(edges))
        self.words, self.gaps, self.columns = words, list(dict.fromkeys(gaps)), list(dict.fromkeys(columns))
        self._all = frozenset(self.columns)
        self._up: dict[Source, list[Edge]] = defaultdict(list)
        self._down: dict[Source, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self._up[edge.end].append(edge)
            self._down[edge.start].append(edge)

    def __contains__(self, place: Source) -> bool:
        return place in self._up or place in self._down or place in self.words or place in self._all

    def place(self, name: str) -> Source | None:
        """The column by its full name: table and column with a dot between; a field of an entity also by those two."""
        table, _, column = name.rpartition(".")
        tries = (table, f"golden.{table}", f"native.{table}", f"marts.{table}", f"standard.{table}")
        return next((p for t in tries if (p := Source(t, column)) in self), None)

    def walk(self, start: Source, direction: Direction, *, through: Through = "all") -> list[Step]:
        """Every edge that leads to a column, or from it, nearest first; `through` leaves those that values alone lead to, or the others."""
        by_value = self._reached(start, direction, only_values=True)
        steps = []
        for place, depth in self._reached(start, direction, only_values=through == "value").items():
            steps += [Step(e, depth + 1, is_value=e.is_value and place in by_value) for e in self._next(place, direction)]
        kept = [s for s in steps if through == "all" or s.is_value is (through == "value")]
        return sorted(kept, key=lambda s: (s.depth, not s.is_value, s.edge.start, s.edge.end, s.edge.how))

    def _next(self, place: Source, direction: Direction) -> list[Edge]:
        return (self._up if direction == "up" else self._down).get(place, [])

    def _reached(self, start: Source, direction: Direction, *, only_values: bool) -> dict[Source, int]:
        """Columns within reach and how far they are."""
        far, near = {start: 0}, [start]
        while near:
            place = near.pop(0)
            for edge in self._next(place, direction):
                there = edge.start if direction == "up" else edge.end
                if there not in far and (edge.is_value or not only_values):
                    far[there] = far[place] + 1
                    near.append(there)
        return far

    def told(self) -> tuple[int, int]:
        """Of how many columns the lineage is known, and how many there are."""
        unknown = {Source(g.table, g.column) for g in self.gaps}
        return sum(c not in unknown for c in self.columns), len(self.columns)

    def find(self, text: str, *, most: int) -> Iterator[Source]:
        """Columns whose name or table the text fits."""
        return (self._places[at] for at in self._lookup.find(text, most=most))

    @cached_property
    def _places(self) -> list[Source]:
        return sorted({*self.columns, *self._down})

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup([[Key(p.column), Key(f"{p.table}.{p.column}"), Key(p.table, 0.7)] for p in self._places])
