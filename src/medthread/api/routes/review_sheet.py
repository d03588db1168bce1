"""Held rows sent out as a sheet, corrected in a spreadsheet, and sent back: first what it would change, then as one act."""

import csv
import io
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter, Query, UploadFile
from sqlalchemy import Connection

from medthread.api.answers import Streamed
from medthread.api.bodies import MOST, takes
from medthread.api.held_rows import checks_by_id, shown_rule
from medthread.api.identity import Given, HeldDecider, QuarantineReader
from medthread.api.media import CSV, text_as
from medthread.api.routes.entities import safe_cell
from medthread.api.routes.review import Text, seen
from medthread.api.services import Services
from medthread.api.sheets import MOST_BYTES, handed_in
from medthread.governance.review import Decided, State, Wanted, decide, desk
from medthread.governance.review.deciding import Saying
from medthread.governance.review.sheet import (
    MOST_ROWS,
    Change,
    differences,
    ids_of,
    sheet_of,
    values_of,
)
from medthread.governance.review.values import one_table, own_edits, texts, tried
from medthread.model.errors import ConflictError, InvalidError
from medthread.pipeline.correct.decided import Kind
from medthread.stores.readers import ReadRequest, read_to_parquet
from medthread.trust.access import Actor
from medthread.workflow import handle

router = APIRouter(tags=["review"])
SHOWN = 200
Reason = Annotated[str, Query(min_length=2, max_length=2000)]


@dataclass(frozen=True)
class Compared:
    """A sheet that came back: the open rows that it changes, how, and how many of its rows are not open."""

    rows: pa.Table
    changes: dict[str, tuple[Change, ...]]
    strangers: int


@router.get("/quarantine/sheet.csv", summary="导出隔离行供更正 · Export held rows to correct", **text_as(CSV))
def sheet(given: Given, actor: QuarantineReader, source: str, table: str, entity: Text = None, rule: Text = None, load: Text = None) -> Streamed:
    """Open held rows of one table with their raw columns side by side: correct them in a spreadsheet and send the file back.

    某个表的待处理隔离行,原始各列并排:在电子表格中更正后交回。
    """
    wanted = Wanted(state=(State.OPEN,), source=source, table=table, entity=entity, rule=rule, load=load)
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        rows = sheet_of(found.rows(wanted, most=MOST_ROWS + 1))

    def lines() -> Generator[bytes]:
        text = io.StringIO()
        text.write("\ufeff")
        csv.writer(text).writerow(rows.column_names)
        yield text.getvalue().encode()
        for batch in rows.to_batches(2000):
            text = io.StringIO()
            csv.writer(text).writerows([safe_cell(v) for v in row.values()] for row in batch.to_pylist())
            yield text.getvalue().encode()

    return Streamed(lines(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="held-rows.csv"'})


@router.post("/quarantine/sheet/trial", summary="试算交回的表 · Try a sheet sent back", **takes(MOST_BYTES + MOST))
def sheet_trial(file: UploadFile, given: Given, actor: HeldDecider) -> dict[str, Any]:
    """What an exported sheet that was corrected would change, row by row, and what would pass; nothing is written.

    交回的表会改动哪些单元格、哪些行可通过;不写入任何内容。
    """
    sent_back = _read(file)
    with given.store.transaction() as tx:
        came = _compared(tx, given, actor, sent_back)
        if came.changes:
            own_edits(tx, given.batch(), came.rows, values_of(came.changes))  # refuses what could not be decided either
    results = {t.held: t for t in tried(given.batch(), came.rows, values_of(came.changes))} if came.changes else {}
    known = checks_by_id(given)
    places = {r["id"]: r for r in came.rows.select(["id", "file", "row", "key"]).to_pylist()}
    return {
        "rows": sent_back.num_rows, "changed": len(came.changes), "strangers": came.strangers, "passing": sum(t.passes for t in results.values()),
        "items": [
            {**places[id_], "changes": [vars(c) for c in cells], "passes": results[id_].passes, "rules": [shown_rule(i, known) for i in results[id_].rules]}
            for id_, cells in list(came.changes.items())[:SHOWN]
        ],
    }


@router.post("/quarantine/sheet", summary="接受交回的表 · Accept a sheet sent back", status_code=201, **takes(MOST_BYTES + MOST))
def accept_sheet(file: UploadFile, given: Given, actor: HeldDecider, reason: Reason, passing: bool = False) -> dict[str, Any]:
    """Correct the rows whose cells differ from what was exported, as one act; with `passing` only those that would be accepted.

    更正与导出时不同的行,作为一次操作;`passing` 为真时只取可通过的行。
    """
    sent_back = _read(file)
    act = partial(_accept, given=given, actor=actor, sent_back=sent_back, reason=reason, passing=passing)
    done = handle(given.store, by=actor.name, action="held.decide", object_="held", act=act)
    return {"act": done.act, "rows": done.rows}


def _accept(tx: Connection, given: Services, actor: Actor, sent_back: pa.Table, reason: str, *, passing: bool) -> Decided:
    came = _compared(tx, given, actor, sent_back)
    rows, changes = came.rows, came.changes
    if passing and changes:
        good = {t.held for t in tried(given.batch(), rows, values_of(changes)) if t.passes}
        changes = {id_: cells for id_, cells in changes.items() if id_ in good}
        rows = rows.filter(pa.array([id_ in changes for id_ in texts(rows, "id")], pa.bool_()))
    if not changes:
        raise ConflictError("the sheet changes no row that is open", hint="export it anew; the rows may have been decided on since")
    return decide(tx, rows=rows, saying=Saying(Kind.CORRECTED, reason, actor.name), edits=own_edits(tx, given.batch(), rows, values_of(changes)))


def _read(file: UploadFile) -> pa.Table:
    with handed_in(file.file, file.filename or "") as path:
        made = read_to_parquet(ReadRequest(path, path.suffix.removeprefix(".")), out=path.with_name("rows.parquet"))
        if made.rejects:
            raise InvalidError(f"{len(made.rejects)} records cannot be parsed", hint="mend the file and hand it in again: nothing was written")
        if made.rows > MOST_ROWS:
            raise InvalidError(f"the file has {made.rows:,} records", hint=f"hand in up to {MOST_ROWS:,} at once")
        return pq.read_table(made.path, columns=list(made.columns))


def _compared(tx: Connection, given: Services, actor: Actor, sent_back: pa.Table) -> Compared:
    ids = ids_of(sent_back)
    with desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        rows = found.rows(Wanted(state=(State.OPEN,), ids=ids or ("",)))
    changes = differences(rows, sent_back, as_sent=lambda v: str(safe_cell(v)))
    changed = rows.filter(pa.array([id_ in changes for id_ in texts(rows, "id")], pa.bool_()))
    if changes:
        one_table(changed)
    return Compared(changed, changes, len(set(ids)) - rows.num_rows)
