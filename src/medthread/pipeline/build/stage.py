"""The stage: golden tables of lake entities, then models in their order, each under a fingerprint of its inputs.

Models are made beside what is there and asked what is expected of them; all take their places, or, when one may not be
seen, none.
"""

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from medthread.model import Entity, Home
from medthread.model.errors import HeldError
from medthread.pipeline.build.built import Built
from medthread.pipeline.build.case import try_cases
from medthread.pipeline.build.golden import golden_sql, resolved_masters, told_by
from medthread.pipeline.build.model import Model, in_order
from medthread.pipeline.build.models import Workshop
from medthread.pipeline.build.plan import plan
from medthread.pipeline.build.versions import in_force, put_in_force
from medthread.pipeline.context import Context
from medthread.stores.engines import copy, file_list, job, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of
from medthread.trust.audit import record

CODE_REVISION = "build-1"


def build(context: Context, *, by: str, reason: str | None = None) -> int:
    """Bring golden tables and models up to date; gives the rows written. Texts that were not in force are from here on."""
    entities = context.registry.at_home(Home.LAKE)
    models = in_order(context.models)
    steps, written = len(entities) + 2 * len(models), 0
    for number, entity in enumerate(entities):
        context.progress("build", number, steps, entity.name)
        written += _build_golden(context, entity)
    refuse_failing(context, models)
    workshop = Workshop(context)
    for number, model in enumerate(models, start=len(entities)):
        context.progress("build", number, steps, model.name)
        workshop.make(model)
    for number, model in enumerate(models, start=len(entities) + len(models)):
        context.progress("build", number, steps, model.name)
        workshop.ask(model)
    refuse_held(workshop.made.values())
    enforce(context, models, by=by, reason=reason)
    written += sum(workshop.commit(model) for model in models)
    context.progress("build", steps, steps)
    return written


def enforce(context: Context, models: Sequence[Model], *, by: str, reason: str | None) -> None:
    """Write down which texts come into force, and as what kind of change."""
    verdicts = plan(context, models).verdicts
    with context.store.transaction() as tx:
        for name in put_in_force(tx, models, verdicts=verdicts, by=by, reason=reason):
            record(tx, actor=by, action="model.apply", object_=f"model/{name}", reason=reason, detail={"verdict": verdicts.get(name)})


def refuse_failing(context: Context, models: Sequence[Model]) -> None:
    """Raises `HeldError` where a case of a model whose text is new does not hold."""
    with context.store.transaction() as tx:
        texts = {name: v.text for name, v in in_force(tx).items()}
    failing = [t for t in try_cases([m for m in models if texts.get(m.name) != m.text], models, context.registry) if not t.holds]
    if failing:
        raise HeldError(
            f"{failing[0].model}: a case does not hold: {failing[0].label.en}; cases that do not hold: {len(failing)}",
            hint="`medthread model test` shows the rows that are missing or too many; mend the model or the case", labels=[failing[0].label],
        )


def refuse_held(tables: Iterable[Built]) -> None:
    """Raises `HeldError` where a table does not meet what is expected of it."""
    held = [(made, finding) for made in tables for finding in made.held]
    if held:
        made, finding = held[0]
        raise HeldError(
            f"{made.table}: {finding.failed:,} rows do not meet {finding.condition}: {'; '.join(finding.rows)}; held back in all: {len(held)}",
            hint="readers keep what they see; mend the model or what feeds it, or let the test warn only; `medthread model show` tells all",
        )


def _build_golden(context: Context, entity: type[Entity]) -> int:
    target, standard = f"golden.{entity.name}", f"standard.{entity.name}"
    masters = resolved_masters(entity, context.registry)
    heads = context.committer.heads()
    if standard not in heads:
        return 0
    sql = golden_sql(entity, context.registry, context.sources)
    trust = {s.name: s.trust for s in context.sources}
    weighed = str(sorted(trust.items())) if told_by(entity, context.sources) > 1 else ""
    inputs = [standard, *(f"golden.{m}_xref" for m in masters)]
    fingerprint = _fingerprint(sql + weighed, inputs, heads)
    if context.committer.fingerprint(target) == fingerprint:
        return 0
    key = key_of("build", target, fingerprint, str(heads.get(target)))
    out = context.committer.place(target, key)
    with job(memory=context.memory, threads=context.threads) as con:
        define_standard(context, con, entity)
        copy(con, sql, out)
    return context.committer.commit(Change(target, (out,), key, mode="replace", fingerprint=fingerprint)).rows


def define_standard(context: Context, con: duckdb.DuckDBPyConnection, entity: type[Entity]) -> None:
    """The relations that golden rows are made of: `standard`, `trusts`, and `xref.<master>` for each master referred to."""
    trust = {s.name: s.trust for s in context.sources}
    con.register("trusts", pa.table({"name": list(trust), "trust": pa.array(trust.values(), pa.int64())}))
    files = file_list(context.committer.files(f"standard.{entity.name}"))
    con.execute(f"create or replace temp view standard as select * from read_parquet({files}, union_by_name=true)")
    for master in resolved_masters(entity, context.registry):
        found = context.committer.files(f"golden.{master}_xref")
        relation = (
            f"select record_id, golden_id from read_parquet({file_list(found)})" if found
            else "select cast(null as varchar) as record_id, cast(null as varchar) as golden_id where false"
        )
        con.execute(f"create or replace temp view {quote('xref.' + master)} as {relation}")


def _fingerprint(sql: str, inputs: Sequence[str], heads: dict[str, int]) -> str:
    return key_of(CODE_REVISION, sql, [f"{name}@{heads.get(name)}" for name in inputs])
