"""The stage: new files are read as text into one Parquet each, sealed where personal, and committed raw."""

import threading
import unicodedata
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model import Source
from medthread.model.errors import NotFoundError, SourceError
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.arrive import Arrival
from medthread.pipeline.ingest.newness import Asked, only_news, put_withdrawn
from medthread.pipeline.ingest.reading import read_arrival
from medthread.pipeline.ingest.sealing import seal_columns, sealed_columns
from medthread.pipeline.ingest.taken import Taken, WithdrawalError, check_withdrawal, findings_of, is_overtaken
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of
from medthread.stores.postgres.tables import erased_index, load
from medthread.stores.readers import Reject
from medthread.trust.seal import seal_all

WORKERS = 2
QUARANTINE = "standard.quarantine"


def register(context: Context, found: list[Arrival], batch: str) -> list[Arrival]:
    """Write down what is new; the same content under another name is a repeated file."""
    with context.store.transaction() as tx:
        known = {r.id for r in tx.execute(select(load.c.id)).all()}
        contents = {
            (r.source, r.table, r.sha256)
            for r in tx.execute(select(load.c.source, load.c.table, load.c.sha256).where(load.c.status != "repeated"))
        }
        fresh: list[Arrival] = []
        for arrival in found:
            if arrival.load_id in known:
                continue
            content = (arrival.source.name, arrival.table, arrival.sha256)
            # A database may come back to what it was; a file delivered twice is a mistake of the delivery.
            repeated = content in contents and not arrival.source.tables[arrival.table].is_collected
            status = "repeated" if repeated else "arrived"
            contents.add(content)
            tx.execute(
                insert(load).values(
                    id=arrival.load_id,
                    source=arrival.source.name,
                    table=arrival.table,
                    file=arrival.file,
                    sha256=arrival.sha256,
                    bytes=arrival.bytes,
                    batch=batch,
                    status=status,
                    at=func.clock_timestamp(),  # what comes later in the order of names is newer
                )
            )
            if status == "arrived":
                fresh.append(arrival)
    return fresh


def reopened(context: Context, found: dict[str, Arrival]) -> list[str]:
    """Loads that were refused under another mapping than today's, or that somebody has since consented to: they are worth another try."""
    query = select(load.c.id, load.c.message, load.c.consent).where(load.c.status.in_(("rejected", "blocked")))
    with context.store.transaction() as tx:
        refused = tx.execute(query).all()
    return [r.id for r in refused if r.id in found and (r.consent or (r.message or {}).get("mapping") != found[r.id].mapping)]


def reopen(context: Context, ids: list[str], batch: str) -> None:
    """Put refused loads into a batch again."""
    again = {"batch": batch, "status": "arrived", "message": None, "rejects": 0}
    with context.store.transaction() as tx:
        tx.execute(update(load).where(load.c.id.in_(ids)).values(**again))


def ingest(context: Context, batch: str, found: dict[str, Arrival]) -> int:
    """Read every load of the batch that is still to be read; commit raw tables; gives the rows written."""
    with context.store.transaction() as tx:
        waiting = tx.execute(select(load).where(load.c.batch == batch, load.c.status == "arrived").order_by(load.c.at, load.c.id)).all()
    todo = [found[row.id] for row in waiting if row.id in found]
    for row in waiting:
        if row.id not in found:
            message = {"text": f"{row.file} is no longer there", "hint": "put it back into the inbox, then run again"}
            with context.store.transaction() as tx:
                tx.execute(update(load).where(load.c.id == row.id).values(status="rejected", message=message))
    taking = partial(_take_table, context, told=_Told(context, len(todo)))
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(taking, _by_table(todo)))
    return _commit(context, batch)


class _Told:
    """Progress over loads that are taken in beside each other."""

    def __init__(self, context: Context, total: int) -> None:
        self._context, self._total, self._done, self._lock = context, total, 0, threading.Lock()

    def __call__(self, arrival: Arrival) -> None:
        with self._lock:
            self._done += 1
            self._context.progress("ingest", self._done, self._total, arrival.file)


