"""Sources and their loads: what arrived, how it ended, and a place to hand in a file."""

import shutil
from functools import partial
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import Query, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection, func, select

from medthread.api.bodies import takes
from medthread.api.identity import Given, Reader, RunStarter
from medthread.api.language import Language, in_language
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.model import Source
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.model.owners import owner_label
from medthread.pipeline.ingest import accept_load
from medthread.stores.postgres.tables import load
from medthread.stores.serving import decode, encode
from medthread.trust.access import Actor, sources_seen
from medthread.trust.audit import record
from medthread.workflow import handle

router = Subject("sources", "来源", "Sources", owner="it").router()
MOST_BYTES = 2 << 30
LONGEST_NAME = 200  # bytes; what file systems take, less what we put around it
FIGURES = ("rows_read", "rows_accepted", "rows_quarantined", "rows_corrected")


@router.get("/sources", summary="列出来源与映射 · List sources and their mappings")
def sources(given: Given, actor: Reader) -> dict[str, Any]:
    """Every mapped source that the reader may see, with its tables and their figures.

    读者可见的每个已映射来源,连同各表及其数字。
    """
    seen = sources_seen(actor, given.sources)
    sums = [func.sum(load.c[n]).label(n) for n in FIGURES]
    query = (
        select(load.c.source, load.c.table, func.count().label("files"), func.max(load.c.at).label("last"), *sums)
        .where(load.c.status != "repeated").group_by(load.c.source, load.c.table)
    )
    with given.store.transaction() as tx:
        found = {(r.source, r.table): r for r in tx.execute(query).all()}
    return {"items": [
        {
            "name": s.name, "label": {"zh": s.zh, "en": s.en}, "owner": s.owner, "owner_label": pair(owner_label(s.owner)), "system": s.system, "trust": s.trust,
            "tables": [
                {
                    "name": name, "format": t.format, "pattern": t.place,
                    "entities": list(dict.fromkeys(f.entity for f in t.feeds)),
                    "files": r.files if (r := found.get((s.name, name))) else 0,
                    **{n: int(getattr(r, n)) if r else 0 for n in FIGURES}, "last_load_at": r.last if r else None,
                }
                for name, t in s.tables.items()
            ],
        }
        for s in given.sources if s.name in seen
    ]}


