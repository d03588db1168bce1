"""Held rows of one table as a sheet, to be corrected in a spreadsheet and sent back: what differs from what was sent out is the correction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from medthread.derive.columns import INDEX, MASKED
from medthread.governance.review.editing import Values
from medthread.model.errors import InvalidError
from medthread.stores.engines import literal, question, quote
from medthread.trust.keys import PREFIX

ROW_ID, FILE, ROW, RULES = "_id", "_file", "_row", "_rules"
BESIDE = (ROW_ID, FILE, ROW, RULES)
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Change:
    """A cell that is another than it was sent out."""

    column: str
    before: str | None
    after: str | None


def sheet_of(rows: pa.Table) -> pa.Table:
    """Rows of the desk side by side: their id, file and row, then the raw columns, sealed ones as their mask."""
    if rows.num_rows > MOST_ROWS:
        raise InvalidError(f"more than {MOST_ROWS:,} rows are held", hint="narrow them by rule or load, and send one sheet after another")
    with question() as con:
        con.register("rows", rows)
        found = [str(r[0]) for r in con.execute("select distinct c from (select unnest(json_keys(raw)) as c from rows where json_valid(raw)) order by c").fetchall()]
        columns = [c for c in found if not c.endswith((MASKED, INDEX))]
        listed = "".join(f", {_shown(c)} as {quote(c)}" for c in columns)
        sheet: pa.Table = con.sql(
            f'select id as {ROW_ID}, file as {FILE}, "row" as {ROW}, array_to_string(list_distinct(rules), \' \') as {RULES}{listed} from rows where json_valid(raw) order by file, "row"'
        ).to_arrow_table()
        return sheet


def differences(rows: pa.Table, sent_back: pa.Table, *, as_sent: Callable[[str], str]) -> dict[str, tuple[Change, ...]]:
    """By row what is another in the sheet that came back. `as_sent` is what a cell was written as; a column that the sheet lacks is unchanged."""
    columns = [c for c in sent_back.column_names if c not in BESIDE]
    cells = " union all ".join(
        f"select r.id, {literal(c)} as c, {_shown(c)} as before, nullif(trim(s.{quote(c)}), '') as after from rows as r join sheet as s on s.{ROW_ID} = r.id"
        for c in columns
    )
    if not columns:
        return {}
    with question() as con:
        con.register("rows", rows)
        con.register("sheet", sent_back)
        twice = con.execute(f"select {ROW_ID} from sheet group by 1 having count(*) > 1 limit 1").fetchall()
        if twice:
            raise InvalidError(f"row {twice[0][0]} stands twice in the sheet", hint="leave one of them")
        found = con.execute(f"select id, c, before, after from ({cells}) where nullif(trim(before), '') is distinct from after order by id, c").fetchall()
    changed: dict[str, list[Change]] = {}
    for id_, column, before, after in found:
        if before is None or after != as_sent(before):
            changed.setdefault(id_, []).append(Change(column, before, after))
    return {id_: tuple(changes) for id_, changes in changed.items()}


def ids_of(sent_back: pa.Table) -> tuple[str, ...]:
    """The rows that a sheet is about."""
    if ROW_ID not in sent_back.column_names:
        raise InvalidError(f"the sheet has no column {ROW_ID}", hint="send back the sheet that was exported, with its first columns as they are")
    return tuple(str(i) for i in sent_back[ROW_ID].to_pylist() if i)


def values_of(changes: Mapping[str, Sequence[Change]]) -> dict[str, Values]:
    """The new values by row."""
    return {id_: {c.column: c.after for c in cells} for id_, cells in changes.items()}


def _shown(column: str) -> str:
    """SQL of a raw value as the sheet shows it."""
    at, mask = (literal("/" + c.replace("~", "~0").replace("/", "~1")) for c in (column, column + MASKED))
    value = f"json_extract_string(raw, {at})"
    return f"case when starts_with({value}, {literal(PREFIX)}) then coalesce(json_extract_string(raw, {mask}), '***') else {value} end"

