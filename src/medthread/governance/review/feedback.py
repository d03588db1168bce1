"""What a source hears of its rows: each that was corrected, rejected or returned, cell by cell, with who said so and why."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Connection, select

from medthread.pipeline.correct.origin import shown_changes
from medthread.stores.engines import file_list, question
from medthread.stores.postgres.tables import row_decision

COLUMNS = ("file", "row", "table", "key", "kind", "column", "before", "after", "reason", "by", "at")
SLICE = 2000


@dataclass(frozen=True)
class Line:
    """One cell that was corrected, or one row that was rejected or returned."""

    file: str
    row: int
    table: str
    key: str | None
    kind: str
    column: str | None
    before: str | None
    after: str | None
    reason: str
    by: str
    at: str

    @property
    def cells(self) -> tuple[Any, ...]:
        """In the order of `COLUMNS`."""
        return astuple(self)


def feedback(tx: Connection, source: str, held_files: list[str]) -> Iterator[Line]:
    """Every decision of a person about rows of a source that is in force, oldest first; sealed values by their mask."""
    d = row_decision.c
    query = select(row_decision).where(d.source == source, d.undone_at.is_(None), d.kind != "superseded").order_by(d.at, d.file, d.row, d.id)
    for rows in tx.execute(query.execution_options(yield_per=SLICE)).partitions(SLICE):
        raw = _raw(held_files, [r.held for r in rows])
        for r in rows:
            common = (r.reason, r.decided_by, r.at.isoformat(timespec="seconds"))
            cells: list[tuple[str | None, ...]] = [*shown_changes(r.edits, raw.get(r.held))] or [(None, None, None)]
            for column, before, after in cells:
                yield Line(r.file, r.row, r.table, r.key, r.kind, column, before, after, *common)


def _raw(files: list[str], ids: list[str]) -> dict[str, str]:
    """The raw rows of some of those that were held."""
    if not files:
        return {}
    with question() as con:
        found = con.execute(f"select id, raw from read_parquet({file_list(files)}, union_by_name=true) where id in (select unnest(?))", [ids]).fetchall()
    return dict(found)
