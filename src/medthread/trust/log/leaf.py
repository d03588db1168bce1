"""An audit row as the bytes that are sealed: canonical JSON of all that it says.

The same bytes come out of the same row at any time, so they are not kept a second time. `at` is UTC to the
microsecond. A number with a fraction, which no float may stand for, is `{"$number": "<digits>"}`.
"""

import json
from typing import Any

SAID = ("seq", "at", "actor", "action", "outcome", "object", "reason", "before", "after", "detail")
JSON_FIELDS = ("before", "after", "detail")
# As SQL, over the alias `e`; JSON as text, because a driver would make floats of its numbers.
COLUMNS = """e.seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.actor, e.action, e.outcome, e.object,
    e.reason, cast(e.before as text) as before, cast(e.after as text) as after, cast(e.detail as text) as detail"""

ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
DECODE = json.JSONDecoder(parse_float=lambda digits: {"$number": digits}).decode


def leaf_of(row: Any) -> bytes:
    """The leaf of a row that holds `COLUMNS` first, in their order."""
    said = dict(zip(SAID, row, strict=False))
    for name in JSON_FIELDS:
        if said[name] is not None:
            said[name] = DECODE(said[name])
    return ENCODE(said).encode()
