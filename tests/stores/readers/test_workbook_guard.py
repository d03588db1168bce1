"""Small workbooks that ask for a machine's memory are refused before anybody opens them, and large ones that do not are read."""

import io
import resource
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from medthread.model.errors import SourceError
from medthread.stores.readers.door import read_to_parquet
from medthread.stores.readers.extract import Extract, ReadRequest

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LONG = "A" * 32_767


def cell(ref: str, text: str = "x") -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def workbook(path: Path, *rows: str, head: str = "", texts: str = "", sheet: str = "worksheets/sheet1.xml", more: dict[str, bytes] | None = None) -> Path:
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/{sheet}" ContentType="{KIND}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{REL}/worksheet" Target="{sheet}"/>'
        f'<Relationship Id="r2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        f"xl/{sheet}": f'{head}<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**parts, **(more or {})}.items():
            archive.writestr(name, text)
    return path


def read(path: Path) -> Extract:
    return read_to_parquet(ReadRequest(path, "xlsx"), out=path.with_suffix(".parquet"))


def refused(path: Path) -> str:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.hint
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10, "KB"
    return caught.value.message


@pytest.mark.parametrize("far", ["XFD1048576", "ALL20000", "CV20000", "A1048576", "xfd9999999"])
def test_two_cells_far_apart_are_no_table(tmp_path: Path, far: str) -> None:
    number = int("".join(c for c in far if c.isdigit()))
    if far == "A1048576":  # one column of a million rows is under the bound of nobody but the sheet's own
        assert "1,048,576 rows" in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), row(number, cell(far))))
    else:
        assert "2 cells" in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), row(number, cell(far))))


def test_the_extent_that_a_sheet_says_is_not_believed(tmp_path: Path) -> None:
    made = workbook(tmp_path / "x.xlsx", f'{row(1, cell("A1", "a"))}{row(2, cell("A2"))}', head="").rename(tmp_path / "y.xlsx")
    with zipfile.ZipFile(made) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read(made).rows == 1


def test_cells_that_hold_nothing_count_for_nothing(tmp_path: Path) -> None:
    made = workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), row(2, cell("A2")), row(1_048_576, '<c r="XFD1048576" s="1"/>'))
    assert read(made).rows == 1


def test_one_long_text_shown_a_hundred_thousand_times_is_refused(tmp_path: Path) -> None:
    shown = (row(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(2, 100_000))
    assert "characters of text" in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), *shown, texts=f"<si><t>{LONG}</t></si>"))


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    made = workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), row(2, cell("A2")), texts=f"<si><t>{'A' * (8 << 20)}</t></si>")
    content = bytearray(made.read_bytes())
    with zipfile.ZipFile(made) as archive:
        info, kept = archive.getinfo("xl/sharedStrings.xml"), archive.read("xl/sharedStrings.xml")[:1000]
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/sharedStrings.xml"))
    for at in (info.header_offset + 14, entry + 16):
        struct.pack_into("<I", content, at, zlib.crc32(kept))
        struct.pack_into("<I", content, at + 8, 1000)
    made.write_bytes(content)
    assert "1,000 bytes that it says" in refused(made)


def test_a_document_type_behind_a_comment_is_found(tmp_path: Path) -> None:
    head = f"<!--{'x' * 70_000}--><!DOCTYPE worksheet [<!ENTITY a 'b'>]>"
    assert "declares a document type" in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), head=head))


def test_a_sheet_by_the_name_of_a_picture_is_found(tmp_path: Path) -> None:
    assert "by another name" in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), sheet="media/image1.png"))


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin"])
def test_another_kind_of_workbook_is_told_so(tmp_path: Path, name: str) -> None:
    assert name in refused(workbook(tmp_path / "x.xlsx", row(1, cell("A1", "a")), more={name: b"<a/>"}))


def test_a_large_table_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([f"c{n}" for n in range(10)])
    for n in range(20_000):
        sheet.append([f"text {n % 500}", n, *["x"] * 8])
    out = io.BytesIO()
    book.save(out)
    (tmp_path / "x.xlsx").write_bytes(out.getvalue())
    assert read(tmp_path / "x.xlsx").rows == 20_000
