"""Cells of files that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

# Full-width twins too: spreadsheets set to Chinese take them for the sign.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA and not _number(value) else value


def _number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


def csv_of(heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as CSV that spreadsheets open in the right letters, formula-safe."""
    text = io.StringIO()
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow(heads)
    lines.writerows([safe_cell(v) for v in row] for row in rows)
    return text.getvalue()
