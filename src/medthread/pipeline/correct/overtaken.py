"""Held rows that nobody decided on, and whose key has come in good since from the same place: they wait for nobody any more."""

import pyarrow as pa
from sqlalchemy import select, text

from medthread.pipeline.context import Context
from medthread.pipeline.correct.again import QUARANTINE
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import file_list, job, literal
from medthread.stores.lakehouse.committer import key_of
from medthread.stores.postgres.tables import load

# One statement for all that a batch overtook. What somebody decided, on the row or on its content, stands: it waits for nobody as it is.
MARK = text("""
    insert into medthread.row_decision (id, act, held, source, "table", load, file, "row", entity, key, kind, reason, decided_by)
    select 'D' || md5(:batch || h.id), :batch, h.id, h.source, h."table", h.load, h.file, h."row", h.entity, h.key, 'superseded', 'came in good since', 'system'
    from unnest(cast(:id as text[]), cast(:source as text[]), cast(:table as text[]), cast(:load as text[]), cast(:file as text[]), cast(:row as bigint[]),
                cast(:entity as text[]), cast(:key as text[]), cast(:content as text[])) as h(id, source, "table", load, file, "row", entity, key, content)
    where not exists (select from medthread.row_decision as d where d.held = h.id and d.undone_at is null)
      and not exists (select from medthread.row_decision as d where d.source = h.source and d."table" = h."table" and d.content = h.content and d.undone_at is null)
    on conflict do nothing
""")
FOUND = ("id", "source", "table", "load", "file", "row", "entity", "key", "content")


def overtake(context: Context, batch: str) -> frozenset[str]:
    """Mark those that this batch overtook and nobody decided on; gives the ids of all that it overtook. Asked again, nothing more happens."""
    files = context.committer.files(QUARANTINE)
    with context.store.transaction() as tx:
        loads = tx.execute(select(load.c.source, load.c.table).where(load.c.batch == batch, load.c.status == "accepted").distinct()).all()
    mapped = {(s.name, name): table for s in context.sources for name, table in s.tables.items()}
    fed = sorted({f.entity for r in loads if (r.source, r.table) in mapped for f in mapped[r.source, r.table].feeds})
    if not files or not fed:
        return frozenset()
    with job(memory=context.memory, threads=context.threads) as con:
        places = {"source": [r.source for r in loads], "table": [r.table for r in loads]}
        con.register("places", pa.table({n: pa.array(v, pa.string()) for n, v in places.items()}))
        con.execute(
            f'create temp table held as select id, source, "table", load, file, "row", entity, key, content, "at" from'
            f' (select * from read_parquet({file_list(tuple(files))}, union_by_name=true) union all by name select cast(null as varchar) as content where false)'
            ' where key is not null and (source, "table") in (select source, "table" from places)')
        found: list[tuple[object, ...]] = []
        for entity in fed:
            if accepted := _files_of(context, batch, f"standard.{entity}"):
                found += con.execute(
                    f'select distinct {", ".join(f"h.{chr(34)}{c}{chr(34)}" for c in FOUND)} from held as h join ({rows_of(accepted)}) as s'
                    f' on s._source = h.source and s._table = h."table" and s._key = h.key and s._recorded_at > h."at" where h.entity = {literal(entity)}').fetchall()
    if not found:
        return frozenset()
    columns = dict(zip(FOUND, map(list, zip(*found, strict=True)), strict=True))
    with context.store.transaction() as tx:
        tx.execute(MARK, {"batch": batch, **columns})
    return frozenset(str(i) for i in columns["id"])


def _files_of(context: Context, batch: str, table: str) -> list[str]:
    """What this batch brought to a table."""
    return context.committer.files_of(key_of("standard", batch, table))
