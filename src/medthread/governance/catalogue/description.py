"""What a catalogue tells: the contracts with their tables, the terms, and how values flow from source columns and from table to table."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from medthread.derive.contract.words import Json, ours
from medthread.governance.contracts.made import Contract
from medthread.governance.dictionary.words import Term
from medthread.governance.lineage.graph import Edge, Graph
from medthread.methods.names import sound
from medthread.model import Label, Source
from medthread.pipeline.lineage import Source as Place


@dataclass(frozen=True, order=True)
class Flow:
    """Values of a column go into a column of another table, as they are or changed."""

    start: Place
    end: Place
    changed: bool


@dataclass(frozen=True)
class Column:
    """A column as catalogues tell it."""

    name: str
    label: Label
    description: str
    logical: str
    stored: str
    required: bool
    key: int  # its place in the key; 0 where it is none of it
    classification: str | None
    codes: tuple[str, ...]
    terms: tuple[str, ...]
    refers: str | None  # `entity.field`


@dataclass(frozen=True)
class Described:
    """Everything that is told. `release` is what readers see, and `moment` when it was made; neither is the time of writing."""

    company: str
    url: str | None
    contracts: Mapping[str, Contract]
    versions: Mapping[str, str]
    terms: Mapping[str, Term]
    sources: tuple[Source, ...]
    flows: tuple[Flow, ...]
    release: str | None
    moment: datetime | None

    @property
    def millis(self) -> int:
        """The moment as DataHub writes it."""
        return int(self.moment.timestamp() * 1000) if self.moment else 0

    @cached_property
    def tables(self) -> dict[str, Contract]:
        """Contracts by their table."""
        return {c.table: c for c in self.contracts.values()}

    @cached_property
    def into(self) -> dict[str, list[Flow]]:
        """Flows by the table that they go into."""
        found: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            found[flow.end.table].append(flow)
        return found

    @cached_property
    def source_columns(self) -> dict[str, list[str]]:
        """Columns of source tables that mappings name, by `source.table`."""
        return {f"{s.name}.{n}": sorted(t.mapped | set(t.personal)) for s in self.sources for n, t in s.tables.items()}

    def table_of(self, subject: str) -> str | None:
        """The table of an entity."""
        return self.contracts[subject].table if subject in self.contracts else None


def columns_of(contract: Contract) -> list[Column]:
    """Its columns."""
    return [_column(p) for p in contract.there["properties"]]


def _column(part: Json) -> Column:
    own = ours(part)
    said = own.get("label")
    refers = next((r["to"] for r in part.get("relationships", ())), None)
    return Column(
        part["name"], Label(said["zh"], said["en"]) if said else Label(part["businessName"], part["businessName"]), part.get("description", ""), part["logicalType"], part.get("physicalType", ""),
        part.get("required", False), part.get("primaryKeyPosition", 0) if part.get("primaryKey") else 0, part.get("classification"), tuple(str(c["value"]) for c in part.get("enum", ())),
        tuple(t["name"] for t in own.get("terms", ())), refers,
    )


def owners_of(contract: Contract) -> list[tuple[str, str]]:
    """Who answers for it, with the role in which they do."""
    return [(m["username"], m["role"]) for m in contract.content["team"]["members"]]


def terms_of(contract: Contract) -> list[str]:
    """The terms that are bound to the table as a whole."""
    return [t["name"] for t in ours(contract.there).get("terms", ())]


def slug(text: str) -> str:
    """A name that every address takes, of a company's name in any script: Chinese by its sound."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in sound(text).lower())
    return "-".join(filter(None, kept.split("-"))) or "company"


def described_flows(graph: Graph, tables: Mapping[str, Collection[str]], source_tables: Mapping[str, Collection[str]]) -> tuple[Flow, ...]:
    """Flows of values between columns that are told, through those in between that are not: the standard layer, technical columns, masks."""
    shown = {**source_tables, **tables}
    up: dict[Place, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.is_value and edge.start.column and edge.end.column:
            up[edge.end].append(edge)
    found = set()
    for end in [p for p in up if p.column in tables.get(p.table, ())]:
        waiting, seen = [(end, False)], {end}
        while waiting:
            place, changed = waiting.pop()
            for edge in up.get(place, ()):
                altered = changed or str(edge.how) != "IDENTITY"
                start = edge.start._replace(column=edge.start.column.partition("__")[0])  # the mask of a field, or its code, is told as the field
                if start.column in shown.get(start.table, ()) and start.table != end.table:
                    found.add(Flow(start, end, altered))
                elif edge.start not in seen:
                    seen.add(edge.start)
                    waiting.append((edge.start, altered))
    return tuple(sorted(found, key=lambda f: (f.end, f.start, f.changed)))
