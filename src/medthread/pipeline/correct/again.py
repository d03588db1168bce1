"""Corrected rows as a raw file: the raw row as it came with the new values in it, and beside each where it came from.

What is taken follows from the decisions alone. Those that wait are taken when their load is written down, in the same
transaction: killed before, nothing happened; killed after, the open batch is finished by the next run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from medthread.derive.columns import INDEX, MASKED
from medthread.pipeline.context import Context
from medthread.pipeline.correct.decided import at_place, repeating, texts, waiting_in
from medthread.pipeline.ingest.sealing import sealed_columns
from medthread.stores.engines import copy, file_list, job, literal, quote
from medthread.stores.lakehouse.committer import key_of, sha256_of
from medthread.stores.postgres.tables import batch as batches
from medthread.stores.postgres.tables import load, row_decision
from medthread.stores.readers import CORRECTS

QUARANTINE = "standard.quarantine"
FOLDER = "corrections"  # what its file is called by; it lies in no inbox
NAMED = 20  # loads and files that a load of corrections names; each row names its own
DEEPEST = 3  # corrections of corrections, each repeating what it was decided on
JOINED = {
    "held": "d.held = h.id",
    # What was decided on the row itself, such as that it was overtaken, stands before what was decided on its content.
    "content": 'd.source = h.source and d."table" = h."table" and d.content = h.content and h.id not in (select held from decided_on)',
}
WHENCE = f"cast(json_object('decision', decision, 'kind', kind, 'held', held, 'load', load, 'file', file, 'row', \"row\") as varchar) as {CORRECTS}"
DECIDED_ON = text("select held from medthread.row_decision where undone_at is null and load = any(:loads)")


@dataclass(frozen=True)
class Again:
    """A raw file of corrected rows, ready to be taken in; `decisions` are taken with it."""

    id: str
    source: str
    table: str
    path: Path
    rows: int
    columns: tuple[str, ...]
    corrects: dict[str, Any]
    decisions: tuple[str, ...] = ()


def waiting(context: Context, sources: Sequence[str]) -> list[Again]:
    """Write what was corrected and not taken in yet, one file for each table."""
    with context.store.transaction() as tx:
        decided = waiting_in(tx, sources)
    made = []
    for source, table in _places(context, decided):
        part = at_place(decided, source, table)
        found = _written(context, part, "C" + key_of("correction", texts(part, "id"))[:20], (source, table), by="held", files=context.committer.files(QUARANTINE))
        made += [found] if found else []
    return made


def put_in(tx: Connection, again: Sequence[Again], batch: str) -> None:
    """Put the files into a batch, and take the decisions: both or neither."""
    for one in again:
        tx.execute(insert(load).values(
            id=one.id, source=one.source, table=one.table, file=f"{FOLDER}/{one.id}", sha256=sha256_of(one.path), bytes=one.path.stat().st_size, batch=batch,
            status="read", rows_read=one.rows, raw_path=str(one.path), columns=list(one.columns), corrects=one.corrects, at=func.clock_timestamp(),
        ).on_conflict_do_nothing(index_elements=["id"]))
        chosen = update(row_decision).where(row_decision.c.id == func.any(bindparam("chosen")), row_decision.c.taken_load.is_(None))
        tx.execute(chosen.values(taken_load=one.id), {"chosen": list(one.decisions)})


def repeated(context: Context, batch: str, *, overtaken: Iterable[str]) -> str | None:
    """A batch of what was held in this one and had been corrected before: the same raw row came again. Nothing where there is none.

    Not of those that the batch itself overtook: what their source said after them is newer than the correction.
    """
    depth = int(batch[1]) if batch.startswith("R") else 0
    if depth == DEEPEST:
        return None
    with context.store.transaction() as tx:
        loads = tx.execute(select(load.c.id, load.c.source, load.c.table).where(load.c.batch == batch, load.c.status == "accepted")).all()
        places = sorted({(r.source, r.table) for r in loads})
        decided = repeating(tx, places)
        ids = [r.id for r in loads]
        held = pa.table({"held": pa.array([*tx.execute(DECIDED_ON, {"loads": ids}).scalars(), *overtaken], pa.string())})
    if not decided.num_rows:
        return None
    follow = f"R{depth + 1}{key_of('repeat', batch)[:15]}"
    again = []
    for source, table in _places(context, decided):
        part = at_place(decided, source, table)
        files = context.committer.files(QUARANTINE)
        found = _written(context, part, "C" + key_of("repeat", batch, source, table)[:20], (source, table), by="content", files=files, loads=ids, decided_on=held)
        again += [found] if found else []
    if not again:
        return None
    with context.store.transaction() as tx:
        tx.execute(insert(batches).values(id=follow, stage="open", at=func.clock_timestamp()).on_conflict_do_nothing(index_elements=["id"]))
        put_in(tx, again, follow)
    return follow


def _places(context: Context, decided: pa.Table) -> list[tuple[str, str]]:
    """The tables that decisions are about, of those that are still mapped."""
    mapped = {(s.name, t) for s in context.sources for t in s.tables}
    return sorted(mapped.intersection(zip(texts(decided, "source"), texts(decided, "table"), strict=True)))


def _written(
    context: Context, decided: pa.Table, id_: str, place: tuple[str, str], *, by: str, files: Sequence[str], loads: Sequence[str] | None = None,
    decided_on: pa.Table | None = None,
) -> Again | None:
    """The held rows that decisions are about, by their id or their content, as one raw file; none where they were destroyed."""
    source, table = place
    if not files:
        return None
    with job(memory=context.memory, threads=context.threads) as con:
        con.register("decided", decided)
        con.register("decided_on", decided_on if decided_on is not None else pa.table({"held": pa.array([], pa.string())}))
        of_loads = f" and h.load in (select unnest([{', '.join(map(literal, loads))}]))" if loads is not None else ""
        con.execute(
            f'create temp table chosen as select h.id as held, h.load, h.file, h."row", h.raw, d.id as decision, d.kind, d.edits, d.decided_by'
            f" from read_parquet({file_list(tuple(files))}, union_by_name=true) as h join decided as d on {JOINED[by]}"
            f" where json_valid(h.raw){of_loads}")
        if not con.execute("select exists (from chosen)").fetchall()[0][0]:
            return None
        columns = columns_of(con, context, place)
        told = con.execute("select list(distinct load order by load), list(distinct file order by file), list(distinct decided_by order by decided_by), count(*), list(distinct decision) from chosen").fetchall()[0]
        out = copy(con, edited(columns, of="chosen", beside=WHENCE), context.committer.place(f"raw.{source}_{table}", id_))
    corrects = {"loads": told[0][:NAMED], "files": told[1][:NAMED], "by": told[2], "rows": told[3], "repeats": by == "content"}
    shown = tuple(c for c in columns if not c.endswith((MASKED, INDEX)))
    return Again(id_, source, table, out.path, out.rows, shown, corrects, tuple(told[4]) if by == "held" else ())


def columns_of(con: Any, context: Context, place: tuple[str, str]) -> list[str]:
    """The raw columns of the rows in `chosen`, those that an edit adds, and those that the mapping names today."""
    keys = "select unnest(json_keys(raw)) as c from chosen union select unnest(json_keys(edits)) from chosen"
    found = {str(r[0]) for r in con.execute(keys).fetchall()}
    mapped = context.source(place[0]).tables[place[1]].mapped
    sealed = sealed_columns(context, *place, mapped)
    return sorted(found | mapped | {c + suffix for c in sealed for suffix in (MASKED, INDEX)})


def edited(columns: Sequence[str], *, of: str, beside: str) -> str:
    """SELECT the raw rows with the edits in them, and a column `beside` them."""
    listed = ", ".join(
        f"case when json_exists(edits, {at}) then json_extract_string(edits, {at}) else json_extract_string(raw, {at}) end as {quote(c)}"
        for c in columns for at in (literal("/" + c.replace("~", "~0").replace("/", "~1")),)
    )
    return f"select {listed}, {beside} from {of}"
