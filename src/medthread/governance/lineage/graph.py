"""The graph of fields: edges that carry values apart from such as only decide, walked up or down."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from medthread.methods.lookup import Key, Lookup
from medthread.model import Label
from medthread.pipeline.lineage import Direct, Source, Word

Direction = Literal["up", "down"]
Through = Literal["all", "value", "influence"]
Flow = Literal["value", "influence", "table"]
TABLE = "TABLE"  # a job reads or writes it, and nobody says which columns
# Others say DIRECT without a subtype, or nothing but that it goes in.
DIRECT = frozenset({*map(str, Direct), "DIRECT", "UNSPECIFIED"})


@dataclass(frozen=True)
class Edge:
    """One column goes into another, or decides over it. `how` is OpenLineage's word, `by` names what does it, as a mapping or a model.

    An end without a column is a table as a whole. `job` is the outside job that does it.
    """

    start: Source
    end: Source
    how: str
    by: str
    job: str = ""

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
class Contradiction:
    """Somebody outside says that `start` goes into `end`, which is made here otherwise; `job` says so, and `why` it cannot be."""

    end: Source
    start: Source
    job: str
    why: str


@dataclass(frozen=True)
class Step:
    """An edge met on a walk, how many edges from its beginning, and whether values alone lead there, columns, or tables only."""

    edge: Edge
    depth: int
    flow: Flow

    @property
    def is_value(self) -> bool:
        """Whether values alone lead there."""
        return self.flow == "value"


class Graph:
    """All edges, which columns need none (`words`), and what is not known (`gaps`); `columns` are all that were looked at.

    `others` are places told of from outside, which nobody here looked at; `contradictions` what is told of our tables and is not so.
    `labels` are what people call tables and readers, and columns of models by table and column with a dot between.
    """

    def __init__(
        self, edges: Iterable[Edge], *, words: dict[Source, Word], gaps: Iterable[Gap], columns: Iterable[Source],
        others: Iterable[Source] = (), contradictions: Iterable[Contradiction] = (), labels: Mapping[str, Label] | None = None,
    ) -> None:
        self.labels = dict(labels or {})
        self.edges = list(dict.fromkeys(edges))
        self.others, self.contradictions = list(dict.fromkeys(others)), list(dict.fromkeys(contradictions))
        self.words, self.gaps, self.columns = words, list(dict.fromkeys(gaps)), list(dict.fromkeys(columns))
        self._all = frozenset(self.columns)
        self._up: dict[Source, list[Edge]] = defaultdict(list)
        self._down: dict[Source, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self._up[edge.end].append(edge)
            self._down[edge.start].append(edge)
        columned = (e for e in self.edges if e.job and e.how != TABLE)
        # Asked for a job itself, what it writes is told; on a walk through columns that are known it would widen the way.
        self._writes: dict[Source, list[Edge]] = defaultdict(list)
        for written in dict.fromkeys(Edge(Source(e.job, ""), Source(e.end.table, ""), TABLE, e.by, e.job) for e in columned):
            self._writes[written.start].append(written)

    def and_outside(self, edges: Iterable[Edge], others: Iterable[Source], contradictions: Iterable[Contradiction]) -> "Graph":
        """The same with what is told from outside."""
        return Graph([*self.edges, *edges], words=self.words, gaps=self.gaps, columns=self.columns, others=others, contradictions=contradictions, labels=self.labels)

    def __contains__(self, place: Source) -> bool:
        return place in self._up or place in self._down or place in self.words or place in self._all

    def place(self, name: str) -> Source | None:
        """The column by its full name: table and column with a dot between; a field of an entity also by those two; a table or job by its name."""
        table, _, column = name.rpartition(".")
        tries = (table, f"golden.{table}", f"native.{table}", f"marts.{table}", f"standard.{table}")
        return self._named.get(name) or next((p for t in tries if (p := Source(t, column)) in self), None)

    @cached_property
    def _named(self) -> dict[str, Source]:
        """Places by how they are written, where the name of a table or column may have dots in it, and whole tables."""
        whole = {t: Source(t, "") for t in self._columns_of}
        return whole | {f"{p.table}.{p.column}" if p.column else p.table: p for p in {*self._places, *self._up}}

    @cached_property
    def _columns_of(self) -> dict[str, list[Source]]:
        found: dict[str, list[Source]] = defaultdict(list)
        for place in sorted({*self._up, *self._down, *self._all}):
            if place.column:
                found[place.table].append(place)
        return found

    def walk(self, start: Source, direction: Direction, *, through: Through = "all") -> list[Step]:
        """Every edge that leads to a column, or from it, nearest first; `through` leaves those that values alone lead to, or the others.

        What is said of a table as a whole holds of each of its columns; beyond a job of which tables alone are told, tables alone are followed.
        """
        by_value = self._reached(start, direction, lambda e: e.is_value)
        by_column = self._reached(start, direction, lambda e: e.how != TABLE)
        steps = []
        for place, depth in (by_value if through == "value" else self._reached(start, direction, lambda _: True)).items():
            for edge in self._next(place, direction, start):
                flow: Flow = "value" if edge.is_value and place in by_value else "influence" if edge.how != TABLE and place in by_column else "table"
                steps.append(Step(_whole(edge) if flow == "table" else edge, depth + 1, flow))
        kept = [s for s in steps if through == "all" or s.is_value is (through == "value")]
        nearest = sorted(kept, key=lambda s: (s.depth, not s.is_value, s.edge.start, s.edge.end, s.edge.how))
        found: dict[Edge, Step] = {}
        for step in nearest:
            found.setdefault(step.edge, step)
        return list(found.values())

    def _next(self, place: Source, direction: Direction, start: Source) -> list[Edge]:
        edges = self._up if direction == "up" else self._down
        if place == start and direction == "down" and place in self._writes:
            return [*edges.get(place, []), *self._writes[place]]
        if place.column:
            return [*edges.get(place, []), *edges.get(Source(place.table, ""), [])]
        return [e for p in (place, *self._columns_of.get(place.table, [])) for e in edges.get(p, [])]

    def _reached(self, start: Source, direction: Direction, taken: Callable[[Edge], bool]) -> dict[Source, int]:
        """Columns within reach over edges that are taken, and how far they are."""
        far, near = {start: 0}, deque([start])
        while near:
            place = near.popleft()
            for edge in self._next(place, direction, start):
                there = edge.start if direction == "up" else edge.end
                if there not in far and taken(edge):
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
        return sorted({*self.columns, *self._down, *self.others})

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup([[*([Key(p.column)] if p.column else []), Key(f"{p.table}.{p.column}"), Key(p.table, 0.7)] for p in self._places])


def _whole(edge: Edge) -> Edge:
    """The same between tables, where nobody says which columns are meant."""
    return Edge(Source(edge.start.table, ""), Source(edge.end.table, ""), TABLE, edge.by, edge.job)
