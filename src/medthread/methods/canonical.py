"""One text for one value, and its hash with the algorithm's name: what signatures and logs are bound to.

After RFC 8785 (JSON Canonicalization Scheme): sorted keys, no spaces, UTF-8. Numbers with a fraction come as text,
because a float has more than one way to be written.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from medthread.methods.algorithms import HASH, HASHES


def canonical(value: Any) -> bytes:
    """The bytes of a value made of dicts, lists, text, whole numbers, truth values, dates and decimals."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def plain(value: Any) -> Any:
    """The same with nothing in it but what JSON has, and no floats."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return str(value)


def hash_of(value: Any, *, algorithm: str = HASH) -> str:
    """`sha256:<hex>` of a value's canonical bytes."""
    return f"{algorithm}:{HASHES[algorithm](canonical(value)).hexdigest()}"
