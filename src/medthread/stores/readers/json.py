"""JSON: an array of objects, or one object per line. Numbers keep their digits; what is nested stays JSON text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medthread.model.errors import SourceError
from medthread.stores.readers.encoding import encoding_of
from medthread.stores.readers.extract import Extract, ReadRequest, Rejects, check_columns, write_rows
from medthread.stores.readers.record import DECODER, TwinError, UnfitError, check, compact, decode

CHUNK = 1 << 20
LARGEST_RECORD = 64 << 20
LARGEST_DOCUMENT = 512 << 20
LINES = ".jsonl"  # a file that says by its name that it is one object per line


def read_json(request: ReadRequest, out: Path) -> Extract:
    """Read records; option `records`: the path of the array in a document, like data.items; `columns`: names that are there though no record has them."""
    path, file = request.path, request.path.name
    encoding = encoding_of(path, wanted=request.options.get("encoding"))
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    rejects = Rejects(file)
    columns: dict[str, None] = dict.fromkeys(request.options.get("columns", ()))
    for _, record in _records(path, encoding, request.options.get("records"), rejects):
        columns.update(dict.fromkeys(record))
    if not columns and not rejects.all:
        raise SourceError(f"{file} holds no records", hint="expected an array of objects, or one object per line", file=file)
    names = check_columns(list(columns), file=file)
    again = Rejects(file)
    rows = ((n, [_text(r.get(c)) for c in names]) for n, r in _records(path, encoding, request.options.get("records"), again))
    count = write_rows(out, names, rows, numbered=bool(rejects.all))
    return Extract(out, names, count, tuple(rejects.all))


def _records(path: Path, encoding: str, inside: object, rejects: Rejects) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding=encoding) as source:
        head = source.read(CHUNK).lstrip()
    if LINES in path.suffixes:
        found = _lines(path, encoding, rejects)
    elif inside:
        found = _fit(_within(path, encoding, str(inside)), rejects)
    elif head.startswith("["):
        found = _fit(_array(path, encoding), rejects)
    else:
        found = _lines(path, encoding, rejects)
    for number, record in found:
        if isinstance(record, dict):
            yield number, record
        else:
            rejects.add(row=number, reason="record", message=f"record {number} is no object", raw=_text(record) or "null")


def _fit(found: Iterator[tuple[int, Any]], rejects: Rejects) -> Iterator[tuple[int, Any]]:
    """Those that can be kept."""
    for number, record in found:
        try:
            check(record)
        except UnfitError as error:
            rejects.add(row=number, reason="json", message=f"record {number}: {error}", raw=json.dumps(record))
        else:
            yield number, record


def _lines(path: Path, encoding: str, rejects: Rejects) -> Iterator[tuple[int, Any]]:
    number = 0
    with path.open(encoding=encoding) as source:
        while line := source.readline(LARGEST_RECORD):
            if not line.strip():
                continue
            number += 1
            try:
                record = decode(line)
                check(record)
            except ValueError as error:
                rejects.add(row=number, reason="json", message=f"line {number}: {error}", raw=line)
            else:
                yield number, record


def _array(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    """Elements one at a time; memory holds one of them."""
    number = 0
    with path.open(encoding=encoding) as source:
        buffer = _Buffer(source, path.name)
        buffer.take("[")
        if buffer.peek() == "]":
            buffer.take("]")
        else:
            while True:
                number += 1
                yield number, buffer.value(number)
                if buffer.peek() == "]":
                    buffer.take("]")
                    break
                buffer.take(",")
        if buffer.peek():
            raise SourceError(f"{path.name}: something follows the closing bracket", hint="one array per file, or one object per line", file=path.name, row=number)


class _Buffer:
    """Text read in chunks, decoded value by value."""

    def __init__(self, source: Any, file: str) -> None:
        self._source, self._file = source, file
        self._text, self._at, self._ended = "", 0, False

    def _more(self) -> bool:
        chunk = self._source.read(CHUNK)
        self._text = self._text[self._at :] + chunk
        self._at = 0
        self._ended = not chunk
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, character: str) -> None:
        """Step over an expected character."""
        found = self.peek()
        if found != character:
            shown = repr(found) if found else "the end of the file"
            raise SourceError(f"{self._file}: expected {character!r}, found {shown}", hint="the file is cut off or not JSON; export it again", file=self._file)
        self._at += 1

    def value(self, number: int) -> Any:
        """The next value; more is read until it is whole."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at < LARGEST_RECORD and self._more():
                    continue
                raise SourceError(f"{self._file}: record {number}: {error.msg}", hint="the file is cut off or not JSON; export it again", file=self._file, row=number) from error
            except (TwinError, RecursionError) as error:
                raise SourceError(f"{self._file}: record {number}: {error}", hint="rename it at the source", file=self._file, row=number) from error
            if end < len(self._text) or self._ended or not self._more():
                self._at = end if end <= len(self._text) and self._at <= end else self._at
                return value


def _within(path: Path, encoding: str, inside: str) -> Iterator[tuple[int, Any]]:
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise SourceError(f"{path.name} is larger than {LARGEST_DOCUMENT >> 20} MB", hint="export the array itself, or one object per line", file=path.name)
    try:
        value = DECODER.decode(path.read_text(encoding=encoding))
    except (TwinError, json.JSONDecodeError, RecursionError) as error:
        raise SourceError(f"{path.name}: {error}", hint="the file is cut off or not JSON; export it again", file=path.name) from error
    for step in inside.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise SourceError(f"{path.name} has no array at {inside!r}", hint="correct `records` in the mapping", file=path.name)
    yield from enumerate(value, start=1)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value) or None
    return compact(value)
