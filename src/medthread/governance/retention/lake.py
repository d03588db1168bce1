"""Records of the lake destroyed: out of golden and standard rows, out of what was held and corrected, and emptied in raw files.

A raw row keeps its place, for others are numbered by it, and stays whole while it tells of a record that is kept. Marts,
and the trace index, are computed anew by the next run; older releases keep theirs until they are withdrawn.
"""

from dataclasses import replace

import duckdb
import pyarrow as pa

from medthread.model import Entity, Home
from medthread.pipeline.build.golden import named_sql
from medthread.pipeline.build.golden_inputs import define_standard
from medthread.pipeline.context import Context
from medthread.pipeline.release import tell_rewritten
from medthread.stores.engines import file_list, job, literal
from medthread.stores.lakehouse.rewrite import LOAD, ROW, Columns, Rewriter, Rewriting, Rewritten

CAME = "select _load, _row from came"


def destroy_rows(context: Context, entity: type[Entity], ids: list[str], *, key: str) -> Rewritten:
    """Destroy records by id. Asked again under the same key, what was done is not done again."""
    done = Rewritten()
    with job(memory=context.memory, threads=context.threads) as con:
        con.register("gone", pa.table({"id": pa.array(ids, pa.string())}))
        _find(context, con, entity)
        rewriter = Rewriter(context.store, context.lake, con, tell_rewritten(context, key=f"destruction/{key}"))
        for change in _changes(context, con, entity):
            rewriter.rewrite(change, key=key, done=done)
    return done


def _find(context: Context, con: duckdb.DuckDBPyConnection, entity: type[Entity]) -> None:
    """`came`: every standard row that tells of the records; `emptied`: those of them whose raw row tells of nothing else."""
    if not context.committer.files(f"standard.{entity.name}"):
        con.execute("create table came (_load varchar, _row bigint, _source varchar, _table varchar, _key varchar)")
    else:
        define_standard(context, con, entity)
        con.execute(f"create table came as select distinct _load, _row, _source, _table, _key from ({named_sql(entity, context.registry)}) where id in (select id from gone)")
    con.execute("create table emptied as select distinct _load, _row, _source, _table from came")
    for other in context.registry.at_home(Home.LAKE, Home.MASTER):
        files = context.committer.files(f"standard.{other.name}")
        if other.name != entity.name and files:
            there = f"select _load, _row from read_parquet({file_list(files)}, union_by_name=true)"
            con.execute(f"delete from emptied where (_load, _row) in ({there})")


def _changes(context: Context, con: duckdb.DuckDBPyConnection, entity: type[Entity]) -> list[Rewriting]:
    name = literal(entity.name)
    keys = '(source, "table", key) in (select _source, _table, _key from came)'
    # Standard rows tell which the others are: they go last, so that a destruction that was killed finds the rest again.
    changes = [
        Rewriting(f"golden.{entity.name}", lambda _: "id in (select id from gone)"),
        Rewriting("standard.correction", lambda _: f'entity = {name} and ((load, "row") in ({CAME}) or {keys})'),
        Rewriting("standard.quarantine", lambda _: f"entity = {name} and {keys}"),
        Rewriting(f"standard.{entity.name}", lambda _: f"(_load, _row) in ({CAME})"),
    ]
    # What was held is taken out of its raw row too, and that before the list of held rows forgets where it stood.
    held = context.committer.files("standard.quarantine")
    if held:
        con.execute(
            f'insert into emptied select load, "row", source, "table" from read_parquet({file_list(held)}, union_by_name=true)'
            f" where entity = {name} and {keys} and len(list_filter(names, lambda x: not starts_with(x, {literal(entity.name + ':')}))) = 0")
    tables = con.execute("select distinct _source, _table from emptied").fetchall()
    return [*(replace(_EMPTYING, table=f"raw.{source}_{table}") for source, table in tables), *changes]


def row_number(columns: Columns) -> str:
    """The number that rows of a raw file go by."""
    return f"coalesce(_row_no, {ROW} + 1)" if "_row_no" in columns else f"{ROW} + 1"


_EMPTYING = Rewriting(
    "", lambda columns: f"({LOAD}, {row_number(columns)}) in (select _load, _row from emptied)",
    lambda columns: {c: "null" for c in sorted(columns) if c != "_row_no"})
