"""Held rows sent out as a sheet, corrected in a spreadsheet, and sent back: first what it would change, then as one act."""

import csv
import io
from collections.abc import Generator
from functools import partial
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Query, UploadFile
from sqlalchemy import Connection

from medthread.api.answers import Streamed
from medthread.api.bodies import MOST, takes
from medthread.api.cells import safe_cell
from medthread.api.held_rows import checks_by_id, shown_rule
from medthread.api.identity import Given, HeldDecider, QuarantineReader
from medthread.api.media import CSV, text_as
from medthread.api.routes.review import Text, seen
from medthread.api.services import Services
from medthread.api.sheets import MOST_BYTES, handed_in
from medthread.governance.review import Decided, State, Wanted, desk
from medthread.governance.review.deciding import Saying
from medthread.governance.review.desk import QUARANTINE
from medthread.governance.review.feedback import COLUMNS, feedback
from medthread.governance.review.sheet import MOST_ROWS, sheet_of, values_of
from medthread.governance.review.sheet_back import Compared, accept, compared, read_sheet
from medthread.governance.review.told import tell_decided
from medthread.governance.review.values import own_edits
from medthread.model.errors import NotFoundError
from medthread.pipeline.correct.decided import Kind
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

router = APIRouter(tags=["review"])
SHOWN = 200
Reason = Annotated[str, Query(min_length=2, max_length=2000)]


@router.get("/sources/{name}/feedback.csv", summary="来源的处理反馈 · What a source is told of its rows", **text_as(CSV))
def source_feedback(name: str, given: Given, actor: QuarantineReader) -> Streamed:
    """Every row of a source that was corrected, rejected or returned: file, row, key, cells before and after, why, by whom, when.

    某个来源被更正、不予接收或退回的每一行:文件、行号、主键、改前与改后、原因、操作人、时间。
    """
    if name not in sources_seen(actor, given.sources):
        raise NotFoundError(f"no source {name!r}", hint="GET /api/v1/sources lists them")
    files = [str(f) for f in table.files] if (table := given.reader.current().release.tables.get(QUARANTINE)) else []

    def lines() -> Generator[bytes]:
        yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
        with given.store.streaming() as tx:
            for line in feedback(tx, name, files):
                text = io.StringIO()
                csv.writer(text).writerow([safe_cell(v) for v in line.cells])
                yield text.getvalue().encode()

    return Streamed(lines(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="feedback.csv"'})


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
    results = {t.held: t for t in came.tried(given.batch())}
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
    done = accept(tx, given.batch(), came.passing(given.batch()) if passing else came, Saying(Kind.CORRECTED, reason, actor.name))
    tell_decided(tx, given.workflow, act=done.act, kind=Kind.CORRECTED, reason=reason, by=actor.name, rows=done.by_source)
    return done


def _read(file: UploadFile) -> pa.Table:
    with handed_in(file.file, file.filename or "") as path:
        return read_sheet(path)


def _compared(tx: Connection, given: Services, actor: Actor, sent_back: pa.Table) -> Compared:
    with desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        return compared(found, sent_back, as_sent=lambda v: str(safe_cell(v)))
