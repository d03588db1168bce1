"""Releases beyond what is kept are withdrawn: their files are nobody's any more, what they were stays written down.

The row stays with its tables and how many rows they had, and with the digest of all that it named, which the log tells too.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection, select

from medthread.pipeline.context import Context
from medthread.pipeline.release.keeping import Keeping
from medthread.pipeline.release.sealed import sealed
from medthread.stores.lakehouse.seal import told_digest
from medthread.stores.lakehouse.standing import withdraw as free
from medthread.stores.postgres.tables import release, release_pointer, release_use
from medthread.trust.audit import record


@dataclass
class Withdrawn:
    """Releases that went, and those that would have but are not what was sealed: evidence of a change is not taken away."""

    gone: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """What is kept, and by which clock."""

    keeping: Keeping
    zone: tzinfo = UTC


def beyond(tx: Connection, rule: Rule, *, now: datetime) -> list[str]:
    """Releases that nothing keeps, oldest first: neither their age, nor readers, a pin, or an act that named them."""
    there = tx.execute(select(release.c.id, release.c.created_at).where(release.c.withdrawn_at.is_(None)).order_by(release.c.created_at)).all()
    kept = rule.keeping.kept([(r.id, r.created_at) for r in there], now=now, zone=rule.zone)
    for query in (select(release_pointer.c.release), select(release_use.c.release), select(release.c.id).where(release.c.pinned_at.is_not(None))):
        kept |= set(tx.execute(query).scalars())
    return [r.id for r in there if r.id not in kept]


def withdraw(context: Context, rule: Rule, *, by: str, now: datetime) -> Withdrawn:
    """Withdraw them, each in a transaction of its own."""
    done = Withdrawn()
    with context.store.transaction() as tx:
        wanted = beyond(tx, rule, now=now)
    for id_ in wanted:
        with context.store.transaction() as tx:
            # Locked first: whoever publishes, pins or names it just now comes before us and is seen, or comes after us and is refused.
            locked = select(release.c.id).where(release.c.id == id_).with_for_update(skip_locked=True)
            if tx.execute(locked).one_or_none() is None or id_ not in beyond(tx, rule, now=now):
                continue
            digest, told = sealed(tx, context, id_), told_digest(tx, id_)
            if told is not None and told != digest:
                done.altered.append(id_)
                continue
            free(tx, id_, by=by, digest=digest)
            record(tx, actor=by, action="release.withdraw", object_=f"release/{id_}", detail={"digest": digest})
            done.gone.append(id_)
    return done
