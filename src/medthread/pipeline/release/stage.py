"""The stage: gates, then a release that names every table, then the pointer."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from medthread.model.errors import ConflictError
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.context import Context
from medthread.pipeline.release.sealed import sealed
from medthread.stores.lakehouse import Releases
from medthread.stores.lakehouse.committer import key_of
from medthread.trust.audit import record


def release(context: Context, *, by: str, trace_index: str | None) -> str | None:
    """Make the heads of all tables one release, and publish it unless a train will; nothing when that was done already."""
    releases = Releases(context.store)
    newest = releases.current() if context.publishes else releases.newest()
    tables = {name: table for name, table in releases.heads().items() if _is_offered(context, name)}
    if not tables or (newest is not None and releases.held(newest.tables) == releases.held(tables)):
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    id_ = f"R{stamp}-{key_of(newest.id if newest else '', [f'{t.name}@{t.snapshot}' for t in tables.values()])[:6]}"
    kept = [part.prepare(context) for part in context.at_release]
    with context.store.transaction() as tx:
        releases.create(tx, id_=id_, by=by, trace_index=trace_index, tables=tables)
        for keep in kept:
            keep(tx, id_, by)
        detail = {"tables": len(tables), "digest": sealed(tx, context, id_)}
        if context.publishes:
            before = releases.publish(tx, id_=id_, by=by)
            record(tx, actor=by, action="release.publish", object_=f"release/{id_}", before={"release": before}, after={"release": id_}, detail=detail)
        else:
            record(tx, actor=by, action="release.prepare", object_=f"release/{id_}", detail=detail)
    context.progress("release", 1, 1, id_)
    return id_


def _is_offered(context: Context, table: str) -> bool:
    """All but the tables of models that were taken away: these stay in the lake, for the releases that name them."""
    return not table.startswith(PREFIX) or any(m.table == table for m in context.models)


def move_pointer(tx: Connection, releases: Releases, *, id_: str, by: str, reason: str) -> None:
    """Show readers another release, older or newer; nothing is computed again."""
    if releases.current_id(tx) == id_:
        raise ConflictError(f"readers see {id_} already", hint="choose another release")
    before = releases.publish(tx, id_=id_, by=by)
    what, told = "release.publish", f"release/{id_}"
    record(tx, actor=by, action=what, object_=told, reason=reason, before={"release": before}, after={"release": id_})