@router.get("/loads", summary="列出接收的文件 · List files taken in")
def loads(
    given: Given, actor: Reader, language: Language, source: Annotated[str | None, Query(max_length=100)] = None,
    status: Annotated[str | None, Query(max_length=100)] = None, limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """Files taken in, newest first, each with how it ended.

    已接收的文件,最新的在前,各自结局如何。
    """
    at = func.to_char(load.c.at, "YYYY-MM-DD HH24:MI:SS.US")
    query = select(load, at.label("stamp")).order_by(at.desc(), load.c.id).limit(limit + 1)
    if actor.reach.is_bound:
        query = query.where(load.c.source.in_(sources_seen(actor, given.sources)))
    if source:
        query = query.where(load.c.source == source)
    if status:
        query = query.where(load.c.status.in_(status.split(",")))
    if after:
        (stamp,), id_ = decode(after)
        if stamp is None:
            raise InvalidError("the cursor is not one of ours", hint="begin again without `after`")
        query = query.where((at < stamp) | ((at == stamp) & (load.c.id > id_)))
    with given.store.transaction() as tx:
        rows = tx.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    names = ("id", "source", "table", "file", "status", *FIGURES, "rejects", "message", "at")
    items = [{**{n: getattr(r, n) for n in names}, "message": _message(r.message, language)} for r in rows]
    return {"items": items, "next": encode(rows[-1].stamp, rows[-1].id) if more else None}


def _message(kept: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """Why a file was refused, and what to do; the rest of it are names and places."""
    return kept and {**kept, **{n: in_language(kept[n], language) for n in ("text", "hint") if n in kept}}


def _place(given: Services, source: Source, name: str) -> Path:
    """Where a file handed in belongs: the folder of the mapping whose pattern its name fits."""
    plain = PurePath(name.replace("\\", "/")).name == name and name.isprintable() and len(name.encode(errors="replace")) <= LONGEST_NAME
    if not name or not plain or name.startswith("."):
        raise InvalidError(f"{name!r} is not a file name", hint="hand in a file with a plain name")
    patterns = [t.files for t in source.tables.values() if t.files]
    for pattern in patterns:
        if PurePath(name).match(PurePath(pattern).name):
            return given.inbox / PurePath(pattern).parent / name
    raise InvalidError(f"no table of {source.name} expects a file called {name!r}", hint=f"expected: {', '.join(dict.fromkeys(patterns))}")


def _receive(tx: Connection, given: Services, source: str, file: UploadFile, *, actor: Actor) -> str:
    """Put the file where its mapping looks, whole or not at all; gives its name."""
    seen = sources_seen(actor, given.sources)
    known = next((s for s in given.sources if s.name == source and s.name in seen), None)
    if known is None:
        raise InvalidError(f"no source {source!r}", hint=f"there are: {', '.join(sorted(seen))}")
    path = _place(given, known, file.filename or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(f".{path.name}.part")
    with arriving.open("wb") as out:
        shutil.copyfileobj(file.file, out, 1 << 20)
    record(tx, actor=actor.name, action="load.upload", object_=f"source/{source}", detail={"file": path.name, "bytes": arriving.stat().st_size})
    arriving.replace(path)
    return path.name


@router.post("/loads", summary="提交文件 · Hand in a file", status_code=202, **takes(MOST_BYTES))
def upload(given: Given, actor: RunStarter, source: str, file: UploadFile) -> dict[str, Any]:
    """Take a file into the inbox and run. While a run is under way the file waits for the next one, and `run_id` is null.

    把文件放进收件夹并运行。若有运行正在进行,文件等到下一次,`run_id` 为空。
    """
    receive = partial(_receive, given=given, source=source, file=file, actor=actor)
    name = handle(given.store, by=actor.name, action="load.upload", object_=f"source/{source}", act=receive)
    start = partial(given.runner.start, by=actor.name, source=source)
    try:
        run_id = handle(given.store, by=actor.name, action="run.start", object_="run", act=start)
    except ConflictError:
        run_id = None
    return {"run_id": run_id, "file": name}


class Accepting(BaseModel):
    """Why a load is right though much is gone."""

    reason: str = Field(min_length=2, max_length=2000)


@router.post("/loads/{id_}/accept", summary="确认大量减少的数据属实 · Accept a load that lacks many rows", status_code=202)
def accept(id_: str, body: Accepting, given: Given, actor: RunStarter) -> dict[str, Any]:
    """Say that a load which lacks many rows known before is right. It is taken in at once, or, while a run is under way (`run_id` null), with the next.

    确认某次读取中大量减少的行属实。立即接入;若有运行正在进行(`run_id` 为空),随下一次接入。
    """
    act = partial(_accept, given=given, actor=actor, id_=id_, reason=body.reason)
    source = handle(given.store, by=actor.name, action="load.accept", object_=f"load/{id_}", act=act)
    start = partial(given.runner.start, by=actor.name, source=source, asks=False)
    try:
        run_id = handle(given.store, by=actor.name, action="run.start", object_="run", act=start)
    except ConflictError:
        run_id = None
    return {"run_id": run_id, "source": source}


def _accept(tx: Connection, given: Services, actor: Actor, id_: str, reason: str) -> str:
    """Only of a source that the actor sees; of the others it is not told whether the load exists."""
    source = accept_load(tx, id_=id_, by=actor.name, reason=reason)
    if source not in sources_seen(actor, given.sources):
        raise NotFoundError(f"no load {id_!r}", hint="GET /api/v1/loads lists them")
    return source
