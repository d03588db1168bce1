"""Streams of all sources, listened to beside the server, each for itself; what they tell is written where asking is.

A table's `options` may say `durable`, the name under which the broker remembers how far it was read (two installations
that read the same need two), and `seconds`, how long a batch is gathered.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from medthread.model import Source
from medthread.model.errors import SourceError
from medthread.pipeline.collect.collecting import secret_of
from medthread.pipeline.collect.stream import Limits, Listener, News, durable_of
from medthread.pipeline.context import Context
from medthread.stores.bus import Inlet, open_inlet
from medthread.stores.postgres.tables import collection

BY = "stream"
STREAM = "stream"  # the kind of source
WORDS = ("durable", "seconds")
LONGEST = 30  # seconds; a broker that hears of a message no sooner than in a minute gives it again
STATUS = {"landed": "landed", "listening": "nothing", "away": "failed", "held back": "failed"}


class Listeners:
    """Runs beside the server."""

    def __init__(self, context: Context) -> None:
        tables = [(s, n) for s in context.sources if s.kind == STREAM for n, t in s.tables.items() if t.is_collected]
        self._listeners = [_listener(context, source, table) for source, table in tables]

    def start(self) -> None:
        """Begin to listen."""
        for listener in self._listeners:
            listener.start()

    def stop(self) -> None:
        """End after the batches that are under way."""
        for listener in self._listeners:
            listener.leave()
        for listener in self._listeners:
            listener.stop()


def _listener(context: Context, source: Source, table: str) -> Listener:
    seconds = source.tables[table].options.get("seconds", Limits.seconds)
    limits = Limits(seconds=min(max(float(seconds), 0.1), LONGEST) if isinstance(seconds, int | float) else Limits.seconds)
    return Listener(_opening(context, source, table), context.landing, source.name, table, tell=_Teller(context, source.name, table), limits=limits)


def _opening(context: Context, source: Source, table: str) -> Callable[[], Inlet]:
    def opened() -> Inlet:
        options = source.tables[table].options
        stranger = next((w for w in options if w not in WORDS), None)
        if stranger is not None:
            raise SourceError(f"options of a stream have no word {stranger!r}", hint=f"they know {', '.join(WORDS)}")
        durable = str(options.get("durable") or durable_of(source.name, table))
        ca = Path(source.ca) if source.ca else None
        return open_inlet(source.url or "", secret=secret_of(context, source), subject=source.tables[table].subject or "", durable=durable, ca=ca)

    return opened


class _Teller:
    """Writes a row for each batch and each trouble; a trouble that stays is one row, whose end moves."""

    def __init__(self, context: Context, source: str, table: str) -> None:
        self._context, self._source, self._table = context, source, table
        self._last: tuple[int, str] | None = None

    def __call__(self, news: News) -> None:
        now = datetime.now(UTC)
        said = news.error.message if news.error else ""
        with self._context.store.transaction() as tx:
            if said and self._last is not None and self._last[1] == said:
                tx.execute(update(collection).where(collection.c.id == self._last[0]).values(finished_at=now))
                return
            id_ = tx.execute(insert(collection).values(**self._row(news, now)).returning(collection.c.id)).scalar_one()
        self._last = (id_, said) if said else None

    def _row(self, news: News, now: datetime) -> dict[str, Any]:
        files = [f.relative_to(self._context.landing.folder).as_posix() for f in news.batch.files]
        message = {"text": news.error.message, "hint": news.error.hint} if news.error else None
        return {
            "source": self._source, "table": self._table, "status": STATUS[news.state], "started_by": BY, "rows": news.batch.messages, "bytes": news.batch.bytes,
            "file": files[-1] if files else None, "message": message, "finished_at": now,
        }
