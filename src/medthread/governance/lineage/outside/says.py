"""What an event says of data sets and columns, in one form whichever facet it stood in."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from medthread.governance.lineage.outside.facets import (
    Dataset,
    InputField,
    Lineage,
    LineageEntry,
    LineageInput,
    Transformation,
)
from medthread.pipeline.lineage import Direct, Indirect

DATASET = "DATASET"
UNSAID = "UNSPECIFIED"  # that it goes in, and nobody says how
OLDER = {"IDENTITY": str(Direct.IDENTITY), "MASKED": "DIRECT"}
SUBTYPES = {"DIRECT": frozenset(map(str, Direct)), "INDIRECT": frozenset(map(str, Indirect))}


def json_of(value: Any) -> str:
    """What is JSON already in one writing, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hashed_text(text: str) -> str:
    """`sha256:<hex>` of a text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


class Name(NamedTuple):
    """A data set, or a job, as its system names it."""

    namespace: str
    name: str


class Told(NamedTuple):
    """A column goes into another, or decides over it; an end without a column is the whole data set."""

    start: Name
    field: str
    end: Name
    column: str
    how: str


@dataclass(frozen=True)
class Says:
    """Inputs and outputs; other names of data sets; their columns; flows between columns; outputs of which flows are told (`told`)."""

    inputs: frozenset[Name] = frozenset()
    outputs: frozenset[Name] = frozenset()
    same: frozenset[tuple[Name, Name]] = frozenset()
    columns: frozenset[tuple[Name, str]] = frozenset()
    flows: frozenset[Told] = frozenset()
    told: frozenset[Name] = frozenset()

    @classmethod
    def of(cls, inputs: Sequence[Dataset], outputs: Sequence[Dataset], lineage: Iterable[LineageEntry]) -> "Says":
        """What data sets with their facets say, and what the job or run says of them beside."""
        every = (*inputs, *outputs)
        entries = [e for e in lineage if e.type == DATASET]
        sinks = [i for e in (*lineage,) if e.type != DATASET for i in e.inputs]
        own = [(Name(d.namespace, d.name), d.facets.lineage) for d in outputs if d.facets.lineage]
        of_entries: list[tuple[Name, Lineage]] = [*own, *((Name(e.namespace, e.name), e) for e in entries)]
        whole = {n for _, e in of_entries for n in _sets(e.inputs)} | set(_sets(sinks))
        flows = {f for d in outputs for f in _columns(d)} | {f for name, e in of_entries for f in _entry(name, e)}
        return cls(
            frozenset({Name(d.namespace, d.name) for d in inputs} | whole | {f.start for f in flows}),
            frozenset({Name(d.namespace, d.name) for d in outputs} | {name for name, _ in of_entries}),
            frozenset((Name(d.namespace, d.name), Name(i.namespace, i.name)) for d in every if d.facets.symlinks for i in d.facets.symlinks.identifiers),
            frozenset((Name(d.namespace, d.name), c.name) for d in every if d.facets.columns for c in d.facets.columns.fields),
            frozenset(flows),
            frozenset({Name(d.namespace, d.name) for d in outputs if d.facets.columnLineage} | {name for name, e in of_entries if e.fields}),
        )

    def __bool__(self) -> bool:
        return bool(self.inputs or self.outputs)

    def __or__(self, other: "Says") -> "Says":
        return Says(self.inputs | other.inputs, self.outputs | other.outputs, self.same | other.same, self.columns | other.columns,
                    self.flows | other.flows, self.told | other.told)

    def kept(self) -> dict[str, Any]:
        """As JSON, the same for the same content."""
        return {
            "inputs": sorted(map(list, self.inputs)), "outputs": sorted(map(list, self.outputs)), "told": sorted(map(list, self.told)),
            "same": sorted([*a, *b] for a, b in self.same), "columns": sorted([*n, c] for n, c in self.columns),
            "flows": sorted([*f.start, f.field, *f.end, f.column, f.how] for f in self.flows),
        }

    @classmethod
    def from_kept(cls, kept: dict[str, list[list[str]]]) -> "Says":
        """What was kept."""
        return cls(
            frozenset(Name(*n) for n in kept["inputs"]), frozenset(Name(*n) for n in kept["outputs"]),
            frozenset((Name(a, b), Name(c, d)) for a, b, c, d in kept["same"]), frozenset((Name(a, b), c) for a, b, c in kept["columns"]),
            frozenset(Told(Name(a, b), f, Name(c, d), g, how) for a, b, f, c, d, g, how in kept["flows"]), frozenset(Name(*n) for n in kept["told"]),
        )


def _columns(of: Dataset) -> Iterator[Told]:
    facet, end = of.facets.columnLineage, Name(of.namespace, of.name)
    if facet is None:
        return
    for column, inputs in facet.fields.items():
        for one in inputs.inputFields:
            yield from (_told(one, end, column, how) for how in _hows(one.transformations, OLDER.get(inputs.transformationType or "", UNSAID)))
    for one in facet.dataset:
        yield from (_told(one, end, "", how) for how in _hows(one.transformations, "INDIRECT"))


def _entry(end: Name, of: Lineage) -> Iterator[Told]:
    for column, inputs in of.fields.items():
        for one in inputs.inputs:
            if one.type == DATASET and one.field:
                yield from (_told(one, end, column, how) for how in _hows(one.transformations, UNSAID))
    for one in of.inputs:
        if one.type == DATASET and one.field:  # a column that the whole of it depends on
            yield from (_told(one, end, "", how) for how in _hows(one.transformations, "INDIRECT"))


def _told(one: InputField | LineageInput, end: Name, column: str, how: str) -> Told:
    return Told(Name(one.namespace, one.name), one.field or "", end, column, how)


def _sets(inputs: Iterable[LineageInput]) -> Iterator[Name]:
    return (Name(i.namespace, i.name) for i in inputs if i.type == DATASET)


def _hows(said: Sequence[Transformation], unsaid: str) -> list[str]:
    """The subtype where it is a known one, else DIRECT or INDIRECT alone."""
    return sorted({s if (s := (t.subtype or "").upper()) in SUBTYPES[t.type] else t.type for t in said}) or [unsaid]
