"""What is told from outside, drawn: data sets, columns and jobs; those that are our own tables are joined to them.

Our own reading of a table that is made here is not overwritten: what is told otherwise is a contradiction, and said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from medthread.governance.lineage.graph import TABLE, Contradiction, Edge, Graph
from medthread.governance.lineage.outside.says import Name, Says
from medthread.governance.lineage.outside.standing import Standing
from medthread.model import Source as System
from medthread.pipeline.lineage import Source

OUTSIDE, JOB = "outside", "job:"
# As OpenLineage names data sets of each kind of database (its naming page): the scheme, the usual port, the schema that a bare name is in.
DATABASES = {
    "postgresql": ("postgres", 5432, "public"), "postgres": ("postgres", 5432, "public"), "mysql": ("mysql", 3306, ""), "mariadb": ("mysql", 3306, ""),
    "oracle": ("oracle", 1521, ""), "mssql": ("mssql", 1433, "dbo"), "kafka": ("kafka", 9092, ""), "tls+kafka": ("kafka", 9092, ""),
}
NO_COLUMN, NOT_READ = "the table has no such column", "what makes the table here does not read it"


def job_table(name: Name) -> str:
    """Where a job stands in the graph."""
    return f"{JOB}{name.namespace}/{name.name}"


def set_table(name: Name) -> str:
    """Where an outside data set stands in the graph."""
    return f"{name.namespace}/{name.name}"


def own_names(sources: Iterable[System], tables: Iterable[str], namespace: str) -> dict[Name, str]:
    """Our tables by the names that others give them: under the installation's own, and where they are in a database or broker."""
    found = {Name(namespace, t): t for t in tables} if namespace else {}
    for system in sources:
        parts = urlsplit(system.url or "")
        if parts.scheme not in DATABASES:
            continue
        kind, port, schema = DATABASES[parts.scheme]
        there = f"{kind}://{parts.hostname or 'localhost'}:{parts.port or port}"
        base = unquote(parts.path.strip("/"))
        for name, table in system.tables.items():
            if table.subject is not None:
                found[Name(there, table.subject)] = f"{system.name}.{name}"
            elif table.table is not None:
                qualified = table.table if "." in table.table or not schema else f"{schema}.{table.table}"
                full = f"{base}.{qualified}" if kind != "mysql" or "." not in table.table else table.table
                found[Name(there, full)] = f"{system.name}.{name}"
    return found


@dataclass
class Outside:
    """Edges, places and contradictions that come of what is told."""

    edges: list[Edge] = field(default_factory=list)
    places: list[Source] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)


def outside(said: Mapping[Standing, Says], own: Graph, names: Mapping[Name, str], namespace: str) -> Outside:
    """What is told, over what we read ourselves. What our own runs told stays out: it is the same reading."""
    drawing = _Drawing(said, own, names)
    for standing, says in said.items():
        if standing.kind == "job" and standing.name.namespace == namespace:
            drawing.found.places.append(Source(job_table(standing.name), ""))
        else:
            drawing.one(standing, says)
    return drawing.found


class _Drawing:
    def __init__(self, said: Mapping[Standing, Says], own: Graph, names: Mapping[Name, str]) -> None:
        self._own, self._names = own, names
        self._same = _groups(pair for s in said.values() for pair in s.same)
        self._made = {e.end.table for e in own.edges if e.by in MADE}
        self._columns: dict[str, set[str]] = defaultdict(set)
        for place in (*own.columns, *(p for e in own.edges for p in (e.start, e.end))):
            self._columns[place.table].add(place.column)
        self._above: dict[Source, dict[str, set[Source]]] = {}
        self.found = Outside()

    def one(self, standing: Standing, says: Says) -> None:
        """One job, or one data set by itself."""
        job = job_table(standing.name) if standing.kind == "job" else ""
        for told in says.flows:
            start, end = Source(self._table(told.start), told.field), Source(self._table(told.end), told.column)
            edge = Edge(start, end, told.how, OUTSIDE, job)
            if end.table not in self._made:
                self.found.edges.append(edge)
            elif why := self._otherwise(edge):
                self.found.contradictions.append(Contradiction(end, start, job, why))
        self.found.places += [Source(self._table(n), c) for n, c in says.columns if self._table(n) not in self._made]
        if job:
            told_of = says.told | {f.end for f in says.flows}
            self.found.edges += [Edge(Source(self._table(n), ""), Source(job, ""), TABLE, OUTSIDE, job) for n in says.inputs]
            self.found.edges += [self._written(n, job) for n in says.outputs - told_of if self._table(n) not in self._made]
            self.found.places += [Source(job, ""), *(Source(self._table(n), "") for n in (*says.inputs, *says.outputs))]

    def _written(self, name: Name, job: str) -> Edge:
        return Edge(Source(job, ""), Source(self._table(name), ""), TABLE, OUTSIDE, job)

    def _table(self, name: Name) -> str:
        """Our own table where it is one by any of its names, else the outside data set."""
        group = self._same.get(name, (name,))
        return next((self._names[n] for n in group if n in self._names), set_table(group[0]))

    def _otherwise(self, told: Edge) -> str:
        """Why our own reading says otherwise; nothing where it says so too, directly or over tables between."""
        if told.end.column and told.end.column not in self._columns[told.end.table]:
            return NO_COLUMN
        ends = [told.end] if told.end.column else [Source(told.end.table, c) for c in self._columns[told.end.table]]
        kind = "value" if told.is_value else "all"
        return "" if any(told.start in self._up(e)[kind] for e in ends) else NOT_READ

    def _up(self, place: Source) -> dict[str, set[Source]]:
        if place not in self._above:
            steps = self._own.walk(place, "up")
            self._above[place] = {"all": {s.edge.start for s in steps}, "value": {s.edge.start for s in steps if s.is_value}}
        return self._above[place]


MADE = frozenset({"mapping", "golden", "survivorship", "matching", "model"})


def _groups(pairs: Iterable[tuple[Name, Name]]) -> dict[Name, tuple[Name, ...]]:
    """Names of one data set together, by each of them."""
    near: dict[Name, set[Name]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    found: dict[Name, tuple[Name, ...]] = {}
    for name in sorted(near):
        if name in found:
            continue
        group, front = {name}, [name]
        while front:
            more = near[front.pop()] - group
            group |= more
            front += more
        found |= dict.fromkeys(group, tuple(sorted(group)))
    return found
