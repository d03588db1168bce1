"""XLSX workbooks: one sheet, titles above the header skipped, values as the workbook stores them."""

from pathlib import Path
from typing import Any

from medthread.model.errors import SourceError
from medthread.stores.readers.extract import Extract, ReadRequest, Rejects, check_columns, write_rows
from medthread.stores.readers.workbook_guard import check_workbook

ENCRYPTED = b"\xd0\xcf\x11\xe0"  # an OLE container: an old .xls, or a workbook with a password
ERRORS = frozenset({"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#N/A"})


def read_xlsx(request: ReadRequest, out: Path) -> Extract:
    """Read a sheet; options: sheet (default the first), header_row (1-based)."""
    path, file = request.path, request.path.name
    with path.open("rb") as opened:
        if opened.read(4) == ENCRYPTED:
            raise SourceError(f"{file} is protected by a password, or is an old .xls", hint="save it as .xlsx without a password", file=file)
    check_workbook(path)
    grid = _grid(path, request.options.get("sheet"), file=file)
    header = int(request.options.get("header_row", 1))
    if len(grid) < header:
        raise SourceError(f"{file} has no row {header} for a header", hint="set header_row to the row of the column names", file=file)
    return _extract(grid, header, out, file=file)


def _grid(path: Path, sheet: object, *, file: str) -> list[list[Any]]:
    """All cells of the sheet, row by row, from its first row."""
    from fastexcel import FastExcelError, read_excel  # noqa: PLC0415 - loads a library of its own

    try:
        return _cells(read_excel(path), sheet, file=file)
    except FastExcelError as error:
        words = " ".join(str(error).split())[:300]
        raise SourceError(f"{file} cannot be read as a workbook: {words}", hint="open it at the source and save it again", file=file) from error


def _cells(book: Any, sheet: object, *, file: str) -> list[list[Any]]:
    if sheet is not None and sheet not in book.sheet_names:
        raise SourceError(f"{file} has no sheet {sheet!r}", hint=f"sheets: {', '.join(book.sheet_names)}", file=file)
    if not book.sheet_names:
        raise SourceError(f"{file} has no sheets", hint="export it anew", file=file)
    loaded = book.load_sheet(str(sheet) if sheet is not None else 0, header_row=None, dtypes="string")
    table = loaded.to_arrow()
    columns = [c.to_pylist() for c in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _extract(grid: list[list[Any]], header: int, out: Path, *, file: str) -> Extract:
    # A header cell may be wrapped over lines: for a name that is one space.
    names = [" ".join(str(n).split()) if n is not None else "" for n in grid[header - 1]]
    body = grid[header:]
    while names and not names[-1]:
        if any(row[len(names) - 1] not in (None, "") for row in body):
            raise SourceError(f"{file}: column {len(names)} has values but no name", hint="name it in the source, or set header_row", file=file, column=len(names))
        names.pop()
    columns = check_columns(names, file=file)
    while body and not any(v not in (None, "") for v in body[-1]):
        body.pop()
    rejects = Rejects(file)
    rows = []
    for number, row in enumerate(body, start=1):
        cells = [v if v not in (None, "") else None for v in row[: len(columns)]]
        broken = next((columns[i] for i, v in enumerate(cells) if v in ERRORS), None)
        if broken is None:
            rows.append((number, cells))
        else:
            message = f"row {number}, column {broken!r}: a formula ends in an error"
            rejects.add(row=number, column=broken, reason="formula", message=message, raw=" | ".join(c or "" for c in cells))
    count = write_rows(out, columns, rows, numbered=bool(rejects.all))
    return Extract(out, columns, count, tuple(rejects.all))
