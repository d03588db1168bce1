"""Tables out of models, in their order, each once for what it is made from; and what is expected of them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medthread.model.errors import DeclarationError, NotFoundError
from medthread.pipeline.build.built import Built, Columns, built, keep, keep_findings, latest
from medthread.pipeline.build.expectation import Expectation, Finding, counting, failing
from medthread.pipeline.build.fields import fields_used
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.build.partition import Between, Partition, is_touched, touched
from medthread.pipeline.build.shapes import declared_columns, told
from medthread.pipeline.context import Context
from medthread.stores.engines import DuckEngine, Engine, Input, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

REVISION = "model-1"
STATEMENT = ""  # stands among the inputs for the statement itself


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
        return {STATEMENT: key_of(REVISION, model.sha)} | {name: self._state(name) for name in model.reads}

    def fingerprint(self, model: Model) -> str:
        """What the table is made from: the statement, and the state of all that it reads."""
        found = key_of([f"{name}={state}" for name, state in self.inputs(model).items()])
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
        with told(model):
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
        """Put what was made in the place of what there was before; gives the rows written."""
        made, committer = self.made[model.table], self.context.committer
        if committer.fingerprint(model.table) == made.fingerprint:
            return 0
        live = committer.file_rows(model.table)
        came, gone = [p for p in made.paths if p not in live], tuple(p for p in live if p not in set(made.paths))
        key = key_of("build", model.table, made.fingerprint, str(self._heads.get(model.table)))
        change = Change(model.table, tuple(map(Path, came)), key, mode="swap", fingerprint=made.fingerprint, removed=gone)
        return committer.commit(change).rows

    def _made(self, model: Model, fingerprint: str) -> Built:
        out = self.context.committer.place(model.table, key_of("model", model.table, fingerprint))
        started = time.perf_counter()
        with told(model):
            files = self._whole(model, out) if model.partition is None else self._parts(model, model.partition, out)
        seconds = time.perf_counter() - started
        there = {"made": Input(tuple(path for paths in files.values() for path in paths))}
        [[rows]] = self._engine.rows("select count(*) from made", inputs=there)
        columns = tuple(self._engine.columns_of("select * from made", inputs=there))
        made = Built(model.table, fingerprint, files, int(rows), seconds, columns, self.inputs(model))
        with self.context.store.transaction() as tx:
            keep(tx, made)
        return made

    def _whole(self, model: Model, out: Path) -> dict[str, tuple[str, ...]]:
        made = self._engine.select_to_parquet(model.text, inputs=self._inputs(model.reads, asked_by=model.name), out=out)
        return {"": (str(made.path.resolve()),)}

    def _parts(self, model: Model, partition: Partition, out: Path) -> dict[str, tuple[str, ...]]:
        """Files by partition: those that news touch made again, the others as they were."""
        before = self._before(model)
        again = self._again(model, partition, before) if before else None
        if before and again == set():
            return dict(before.files)
        inputs = self._inputs(model.reads, asked_by=model.name)
        if again is not None:
            inputs[partition.of] = replace(inputs[partition.of], where=partition.only(again))
        made = self._engine.select_to_partitions(model.text, inputs=inputs, by=partition.own, out=out)
        if again is not None and (strange := sorted(made.keys() - again)):
            raise DeclarationError(
                f"the model {model.name} was asked for some partitions and gave rows of {strange[0]!r}",
                hint="every row must come from rows of its own partition; say so otherwise, or leave `partition` out",
            )
        kept = {p: files for p, files in before.files.items() if p not in again} if before and again is not None else {}
        return kept | {p: tuple(str(o.path.resolve()) for o in parts) for p, parts in made.items()} or self._whole(model, out)

    def _before(self, model: Model) -> Built | None:
        """What the same statement made last, where its files are there."""
        with self.context.store.transaction() as tx:
            made = latest(tx, model.table)
        same = made is not None and made.inputs.get(STATEMENT) == self.inputs(model)[STATEMENT]
        return made if made and same and all(Path(p).is_file() for p in made.paths) else None

    def _again(self, model: Model, partition: Partition, before: Built) -> set[str] | None:
        """The partitions that news touch; None for all, where something else that it reads changed in fields that it uses."""
        known = {name: columns for name in model.reads if (columns := self._columns(name))}
        used, again = fields_used(model.statement, known), set[str]()
        for name in model.reads:
            if before.inputs[name] == self._state(name):
                continue
            fields = used[name]
            if fields is not None and name == partition.of:
                fields = fields | partition.fields
            between = self._between(name, before.inputs[name], None if fields is None else tuple(sorted(fields)))
            if between is None or (name != partition.of and is_touched(self._engine, between)):
                return None
            again |= touched(self._engine, between, partition) if name == partition.of else set()
        return again

    def _between(self, table: str, state: str, fields: tuple[str, ...] | None) -> Between | None:
        """What differs from a state of a table; None where its files are gone, or have other columns than they had."""
        then = self._files_at(table, state)
        if then is None:
            return None
        now = self.made[table].paths if table in self.made else self.context.committer.files(table)
        between = Between(tuple(p for p in then if p not in set(now)), tuple(p for p in now if p not in set(then)), fields)
        return between if between.is_of_one_shape() else None

    def _files_at(self, table: str, state: str) -> Sequence[str] | None:
        if table.startswith(PREFIX):
            with self.context.store.transaction() as tx:
                found = built(tx, table, state)
            return found.paths if found else None
        return [] if state == "None" else self.context.committer.files_at(table, int(state))

    def _columns(self, table: str) -> Columns:
        return self.made[table].columns if table in self.made else declared_columns(table, self.context.registry)

    def _findings(self, model: Model, inputs: Mapping[str, Input]) -> Iterable[Finding]:
        relation = ".".join(map(quote, model.table.split(".")))
        with told(model):
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
        hint = "a model's table is there once it was built" if name.startswith(PREFIX) else "golden, standard and native tables are named after entities"
        raise NotFoundError(f"the model {asked_by} reads {name}, which is not there", hint=hint)
