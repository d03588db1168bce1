"""Each format as real systems write it, and what each reader refuses to guess."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.model.errors import SourceError
from medthread.stores.readers.door import read_to_parquet
from medthread.stores.readers.extract import Extract, ReadRequest


def read(path: Path, format_: str, **options: object) -> tuple[Extract, list[dict[str, object]]]:
    made = read_to_parquet(ReadRequest(path, format_, options), out=path.with_suffix(".out.parquet"))
    return made, pq.read_table(made.path).to_pylist()


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


TABLE = '编码,名称\nA-1,"导管, 8F"\nA-2,"说 ""是"""\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_reads_alike(tmp_path: Path, encoding: str) -> None:
    _, rows = read(write(tmp_path, "x.csv", TABLE, encoding), "csv")
    assert rows == [{"编码": "A-1", "名称": "导管, 8F"}, {"编码": "A-2", "名称": '说 "是"'}]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_line_end_and_delimiter(tmp_path: Path, ending: str, delimiter: str) -> None:
    text = ending.join(delimiter.join(r) for r in (("a", "b"), ("1", "2"), ("3", ""))) + ending
    _, rows = read(write(tmp_path, "x.csv", text), "csv")
    assert rows == [{"a": "1", "b": "2"}, {"a": "3", "b": None}]


def test_csv_that_is_in_no_encoding_says_where(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "a,b\n1,好\n".encode() + "2,坏\n".encode("gb18030") + b"3,\xff\xff\n")
    with pytest.raises(SourceError, match=r"utf-8.*gb18030"):
        read(path, "csv")


def test_a_broken_line_is_set_aside_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", 'a,b\n1,2\n3\n4,5,6\n7,"8\n9,10\n')
    made, rows = read(path, "csv")
    assert [(r["_row_no"], r["a"]) for r in rows] == [(1, "1"), (5, "9")]
    assert [(r.row, r.reason) for r in made.rejects] == [(2, "columns"), (3, "columns"), (4, "quotes")]
    assert made.rejects[0].raw == "3\n"


@pytest.mark.parametrize(("lines", "rows", "faults"), [
    ('0,"open\n' + "".join(f"{n},x\n" for n in range(1500)), 1500, ["quotes"]),
    ('1,"open\n' + "2,x\n" * 50 + '3,"open too\n' + "4,y\n" * 50, 100, ["quotes", "quotes"]),
    ('1,"two\nlines"\n2,5" pipe\n3,7" pipe\n4,z\n5,a,b\n', 4, ["columns"]),
    ('1,"open,3\n' + ("y" * 60_000 + "\n") * 990, 0, ["quotes"] + ["columns"] * 990),
    ('1,"' + "long\n" * 900 + '"\n2,x,x\n', 1, ["columns"]),
    ("1," + "x" * 400_000 + "\n2,y,y\n", 1, ["columns"]),
    ('1,"never closed', 0, ["quotes"]),
])
def test_one_open_quote_costs_one_line_and_no_time(tmp_path: Path, lines: str, rows: int, faults: list[str]) -> None:
    made, _ = read(write(tmp_path, "a.csv", "a,b\n" + lines), "csv")
    assert made.rows == rows
    assert [r.reason for r in made.rejects] == faults


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("megabytes", [20, 40, 70])
def test_a_giant_line_is_refused_wherever_it_stands(tmp_path: Path, megabytes: int, end: str) -> None:
    path = write(tmp_path, "a.csv", "a,b\n1,2\n9," + "x" * (megabytes << 20) + end)
    with pytest.raises(SourceError) as found:
        read(path, "csv")
    assert found.value.attributes["row"] == 3


def test_an_ambiguous_delimiter_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "a,b;c\n1,2;3\n")
    with pytest.raises(SourceError, match="could be split"):
        read(path, "csv")
    _, rows = read(path, "csv", delimiter=";")
    assert rows == [{"a,b": "1,2", "c": "3"}]


@pytest.mark.parametrize(("content", "word"), [
    ("a,a\n1,2\n", "two columns"), ("a,,c\n1,2,3\n", "no name"), (",".join(f"c{i}" for i in range(10_000)) + "\n", "10,000 columns"), ("", "empty"),
])
def test_headers_that_cannot_be_a_table(tmp_path: Path, content: str, word: str) -> None:
    with pytest.raises(SourceError, match=word):
        read(write(tmp_path, "x.csv", content), "csv")


