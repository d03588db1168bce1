"""Rows as an XLSX file: every cell is text, so that none is read as a formula; the same rows give the same bytes."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import xlsxwriter

MADE = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a file says when it was made; these say the same
WIDEST = 60


def workbook(name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], *, locked: int = 0) -> bytes:
    """One sheet with a head that stays in sight. `columns` are titles with their widths; the first `locked` are grey: they are not for editing."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        book.set_properties({"created": MADE})
        head = book.add_format({"bold": True, "bg_color": "#e2eef4", "border": 1})
        fixed = book.add_format({"font_color": "#56616b", "text_wrap": True, "valign": "top"})
        open_ = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, locked)
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, min(width, WIDEST), fixed if place < locked else open_)
            sheet.write_string(0, place, title, head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                sheet.write_string(last, place, cell, fixed if place < locked else open_)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    return out.getvalue()
