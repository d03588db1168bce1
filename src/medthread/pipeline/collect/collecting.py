"""The stage before the files: every source with an address is asked, each beside the others, so that none waits for one that is slow or away."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, insert, select, update

from medthread.model import Source
from medthread.model.errors import MedthreadError, SourceError
from medthread.pipeline.collect.database import read_table
from medthread.pipeline.collect.position import position
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.newness import Asked, has_news
from medthread.stores.lakehouse.committer import sha256_of
from medthread.stores.postgres.tables import collection, load
from medthread.stores.readers import Extract

ABREAST = 4  # sources asked at once
READ: dict[str, tuple[str, Callable[[Source, str, str | None, str | None, Path], Extract]]] = {"database": ("parquet", read_table)}
ASKED = frozenset(READ)  # kinds of source that are asked; the others send


@dataclass(frozen=True)
class Collected:
    """How asking for one table ended: `landed`, `nothing`, or `failed` with what to do."""

    source: str
    table: str
    status: str
    rows: int = 0
    error: MedthreadError | None = None


def collect(context: Context, sources: Iterable[Source], *, by: str) -> list[Collected]:
    """Ask for what is new. A table that cannot be read is told, and stops no other."""
    asked = [s for s in sources if s.kind in ASKED]
    if not asked:
        return []
    with ThreadPoolExecutor(min(ABREAST, len(asked)), thread_name_prefix="collect") as pool:
        return [found for each in pool.map(partial(_collect_source, context, by=by), asked) for found in each]


def forget_taken(context: Context) -> None:
    """Take away landed files that were taken in: what they held stands in the raw layer."""
    folder = context.landing.folder
    waiting = [p.relative_to(folder).as_posix() for p in folder.glob("*/*/*") if p.is_file()]
    ended = select(load.c.file).where(load.c.file.in_(waiting), load.c.status.in_(("accepted", "repeated", "superseded")))
    with context.store.transaction() as tx:
        done = list(tx.execute(ended).scalars()) if waiting else []
    for file in done:
        context.landing.forget(file)


def _collect_source(context: Context, source: Source, *, by: str) -> list[Collected]:
    return [_collect(context, Asked(source, name), by=by) for name, table in source.tables.items() if table.is_collected]


def _collect(context: Context, asked: Asked, *, by: str) -> Collected:
    with context.store.transaction() as tx:
        since = position(tx, asked, now=datetime.now(UTC))
        begun = {"source": asked.source.name, "table": asked.table, "status": "running", "started_by": by, "since": since}
        id_ = tx.execute(insert(collection).values(**begun).returning(collection.c.id)).scalar_one()
    try:
        found, size, file = _land(context, asked, since)
        message = None
    except (SourceError, OSError) as error:
        told = error if isinstance(error, SourceError) else SourceError(f"{asked.source.name}: {error}", hint="is the disk full?")
        found, size, file = Collected(asked.source.name, asked.table, "failed", error=told), 0, None
        message = {"text": told.message, "hint": told.hint}
    values = {"status": found.status, "rows": found.rows, "bytes": size, "file": file, "message": message, "finished_at": func.clock_timestamp()}
    with context.store.transaction() as tx:
        tx.execute(update(collection).where(collection.c.id == id_).values(**values))
    return found


def _land(context: Context, asked: Asked, since: str | None) -> tuple[Collected, int, str | None]:
    """Read, and let it lie where it has news."""
    form, read = READ[asked.source.kind]
    nothing = Collected(asked.source.name, asked.table, "nothing")
    waiting = context.landing.waiting(asked.source.name, asked.table)
    with context.landing.landing(asked.source.name, asked.table, form) as out:
        extract = read(asked.source, asked.table, since, _secret(context, asked.source), out)
        seen = waiting and sha256_of(out) == sha256_of(waiting[-1])
        if seen or not has_news(context, asked, out, extract.columns):
            out.unlink()
            return nothing, 0, None
        size = out.stat().st_size
    if asked.mapping.is_picture:
        _supersede(context, asked, waiting)
    landed = context.landing.waiting(asked.source.name, asked.table)[-1]
    return Collected(asked.source.name, asked.table, "landed", extract.rows), size, landed.relative_to(context.landing.folder).as_posix()


def _supersede(context: Context, asked: Asked, older: list[Path]) -> None:
    """Only the newest picture of a table matters, and one that somebody has consented to."""
    files = [p.relative_to(context.landing.folder).as_posix() for p in older]
    own = (load.c.source == asked.source.name) & (load.c.table == asked.table) & load.c.file.in_(files)
    waits = load.c.status.in_(("arrived", "blocked", "rejected")) & load.c.consent.is_(None)
    with context.store.transaction() as tx:
        tx.execute(update(load).where(own, waits).values(status="superseded"))
        kept = set(tx.execute(select(load.c.file).where(own, load.c.consent.is_not(None))).scalars())
    for file in set(files) - kept:
        context.landing.forget(file)


def _secret(context: Context, source: Source) -> str | None:
    if source.secret is None:
        return None
    found = context.secret(source.secret)
    if found is None:
        raise SourceError(f"{source.name}: the environment has no {source.secret}", hint=f"set {source.secret} to the password before starting medthread")
    return found
