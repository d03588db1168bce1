"""Events out of what is sent: one JSON object, a list of them, or one a line; and out of a file, a part at a time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medthread.model.errors import InvalidError, SourceError

LONGEST = 8 << 20  # bytes of one line
AT_ONCE = 500


def events_of(body: bytes, *, lines: bool) -> list[Any]:
    """The events of a body. Of `lines` a line that is no JSON stays the text that it is: it is refused by itself, not with the others."""
    if lines:
        return [_line(line) for line in body.split(b"\n") if line.strip()]
    found = _json(body)
    return found if isinstance(found, list) else [found]


def parts_of(file: Path) -> Iterator[list[Any]]:
    """The events of a file with one a line, some at a time."""
    try:
        with file.open("rb") as opened:
            part: list[Any] = []
            while line := opened.readline(LONGEST + 1):
                if len(line) > LONGEST:
                    raise SourceError(f"{file.name}: a line is longer than {LONGEST >> 20} MB", hint="each line is one event")
                if line.strip():
                    part.append(_line(line))
                if len(part) == AT_ONCE:
                    yield part
                    part = []
            if part:
                yield part
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}", hint="name a file with one event of OpenLineage a line") from error


def _line(line: bytes) -> Any:
    try:
        return _json(line)
    except InvalidError:
        return line.decode(errors="replace")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidError("the body is no JSON", hint="send an event of OpenLineage, a list of them, or one a line as application/x-ndjson") from error


def _no_number(name: str) -> float:
    raise ValueError(name)
