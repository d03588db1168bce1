"""The SQL workbench: what a reader may ask over, as views; the answer as JSON; each question in the log with its text."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.api.cells import csv_of, safe_cell
from medthread.api.listing import Listing, listing_of
from medthread.api.served import Shelf
from medthread.api.served_rows import WIDTH, plain
from medthread.derive.form import pair
from medthread.derive.view import masked_fields
from medthread.model.errors import ForbiddenError, MedthreadError
from medthread.pipeline.build.model import PREFIX
from medthread.stores.engines import literal, quote
from medthread.stores.serving import LakeRows
from medthread.stores.workbench import Answer, Question, View, check
from medthread.stores.workbook import workbook
from medthread.trust.audit import DONE, READ, REFUSED, record

Form = Literal["csv", "xlsx", "parquet", "arrow"]
FORMS: tuple[Form, ...] = get_args(Form)
# A limit that cuts nothing: the engine tries no condition of the question on rows before those beyond reach are gone.
WALL = "limit 9000000000000000000"


def ask(shelf: Shelf, text: str, *, id_: str) -> Answer:
    """The answer to a question, noted with its text however it ends."""
    noted: dict[str, Any] = {"sql": text[:20_000], "release": shelf.snapshot.release.id}
    try:
        checked = check(text, tuple(shelf.names()))
        views = tuple(_view(shelf, t) for t in sorted(checked.tables))
        answer = shelf.given.workbench.ask(Question(id_, shelf.actor.name, checked, views, shelf.given.workflow.calendar.zone))
    except MedthreadError as error:
        _note(shelf, noted, REFUSED, error.message)
        raise
    _note(shelf, noted | {"tables": sorted(checked.tables), "rows": answer.rows.num_rows if answer.rows is not None else None}, READ)
    return answer


def _note(shelf: Shelf, detail: dict[str, Any], outcome: str, why: str | None = None) -> None:
    with shelf.given.store.transaction() as tx:
        record(tx, actor=shelf.actor.name, action="sql.ask", object_="sql", outcome=outcome, reason=why, detail=detail)


def note_called_off(shelf_given: Any, actor: str, id_: str) -> None:
    """Write down that a question was called off."""
    with shelf_given.store.transaction() as tx:
        record(tx, actor=actor, action="sql.cancel", object_=f"sql/{id_}", outcome=DONE)


def tables_of(shelf: Shelf) -> Iterator[dict[str, Any]]:
    """What may be asked over, with its columns as people call them."""
    for table in shelf.names():
        try:
            served = shelf.served(table)
        except ForbiddenError:
            continue
        else:
            yield {
                "name": table, "label": pair(served.label), "rows": shelf.snapshot.rows_of(table),
                "columns": [{"name": c.name, "type": c.duck, "label": pair(c.label), "masked": c.masked} for c in served.columns],
            }


def _view(shelf: Shelf, table: str) -> View:
    layer, _, name = table.partition(".")
    files = shelf.snapshot.release.tables[table].files
    if table.startswith(PREFIX):
        served = shelf.mart(table)
        columns = ", ".join(quote(c.name) for c in served.columns)
        inner = f"select {columns} from {served.source}"
        return View(layer, name, _filled(f"{inner} {WALL}" if served.parameters else inner, served.parameters), files)
    listing = _listing(shelf, name)
    columns = ", ".join(quote(n) for n in ("id", *listing.entity.fields))
    bound = listing.where != "true" or bool(listing.terms)
    return View(layer, name, _filled(f"select {columns} from {listing.source} where {listing.where}{f' {WALL}' if bound else ''}", listing.parameters), files)


def _listing(shelf: Shelf, name: str) -> Listing:
    """The list of an entity; what is sealed comes as its mask, for nothing is opened here."""
    entity = shelf.given.registry[name]
    listing = listing_of(shelf.given, entity, shelf.actor, q=None, filters=(), sort=None)
    personal = frozenset(f.name for f in entity.fields.values() if f.is_personal)
    return replace(listing, rows=LakeRows(shelf.snapshot, entity, shelf.given.registry), masked=masked_fields(entity, shelf.actor.clearance) | personal)


def _filled(sql: str, values: tuple[Any, ...]) -> str:
    """The statement with its values written out: a view takes no parameters. Each is a place's code, and no text of it has a question mark."""
    parts = sql.split("?")
    if len(parts) != len(values) + 1:
        raise ForbiddenError("the rows of the table are not for you", hint="its rows cannot be cut to yours here", action="sql:read")
    return "".join(f"{part}{literal(str(value))}" for part, value in zip(parts, (*values,), strict=False)) + parts[-1]


def told(answer: Answer, zone: str) -> dict[str, Any]:
    """An answer as JSON."""
    rows = answer.rows if answer.rows is not None else pa.table({})
    columns, there = [c.to_pylist() for c in rows.columns], ZoneInfo(zone)
    items = [[plain(v, there) for v in row] for row in zip(*columns, strict=True)] if columns else []
    return {"columns": [{"name": f.name, "type": str(f.type)} for f in rows.schema], "rows": items, "cut": answer.cut, "plan": list(answer.plan)}


def as_file(rows: pa.Table, form: Form, zone: str) -> bytes:
    """Rows in a form; what a spreadsheet would run as a formula is told as text."""
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(rows, out)
        return out.getvalue()
    if form == "arrow":
        out = io.BytesIO()
        with pa.ipc.new_stream(out, rows.schema) as stream:
            stream.write_table(rows)
        return out.getvalue()
    lines: list[list[Any]] = told(Answer(rows), zone)["rows"]
    if form == "xlsx":
        return workbook("answer", [(n, WIDTH) for n in rows.column_names], (["" if v is None else str(safe_cell(v)) for v in line] for line in lines))
    return csv_of(rows.column_names, lines).encode()
