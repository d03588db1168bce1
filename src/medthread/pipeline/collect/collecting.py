"""The stage before the files: every source with an address is asked, each beside the others, so that none waits for one that is slow or away."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlalchemy import func, insert, select, update

from medthread.model import Source
from medthread.model.errors import MedthreadError, SourceError
from medthread.pipeline.collect.database import read_table
from medthread.pipeline.collect.interface import read_interface
from medthread.pipeline.collect.position import position
from medthread.pipeline.collect.requested import read_requests
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.newness import Asked, has_news
from medthread.pipeline.ingest.reading import read_arrival
from medthread.stores.lakehouse.committer import sha256_of
from medthread.stores.postgres.tables import collection, load
from medthread.stores.readers import Extract

READ: dict[str, tuple[str, Callable[[Source, str, str | None, str | None, Path], Extract]]] = {
    "database": ("parquet", read_table),
    "interface": ("jsonl", read_interface),
}
HALF = 86_400.0  # seconds after which nobody writes a file any more
OWN = "own"  # what stands in our own database: it lands whenever anything is taken in, whether others are asked or not
ASKED = frozenset(READ) | {OWN}  # kinds of source that are asked; the others send


@dataclass(frozen=True)
class Collected:
    """How asking for one table ended: `landed`, `nothing`, or `failed` with what to do; `running` where a source is still being read."""

    source: str
    table: str
    status: str
    rows: int = 0
    error: MedthreadError | None = None


def collect(context: Context, sources: Iterable[Source], *, by: str, patience: float | None = None, asks: bool = True) -> list[Collected]:
    """Ask for what is new; without `asks`, our own database alone. A table that cannot be read is told, and stops no other.

    What takes longer than `patience` seconds is left to itself: it lands when it is read, for a later run.
    """
    asking = [_Asking(context, s, by=by) for s in sources if s.kind in (ASKED if asks else {OWN})]
    for each in asking:
        each.start()
    until = None if patience is None else time.monotonic() + patience
    return [found for each in asking for found in each.answer(until)]


class _Asking(threading.Thread):
    """One source being asked; whoever waits for it may stop waiting."""

    def __init__(self, context: Context, source: Source, *, by: str) -> None:
        super().__init__(name=f"ask {source.name}", daemon=True)
        self._context, self._source, self._by = context, source, by
        self._found: list[Collected] = []
        self._failed: BaseException | None = None

    def run(self) -> None:
        """Each table in turn."""
        try:
            for name, table in self._source.tables.items():
                if table.is_collected:
                    self._found.append(_collect(self._context, Asked(self._source, name), by=self._by))
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            self._failed = error

    def answer(self, until: float | None) -> list[Collected]:
        """What came of it until a moment of the clock."""
        self.join(None if until is None else max(0.0, until - time.monotonic()))
        if self._failed is not None:
            raise self._failed
        found = list(self._found)
        if self.is_alive():
            told = SourceError(f"{self._source.name} is still being read", hint="what it has lands when it was read, and a later run takes it in")
            found.append(Collected(self._source.name, "", "running", error=told))
        return found


def forget_taken(context: Context) -> None:
    """Take away landed files that were taken in, for what they held stands in the raw layer; and what a process that died left half."""
    folder = context.landing.folder
    context.landing.clear(older_than=HALF)
    waiting = [p.relative_to(folder).as_posix() for p in folder.glob("*/*/*") if p.is_file()]
    ended = select(load.c.file).where(load.c.file.in_(waiting), load.c.status.in_(("accepted", "repeated", "superseded")))
    with context.store.transaction() as tx:
        done = list(tx.execute(ended).scalars()) if waiting else []
    for file in done:
        context.landing.forget(file)


def _collect(context: Context, asked: Asked, *, by: str) -> Collected:
    with context.store.transaction() as tx:
        since = position(tx, asked, now=datetime.now(UTC))
        begun = {"source": asked.source.name, "table": asked.table, "status": "running", "started_by": by, "since": since}
        id_ = tx.execute(insert(collection).values(**begun).returning(collection.c.id)).scalar_one()
    try:
        found, size, file = _land(context, asked, since)
        message = None
    except (MedthreadError, OSError, duckdb.Error) as error:
        told = error if isinstance(error, MedthreadError) else SourceError(f"{asked.source.name}: {error}", hint="is the disk full?")
        found, size, file = Collected(asked.source.name, asked.table, "failed", error=told), 0, None
        message = {"text": told.message, "hint": told.hint}
    values = {"status": found.status, "rows": found.rows, "bytes": size, "file": file, "message": message, "finished_at": func.clock_timestamp()}
    with context.store.transaction() as tx:
        tx.execute(update(collection).where(collection.c.id == id_).values(**values))
    return found


def _land(context: Context, asked: Asked, since: str | None) -> tuple[Collected, int, str | None]:
    """Read, and let it lie where it has news."""
    form, read = READ.get(asked.source.kind, ("parquet", None))
    nothing = Collected(asked.source.name, asked.table, "nothing")
    waiting = context.landing.waiting(asked.source.name, asked.table)
    with context.landing.landing(asked.source.name, asked.table, form) as out:
        extract = read(asked.source, asked.table, since, secret_of(context, asked.source), out) if read else read_requests(context, asked.table, since, out)
        seen = waiting and sha256_of(out) == sha256_of(waiting[-1])
        if seen or not _brings_news(context, asked, out, extract):
            out.unlink()
            return nothing, 0, None
        size = out.stat().st_size
    if asked.mapping.is_picture:
        _supersede(context, asked, waiting)
    landed = context.landing.waiting(asked.source.name, asked.table)[-1]
    return Collected(asked.source.name, asked.table, "landed", extract.rows), size, landed.relative_to(context.landing.folder).as_posix()


def _brings_news(context: Context, asked: Asked, out: Path, extract: Extract) -> bool:
    if asked.mapping.format == "sql":
        return has_news(context, asked, out, extract.columns)
    plain = context.scratch / f"{asked.source.name}-{asked.table}.asked"  # records become rows first
    plain.parent.mkdir(parents=True, exist_ok=True)
    try:
        rows = read_arrival(out, asked.mapping, out=plain)
        return bool(rows.rejects) or has_news(context, asked, plain, rows.columns)
    finally:
        plain.unlink(missing_ok=True)


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


def secret_of(context: Context, source: Source) -> str | None:
    """The password or token of a source. Raises `SourceError` where the environment has none of that name."""
    if source.secret is None:
        return None
    found = context.secret(source.secret)
    if found is None:
        raise SourceError(f"{source.name}: the environment has no {source.secret}", hint=f"set {source.secret} to the password before starting medthread")
    return found
