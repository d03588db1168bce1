"""Releases: what readers see, what they saw before, and the way back."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from medthread.api.identity import Given, Publisher, Reader
from medthread.api.subjects import Subject
from medthread.pipeline.release import move_pointer
from medthread.stores.postgres.tables import release, release_table
from medthread.workflow import handle

router = Subject("releases", "发布", "Releases", owner="it").router()


class Reason(BaseModel):
    """Why the pointer moves."""

    reason: str = Field(min_length=2, max_length=2000)


@router.get("/releases", summary="列出发布 · List releases")
def releases(given: Given, _: Reader) -> dict[str, Any]:
    """Every release, newest first; `ready` is the one that the next train takes to readers.

    每次发布,最新的在前;`ready` 是下一班将发布给读者的那次。
    """
    query = (
        select(release, func.count(release_table.c.table).label("tables"), func.sum(release_table.c.rows).label("rows"))
        .join(release_table, release_table.c.release == release.c.id).group_by(release.c.id).order_by(release.c.created_at.desc())
    )
    with given.store.transaction() as tx:
        current, ready = given.releases.current_id(tx), given.releases.ready(tx)
        rows = tx.execute(query).all()
    due = given.timetable.next(datetime.now(UTC))
    names = ("id", "created_at", "created_by", "published_at", "note", "tables")
    return {"items": [{**{n: getattr(r, n) for n in names}, "rows": int(r.rows), "current": r.id == current, "ready": r.id == ready} for r in rows], "next_train": due}


@router.get("/releases/{id_}", summary="查看一次发布 · Get a release")
def one(id_: str, given: Given, _: Reader) -> dict[str, Any]:
    """One release with its tables.

    一次发布及其各表。
    """
    found = given.releases.get(id_)
    with given.store.transaction() as tx:
        current = given.releases.current_id(tx)
    tables = [{"name": t.name, "snapshot": str(t.snapshot), "rows": t.rows, "files": len(t.files)} for t in sorted(found.tables.values(), key=lambda t: t.name)]
    return {"id": found.id, "created_at": found.created_at, "published_at": found.published_at, "current": found.id == current, "table_list": tables}


@router.post("/releases/{id_}/publish", summary="把一次发布交给读者 · Publish a release")
def publish(id_: str, body: Reason, given: Given, actor: Publisher) -> dict[str, Any]:
    """Show readers this release, newer or older; nothing is computed again.

    让读者看到这次发布,新旧皆可;不重新计算。
    """
    act = partial(move_pointer, releases=given.releases, id_=id_, by=actor.name, reason=body.reason)
    handle(given.store, by=actor.name, action="release.publish", object_=f"release/{id_}", act=act)
    return {"id": id_, "current": True}
