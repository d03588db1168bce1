"""Tables out of models, in their order, each once for what it is made from; and what is expected of them."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from medthread.model.errors import DeclarationError, NotFoundError
from medthread.pipeline.build.built import Built, Columns, built, keep, keep_findings
from medthread.pipeline.build.expectation import Expectation, Finding, counting, failing
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.context import Context
from medthread.stores.engines import DuckEngine, Engine, Input, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

REVISION = "model-1"


class Workshop:
    """Makes models' tables over the lake's heads, and over each other. Nothing made here is seen before it is committed.

    Models are given in their order: each knows those before it by what they are made from, whether they were made or only
    thought of.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.made: dict[str, Built] = {}
        self.fingerprints: dict[str, str] = {}
        self.shapes: dict[str, Columns] = {}  # of tables that were only thought of
        self._heads: Mapping[str, int] = context.committer.heads()
        self._engine: Engine = DuckEngine(memory=context.memory, threads=context.threads)

    def inputs(self, model: Model) -> dict[str, str]:
        """Every table that it reads, and which state of it."""
        return {name: self._state(name) for name in model.reads}

    def fingerprint(self, model: Model) -> str:
        """What the table is made from: the statement, and the state of all that it reads."""
        found = key_of(REVISION, model.sha, [f"{name}={state}" for name, state in self.inputs(model).items()])
        self.fingerprints[model.table] = found
        return found

    def make(self, model: Model) -> Built:
        """The table of a model, made now if it was not before."""
        fingerprint = self.fingerprint(model)
        with self.context.store.transaction() as tx:
            found = built(tx, model.table, fingerprint)
        self.made[model.table] = found or self._made(model, fingerprint)
        return self.made[model.table]

    def shape(self, model: Model) -> Columns:
        """Names and types of the columns that it would have. Raises `DeclarationError` where its statement cannot be run."""
        with _told(model):
            found = tuple(self._engine.columns_of(model.text, inputs=self._inputs(model.reads, asked_by=model.name)))
        self.shapes[model.table] = found
        return found

    def ask(self, model: Model) -> Built:
        """Ask a table that was made what is expected of it, unless it was asked the same of the same before."""
        made = self.made[model.table]
        reads = sorted({name for e in model.expectations for name in e.reads})
        asked = key_of(model.asks, [f"{name}={self._state(name)}" for name in reads])
        if made.asked == asked:
            return made
        inputs = self._inputs(reads, asked_by=model.name) | {model.table: Input(made.paths)}
        findings = tuple(self._findings(model, inputs)) if model.expectations else ()
        self.made[model.table] = made = replace(made, asked=asked, findings=findings)
        with self.context.store.transaction() as tx:
            keep_findings(tx, made)
        return made

    def commit(self, model: Model) -> int:
        """Put a table that was made in the place of the one before; gives the rows written."""
        made, before = self.made[model.table], self._heads.get(model.table)
        if self.context.committer.fingerprint(model.table) == made.fingerprint:
            return 0
        key = key_of("build", model.table, made.fingerprint, str(before))
        return self.context.committer.commit(Change(model.table, tuple(map(Path, made.paths)), key, mode="replace", fingerprint=made.fingerprint)).rows

    def _made(self, model: Model, fingerprint: str) -> Built:
        out = self.context.committer.place(model.table, key_of("model", model.table, fingerprint))
        started = time.perf_counter()
        with _told(model):
            output = self._engine.select_to_parquet(model.text, inputs=self._inputs(model.reads, asked_by=model.name), out=out)
        seconds = time.perf_counter() - started
        columns = tuple(self._engine.columns_of("select * from made", inputs={"made": Input([str(out)])}))
        made = Built(model.table, fingerprint, {"": (str(out.resolve()),)}, output.rows, seconds, columns, self.inputs(model))
        with self.context.store.transaction() as tx:
            keep(tx, made)
        return made

    def _findings(self, model: Model, inputs: Mapping[str, Input]) -> Iterable[Finding]:
        relation = ".".join(map(quote, model.table.split(".")))
        with _told(model):
            [counts] = self._engine.rows(counting(model.expectations, relation), inputs=inputs)
        for asks, failed in zip(model.expectations, counts, strict=True):
            yield Finding(asks.condition, asks.blocks, int(failed), self._named(model, asks, relation, inputs) if failed else ())

    def _named(self, model: Model, asks: Expectation, relation: str, inputs: Mapping[str, Input]) -> tuple[str, ...]:
        return tuple(str(r[0]) for r in self._engine.rows(failing(asks, relation, model.grain), inputs=inputs))

    def _state(self, table: str) -> str:
        return self.fingerprints.get(table) or str(self._heads.get(table))

    def _inputs(self, tables: Sequence[str], *, asked_by: str) -> dict[str, Input]:
        return {name: self._input(name, asked_by=asked_by) for name in tables}

    def _input(self, name: str, *, asked_by: str) -> Input:
        """A table's files; one that has none yet is empty with the columns its entity declares."""
        if name in self.made:
            return Input(self.made[name].paths)
        if name in self.shapes:
            return Input((), self.shapes[name])
        if files := self.context.committer.files(name):
            return Input(files)
        if columns := declared_columns(name, self.context.registry):
            return Input((), columns)
        hint = "a model's table is there once it was built" if name.startswith(PREFIX) else "golden and standard tables are named after entities"
        raise NotFoundError(f"the model {asked_by} reads {name}, which is not there", hint=hint)


@contextmanager
def _told(model: Model) -> Iterator[None]:
    """What the engine says of a statement, said of its model."""
    try:
        yield
    except duckdb.Error as error:
        raise DeclarationError(f"the model {model.name} cannot be made: {error}", hint="mend its statement or its tests, or the model that it reads") from error
