"""CSV: one set-wise pass for files without faults; where a record is broken, a slower pass that sets it aside."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import duckdb

from medthread.model.errors import SourceError
from medthread.stores.engines import job, literal
from medthread.stores.readers.encoding import BLOCK, encoding_of
from medthread.stores.readers.extract import Extract, ReadRequest, Rejects, check_columns, write_rows

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 20
LONGEST_LINE = 16 << 20
LONGEST_RECORD = 1_000  # physical lines one quoted record may span
csv.field_size_limit(LONGEST_LINE)
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
        if not _has_giant(path):
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


def _has_giant(path: Path) -> bool:
    """Whether some block has no line end, so that a line may be longer than DuckDB's buffer: it would end there in silence."""
    with path.open("rb") as source:
        while block := source.read(LONGEST_LINE):
            if len(block) == LONGEST_LINE and block.rfind(b"\n") < 0:
                return True
    return False


def _fast(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, out: Path) -> int:
    """The whole file in one statement; any broken record makes it fail."""
    names = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in columns)
    with job(memory="600MB", ordered=True) as con:
        counted = con.execute(
            f"copy (select * from read_csv({literal(str(path))}, columns={{{names}}}, auto_detect=false, header=false, skip={skip},"
            f" delim={literal(delimiter)}, quote='\"', escape='\"', nullstr='', strict_mode=true, null_padding=false"
            f")) to {literal(str(out))} ({PARQUET})"
        ).fetchall()
    return int(counted[0][0])


def _slow(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, out: Path, *, file: str) -> Extract:
    rejects = Rejects(file)
    rows = write_rows(out, columns, _records(path, columns, delimiter, skip, rejects, file=file), numbered=True)
    return Extract(out, columns, rows, tuple(rejects.all))


def _records(path: Path, columns: tuple[str, ...], delimiter: str, skip: int, rejects: Rejects, *, file: str) -> Iterator[tuple[int, list[str | None]]]:
    """Parsed records with their ordinals; the others go to `rejects`.

    A quote that is left open may span lines, as far as they make a record of the right columns when it closes. Where
    they do not, only the line that opened it is spoilt, and the lines after it are read again on their own.
    """
    number = 0
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = _Lines(source, file=file)
        for _ in range(skip):
            lines.take()
        while line := lines.take():
            if not line.strip("\r\n"):
                continue
            number += 1
            cells, reason, message = _parsed(line, lines, columns, delimiter)
            if reason:
                rejects.add(row=number, reason=reason, message=f"row {number}: {message}", raw=line)
            else:
                yield number, [c or None for c in cells]


def _parsed(line: str, lines: "_Lines", columns: tuple[str, ...], delimiter: str) -> tuple[list[str], str, str]:
    """The record that a line begins, or the reason why there is none, in a word and in words."""
    if line.count('"') % 2:
        following = lines.until_closed(len(line))
        try:
            found = list(csv.reader(io.StringIO("".join([line, *following]), newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            found = []
        if len(found) == 1 and len(found[0]) == len(columns) and following:
            return found[0], "", ""
        lines.give_back(following)
    try:
        [cells] = csv.reader([line], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as error:
        return [], "quotes", str(error)
    if len(cells) != len(columns):
        return [], "columns", f"{len(cells)} columns, the header has {len(columns)}"
    return cells, "", ""


class _Lines:
    """Physical lines, a few of which can be given back."""

    def __init__(self, source: io.TextIOBase, *, file: str) -> None:
        self._fresh = _bounded(source, file=file)
        self._again: deque[str] = deque()

    def take(self) -> str:
        """The next line; nothing at the end."""
        return self._again.popleft() if self._again else next(self._fresh, "")

    def give_back(self, lines: list[str]) -> None:
        """They are next again."""
        self._again.extendleft(reversed(lines))

    def until_closed(self, size: int) -> list[str]:
        """Lines up to the one that closes an open quote; none where it stays open as long as a record may be."""
        taken: list[str] = []
        while len(taken) < LONGEST_RECORD and size < LONGEST_LINE and (line := self.take()):
            taken.append(line)
            size += len(line)
            if line.count('"') % 2:
                return taken
        self.give_back(taken)
        return []


def _bounded(source: io.TextIOBase, *, file: str) -> Iterator[str]:
    number = 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise SourceError(f"{file}: line {number:,} is longer than {LONGEST_LINE >> 20} MB", hint="is it a CSV file?", file=file, row=number)
        yield line
