"""A new source: its file is written where the company keeps its mappings, and the act is told."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from medthread.governance.sources.templates import Wanted
from medthread.model.errors import ConflictError
from medthread.model.template import SourceTemplate
from medthread.stores.whole_file import write_new
from medthread.trust.audit import record


def make_source(tx: Connection, *, folder: Path, text: str, template: SourceTemplate, wanted: Wanted, known: Iterable[str], by: str) -> Path:
    """Write the file of a source. Raises `ConflictError` where there is a source or a file of that name."""
    path = folder / f"{wanted.name}.yaml"
    if wanted.name in set(known) or path.exists():
        raise ConflictError(f"there is a source {wanted.name!r} already", hint="give the new one another name, or change the mapping of the one there is")
    detail = {"file": path.name, "template": template.name, "tables": list(wanted.tables) or list(template.tables), "after": hashlib.sha256(text.encode()).hexdigest()}
    record(tx, actor=by, action="source.make", object_=f"source/{wanted.name}", detail=detail)
    write_new(path, text)
    return path
