"""From where a table is read on: behind the highest `changed_at` that was taken in, for changes that are committed late.

It follows from the loads themselves: one that was refused because its file is gone does not count, and is read again.
"""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from medthread.model.source import length_of
from medthread.pipeline.ingest.newness import Asked
from medthread.stores.postgres.tables import load

NUMBER = re.compile(r"[+-]?\d+")
ZONED = re.compile(r"(Z|[+-]\d\d(:?\d\d)?)$")


def position(tx: Connection, asked: Asked, *, now: datetime) -> str | None:
    """A value of `changed_at` as text; None where the whole table is to be read."""
    if asked.mapping.changed_at is None:
        return None
    overlap = length_of(asked.mapping.overlap)
    known = select(load.c.reach, load.c.version).where(
        load.c.source == asked.source.name, load.c.table == asked.table, load.c.status != "rejected", load.c.version.is_not(None)
    )
    last = tx.execute(known.order_by(load.c.version.desc()).limit(1)).one_or_none()
    if last is None:
        return None
    if NUMBER.fullmatch(last.reach.replace(",", "")) is None:
        return _moment(last.version, overlap, zoned=ZONED.search(last.reach) is not None)
    # A sequence says nothing of time: from where it stood then.
    then = tx.execute(known.where(load.c.at <= now - overlap).order_by(load.c.version.desc()).limit(1)).one_or_none()
    return str(then.version) if then else None


def _moment(version: int, overlap: timedelta, *, zoned: bool) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=version) - overlap
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") + ("+00:00" if zoned else "")
