"""Releases: what readers see, what they saw before, and the way back."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from medthread.api.identity import Given, Publisher, Reader
from medthread.api.subjects import Subject
from medthread.pipeline.release import move_pointer, pin, unpin
from medthread.stores.lakehouse.standing import standing
from medthread.stores.postgres.tables import release, release_table, release_use
from medthread.workflow import handle

router = Subject("releases", "发布", "Releases", owner="it").router()

STANDING = ("pinned_at", "pinned_by", "pin_reason", "withdrawn_at", "withdrawn_by", "digest")
MOST_NAMED = 100


class Reason(BaseModel):
    """Why the pointer moves, or why a release is kept."""

    reason: str = Field(min_length=2, max_length=2000)


@router.get("/releases", summary="列出发布 · List releases")
def releases(given: Given, _: Reader) -> dict[str, Any]:
    """Every release, newest first; `ready` is the one that the next train takes to readers; of a withdrawn one what it was, without files.

    每次发布,最新的在前;`ready` 是下一班将发布给读者的那次;已撤回的只余记录,没有文件。
    """
    query = (
        select(release, func.count(release_table.c.table).label("tables"), func.sum(release_table.c.rows).label("rows"))
        .join(release_table, release_table.c.release == release.c.id).group_by(release.c.id).order_by(release.c.created_at.desc())
    )
    with given.store.transaction() as tx:
        current, ready = given.releases.current_id(tx), given.releases.ready(tx)
        rows = tx.execute(query).all()
    due = given.timetable.next(datetime.now(UTC))
    names = ("id", "created_at", "created_by", "published_at", "note", "tables", *STANDING)
    return {"items": [{**{n: getattr(r, n) for n in names}, "rows": int(r.rows), "current": r.id == current, "ready": r.id == ready} for r in rows], "next_train": due}


@router.get("/releases/{id_}", summary="查看一次发布 · Get a release")
def one(id_: str, given: Given, _: Reader) -> dict[str, Any]:
    """One release with its tables.

    一次发布及其各表。
    """
    found = given.releases.get(id_)
    with given.store.transaction() as tx:
        current, row = given.releases.current_id(tx), standing(tx, id_)
        named = list(tx.execute(select(release_use.c.object).where(release_use.c.release == id_).order_by(release_use.c.at).limit(MOST_NAMED)).scalars())
    tables = [{"name": t.name, "snapshot": str(t.snapshot), "rows": t.rows, "files": len(t.files)} for t in sorted(found.tables.values(), key=lambda t: t.name)]
    return {
        "id": found.id, "created_at": found.created_at, "published_at": found.published_at, "current": found.id == current,
        **{n: getattr(row, n) for n in STANDING}, "named_by": named, "table_list": tables,
    }


@router.post("/releases/{id_}/publish", summary="把一次发布交给读者 · Publish a release")
def publish(id_: str, body: Reason, given: Given, actor: Publisher) -> dict[str, Any]:
    """Show readers this release, newer or older; nothing is computed again.

    让读者看到这次发布,新旧皆可;不重新计算。
    """
    act = partial(move_pointer, releases=given.releases, id_=id_, by=actor.name, reason=body.reason)
    handle(given.store, by=actor.name, action="release.publish", object_=f"release/{id_}", act=act)
    return {"id": id_, "current": True}


@router.post("/releases/{id_}/pin", summary="长期保留一次发布 · Pin a release")
def keep(id_: str, body: Reason, given: Given, actor: Publisher) -> dict[str, Any]:
    """Keep this release, however old it gets.

    长期保留这次发布,不随时间撤回。
    """
    act = partial(pin, id_=id_, by=actor.name, reason=body.reason)
    handle(given.store, by=actor.name, action="release.pin", object_=f"release/{id_}", act=act)
    return {"id": id_, "pinned": True}


@router.post("/releases/{id_}/unpin", summary="取消长期保留 · Unpin a release")
def let_go(id_: str, body: Reason, given: Given, actor: Publisher) -> dict[str, Any]:
    """Keep it for as long as others of its age.

    此后与同期的其他发布保留得一样久。
    """
    act = partial(unpin, id_=id_, by=actor.name, reason=body.reason)
    handle(given.store, by=actor.name, action="release.unpin", object_=f"release/{id_}", act=act)
    return {"id": id_, "pinned": False}
