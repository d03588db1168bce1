"""A model: one SELECT in a file, named after it, under a head that says what it is (`head.py`).

What it reads is read from the statement itself, so the order of building is nobody's to maintain. Its identity is the
statement as it means, not as it is typed: comments, case of keywords and line breaks change nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.model import Label
from medthread.model.errors import DeclarationError
from medthread.pipeline.build.expectation import Expectation, expectation
from medthread.pipeline.build.head import Head
from medthread.pipeline.build.partition import Partition, parse_partition

LAYERS = ("golden", "marts", "native", "standard")
PREFIX = "marts."
NO_KEY = "none"  # rows are events without a key of their own
SHIPPED = "software"
OWN = "workspace"


@dataclass(frozen=True)
class Model:
    """What it is called and means, who answers for it, what one of its rows is, what must be true of them, what it reads."""

    name: str
    label: Label
    meaning: Label
    owner: str
    grain: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    text: str
    reads: tuple[str, ...]
    partition: Partition | None
    domain: str
    statement: exp.Query = field(repr=False, compare=False)
    columns: Mapping[str, Label] = field(default_factory=dict, repr=False, compare=False)  # what they are called, as far as the head says
    path: Path | None = field(default=None, compare=False)

    @property
    def table(self) -> str:
        """Its table in the lake."""
        return PREFIX + self.name

    @cached_property
    def sha(self) -> str:
        """Hash of what the statement means, and of its partitions."""
        told = self.statement.sql(dialect="duckdb", comments=False)
        return hashlib.sha256((told + (repr(self.partition) if self.partition else "")).encode()).hexdigest()

    @cached_property
    def asks(self) -> str:
        """Hash of what must be true of its rows."""
        return hashlib.sha256(repr([(e.condition, e.blocks) for e in self.expectations]).encode()).hexdigest()


    @property
    def origin(self) -> str:
        """Who changes it: the software with its version, or the workspace's own people."""
        return SHIPPED if self.domain else OWN


def read_model(path: Path) -> Model:
    """The model of a file; what is wrong with it is told with the file's name."""
    domain = path.parent.parent.name if path.parent.name == "marts" else ""  # a company's own belong to none
    try:
        return replace(parse_model(path.stem, path.read_text(encoding="utf-8"), file=path.name, domain=domain), path=path)
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path.name}: {error}", hint="mend the file; it is SQL in UTF-8") from error


def parse_model(name: str, text: str, *, file: str, domain: str = "") -> Model:
    """The model that a text declares."""
    head = Head(text, file=file)
    statement = _statement(text, file=file)
    reads = sorted({f"{t.db}.{t.name}" for t in statement.find_all(exp.Table) if t.db})
    strangers = [r for r in reads if r.partition(".")[0] not in LAYERS]
    if strangers:
        raise DeclarationError(f"{file} reads {strangers[0]}", hint=f"models read from {', '.join(LAYERS)}")
    grain = () if head.text("grain", like="id") == NO_KEY else head.names("grain", like="id")
    keys = [expectation(condition, blocks=True, file=file) for condition in _one_row_each(grain)]
    said = [expectation(c, blocks=word == "test", file=file) for word in ("test", "warn") for c in head.each(word)]
    return Model(
        name, head.label("about", like="批次总览 | Lot overview"), head.label("meaning", like="每个批次一行 | One row per lot"),
        head.text("owner", like="production"), grain, (*keys, *said), text, tuple(reads), parse_partition(head.maybe("partition"), reads, file=file), domain, statement, head.columns(),
    )


def _statement(text: str, *, file: str) -> exp.Query:
    try:
        statements = [s for s in sqlglot.parse(text, read="duckdb") if s is not None]
    except SqlglotError as error:
        raise DeclarationError(f"{file}: {error}", hint="a model is one SELECT in DuckDB's SQL") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise DeclarationError(f"{file} is not one SELECT", hint="a model is one SELECT in DuckDB's SQL")
    return statements[0]


def _one_row_each(grain: tuple[str, ...]) -> list[str]:
    """The conditions that a grain stands for."""
    if not grain:
        return []
    names = [exp.to_identifier(n, quoted=True).sql(dialect="duckdb") for n in grain]
    return [f"{name} is not null" for name in names] + [f"count(*) = count(distinct ({', '.join(names)}))"]


def in_order(models: Iterable[Model]) -> list[Model]:
    """All models, each after those it reads."""
    by_table: dict[str, Model] = {}
    for model in models:
        if model.table in by_table:
            raise DeclarationError(f"there are two models called {model.name}", hint="a model of one's own takes a name that is free")
        by_table[model.table] = model
    graph = {m.table: [r for r in m.reads if r.startswith(PREFIX)] for m in by_table.values()}
    missing = [(table, r) for table, reads in graph.items() for r in reads if r not in by_table]
    if missing:
        raise DeclarationError(f"{missing[0][0]} reads {missing[0][1]}, which nobody makes", hint=", ".join(sorted(by_table)))
    try:
        return [by_table[t] for t in TopologicalSorter(graph).static_order()]
    except CycleError as cycle:
        raise DeclarationError(f"models read each other in a circle: {' -> '.join(cycle.args[1])}", hint="break it") from None
