"""SQL databases by a cursor on the server's side: a table, or one SELECT. SQLite and PostgreSQL."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote as escape

import psycopg

from medthread.model.errors import SourceError
from medthread.stores.readers.extract import Extract, check_columns, write_rows

NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
FETCH = 10_000
LONGEST_READ = 3600.0  # seconds; a view may be made so that it never ends
STEPS = 1_000_000  # of SQLite's machine between two looks at the clock
Row = tuple[int, list[str | None]]


def read_sql(url: str, table_or_query: str, out: Path) -> Extract:
    """Read what a URL (sqlite:///path, postgresql://…) holds under a table's name, or what a SELECT gives."""
    if url.startswith("sqlite:///"):
        return _sqlite(Path(url.removeprefix("sqlite:///")), table_or_query, out)
    if url.startswith(("postgresql://", "postgres://")):
        return _postgresql(url, table_or_query, out)
    raise SourceError(f"no reader for {url.partition(':')[0]!r} databases", hint="use sqlite:/// or postgresql://, or export to files")


def _statement(text: str) -> tuple[str, bool]:
    """A SELECT, and whether it was made from a table's name."""
    given = text.strip().rstrip(";")
    if NAME.fullmatch(given):
        return "select * from " + ".".join(f'"{p}"' for p in given.split(".")), True
    if not re.match(r"(?is)(select|with)\b", given) or ";" in given:
        raise SourceError(f"{text!r} is neither a table nor one SELECT", hint="name a table, or write one SELECT in the mapping")
    return given, False


def _sqlite(path: Path, text: str, out: Path) -> Extract:
    file = path.name
    if not path.is_file():
        raise SourceError(f"{file} is not there", hint="correct the path in the mapping", file=file)
    with path.open("rb") as opened:
        if opened.read(16) != b"SQLite format 3\0":
            raise SourceError(f"{file} is not an SQLite database", hint="is it complete? copy it with the database's backup command", file=file)
    statement, is_table = _statement(text)
    with closing(sqlite3.connect(f"file:{escape(str(path))}?mode=ro", uri=True)) as base:
        end = time.monotonic() + LONGEST_READ
        base.set_progress_handler(lambda: time.monotonic() > end, STEPS)  # true interrupts
        base.text_factory = lambda b: b.decode("utf-8", "strict")
        tables = [r[0] for r in base.execute("select name from sqlite_master where type in ('table', 'view') order by 1")]
        if is_table and text.strip() not in tables:
            raise SourceError(f"{file} has no table {text!r}", hint=f"tables: {', '.join(tables)}", file=file)
        cursor = base.execute(statement + (" order by rowid" if is_table and _has_rowid(base, text.strip()) else ""))
        columns = check_columns([d[0] for d in cursor.description], file=file)
        return Extract(out, columns, write_rows(out, columns, _rows(cursor, columns, file=file), numbered=False))


def _has_rowid(base: sqlite3.Connection, table: str) -> bool:
    found = base.execute("select type, sql from sqlite_master where name = ?", (table,)).fetchone()
    return bool(found) and found[0] == "table" and "without rowid" not in str(found[1]).lower()


def _postgresql(url: str, text: str, out: Path) -> Extract:
    statement, _ = _statement(text)
    name = url.rpartition("/")[2].partition("?")[0]
    try:
        with psycopg.connect(url, options="-c default_transaction_read_only=on") as base, base.cursor(name="medthread") as cursor:
            cursor.itersize = FETCH
            cursor.execute(statement.encode())
            first = cursor.fetchmany(FETCH)
            columns = check_columns([d.name for d in cursor.description or []], file=name)
            return Extract(out, columns, write_rows(out, columns, _rows(cursor, columns, file=name, first=first), numbered=False))
    except psycopg.Error as error:
        words = " ".join(str(error).split())[:300]
        raise SourceError(f"{name}: {words}", hint="check the table's name, the address and the rights of the reading account") from error


def _rows(cursor: Any, columns: tuple[str, ...], *, file: str, first: list[Any] | None = None) -> Iterator[Row]:
    number = 0
    rows = first if first is not None else cursor.fetchmany(FETCH)
    while rows:
        for row in rows:
            number += 1
            yield number, [_text(v, column=c, row=number, file=file) for v, c in zip(row, columns, strict=True)]
        rows = cursor.fetchmany(FETCH)


def _text(value: Any, *, column: str, row: int, file: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond that, digits are lost
        return str(int(value))
    if isinstance(value, bytes | memoryview):
        raise SourceError(f"{file}, row {row}, column {column!r}: binary data", hint="leave the column out with a SELECT", file=file, row=row, column=column)
    return str(value)
