"""Backups and restore drills: how they are declared, what was made, what was tried out; begun here, done in the background."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from medthread.api.identity import Given, may
from medthread.api.language import Language, in_language
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.backup.background import BackgroundKeeping
from medthread.model.errors import ConflictError, NotFoundError
from medthread.stores.postgres.tables import drill
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.installation import vouched_for
from medthread.workflow import handle

router = Subject("backups", "备份", "Backups", owner="it").router()
Looking = Annotated[Actor, Depends(may("backups:read"))]
Running = Annotated[Actor, Depends(may("backups:run"))]
Limit = Annotated[int, Query(ge=1, le=500)]
Name = Annotated[str | None, Field(max_length=500)]
SUMMARY = ("id", "backup", "target", "passed", "started_by", "started_at", "finished_at", "recovery_seconds", "loss_seconds")


class WantedBackup(BaseModel):
    """A backup to make."""

    model_config = ConfigDict(extra="forbid")
    whole: bool = Field(default=False, description="copy the database anew though its log since the last backup would do")


class WantedDrill(BaseModel):
    """A backup to try out; the newest of the first target when nothing is said."""

    model_config = ConfigDict(extra="forbid")
    target: Name = None
    backup: Name = None


@router.get("/backups", summary="列出备份 · List backups")
def backups(given: Given, _: Looking, language: Language, limit: Limit = 100) -> dict[str, Any]:
    """What is declared and what was made, newest first.

    声明了哪些备份、做过哪些,最新的在前。
    """
    if given.copies is None:
        return {"configured": False, "setting": None, "under_way": None, "items": []}
    said = ("message", "failed")
    items = [{**r, **{n: in_language(r[n], language) for n in said}} for r in given.copies.keeping.runs(limit)]
    return {"configured": True, "setting": _setting(given.copies), "under_way": given.copies.under_way, "items": items}


def _setting(copies: BackgroundKeeping) -> dict[str, Any]:
    said = copies.keeping.setting
    hours = {n: v.total_seconds() / 3600 if v else None for n, v in (("every", said.every), ("whole_every", said.whole_every), ("drill_every", said.drill_every))}
    return {
        "targets": [t.name for t in said.targets], "keys": said.keys.name if said.keys else None, "keep_daily": said.policy.daily,
        "keep_weekly": said.policy.weekly, **{f"{n}_hours": v for n, v in hours.items()}}


@router.post("/backups", summary="立即备份 · Take a backup now", status_code=202)
def make(wanted: WantedBackup, given: Given, actor: Running) -> dict[str, Any]:
    """Begin a backup; the list shows how it ends.

    开始备份;结局见列表。
    """
    return _begun(given, actor, "backup.begin", wanted, lambda copies: copies.run(by=actor.name, whole=wanted.whole))


@router.get("/backups/drills", summary="列出恢复演练 · List restore drills")
def drills(given: Given, _: Looking, limit: Limit = 100) -> dict[str, Any]:
    """Every restore drill, newest first.

    每次恢复演练,最新的在前。
    """
    with given.store.transaction() as tx:
        rows = tx.execute(select(drill).order_by(drill.c.started_at.desc()).limit(limit)).all()
    return {"items": [{n: getattr(r, n) for n in SUMMARY} for r in rows]}


@router.post("/backups/drills", summary="演练恢复 · Drill a restore", status_code=202)
def try_out(wanted: WantedDrill, given: Given, actor: Running) -> dict[str, Any]:
    """Begin a restore drill; the list shows how it ends.

    开始恢复演练;结局见列表。
    """
    return _begun(given, actor, "drill.begin", wanted, lambda copies: copies.drill(by=actor.name, target=wanted.target, backup=wanted.backup))


@router.get("/backups/drills/{id_}", summary="查看一次恢复演练 · Get a restore drill")
def one(id_: str, given: Given, _: Looking) -> dict[str, Any]:
    """A drill's record, and whether its signature stands.

    演练记录,及其签名是否有效。
    """
    with given.store.transaction() as tx:
        row = tx.execute(select(drill).where(drill.c.id == id_)).one_or_none()
        if row is None:
            raise NotFoundError(f"no drill {id_!r}", hint="the list of drills shows those there are")
        stands = vouched_for(tx, row.record, key=row.key, signature=bytes(row.signature))
    return {
        **{n: getattr(row, n) for n in SUMMARY}, "checks": row.record["checks"], "record": row.record, "record_hash": row.record_hash,
        "algorithm": row.algorithm, "key": row.key, "signature": bytes(row.signature).hex(), "signature_stands": stands}


def _begun(given: Services, actor: Actor, action: str, wanted: BaseModel, begin: Callable[[BackgroundKeeping], None]) -> dict[str, Any]:
    def act(tx: Connection) -> dict[str, Any]:
        copies = _copies(given)
        begin(copies)
        record(tx, actor=actor.name, action=action, object_="backup", detail=wanted.model_dump(exclude_none=True))
        return {"under_way": copies.under_way}

    return handle(given.store, by=actor.name, action=action, object_="backup", act=act)


def _copies(given: Services) -> BackgroundKeeping:
    if given.copies is None:
        raise ConflictError("nothing is said of backups", hint="add [backup] to medthread.toml, then start again (operations guide, 'Backup')")
    return given.copies
