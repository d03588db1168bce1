"""CSV: one set-wise pass for files without faults; where a record is broken, a slower pass that sets it aside."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import duckdb

from medthread.model.errors import SourceError
from medthread.stores.engines import connect, literal
from medthread.stores.readers.encoding import BLOCK, encoding_of
from medthread.stores.readers.extract import Extract, ReadRequest, Rejects, check_columns, write_rows

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 20
LONGEST_LINE = 16 << 20
LONGEST_RECORD = 1_000  # physical lines one quoted record may span
PARQUET = "format parquet, compression zstd, compression_level 1, row_group_size 122880"


def read_csv(request: ReadRequest, out: Path) -> Extract:
    """Read a CSV file; options: encoding, delimiter, header_row (1-based)."""
    path, options = request.path, request.options
    encoding = encoding_of(path, wanted=options.get("encoding"))
    if encoding == "utf-8":
        return _read(path, options, out, file=path.name)
    transcoded = out.with_name(f"{out.name}.utf8")
    try:
        _transcode(path, encoding, transcoded)
        return _read(transcoded, options, out, file=path.name)
    finally:
        transcoded.unlink(missing_ok=True)


def _transcode(path: Path, encoding: str, target: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as source, target.open("wb") as out:
        while block := source.read(BLOCK):
            out.write(decoder.decode(block).encode())
        out.write(decoder.decode(b"", final=True).encode())


def _read(path: Path, options: dict[str, object], out: Path, *, file: str) -> Extract:
    skip = int(str(options.get("header_row", 1))) - 1
    given, delimiter, ended = _header(path, options.get("delimiter"), skip=skip, file=file)
    columns = check_columns(given, file=file)
    if ended:
        rows = write_rows(out, columns, [], numbered=False)
        return Extract(out, columns, rows)
    try:
        return Extract(out, columns, _fast(path, columns, delimiter, skip + 1, out))
    except duckdb.Error:
        out.unlink(missing_ok=True)
        return _slow(path, columns, delimiter, skip + 1, out, file=file)


def _header(path: Path, delimiter: object, *, skip: int, file: str) -> tuple[list[str], str, bool]:
    """Column names, the delimiter, and whether nothing follows."""
    with path.open("rb") as source:
        head = source.read(HEAD)
        whole = not source.read(1)
    text = codecs.getincrementaldecoder("utf-8-sig")("ignore").decode(head)
    lines = text.splitlines()
    if len(lines) <= skip:
        raise SourceError(f"{file} has no line {skip + 1} for a header", hint="set header_row to the line of the column names", file=file)
    if len(lines) == 1 and not whole:
        raise SourceError(f"{file}: the first line is longer than {HEAD >> 20} MB", hint="is it a CSV file?", file=file, row=1)
    line = lines[skip]
    chosen = str(delimiter) if delimiter else _delimiter(line, file=file)
    columns = [c.strip() for c in next(csv.reader([line], delimiter=chosen, strict=True), [])]
    return columns, chosen, whole and not any(rest.strip() for rest in lines[skip + 1 :])


def _delimiter(line: str, *, file: str) -> str:
    """The delimiter that makes most columns of the header; two that make equally many are not guessed between."""
    counts = {d: sum(1 for part in _outside_quotes(line) for c in part if c == d) for d in DELIMITERS}
    best = max(counts.values())
    chosen = [d for d, n in counts.items() if n == best]
    if best and len(chosen) > 1:
        raise SourceError(f"{file}: the header could be split by {' or '.join(map(repr, chosen))}", hint="set options: {delimiter: ...} in the mapping", file=file, row=1)
    return chosen[0]


def _outside_quotes(line: str) -> list[str]:
    return line.split('"')[::2]


def _fast(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, out: Path) -> int:
    """The whole file in one statement; any broken record makes it fail."""
    names = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in columns)
    con = connect(memory="600MB")
    try:
        counted = con.execute(
            f"copy (select * from read_csv({literal(str(path))}, columns={{{names}}}, auto_detect=false, header=false, skip={skip},"
            f" delim={literal(delimiter)}, quote='\"', escape='\"', nullstr='', strict_mode=true, null_padding=false"
            f")) to {literal(str(out))} ({PARQUET})"
        ).fetchall()
    finally:
        con.close()
    return int(counted[0][0])


def _slow(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, out: Path, *, file: str) -> Extract:
    rejects = Rejects(file)
    rows = write_rows(out, columns, _records(path, columns, delimiter, skip, rejects, file=file), numbered=True)
    return Extract(out, columns, rows, tuple(rejects.all))


def _records(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, rejects: Rejects, *, file: str) -> Iterator[tuple[int, list[str | None]]]:
    """Parsed records with their ordinals; the others go to `rejects`."""
    number = 0
    for raw in _physical_records(path, skip, file=file):
        if not raw.strip("\r\n"):
            continue
        number += 1
        try:
            cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            rejects.add(row=number, reason="quotes", message=f"row {number}: {error}", raw=raw)
            continue
        if len(cells) != len(columns):
            rejects.add(row=number, reason="columns", message=f"row {number} has {len(cells)} columns, the header {len(columns)}", raw=raw)
            continue
        yield number, [c or None for c in cells]


def _physical_records(path: Path, skip: int, *, file: str) -> Iterator[str]:
    """Text of one record at a time. A quote that is never closed spoils its own line only."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        waiting: list[str] = []
        lines = _bounded(source, file=file)
        for _ in range(skip):
            next(lines, "")
        for line in lines:
            waiting.append(line)
            while waiting and (len(waiting) > LONGEST_RECORD or "".join(waiting).count('"') % 2 == 0):
                if "".join(waiting).count('"') % 2 == 0:
                    yield "".join(waiting)
                    waiting = []
                else:
                    yield waiting.pop(0)
        yield from _leftover(waiting)


def _leftover(waiting: list[str]) -> Iterator[str]:
    """What an open quote swallowed up to the end of the file: the first line is broken, the rest is read again."""
    while waiting:
        yield waiting.pop(0)
        held: list[str] = []
        while waiting:
            held.append(waiting.pop(0))
            if "".join(held).count('"') % 2 == 0:
                yield "".join(held)
                held = []
        waiting = held


def _bounded(source: io.TextIOBase, *, file: str) -> Iterator[str]:
    number = 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise SourceError(f"{file}: line {number:,} is longer than {LONGEST_LINE >> 20} MB", hint="is it a CSV file?", file=file, row=number)
        yield line
