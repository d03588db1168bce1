"""The golden table of one entity, brought up to date with as much work as there is news (`golden_delta.py`), or made whole."""

import time
from functools import cached_property

import duckdb

from medthread.derive.columns import golden_columns
from medthread.model import Entity
from medthread.pipeline.build.built import Built, keep, latest
from medthread.pipeline.build.golden import golden_sql, resolved_masters, told_by
from medthread.pipeline.build.golden_delta import Delta, News, commits_of
from medthread.pipeline.build.golden_inputs import define_standard
from medthread.pipeline.context import Context
from medthread.stores.engines import copy_parts, job
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

REVISION = "golden-2"
STATEMENT = ""  # stands among the inputs for the statement itself


class GoldenTable:
    """One entity's table over the heads of the lake."""

    def __init__(self, context: Context, entity: type[Entity]) -> None:
        self._context, self._entity = context, entity
        self._table, self._standard = f"golden.{entity.name}", f"standard.{entity.name}"
        self._heads = context.committer.heads()
        self._sql = golden_sql(entity, context.registry, context.sources)

    @cached_property
    def _inputs(self) -> dict[str, str]:
        """The state of each table that it is made from, and of the statement."""
        tables = [self._standard, *(f"golden.{m}_xref" for m in resolved_masters(self._entity, self._context.registry))]
        trust = {s.name: s.trust for s in self._context.sources}
        weighed = str(sorted(trust.items())) if told_by(self._entity, self._context.sources) > 1 else ""
        return {name: str(self._heads.get(name)) for name in tables} | {STATEMENT: key_of(REVISION, self._sql, weighed)}

    @cached_property
    def _fingerprint(self) -> str:
        return key_of([f"{name}@{state}" for name, state in self._inputs.items()])

    def bring_up(self) -> int:
        """Rows written; none where nothing that it is made from changed."""
        if self._standard not in self._heads:
            return 0
        before = self._before()
        if before is not None and before.fingerprint == self._fingerprint:
            return 0
        started, written = time.perf_counter(), 0
        with job(memory=self._context.memory, threads=self._context.threads) as con:
            define_standard(self._context, con, self._entity)
            change = self._change(con, before)
        if change.files:
            written = self._context.committer.commit(change).rows
        self._keep(time.perf_counter() - started)
        return written

    def _before(self) -> Built | None:
        """What was made last, where the table is still that."""
        with self._context.store.transaction() as tx:
            made = latest(tx, self._table)
        return made if made and set(made.paths) == set(self._context.committer.files(self._table)) else None

    def _change(self, con: duckdb.DuckDBPyConnection, before: Built | None) -> Change:
        key = key_of("build", self._table, self._fingerprint, str(self._heads.get(self._table)))
        place = self._context.committer.place(self._table, key)
        if before and (news := self._news(before)):
            delta = Delta(self._context, con, self._entity, news, self._context.committer.file_rows(self._table))
            if delta.is_worth_it():
                made = [o.path for o in copy_parts(con, delta.sql, place)] if delta.touches_any else []
                return Change(self._table, tuple(made), key, mode="swap", fingerprint=self._fingerprint, removed=delta.removed if made else ())
        made = [o.path for o in copy_parts(con, self._sql, place)]
        return Change(self._table, tuple(made), key, mode="replace", fingerprint=self._fingerprint)

    def _news(self, before: Built) -> News | None:
        """What came since; None where that cannot be told, or the statement is another."""
        if before.inputs.get(STATEMENT) != self._inputs[STATEMENT] or before.inputs.keys() != self._inputs.keys():
            return None
        return commits_of(self._context.committer, self._standard, before.inputs, {n: s for n, s in self._inputs.items() if n != STATEMENT})

    def _keep(self, seconds: float) -> None:
        files = self._context.committer.file_rows(self._table)
        columns = tuple((c.name, c.duck) for c in golden_columns(self._entity, self._context.registry))
        with self._context.store.transaction() as tx:
            keep(tx, Built(self._table, self._fingerprint, {"": tuple(files)}, sum(files.values()), seconds, columns, self._inputs))
