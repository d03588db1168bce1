"""A proposed change of a mapping accepted by a person: the file of the source is written, and the loads that waited for it are taken in again."""

import difflib
import hashlib
from pathlib import Path

from sqlalchemy import Connection

from medthread.governance.sources.amend import ignore_column
from medthread.governance.sources.drift import Drift, drifts
from medthread.model import Source
from medthread.model.errors import ConflictError, NotFoundError
from medthread.pipeline.context import Context
from medthread.stores.whole_file import write_over
from medthread.trust.audit import record


def difference(before: str, after: str) -> list[str]:
    """What changes, as a unified diff without its file names."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]


def amended(context: Context, source: Source, text: str, *, table: str, column: str, ignoring: bool) -> tuple[Drift, str]:
    """What has changed about a column, and the text of the mapping as it is proposed for it, or with the column ignored.

    Raises `NotFoundError` where the column has not changed, `ConflictError` where there is nothing to be proposed.
    """
    found = next((d for d in drifts(context, source, text) if (d.table, d.column) == (table, column)), None)
    if found is None:
        raise NotFoundError(f"nothing has changed about column {column!r} of {source.name}.{table}", hint="look again: the mapping may have been changed meanwhile")
    after = ignore_column(text, table=table, column=column) if ignoring and found.kind == "new" else found.proposed
    if after is None:
        raise ConflictError(f"no change of the mapping of {source.name} can be proposed for column {column!r}", hint="change the file by hand, and start a running server again")
    return found, after


def amend(tx: Connection, *, context: Context, source: Source, path: Path, table: str, column: str, ignoring: bool, by: str) -> Drift:
    """Write the mapping as it is proposed for a column, or with the column ignored.

    Raises `NotFoundError` where the column has not changed, `ConflictError` where there is nothing to be proposed.
    """
    before = path.read_text(encoding="utf-8")
    found, after = amended(context, source, before, table=table, column=column, ignoring=ignoring)
    told = {"file": path.name, "table": table, "column": column, "likely": found.likely, "diff": difference(before, after)}
    told |= {"before": hashlib.sha256(before.encode()).hexdigest(), "after": hashlib.sha256(after.encode()).hexdigest()}
    record(tx, actor=by, action="source.amend", object_=f"source/{source.name}", detail=told)
    write_over(path, after)
    return found
