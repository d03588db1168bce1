"""A load that was read, and whether what it says may be believed: a table that shrinks at once is more often cut off than emptied."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from medthread.model import TableMapping
from medthread.model.errors import SourceError
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.arrive import Arrival
from medthread.pipeline.ingest.newness import TAKEN, News
from medthread.stores.postgres.tables import load
from medthread.stores.readers import Extract

FEW = 10  # rows that may always be withdrawn


class WithdrawalError(SourceError):
    """More rows were withdrawn at once than is believed."""


@dataclass(frozen=True)
class Taken:
    """What was read, and what of it is new where rows come again."""

    extract: Extract
    news: News | None


def check_withdrawal(context: Context, arrival: Arrival, news: News) -> None:
    """Refuse a picture that lacks more rows than the mapping lets go, unless somebody has said that it is right."""
    most = arrival.source.tables[arrival.table].most_withdrawn
    if news.withdrawn <= max(FEW, most * news.stood):
        return
    with context.store.transaction() as tx:
        if tx.execute(select(load.c.consent).where(load.c.id == arrival.load_id)).scalar_one_or_none():
            return
    raise WithdrawalError(
        f"{arrival.file}: {news.withdrawn:,} of {news.stood:,} rows are no longer there",
        hint="was the read cut off, or the table emptied by mistake? If it is right, accept the load: medthread source accept LOAD --reason …",
        withdrawn=news.withdrawn, stood=news.stood,
    )


def is_overtaken(context: Context, arrival: Arrival) -> bool:
    """Whether a newer picture of the table was taken in: then this one is of the past, and its withdrawals were never meant."""
    if not arrival.source.tables[arrival.table].is_picture:
        return False
    same = (load.c.source == arrival.source.name) & (load.c.table == arrival.table)
    own = select(load.c.at).where(load.c.id == arrival.load_id).scalar_subquery()
    with context.store.transaction() as tx:
        return tx.execute(select(load.c.id).where(same, load.c.status.in_(TAKEN), load.c.at > own, load.c.corrects.is_(None)).limit(1)).one_or_none() is not None


def findings_of(news: News | None, table: TableMapping) -> list[dict[str, Any]]:
    """What a person should know of a load whose rows come again."""
    if news is None:
        return []
    told = {"known": news.known, "withdrawn": news.withdrawn}
    found: list[dict[str, Any]] = [{"kind": kind, "rows": rows} for kind, rows in told.items() if rows]
    if news.reach.unreadable:
        found.append({"kind": "no_moment", "column": table.changed_at, "rows": news.reach.unreadable})
    return found