def _by_table(todo: list[Arrival]) -> list[list[Arrival]]:
    """Loads that can be read beside each other; those of a table whose rows come again follow one another, for each is compared with the ones before."""
    alone = [[a] for a in todo if not a.source.tables[a.table].repeats_rows]
    in_turn: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for arrival in todo:
        if arrival.source.tables[arrival.table].repeats_rows:
            in_turn[arrival.source.name, arrival.table].append(arrival)
    return [*alone, *in_turn.values()]


def _take_table(context: Context, arrivals: list[Arrival], *, told: _Told) -> None:
    for arrival in arrivals:
        if is_overtaken(context, arrival):
            _set(context, arrival, status="superseded")
        else:
            _note(context, arrival, _extract(context, arrival))
        told(arrival)


def _extract(context: Context, arrival: Arrival) -> Taken | SourceError:
    table = arrival.source.tables[arrival.table]
    target = context.committer.place(f"raw.{arrival.source.name}_{arrival.table}", arrival.load_id)
    plain = context.scratch / f"{arrival.load_id}.parquet"
    plain.parent.mkdir(parents=True, exist_ok=True)
    news = None
    try:
        extract = read_arrival(arrival.path, table, out=plain)
        if table.repeats_rows:
            news = only_news(context, Asked(arrival.source, arrival.table, arrival.load_id), plain, extract.columns, complete=not extract.rejects)
            check_withdrawal(context, arrival, news)
        personal = sealed_columns(context, arrival.source.name, arrival.table, extract.columns)
        if personal:
            _seal(context, arrival, plain, target, personal)
        else:
            plain.replace(target)
        if news and news.gone:
            put_withdrawn(target, news.gone)
    except SourceError as error:
        return error
    finally:
        plain.unlink(missing_ok=True)
        plain.with_suffix(".gone").unlink(missing_ok=True)
    return Taken(extract, news)


def _seal(context: Context, arrival: Arrival, plain: Path, target: Path, columns: frozenset[str]) -> None:
    with context.store.transaction() as tx:
        key = context.keyring.make(tx, id_=arrival.load_id, subject=f"load/{arrival.load_id}")
        erased = frozenset(tx.execute(select(erased_index.c.value_index)).scalars())
    partial = target.with_suffix(".partial")
    seal_columns(plain, partial, columns=columns, key=key, key_id=arrival.load_id, index_key=context.keyring.index_key, erased=erased)
    partial.replace(target)


def _note(context: Context, arrival: Arrival, taken: Taken | SourceError) -> None:
    """Write down how a load's reading ended."""
    if isinstance(taken, SourceError):
        told = {"text": taken.message, "hint": taken.hint, **taken.attributes, "mapping": arrival.mapping}
        status = "blocked" if isinstance(taken, WithdrawalError) else "rejected"
        _set(context, arrival, status=status, message={k: printable(str(v)) for k, v in told.items()})
        return
    made, news = taken.extract, taken.news
    table = arrival.source.tables[arrival.table]
    missing = sorted(table.mapped - set(made.columns))
    new = sorted(set(made.columns) - table.mapped)
    findings = [*({"kind": "new_column", "column": c} for c in new), *findings_of(news, table)]
    target = context.committer.place(f"raw.{arrival.source.name}_{arrival.table}", arrival.load_id)
    rejected = len(made.rejects)
    _write_rejects(context, arrival, _held(context, arrival, made.rejects))
    values: dict[str, Any] = {
        "raw_path": str(target),
        "columns": list(made.columns),
        "rejects": rejected,
        "findings": findings,
        "rows_read": (news.rows if news else made.rows) + rejected,
        "reach": news.reach.text if news else None,
        "version": news.reach.version if news else None,
    }
    if missing:
        message = {
            "text": f"{arrival.file} lacks the mapped columns {', '.join(missing)}",
            "hint": "the source has changed: correct the mapping, then run again; the file is taken in anew",
            "mapping": arrival.mapping,
        }
        _set(context, arrival, status="blocked", message=message, rows_quarantined=values["rows_read"], **values)
    else:
        _set(context, arrival, status="read", rows_quarantined=rejected, **values)


