"""Two thousand broken files: each ends in a message that names it or in rows that are all accounted for.

Every file is a good one changed by a named class of damage. No damage may end in another exception, in a half-written
result, or in memory without bound; the table of classes and endings is printed with `-s` and checked to be complete.
"""

import io
import json
import random
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.model.errors import SourceError
from medthread.stores.readers.door import read_to_parquet
from medthread.stores.readers.extract import Extract, ReadRequest

FILES_PER_FORMAT = 400
HUGE = b"A" * 300_000
Damage = Callable[[bytes, random.Random], bytes]


def at(content: bytes, chance: random.Random) -> int:
    return chance.randrange(max(len(content), 1))


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: at(content, chance)]


def insert(content: bytes, piece: bytes, chance: random.Random) -> bytes:
    place = at(content, chance)
    return content[:place] + piece + content[place:]


def flip(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        data[at(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(data)


def swap(content: bytes, chance: random.Random) -> bytes:
    a, b = sorted((at(content, chance), at(content, chance)))
    return content[:a] + content[b:] + content[a:b]


DAMAGES: dict[str, Damage] = {
    "empty": lambda c, r: b"",
    "one_byte": lambda c, r: c[:1],
    "cut_off": cut,
    "cut_front": lambda c, r: c[at(c, r):],
    "bits_flipped": flip,
    "nul_bytes": lambda c, r: insert(c, b"\0" * r.randint(1, 9), r),
    "all_nul": lambda c, r: b"\0" * len(c),
    "random_bytes": lambda c, r: r.randbytes(r.randint(1, 4000)),
    "wrong_encoding": lambda c, r: insert(c, "坏的编码".encode("gb18030"), r) + b"\xff\xfe",
    "invalid_utf8": lambda c, r: insert(c, b"\xc3\x28\xf0\x9f", r),
    "bom_inside": lambda c, r: insert(c, b"\xef\xbb\xbf", r),
    "utf16_mark": lambda c, r: b"\xff\xfe" + c,
    "huge_field": lambda c, r: insert(c, HUGE, r),
    "quote_opened": lambda c, r: insert(c, b'"', r),
    "line_ends_mixed": lambda c, r: c.replace(b"\n", r.choice([b"\r", b"\r\n", b"\n\r\n", b""]), r.randint(1, 5)),
    "control_signs": lambda c, r: insert(c, bytes(range(1, 32)), r),
    "piece_repeated": lambda c, r: c + c[at(c, r):],
    "pieces_swapped": swap,
    "entity": lambda c, r: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + c,
    "deep_nesting": lambda c, r: insert(c, r.choice([b"[", b"<a>", b'{"a":']) * 2000, r),
    "archive_of_it": lambda c, r: zipped(c),
    "header_doubled": lambda c, r: c[:60] + c,
}


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../x", content)
    return out.getvalue()


def table() -> list[dict[str, str]]:
    return [{"code": f"A-{i}", "name": f"导管 {i}", "qty": str(i * 1.5)} for i in range(40)]


def csv_file() -> bytes:
    return ("code,name,qty\n" + "".join(",".join(r.values()) + "\n" for r in table())).encode()


def xlsx_file() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "name", "qty"])
    for row in table():
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def json_file() -> bytes:
    return json.dumps(table(), ensure_ascii=False, indent=0).encode()


def xml_file() -> bytes:
    rows = "\n".join("<row>" + "".join(f"<{k}>{v}</{k}>" for k, v in r.items()) + "</row>" for r in table())
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<rows>{rows}</rows>".encode()


def parquet_file() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(table()), out)
    return out.getvalue()


FORMATS: dict[str, tuple[Callable[[], bytes], dict[str, object]]] = {
    "csv": (csv_file, {}), "xlsx": (xlsx_file, {}), "json": (json_file, {}), "xml": (xml_file, {"record": "rows/row"}), "parquet": (parquet_file, {}),
}


@pytest.mark.parametrize("format_", FORMATS)
def test_damage_ends_in_a_message_or_in_rows_that_add_up(tmp_path: Path, format_: str) -> None:
    make, options = FORMATS[format_]
    good, chance = make(), random.Random(format_)
    endings: Counter[tuple[str, str]] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(FILES_PER_FORMAT):
        name = list(DAMAGES)[number % len(DAMAGES)]
        path, out = tmp_path / f"f{number}.{format_}", tmp_path / f"f{number}.parquet.out"
        path.write_bytes(DAMAGES[name](good, chance))
        endings[name, end_of(path, format_, options, out)] += 1
        path.unlink()
        out.unlink(missing_ok=True)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    report(format_, endings)
    assert {name for name, _ in endings} == set(DAMAGES)
    assert grown < 600, f"{grown} MB"
    assert not list(tmp_path.iterdir())


def end_of(path: Path, format_: str, options: dict[str, object], out: Path) -> str:
    try:
        made = read_to_parquet(ReadRequest(path, format_, dict(options)), out=out)
    except SourceError as error:
        refusal = error
    else:
        return ending_of(made)
    assert path.name in refusal.message
    assert refusal.hint
    assert not out.exists()
    return "refused"


def ending_of(made: Extract) -> str:
    written = pq.read_metadata(made.path).num_rows
    assert written == made.rows
    assert made.columns
    if made.rejects:
        numbers = pq.read_table(made.path, columns=["_row_no"])["_row_no"].to_pylist() + [r.row for r in made.rejects]
        assert len(numbers) == len(set(numbers)), "a record counted twice"
        return "rows and rejects"
    return "rows"


def report(format_: str, endings: Counter[tuple[str, str]]) -> None:
    sys.stdout.write(f"\n{format_}: {sum(endings.values())} files\n")
    for name in DAMAGES:
        told = {how: n for (which, how), n in sorted(endings.items()) if which == name}
        sys.stdout.write(f"  {name:<16} {told}\n")
