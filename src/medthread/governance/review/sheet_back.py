"""A sheet that came back: read, held against the rows that are open, and accepted as one act."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection

from medthread.governance.review.deciding import Decided, Saying, decide
from medthread.governance.review.desk import Desk, State, Wanted
from medthread.governance.review.sheet import MOST_ROWS, Change, differences, ids_of, values_of
from medthread.governance.review.values import one_table, only, own_edits, tried
from medthread.model.errors import ConflictError, InvalidError
from medthread.pipeline.context import Context
from medthread.pipeline.correct.trial import Tried
from medthread.stores.readers import ReadRequest, read_to_parquet


@dataclass(frozen=True)
class Compared:
    """The open rows that a sheet changes, how, and how many of its rows are not open."""

    rows: pa.Table
    changes: dict[str, tuple[Change, ...]]
    strangers: int

    def tried(self, context: Context) -> list[Tried]:
        """What would become of them."""
        return tried(context, self.rows, values_of(self.changes)) if self.changes else []

    def passing(self, context: Context) -> "Compared":
        """Only those that would be accepted."""
        good = {t.held for t in self.tried(context) if t.passes}
        changes = {id_: cells for id_, cells in self.changes.items() if id_ in good}
        return Compared(only(self.rows, changes), changes, self.strangers)


def read_sheet(path: Path) -> pa.Table:
    """A CSV or XLSX file as text."""
    made = read_to_parquet(ReadRequest(path, path.suffix.removeprefix(".").lower()), out=path.with_name(path.name + ".parquet"))
    try:
        if made.rejects:
            raise InvalidError(f"{len(made.rejects)} records cannot be parsed", hint="mend the file and hand it in again: nothing was written")
        if made.rows > MOST_ROWS:
            raise InvalidError(f"the file has {made.rows:,} records", hint=f"hand in up to {MOST_ROWS:,} at once")
        return pq.read_table(made.path, columns=list(made.columns))
    finally:
        made.path.unlink(missing_ok=True)


def compared(held: Desk, sent_back: pa.Table, *, as_sent: Callable[[str], str]) -> Compared:
    """What a sheet changes of the rows that are open."""
    ids = ids_of(sent_back)
    rows = held.rows(Wanted(state=(State.OPEN,), ids=ids or ("",)))
    changes = differences(rows, sent_back, as_sent=as_sent)
    changed = only(rows, changes)
    if changes:
        one_table(changed)
    return Compared(changed, changes, len(set(ids)) - rows.num_rows)


def accept(tx: Connection, context: Context, came: Compared, saying: Saying) -> Decided:
    """Correct the rows as one act."""
    if not came.changes:
        raise ConflictError("the sheet changes no row that is open", hint="export it anew; the rows may have been decided on since")
    return decide(tx, rows=came.rows, saying=saying, edits=own_edits(tx, context, came.rows, values_of(came.changes)))
