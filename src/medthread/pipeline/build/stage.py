"""The stage: golden tables of lake entities, then marts in their order, each under a fingerprint of its inputs."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from medthread.derive.columns import golden_columns
from medthread.model import Entity, Home
from medthread.model.errors import NotFoundError
from medthread.pipeline.build.golden import golden_sql, resolved_masters, told_by
from medthread.pipeline.build.mart import Mart, marts_in_order
from medthread.pipeline.context import Context
from medthread.stores.engines import DuckEngine, Engine, Input, copy, file_list, job, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

CODE_REVISION = "build-1"


def build(context: Context) -> int:
    """Bring golden tables and marts up to date; gives the rows written."""
    entities = context.registry.at_home(Home.LAKE)
    marts = marts_in_order(context.models)
    engine: Engine = DuckEngine(memory=context.memory, threads=context.threads)
    steps, written = len(entities) + len(marts), 0
    for number, entity in enumerate(entities):
        context.progress("build", number, steps, entity.name)
        written += _build_golden(context, entity)
    for number, mart in enumerate(marts, start=len(entities)):
        context.progress("build", number, steps, mart.name)
        written += _build_mart(context, mart, engine)
    context.progress("build", steps, steps)
    return written


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


def _build_mart(context: Context, mart: Mart, engine: Engine) -> int:
    heads = context.committer.heads()
    fingerprint = _fingerprint(mart.sql, mart.reads, heads)
    if context.committer.fingerprint(mart.table) == fingerprint:
        return 0
    key = key_of("build", mart.table, fingerprint, str(heads.get(mart.table)))
    out = context.committer.place(mart.table, key)
    inputs = {name: _input(context, mart, name) for name in mart.reads}
    engine.select_to_parquet(mart.sql, inputs=inputs, out=out)
    return context.committer.commit(Change(mart.table, (out,), key, mode="replace", fingerprint=fingerprint)).rows


def _input(context: Context, mart: Mart, name: str) -> Input:
    """A table's files; one that has none yet is empty with the columns its entity declares."""
    files = context.committer.files(name)
    layer, _, entity = name.partition(".")
    if files:
        return Input(files)
    if layer == "golden" and entity in context.registry:
        columns = golden_columns(context.registry[entity], context.registry)
        return Input((), tuple((c.name, c.duck) for c in columns))
    raise NotFoundError(f"the mart {mart.name} reads {name}, which is not there", hint="golden tables are named after entities")


def _fingerprint(sql: str, inputs: Sequence[str], heads: dict[str, int]) -> str:
    return key_of(CODE_REVISION, sql, [f"{name}@{heads.get(name)}" for name in inputs])