def printable(text: str) -> str:
    """Control characters from a file's content as their escapes: no store and no screen chokes on them."""
    return "".join(f"\\x{ord(c):02x}" if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


def _set(context: Context, arrival: Arrival, **values: Any) -> None:
    with context.store.transaction() as tx:
        tx.execute(update(load).where(load.c.id == arrival.load_id).values(**values))


def _held(context: Context, arrival: Arrival, rejects: tuple[Reject, ...]) -> list[dict[str, Any]]:
    """Unparsable records as quarantined rows; their text is sealed, for nobody knows what stands in it."""
    if not rejects:
        return []
    with context.store.transaction() as tx:
        key = context.keyring.make(tx, id_=arrival.load_id, subject=f"load/{arrival.load_id}")
    sealed = seal_all([r.raw for r in rejects], key=key, key_id=arrival.load_id)
    return [_row(arrival, reject, raw) for reject, raw in zip(rejects, sealed, strict=True)]


def _row(arrival: Arrival, reject: Reject, raw: str | None) -> dict[str, Any]:
    return {
        "id": key_of(arrival.load_id, str(reject.row)),
        "entity": next((feed.entity for feed in arrival.source.tables[arrival.table].feeds), ""),
        "source": arrival.source.name,
        "table": arrival.table,
        "file": arrival.file,
        "row": reject.row,
        "load": arrival.load_id,
        "key": None,
        "rules": ["load.unparsable"],
        "names": [],
        "raw": raw,
        "at": None,
    }


def rejects_path(context: Context, load_id: str) -> Path:
    """Where a load's unparsable records lie until its batch is committed."""
    return context.committer.place(QUARANTINE, f"{load_id}-rejects")


def _write_rejects(context: Context, arrival: Arrival, rejects: list[dict[str, Any]]) -> None:
    if not rejects:
        return
    columns: list[Any] = [
        ("id", pa.string()),
        ("entity", pa.string()),
        ("source", pa.string()),
        ("table", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("load", pa.string()),
        ("key", pa.string()),
        ("rules", pa.list_(pa.string())),
        ("names", pa.list_(pa.string())),
        ("raw", pa.string()),
        ("at", pa.timestamp("us")),
    ]
    schema = pa.schema(columns)
    target = rejects_path(context, arrival.load_id)
    partial = target.with_suffix(".partial")
    pq.write_table(pa.Table.from_pylist(rejects, schema), partial, compression="zstd")
    partial.replace(target)


def _commit(context: Context, batch: str) -> int:
    """One commit per raw table with all files of the batch."""
    query = select(load).where(load.c.batch == batch, load.c.status == "read")
    files: dict[str, list[Path]] = defaultdict(list)
    with context.store.transaction() as tx:
        for row in tx.execute(query).all():
            files[f"raw.{row.source}_{row.table}"].append(Path(row.raw_path))
    written = 0
    for table, paths in files.items():
        written += context.committer.commit(Change(table, tuple(paths), key_of("raw", batch, table))).rows
    with context.store.transaction() as tx:
        tx.execute(update(load).where(load.c.batch == batch, load.c.status == "read").values(status="raw"))
    return written


def feeding_sources(context: Context, only: str | None) -> list[Source]:
    """The sources to read: all, or the one named."""
    chosen = [s for s in context.sources if only in (None, s.name)]
    if only is not None and not chosen:
        raise NotFoundError(f"no source {only!r}", hint=f"there are: {', '.join(s.name for s in context.sources) or 'none yet'}")
    return chosen