def workbook(path: Path, rows: list[list[object]], *, merge: str | None = None, sheet: str = "数据") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    book.save(path)
    return path


def test_xlsx_with_merged_titles_above_the_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [["物料清单", None], [None, None], ["编码", "数量"], ["A-1", 2], ["A-2", 3.5]], merge="A1:B1")
    _, rows = read(path, "xlsx", header_row=3)
    assert [(r["编码"], float(str(r["数量"]))) for r in rows] == [("A-1", 2.0), ("A-2", 3.5)]


def test_xlsx_formula_cells_give_their_value_not_their_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [["a", "b"], ["x", "=1+1"]])
    _, rows = read(path, "xlsx")
    assert "=1+1" not in str(rows)


def test_xlsx_names_a_missing_sheet(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no sheet") as error:
        read(workbook(tmp_path / "x.xlsx", [["a"], ["1"]]), "xlsx", sheet="none")
    assert "数据" in error.value.hint


def test_json_keeps_the_digits_of_numbers_and_nested_text(tmp_path: Path) -> None:
    content = '[{"n": 0.10, "big": 12345678901234567890, "x": {"y": [1]}}, {"n": null, "b": true}]'
    _, rows = read(write(tmp_path, "x.json", content), "json")
    assert rows[0]["n"] == "0.10"
    assert rows[0]["big"] == "12345678901234567890"
    assert json.loads(str(rows[0]["x"])) == {"y": [1]}
    assert rows[1]["b"] == "true"


def test_json_lines_and_a_path_into_a_document(tmp_path: Path) -> None:
    _, rows = read(write(tmp_path, "a.json", '{"a": 1}\n{"a": 2}\n'), "json")
    assert [r["a"] for r in rows] == ["1", "2"]
    _, rows = read(write(tmp_path, "b.json", '{"data": {"items": [{"a": 3}]}}'), "json", records="data.items")
    assert [r["a"] for r in rows] == ["3"]


DEVICES = """<?xml version="1.0"?><data><device id="1"><name>甲</name><ids><id><di>11</di></id><id><di>12</di></id></ids></device>
<device id="2"><name>乙</name><ids/></device></data>"""


def test_xml_one_row_per_inner_element_and_none_lost(tmp_path: Path) -> None:
    path = write(tmp_path, "x.xml", DEVICES)
    _, rows = read(path, "xml", record="data/device", each="ids/id")
    assert [(r["@id"], r["name"], r["id.di"]) for r in rows] == [("1", "甲", "11"), ("1", "甲", "12"), ("2", "乙", None)]


def test_xml_inside_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file.xml", DEVICES)
    _, rows = read(path, "xml", record="data/device")
    assert [r["name"] for r in rows] == ["甲", "乙"]


ENTITIES = '<!DOCTYPE data [<!ENTITY a "x"><!ENTITY f SYSTEM "file:///etc/passwd">]><data><device><name>&f;&a;</name></device></data>'


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="document type"):
        read(write(tmp_path, "x.xml", ENTITIES), "xml", record="data/device")


def test_a_zip_bomb_and_a_climbing_name_are_refused(tmp_path: Path) -> None:
    bomb, climbing = tmp_path / "bomb.zip", tmp_path / "climb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", b" " * (64 << 20))
    with zipfile.ZipFile(climbing, "w") as archive:
        archive.writestr("../../etc/x.xml", DEVICES)
    for path, word in ((bomb, "unpack"), (climbing, "leads out")):
        with pytest.raises(SourceError, match=word):
            read(path, "xml", record="data/device")


def test_parquet_becomes_text(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"n": pa.array([1, None]), "l": [[1, 2], []], "t": ["a", ""]}), path)
    _, rows = read(path, "parquet")
    assert rows == [{"n": "1", "l": "[1,2]", "t": "a"}, {"n": None, "l": "[]", "t": None}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_behind_a_long_comment_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "late.xml"
    text = f"<!--{'x' * 100_000}--><!DOCTYPE rows [<!ENTITY a 'b'>]><rows><row><a>&a;</a></row></rows>"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding))
    with pytest.raises(SourceError, match="declares a document type"):
        read(path, "xml", record="rows/row")
