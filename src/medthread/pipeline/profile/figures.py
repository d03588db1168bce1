"""What all rows say: one scan for every column's nulls, blanks, distinct values, extremes and lengths."""

from dataclasses import replace
from decimal import Decimal

import duckdb

from medthread.pipeline.profile.profile import ColumnProfile, Standing
from medthread.pipeline.profile.subject import Column, Subject
from medthread.stores.engines import literal, quote

SEED = 20
SHARES = 1_000_000
LONGEST = 80  # signs of a value that is told


def figures(con: duckdb.DuckDBPyConnection, subject: Subject) -> tuple[int, list[ColumnProfile]]:
    """The rows, and of every column what all rows say."""
    asked = ["count(*)"]
    for column in subject.columns:
        asked += _asked(column)
    row = con.execute(f"select {', '.join(asked)} from {subject.relation}").fetchone()
    assert row is not None  # noqa: S101 - it counts
    rows, found, place = int(row[0]), [], 1
    for column in subject.columns:
        count = len(_asked(column))
        found.append(_told(column, rows, row[place : place + count]))
        place += count
    return rows, found


def _asked(column: Column) -> list[str]:
    x = column.sql
    asked = [f"count({x})", f"approx_count_distinct({x})"]
    if column.standing is Standing.SEALED:
        return asked
    # What begins with a blank sorts before '!', so that nearly no value is trimmed.
    blank = f"count(*) filter (where {x} < '!' and trim({x}) = '')" if column.is_text else "0"
    low, high = (f"left(min({x}), {LONGEST})", f"left(max({x}), {LONGEST})") if column.is_text else (f"min({x})", f"max({x})")
    lengths = [f"min(length({x}))", f"max(length({x}))"] if column.is_text else ["null", "null"]
    return [*asked, blank, *((low, high) if column.is_text or column.is_number or column.is_time else ("null", "null")), *lengths]


def _told(column: Column, rows: int, row: tuple[object, ...]) -> ColumnProfile:
    filled, distinct = int(str(row[0])), int(str(row[1]))
    plain = ColumnProfile(name=column.name, type=column.type, standing=column.standing, field=column.field, nulls=rows - filled, distinct=min(distinct, filled))
    if column.standing is Standing.SEALED:
        return plain
    _, _, blanks, low, high, shortest, longest = row
    return replace(
        plain, blanks=int(str(blanks)), low=_shown(low), high=_shown(high),
        shortest=None if shortest is None else int(str(shortest)), longest=None if longest is None else int(str(longest)),
    )


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def take_sample(con: duckdb.DuckDBPyConnection, subject: Subject, *, rows: int, most: int) -> int:
    """Make the table `sample` of the columns that may be compared: all rows, or as many as `most` chosen by their places; gives how many. The same rows each time."""
    columns = ", ".join(f"{c.sql} as {quote(c.name)}" for c in subject.columns) or "null as nothing"
    share = SHARES if rows <= most else max(1, most * SHARES // rows)
    chosen = "" if share == SHARES else f" where hash(parse_filename(filename), file_row_number, {SEED}) % {SHARES} < {share}"
    con.execute(f"create or replace temp table sample as select {columns} from {subject.relation}{chosen}")
    return int(con.execute("select count(*) from sample").fetchall()[0][0])


def value_counts(con: duckdb.DuckDBPyConnection, column: Column) -> None:
    """Make the table `v`: each value of a column in the sample as text, its rows."""
    text = quote(column.name) if column.is_text else f"cast({quote(column.name)} as varchar)"
    if column.type.startswith("DECIMAL"):  # 11.500000 as people write it
        text = f"regexp_replace(regexp_replace({text}, '(\\.[0-9]*?)0+$', '\\1'), '\\.$', '')"
    con.execute(f"create or replace temp table v as select {text} as x, count(*) as n from sample where {text} is not null and {text} <> {literal('')} group by all")
