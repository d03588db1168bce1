"""What drivers raise, as a `SourceError` that says what to do."""

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pyarrow as pa

from medthread.model.errors import SourceError
from medthread.stores.readers.extract import Extract, written_whole

LONGEST_READ = 3600.0  # seconds; a view may be made so that it never ends
LONGEST_WORDS = 300
# What the machine's own part of reading raises.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, OverflowError, MemoryError, RuntimeError, pa.ArrowException, sqlite3.Error)


class Trouble(Enum):
    """What goes wrong with a database."""

    LOGIN = auto()
    RIGHTS = auto()
    TIME = auto()
    LOST = auto()
    NAME = auto()
    OTHER = auto()


HINTS = {
    Trouble.LOGIN: "are the account and its password right? the password is in the environment variable that the source's `secret` names",
    Trouble.RIGHTS: "let the reading account SELECT from it",
    Trouble.TIME: "read less at once: name a changed_at, or write a SELECT with a condition",
    Trouble.LOST: "is the server there, and the network? nothing was taken in; it is asked again with the next run",
    Trouble.NAME: "correct the names in the mapping; `medthread source probe` compares them with the database",
    Trouble.OTHER: "check the table's name, the address and the rights of the reading account",
}


@contextmanager
def telling(name: str, kinds: tuple[type[BaseException], ...], trouble: Callable[[Any], Trouble]) -> Iterator[None]:
    """Errors of a driver, and of what is done with its rows, leave as a `SourceError` that begins with the database's name."""
    try:
        yield
    except SourceError:
        raise
    except kinds as error:
        raise SourceError(f"{name}: {words_of(error)}", hint=HINTS[trouble(error)], file=name) from error
    except UNREADABLE as error:
        raise SourceError(f"{name} cannot be read as database: {words_of(error)}", hint=HINTS[Trouble.OTHER], file=name) from error


def words_of(error: BaseException) -> str:
    """What an error says, on one line of bounded length."""
    given = error.args
    said = given[1] if len(given) == len(("number", "words")) and isinstance(given[0], int) else error
    return " ".join(str(said).split())[:LONGEST_WORDS] or type(error).__name__


def extracted(out: Path, columns: tuple[str, ...], write: Callable[[Path], int]) -> Extract:
    """Write beside `out`, and put it there when all rows are in it."""
    with written_whole(out) as partial:
        rows = write(partial)
    return Extract(out, columns, rows)


def driver(module: str, extra: str) -> Any:
    """A driver that is not always installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SourceError(f"the driver {module!r} is not installed", hint=f"pip install 'medthread[{extra}]'") from error


def unreadable(name: str, column: str, *, row: int | None = None) -> SourceError:
    """A column with bytes in it that are no text."""
    hint = "leave the column out: write a SELECT without it as the table's `query`"
    if row is None:
        return SourceError(f"{name}: column {column!r} holds binary data", hint=hint, file=name, column=column)
    return SourceError(f"{name}, row {row}, column {column!r}: binary data", hint=hint, file=name, row=row, column=column)


def unknown_table(name: str, of: str, tables: list[str]) -> SourceError:
    """No table, view or SELECT."""
    there = ", ".join(tables[:20]) or "none"
    return SourceError(f"{name} has no table {of!r}", hint=f"name a table or a view, or write one SELECT; there are: {there}", file=name)


def unknown_column(name: str, column: str, columns: tuple[str, ...]) -> SourceError:
    """No column to order rows by."""
    return SourceError(f"{name}: there is no column {column!r} to order rows by", hint=f"columns: {', '.join(columns[:40])}", file=name, column=column)
