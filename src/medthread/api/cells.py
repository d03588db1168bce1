"""Cells of files that people open in a spreadsheet."""

from typing import Any

# Full-width twins too: spreadsheets set to Chinese take them for the sign.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA and not _number(value) else value


def _number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()
