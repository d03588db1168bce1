"""Writing the systems' file formats, by hand where a library would be too polite."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | int | float | None
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def csv_line(cells: Iterable[str | None]) -> str:
    """One record; quotes only where a value needs them."""
    return ",".join(
        '"' + c.replace('"', '""') + '"' if c and ("," in c or '"' in c or "\n" in c) else c or "" for c in cells
    )


def write_csv(
    path: Path, header: Sequence[str], columns: Sequence[Sequence[str | None]], *, encoding: str,
    rows: Sequence[int], extra: dict[int, str] | None = None, last: str | None = None,
) -> None:
    """Write rows in the order given; `extra` puts a raw line before the given position, `last` one at the end."""
    lines = [csv_line(header)]
    for position, row in enumerate(rows):
        if extra and position in extra:
            lines.append(extra[position])
        lines.append(csv_line(c[row] for c in columns))
    if last is not None:
        lines.append(last)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))


def write_json(path: Path, rows: list[dict[str, object]], *, lines: bool) -> None:
    """An array, or one object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if lines:
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    else:
        text = "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n"
    path.write_text(text, encoding="utf-8")


def write_xml(path: Path, root: str, record: str, header: Sequence[str], columns: Sequence[Sequence[str | None]]) -> None:
    """`<root><record>…`, one child element per column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n')
        for cells in zip(*columns, strict=True):
            out.write(f"  <{record}>")
            out.writelines(
                f"<{h}>{escape(c)}</{h}>" if c else f"<{h}/>" for h, c in zip(header, cells, strict=True)
            )
            out.write(f"</{record}>\n")
        out.write(f"</{root}>\n")


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _row(number: int, cells: Sequence[Cell]) -> str:
    parts = []
    for at, cell in enumerate(cells, start=1):
        if cell is None or cell == "":
            continue
        place = f"{_letters(at)}{number}"
        if isinstance(cell, str):
            parts.append(f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>')
        else:
            parts.append(f'<c r="{place}"><v>{cell}</v></c>')
    return f'<row r="{number}">{"".join(parts)}</row>'


def _sheet(titles: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    width = _letters(len(header))
    body = [_row(n, [t]) for n, t in enumerate(titles, start=1)]
    body.append(_row(len(titles) + 1, header))
    body += [_row(n, r) for n, r in enumerate(rows, start=len(titles) + 2)]
    merged = "".join(f'<mergeCell ref="A{n}:{width}{n}"/>' for n in range(1, len(titles) + 1))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_SHEET}"><sheetData>'
        f'{"".join(body)}</sheetData><mergeCells count="{len(titles)}">{merged}</mergeCells></worksheet>'
    )


def write_workbook(path: Path, sheets: Mapping[str, tuple[Sequence[str], Sequence[str], Iterable[Sequence[Cell]]]]) -> None:
    """A workbook: sheet name → (merged title rows, header, rows)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(sheets)
    listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, start=1))
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for i in range(1, len(names) + 1)
    )
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'{start}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'{start}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{start}<workbook xmlns="{_SHEET}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{start}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": _sheet(*sheets[n]) for i, n in enumerate(names, start=1)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
