"""One message as one line of a landing file: its own attributes as it wrote them, and beside them what the broker knows of it.

What cannot be a row becomes a text: the reader of the file sets it aside, and the text, with the reason, waits in quarantine.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from medthread.derive.columns import INDEX, MASKED
from medthread.stores.bus import Delivery
from medthread.stores.readers import GONE, HASH, ROW
from medthread.stores.readers.record import check, decode

ID, SUBJECT, KEY, SENT_AT = "_message_id", "_subject", "_key", "_sent_at"
OURS = (ID, SUBJECT, KEY, SENT_AT)
TAKEN = frozenset((*OURS, ROW, HASH, GONE))
LARGEST = 4 << 20  # bytes of a message; of a larger one as much is kept, with its hash
MOST_NAMES = 500
LONGEST_NAME = 200  # characters


@dataclass(frozen=True)
class Line:
    """A line with its end, the attributes in it, and why it is none that can be taken in."""

    content: bytes
    names: tuple[str, ...] = ()
    poison: str | None = None


def line_of(delivery: Delivery) -> Line:
    """The line of a message. It never fails: whatever is wrong with one is said in the line."""
    try:
        text = _text(delivery.content)
        names = _names(text)
    except ValueError as error:
        return Line(_set_aside(delivery, str(error)), poison=str(error))
    beside = json.dumps(_known(delivery), ensure_ascii=False)[1:]
    # Line ends stand only between the parts of JSON, never in a text, so that a blank in their place says the same.
    body = text.replace("\r", " ").replace("\n", " ").strip()[:-1].rstrip()
    return Line(f"{body}{'' if body == '{' else ', '}{beside}\n".encode(), names)


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        msg = f"the message has {len(content):,} bytes; at most {LARGEST:,} are taken in"
        raise ValueError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"byte {error.start + 1:,} is not UTF-8"
        raise ValueError(msg) from error


def _names(text: str) -> tuple[str, ...]:
    value: Any = decode(text)
    if not isinstance(value, dict):
        msg = "the message is no JSON object"
        raise ValueError(msg)  # noqa: TRY004 - what is wrong with a message is one kind of error
    check(value)
    if len(value) > MOST_NAMES:
        msg = f"the message has {len(value):,} attributes; at most {MOST_NAMES:,} are taken in"
        raise ValueError(msg)
    small: dict[str, str] = {}
    for name in value:
        fault = _fault(name)
        if fault is None and (twin := small.setdefault(name.lower(), name)) != name:
            fault = f"differs from {twin!r} only in case"
        if fault is not None:
            msg = f"the attribute {name[:LONGEST_NAME]!r} {fault}"
            raise ValueError(msg)
    return tuple(value)


def _fault(name: str) -> str | None:
    """Why a name cannot be one of a column."""
    if not name.strip():
        return "is blank"
    if len(name) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters"
    if any(unicodedata.category(c) == "Cc" for c in name):
        return "has control characters in its name"
    if name.lower() in TAKEN or name.lower().endswith((MASKED, INDEX)):
        return "has a name that is taken"
    return None


def _known(delivery: Delivery) -> dict[str, str | None]:
    """What the broker knows of a message, as printable text; the same when it comes again."""
    sent = delivery.sent_at.isoformat() if delivery.sent_at else None
    return {name: _plain(value) for name, value in zip(OURS, (delivery.id, delivery.subject, delivery.key, sent), strict=True)}


def _plain(value: str | None) -> str | None:
    return value and value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _set_aside(delivery: Delivery, reason: str) -> bytes:
    r"""A JSON text, which is no record, that says all that is known: bytes that are not UTF-8 as \xNN."""
    text = delivery.content[:LARGEST].decode("utf-8", "backslashreplace")
    told: dict[str, Any] = {"reason": _plain(reason), **_known(delivery), "bytes": len(delivery.content), "text": text}
    if len(delivery.content) > LARGEST:
        told["sha256"] = hashlib.sha256(delivery.content).hexdigest()
    return (json.dumps(json.dumps(told)) + "\n").encode()
