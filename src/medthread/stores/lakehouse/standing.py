"""What keeps a release, and what ends it: pins, acts that named it, its withdrawal."""

from typing import Any

from sqlalchemy import Connection, Row, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import GoneError, NotFoundError
from medthread.stores.postgres.tables import release, release_table, release_use


def standing(tx: Connection, id_: str, *, lock: bool = False) -> Row[Any]:
    """A release that is there still. Raises `GoneError` for a withdrawn one."""
    query = select(release).where(release.c.id == id_)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError(f"no release {id_!r}", hint="`medthread release list` shows those there are")
    if row.withdrawn_at is not None:
        raise GoneError(
            f"the release {id_} was withdrawn on {row.withdrawn_at:%Y-%m-%d}: its files are no longer kept",
            hint="choose one that `medthread release list` does not call withdrawn; a backup of that time holds it, if there is one",
        )
    return row


def pin(tx: Connection, id_: str, *, by: str, reason: str) -> None:
    """Keep a release however old it gets."""
    standing(tx, id_, lock=True)
    tx.execute(update(release).where(release.c.id == id_).values(pinned_at=func.now(), pinned_by=by, pin_reason=reason))


def unpin(tx: Connection, id_: str) -> bool:
    """Keep it for as long as others of its age; tells whether it was pinned."""
    before = standing(tx, id_, lock=True)
    tx.execute(update(release).where(release.c.id == id_).values(pinned_at=None, pinned_by=None, pin_reason=None))
    return before.pinned_at is not None


def name_release(tx: Connection, id_: str, *, in_: str) -> None:
    """Remember that an act told a release as what it stands upon: it is not withdrawn from then on."""
    there = select(release.c.id, literal(in_)).where(release.c.id == id_, release.c.withdrawn_at.is_(None)).with_for_update(key_share=True, read=True)
    tx.execute(insert(release_use).from_select(["release", "object"], there).on_conflict_do_nothing())


def withdraw(tx: Connection, id_: str, *, by: str, digest: str) -> None:
    """Let it name no file any more; which tables it had, and how many rows, stays."""
    tx.execute(update(release).where(release.c.id == id_).values(withdrawn_at=func.now(), withdrawn_by=by, digest=digest))
    tx.execute(update(release_table).where(release_table.c.release == id_).values(files=text("'{}'")))
