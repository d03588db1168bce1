"""The relations that golden rows are made of, as views of a connection."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from medthread.model import Entity
from medthread.pipeline.build.golden import resolved_masters
from medthread.pipeline.context import Context
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import file_list, quote

NOBODY = "select cast(null as varchar) as record_id, cast(null as varchar) as golden_id where false"


def define_standard(context: Context, con: duckdb.DuckDBPyConnection, entity: type[Entity]) -> None:
    """`standard`, `trusts`, and `xref.<master>` for each master referred to."""
    trust = {s.name: s.trust for s in context.sources}
    con.register("trusts", pa.table({"name": list(trust), "trust": pa.array(trust.values(), pa.int64())}))
    define_rows(con, "standard", context.committer.files(f"standard.{entity.name}"))
    for master in resolved_masters(entity, context.registry):
        define_references(con, "xref", master, context.committer.files(f"golden.{master}_xref"))


def define_rows(con: duckdb.DuckDBPyConnection, name: str, files: Sequence[str]) -> None:
    """The rows of files, the columns of all of them, and those technical ones that older files do not have."""
    con.execute(f"create or replace temp view {quote(name)} as {rows_of(files)}")


def define_references(con: duckdb.DuckDBPyConnection, prefix: str, master: str, files: Sequence[str]) -> None:
    """`<prefix>.<master>`: which golden id each record has."""
    relation = f"select record_id, golden_id from read_parquet({file_list(tuple(files))})" if files else NOBODY
    con.execute(f"create or replace temp view {quote(f'{prefix}.{master}')} as {relation}")
