"""One hash over the whole audit log, in the order of its numbers: two logs that agree in it agree in every row."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from medthread.methods.canonical import HASH, HASHES, canonical
from medthread.stores.postgres.tables import audit_event

BATCH = 2000


@dataclass(frozen=True)
class Digest:
    """How many rows, the number of the last, and the hash (`sha256:<hex>`)."""

    rows: int
    last: int
    hash: str


def digest_of_audit(tx: Connection, *, up_to: int | None = None) -> Digest:
    """Read the log once, in bounded memory, as far as the row of a number."""
    running, rows, last = HASHES[HASH](), 0, 0
    query = select(audit_event).order_by(audit_event.c.seq)
    if up_to is not None:
        query = query.where(audit_event.c.seq <= up_to)
    found = tx.execute(query, execution_options={"yield_per": BATCH})
    for row in found:
        told = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
        told["at"] = int(told["at"].timestamp() * 1_000_000)
        running.update(canonical({k: str(v) if isinstance(v, float) else v for k, v in told.items()}) + b"\n")
        rows, last = rows + 1, told["seq"]
    return Digest(rows, last, f"{HASH}:{running.hexdigest()}")
