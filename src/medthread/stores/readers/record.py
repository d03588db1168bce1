"""One record of JSON: numbers keep their digits, and what no store takes is found before it is written.

`decode` is what readers of JSON and collectors of messages share, so that a message that passes here is read later.
"""

import json
from typing import Any

DEEPEST = 100  # levels; what reads JSON here and in the databases counts them by its own stack


class Number(str):
    """A number as it was written."""

    __slots__ = ()


class TwinError(ValueError):
    """An object that names one attribute twice."""


class UnfitError(ValueError):
    """Valid JSON that cannot be kept: the message says why."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [k for k, _ in pairs]
        msg = f"the attribute {next(n for n in names if names.count(n) > 1)!r} stands twice"
        raise TwinError(msg)
    return made


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object)


def decode(text: str) -> Any:
    """The value of a text, which may still be unfit (`check`). Raises `ValueError` that says what is wrong with it."""
    try:
        return DECODER.decode(text)
    except RecursionError as error:
        raise UnfitError(f"nested more than {DEEPEST} deep") from error


def check(value: Any, depth: int = 0) -> None:
    """Raise `UnfitError` for characters that no store takes, and for what is nested too deep."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise UnfitError("a text holds half of a surrogate pair")
        if "\0" in value:
            raise UnfitError("a text holds the character NUL")
    elif isinstance(value, dict | list):
        if depth == DEEPEST:
            raise UnfitError(f"nested more than {DEEPEST} deep")
        for inner in value.values() if isinstance(value, dict) else value:
            check(inner, depth + 1)
        for name in value if isinstance(value, dict) else ():
            check(name, depth + 1)


def compact(value: Any) -> str:
    """Compact JSON in which numbers keep their digits."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
