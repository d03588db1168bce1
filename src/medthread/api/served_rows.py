"""Rows of a mart: pages by key, and files of any size in the forms that people and programs read."""

import csv
import io
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.api.cells import safe_cell
from medthread.api.listing import COUNT_LIMIT, MOST_FILTERS
from medthread.api.media import XLSX
from medthread.api.served import Served, Shelf
from medthread.model import Kind
from medthread.model.errors import InvalidError
from medthread.stores.serving import SortKey, encode, page_clause
from medthread.stores.workbook import workbook
from medthread.trust.audit import READ, record
from medthread.trust.seal import is_sealed

ROW = SortKey("_row", Kind.INTEGER, filled=True)
MOST_IN_A_WORKBOOK = 100_000
WIDTH = 22
FORMS = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.stream"}


@dataclass(frozen=True)
class Asked:
    """Search, conditions, order."""

    q: str | None = None
    filters: tuple[str, ...] = ()
    sort: str | None = None


def asked_rows(shelf: Shelf, table: str, asked: Asked) -> Served:
    """The rows that are asked for, under their conditions."""
    if len(asked.filters) > MOST_FILTERS:
        raise InvalidError(f"{len(asked.filters)} filters", hint=f"ask with up to {MOST_FILTERS}")
    return shelf.served(table).narrowed(asked.filters, asked.q)


def _order(served: Served, sort: str | None) -> tuple[tuple[SortKey, ...], bool]:
    first = next((g for g in served.grain if g in served.kinds), None)
    wanted = sort or first
    if wanted is None:
        return (), False
    name = wanted.removeprefix("-")
    served.column(name)
    return (SortKey(name, served.kinds[name]),), wanted.startswith("-")


def page_of(served: Served, asked: Asked, *, limit: int, after: str | None) -> dict[str, Any]:
    """One page, the cursor of the next, and the total as far as counting is cheap."""
    keys, descending = _order(served, asked.sort)
    page = page_clause(keys, descending=descending, after=after, last=ROW)
    sql = f"select * from {served.source} where {served.where} and {page.where} order by {page.order} limit {limit + 1}"
    rows = served.query(sql, (*served.parameters, *page.parameters))
    following = encode(*(rows[limit - 1][k.name] for k in keys), rows[limit - 1]["_row"]) if len(rows) > limit else None
    return {"items": [_item(r) for r in rows[:limit]], "next": following, "total": total_of(served), "release": served.release}


def total_of(served: Served) -> int | None:
    """How many rows there are; nothing where there are too many to be counted for a page."""
    counted = f"select count(*) as n from (select 1 from {served.source} where {served.where} limit {COUNT_LIMIT + 1}) as counted"
    total = int(served.query(counted, served.parameters)[0]["n"])
    return total if total <= COUNT_LIMIT else None


def _item(row: dict[str, Any]) -> dict[str, Any]:
    return {"_id": str(row["_row"]), **{k: plain(v) for k, v in row.items() if k != "_row"}}


def plain(value: Any, zone: ZoneInfo | None = None) -> Any:
    """A value as JSON has it, a moment with its offset; what was sealed stays closed, however it got there."""
    if isinstance(value, str):
        return "***" if is_sealed(value) else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(zone or UTC).isoformat()
    if isinstance(value, list):
        return [plain(v, zone) for v in value]
    if isinstance(value, dict):
        return {k: plain(v, zone) for k, v in value.items()}
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, bool | int | float | None) else str(value)


def _sql(served: Served, asked: Asked) -> str:
    keys, descending = _order(served, asked.sort)
    page = page_clause(keys, descending=descending, after=None, last=ROW)
    names = ", ".join(f'"{c.name}"' for c in served.columns)
    return f"select {names} from {served.source} where {served.where} order by {page.order}"


def note_rows(served: Served, asked: Asked, *, as_: str) -> None:
    """Write down that rows leave as a file: of which table and release, by which conditions, what was masked."""
    detail = {"release": served.release, "q": asked.q, "filters": list(asked.filters), "as": as_, "masked": [c.name for c in served.columns if c.masked]}
    with served.given.store.transaction() as tx:
        record(tx, actor=served.actor.name, action="model.export", object_=served.table, outcome=READ, detail=detail)


def written(shelf: Shelf, served: Served, asked: Asked, form: str) -> Generator[bytes]:
    """All rows in a form, piece by piece; the question is asked at once, so that what refuses refuses before an answer begins."""
    batches = shelf.snapshot.batches(_sql(served, asked), served.parameters)
    schema = next(batches).schema
    if form == "xlsx" and int(served.query(f"select count(*) as n from {served.source} where {served.where}", served.parameters)[0]["n"]) > MOST_IN_A_WORKBOOK:
        raise InvalidError(f"more than {MOST_IN_A_WORKBOOK:,} rows for a workbook", hint="narrow it, or take CSV, Parquet or Arrow")
    zone = ZoneInfo(served.zone)
    if form == "csv":
        return _csv(schema.names, batches, zone)
    if form == "xlsx":
        return _xlsx(served, schema.names, batches, zone)
    return (_parquet if form == "parquet" else _arrow)(schema, batches)


def _csv(names: list[str], batches: Iterator[pa.RecordBatch], zone: ZoneInfo) -> Generator[bytes]:
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(names)
    yield text.getvalue().encode()
    for batch in batches:
        text = io.StringIO()
        csv.writer(text).writerows(_cells(batch, zone))
        yield text.getvalue().encode()


def _cells(batch: pa.RecordBatch, zone: ZoneInfo) -> Iterator[list[Any]]:
    columns = [c.to_pylist() for c in batch.columns]
    return ([safe_cell(plain(v, zone)) for v in row] for row in zip(*columns, strict=True))


def _xlsx(served: Served, names: list[str], batches: Iterator[pa.RecordBatch], zone: ZoneInfo) -> Generator[bytes]:
    rows = (["" if v is None else str(v) for v in row] for batch in batches for row in _cells(batch, zone))
    yield workbook(served.table.partition(".")[2][:31], [(n, WIDTH) for n in names], rows)


def _arrow(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Generator[bytes]:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _parquet(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Generator[bytes]:
    with tempfile.TemporaryDirectory(prefix="medthread-rows-") as folder:
        path = Path(folder) / "rows.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        with path.open("rb") as made:
            while piece := made.read(1 << 20):
                yield piece
