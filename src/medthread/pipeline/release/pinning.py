"""Releases that somebody wants kept, however old they get, and why."""

from sqlalchemy import Connection

from medthread.model.errors import ConflictError
from medthread.stores.lakehouse import standing
from medthread.trust.audit import record


def pin(tx: Connection, *, id_: str, by: str, reason: str) -> None:
    """Keep a release; pinned already, it is for another reason from now on."""
    standing.pin(tx, id_, by=by, reason=reason)
    record(tx, actor=by, action="release.pin", object_=f"release/{id_}", reason=reason)


def unpin(tx: Connection, *, id_: str, by: str, reason: str) -> None:
    """Keep it for as long as others of its age."""
    if not standing.unpin(tx, id_):
        raise ConflictError(f"{id_} is not pinned", hint="`medthread release list` shows what is")
    record(tx, actor=by, action="release.unpin", object_=f"release/{id_}", reason=reason)
