"""XML, streamed and hardened: no document types, no entities, no network; memory holds one record.

A record's child elements become columns: one level below that is `a.b`, an attribute `@name`, a repeated element a
JSON array. Namespaces do not count. Read from a file, or from a member of a zip archive.

With `each`, a record becomes one row per element at that path inside it: the element's own values are named after it
(`identifier.deviceId`), the record's values stand beside them in every row.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any

from lxml import etree

from medthread.model.errors import SourceError
from medthread.stores.readers.extract import Extract, ReadRequest, Rejects, check_columns, write_rows
from medthread.stores.readers.zip_guard import check_archive

DEEPEST = 100
HEAD = 65_536


def read_xml(request: ReadRequest, out: Path) -> Extract:
    """Read records; options: record (path like accounts/account), each (a path inside it), member (a pattern in a zip)."""
    file = request.path.name
    record = str(request.options.get("record", ""))
    if not record:
        raise SourceError(f"{file}: which element is a record?", hint="set options: {record: root/element} in the mapping", file=file)
    steps = tuple(s for s in record.split("/") if s)
    each = tuple(s for s in str(request.options.get("each", "")).split("/") if s)
    columns: dict[str, None] = {}
    count = 0
    for _, values in _records(request, steps, each):
        columns.update(dict.fromkeys(values))
        count += 1
    if not count:
        raise SourceError(f"{file} has no element at {record!r}", hint="correct `record` in the mapping", file=file)
    names = check_columns(list(columns) or ["."], file=file)
    rows = ((n, [v.get(c) for c in names]) for n, v in _records(request, steps, each))
    rejects = Rejects(file)
    written = write_rows(out, names, rows, numbered=False)
    return Extract(out, names, written, tuple(rejects.all))


@contextmanager
def _opened(request: ReadRequest) -> Iterator[IO[bytes]]:
    member = request.options.get("member")
    if not zipfile.is_zipfile(request.path):
        with request.path.open("rb") as source:
            yield source
        return
    with check_archive(request.path) as archive:
        names = [n for n in archive.namelist() if fnmatch(n, str(member or "*.xml"))]
        if len(names) != 1:
            raise SourceError(
                f"{request.path.name} has {len(names)} members like {member or '*.xml'!r}", hint=f"members: {', '.join(archive.namelist()[:10])}", file=request.path.name
            )
        with archive.open(names[0]) as source:
            yield source


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _records(request: ReadRequest, steps: tuple[str, ...], each: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    number = 0
    with _opened(request) as source:
        _refuse_types(source, request.path.name)
        events = etree.iterparse(
            source, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )
        path: list[str] = []
        try:
            for event, element in events:
                if event == "start":
                    if not path and element.getroottree().docinfo.doctype:
                        raise _declares(request.path.name)
                    path.append(_local(element.tag))
                    if len(path) > DEEPEST:
                        raise SourceError(f"{request.path.name}: elements nest deeper than {DEEPEST}", hint="is it the right file?", file=request.path.name, row=number)
                    continue
                if tuple(path) == steps:
                    for values in _rows(element, each):
                        number += 1
                        yield number, values
                path.pop()
                if len(path) < len(steps):
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise SourceError(
                f"{request.path.name}, line {error.lineno}: {error.msg}", hint="the file is cut off or not XML; export it again",
                file=request.path.name, row=number + 1,
            ) from error


def _refuse_types(source: IO[bytes], file: str) -> None:
    """A document type is where entities come from; data has no use for one. One that comes later is found when the root begins."""
    head = source.read(HEAD)
    source.seek(0)
    squeezed = head.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in squeezed or b"<!ENTITY" in squeezed:
        raise _declares(file)


def _declares(file: str) -> SourceError:
    return SourceError(f"{file} declares a document type", hint="entities are not taken in; export it without a DOCTYPE", file=file, row=1)


def _forget(element: Any) -> None:
    """Give a finished element's memory back, and that of its elder siblings."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _rows(element: Any, each: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The record, once or once for each inner element; a record without any is a row of its own, so it is not lost."""
    inner = [element] if each else []
    for step in each:
        inner = [child for parent in inner for child in parent if isinstance(child.tag, str) and _local(child.tag) == step]
    own = [_values(child) for child in inner]
    for child in inner:
        child.getparent().remove(child)
    outer = _values(element)
    if not own:
        yield outer
    for values in own:
        yield outer | {f"{each[-1]}.{name}": value for name, value in values.items()}


def _values(element: Any) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in element.attrib.items():
        found.setdefault("@" + _local(name), []).append(str(value))
    _collect(element, "", found, depth=0)
    if not len(element) and element.text and element.text.strip():
        found.setdefault("text", []).append(element.text.strip())
    return {k: v[0] if len(v) == 1 else json.dumps(v, ensure_ascii=False) for k, v in found.items()}


def _collect(element: Any, prefix: str, found: dict[str, list[str]], *, depth: int) -> None:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = prefix + _local(child.tag)
        for key, value in child.attrib.items():
            found.setdefault(f"{name}@{_local(key)}", []).append(str(value))
        if len(child) and depth < DEEPEST:
            _collect(child, f"{name}.", found, depth=depth + 1)
        elif child.text and child.text.strip():
            found.setdefault(name, []).append(child.text.strip())
