"""Types compared: whether every value of one is a value of the other; and what a type is bound to beyond itself."""

import re
from typing import Any

from medthread.methods.contracts.report import Json, Report

# A stored type that holds every value of the other, within one logical type.
WIDER = {
    "TINYINT": {"SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT"}, "SMALLINT": {"INTEGER", "INT", "BIGINT", "HUGEINT"}, "INTEGER": {"BIGINT", "HUGEINT"}, "INT": {"BIGINT", "HUGEINT"},
    "BIGINT": {"HUGEINT"}, "FLOAT": {"DOUBLE"}, "REAL": {"DOUBLE"},
}
SAME = {"INT": "INTEGER", "TEXT": "VARCHAR", "STRING": "VARCHAR", "NUMERIC": "DECIMAL", "BOOL": "BOOLEAN", "INT8": "BIGINT", "INT4": "INTEGER", "FLOAT8": "DOUBLE", "DOUBLE PRECISION": "DOUBLE"}
STORED = re.compile(r"([A-Z0-9_ ]+?) ?(?:\( ?(\d{1,9}) ?(?:, ?(\d{1,9}) ?)?\))?")
LOW, HIGH = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LONGEST = 500  # signs of a type or pattern that is looked into
FORMS = frozenset({"format", "timezone", "defaultTimezone"})
REPEATED = re.compile(r"\^?(?P<body>.*?)\{(?P<low>\d{1,9})(?P<comma>,)?(?P<high>\d{0,9})\}\$?", re.DOTALL)


def compare_types(report: Report, at: str, was: Json, is_: Json) -> None:
    """The logical type, and where that is the same, the stored one."""
    before, after = was.get("logicalType"), is_.get("logicalType")
    if before != after and before is not None and after is not None:
        known = {("integer", "number"): "type.widened", ("number", "integer"): "type.narrowed"}
        report.add(known.get((str(before), str(after)), "type.changed"), f"{at}.logicalType", before, after)
        return
    if before != after:
        report.add("storage.changed", f"{at}.logicalType", before, after)
    stored = was.get("physicalType"), is_.get("physicalType")
    if None in stored or stored[0] == stored[1]:
        if stored[0] != stored[1]:
            report.add("words", f"{at}.physicalType", *stored)
        return
    if (kind := stored_kind(str(stored[0]), str(stored[1]))) is not None:
        report.add(kind, f"{at}.physicalType", *stored)


def stored_kind(before: str, after: str) -> str | None:
    """How a stored type differs from another; None where they are two ways of writing one."""
    was, is_ = _read(before), _read(after)
    if was == is_:
        return None
    if was is None or is_ is None:
        return "storage.changed"
    (old, *size), (new, *room) = was, is_
    if old == new:
        return _by_size(old, size, room)
    if new in WIDER.get(old, ()):
        return "storage.wider"
    return "storage.narrower" if old in WIDER.get(new, ()) else "storage.changed"


def _by_size(name: str, size: list[int | None], room: list[int | None]) -> str:
    """A text by its length, a decimal by the digits before and after its point; without a size there is no limit to a text."""
    if name == "VARCHAR":
        most = [float("inf") if s[0] is None else s[0] for s in (size, room)]
        return "storage.wider" if most[1] > most[0] else "storage.narrower"
    if name == "DECIMAL" and None not in (size[0], room[0]):
        whole = [(s[0] or 0) - (s[1] or 0) for s in (size, room)]
        digits = [s[1] or 0 for s in (size, room)]
        if whole[1] >= whole[0] and digits[1] >= digits[0]:
            return "storage.wider"
        return "storage.narrower"
    return "storage.changed"


def _read(text: str) -> tuple[str, int | None, int | None] | None:
    found = STORED.fullmatch(" ".join(text.upper().split())) if len(text) <= LONGEST else None
    if found is None:
        return None
    name = found[1].strip()
    return SAME.get(name, name), int(found[2]) if found[2] else None, int(found[3]) if found[3] else None


def compare_options(report: Report, at: str, was: Json, is_: Json) -> None:
    """What the type is bound to."""
    old, new = was.get("logicalTypeOptions") or {}, is_.get("logicalTypeOptions") or {}
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before != after:
            report.add(_option_kind(name, before, after), f"{at}.{name}", before, after)


def _option_kind(name: str, before: Any, after: Any) -> str:
    if name == "pattern":
        return pattern_kind(before, after)
    if name in FORMS:
        return "format.changed"
    if name not in (*LOW, *HIGH):
        return "option.changed"
    if before is None or after is None:
        return "bound.tightened" if before is None else "bound.loosened"
    if not (isinstance(before, str) and isinstance(after, str)) and not all(isinstance(v, int | float) for v in (before, after)):
        return "option.changed"
    higher = after > before
    return "bound.tightened" if higher == (name in LOW) else "bound.loosened"


def pattern_kind(before: str | None, after: str | None) -> str:
    """Whether a pattern is tighter; told only of one repetition with other bounds, for more cannot be decided by reading."""
    if before is None or after is None:
        return "pattern.added" if before is None else "pattern.removed"
    if max(len(str(before)), len(str(after))) > LONGEST:
        return "pattern.changed"
    was, is_ = REPEATED.fullmatch(str(before)), REPEATED.fullmatch(str(after))
    if was is None or is_ is None or was["body"] != is_["body"] or "|" in was["body"]:
        return "pattern.changed"
    (low, high), (least, most) = _bounds(was), _bounds(is_)
    if least >= low and most <= high:
        return "pattern.tightened"
    return "pattern.loosened" if least <= low and most >= high else "pattern.changed"


def _bounds(found: re.Match[str]) -> tuple[int, float]:
    low = int(found["low"])
    if not found["comma"]:
        return low, low
    return low, int(found["high"]) if found["high"] else float("inf")
