"""Sources and their loads: what arrived, how it ended, and a place to hand in a file."""

import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import Query, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection, func, select

from medthread.api.bodies import takes
from medthread.api.changing import mapping_text, propose_change
from medthread.api.identity import Given, ModelApplier, ModelReader, Reader, RunStarter
from medthread.api.language import Language, in_language
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.governed.words import MAPPING, TEXT, subject_of
from medthread.governance.sources import (
    HEALTHS,
    Drift,
    SourceStanding,
    TableProbe,
    TableStanding,
    amend,
    check_source,
    difference,
    drifts,
    known_source,
    probe_source,
    standings,
)
from medthread.governance.sources.amending import amended
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
        stood = standings(tx, given.sources, calendar=given.workflow.calendar, now=datetime.now(UTC))
    return {"items": [
        {
            **_described(standing), "trust": s.trust,
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
        for standing in stood if (s := standing.source).name in seen
    ]}


@router.get("/sources/{name}", summary="一个来源的状况 · How a source is doing")
def source(name: str, given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """One source: its health and freshness, each table's, and which columns fill which fields.

    一个来源:状况与时效,各表的状况,以及哪些列填入哪些字段。
    """
    known = seen_source(given, actor, name)
    with given.store.transaction() as tx:
        [standing] = standings(tx, [known], calendar=given.workflow.calendar, now=datetime.now(UTC))
    return {**_described(standing), "tables": [_table(known, t, language) for t in standing.tables]}


@router.post("/sources/{name}/test", summary="试连来源 · Connect to a source")
def test_source(name: str, given: Given, actor: RunStarter) -> dict[str, Any]:
    """Connect to a source that is a database: who answers, its version, and whether the account may only read.

    连接一个数据库来源:谁在应答、版本、账号是否只读。
    """
    found = check_source(given.batch(), seen_source(given, actor, name).name)
    return {"product": found.product, "version": found.version, "account": found.account, "is_read_only": found.is_read_only}


@router.post("/sources/{name}/probe", summary="比对映射与来源 · Hold a mapping against its source")
def probe(name: str, given: Given, actor: RunStarter, language: Language) -> dict[str, Any]:
    """Hold every table of a source against its mapping: columns that are missing or new, and what share of a few hundred rows is of its fields' types and codes.

    用几百行比对映射:缺少或新增的列,以及各字段的值有多少符合类型和代码。
    """
    found = probe_source(given.batch(), seen_source(given, actor, name).name)
    return {"tables": [probed(t, language) for t in found]}


@router.get("/sources/{name}/drift", summary="来源结构的变化 · What changed at a source")
def drift(name: str, given: Given, actor: ModelReader) -> dict[str, Any]:
    """Columns that are gone or new since the mapping was written, values that no longer read as they did; and how the mapping could be changed.

    映射写成之后消失或新增的列、读不成原类型的值,以及映射可以怎样改。
    """
    known = seen_source(given, actor, name)
    file, text = mapping_text(given, name)
    return {"items": [_drifted(d, text) for d in drifts(given.batch(), known, text)], "proposes": file is None}


class Amending(BaseModel):
    """The change that is accepted: of which column of which table; `ignore`: a new column is known and feeds nothing."""

    table: str = Field(min_length=1, max_length=200)
    column: str = Field(min_length=1, max_length=2000)
    ignore: bool = False


@router.post("/sources/{name}/amend", summary="接受映射的改法 · Accept a changed mapping")
def accept_amendment(name: str, body: Amending, given: Given, actor: ModelApplier) -> dict[str, Any]:
    """Rewrite the file of a source as it is proposed for a column. Loads that waited for it are taken in with the next run.

    Where the mapping is one that was approved, the change becomes a `proposal` for another person to decide.

    按对某列提出的改法改写来源的文件。等待的数据随下一次运行接入。映射须经批准的,改法成为一项提议,由另一人决定。
    """
    if given.governed.is_closed(MAPPING, name):
        return _propose_amendment(given, actor, seen_source(given, actor, name), body)
    act = partial(
        amend, context=given.batch(), source=seen_source(given, actor, name), path=given.source_file(name),
        table=body.table, column=body.column, ignoring=body.ignore, by=actor.name,
    )
    found = handle(given.store, by=actor.name, action="source.amend", object_=f"source/{name}", act=act)
    given.sources_changed()
    return {"source": name, "table": found.table, "column": found.column, "proposal": None}


def _propose_amendment(given: Services, actor: Actor, source: Source, body: Amending) -> dict[str, Any]:
    found, text = amended(given.batch(), source, given.governed.text(source.name), table=body.table, column=body.column, ignoring=body.ignore)
    change = given.governed.change(MAPPING, subject_of(MAPPING, source.name), {TEXT: text})
    reason = f"{body.table}.{body.column}: {found.kind} → {found.likely or '–'}"
    proposal = propose_change(given, actor, change, reason=reason)
    return {"source": source.name, "table": found.table, "column": found.column, "proposal": proposal}


def _drifted(found: Drift, text: str) -> dict[str, Any]:
    names = ("kind", "table", "column", "load", "file", "likely", "names_alike", "values_alike", "before", "now")
    return {**{n: getattr(found, n) for n in names}, "diff": difference(text, found.proposed) if found.proposed is not None else None}


def seen_source(given: Services, actor: Actor, name: str) -> Source:
    """A source that the actor sees; of the others it is not told whether there are any."""
    seen = sources_seen(actor, given.sources)
    return known_source([s for s in given.sources if s.name in seen], name)


def _described(standing: SourceStanding) -> dict[str, Any]:
    s = standing.source
    return {
        "name": s.name, "label": {"zh": s.zh, "en": s.en}, "owner": s.owner, "owner_label": pair(owner_label(s.owner)), "system": s.system,
        "kind": s.kind, "url": s.shown_url, "plant": s.plant, "classification": s.classification.name.lower(),
        "schedule": s.schedule.model_dump(by_alias=True, exclude_defaults=True) if s.schedule else None,
        "fresh_within": s.fresh_within, "keeps_promise": standing.keeps_promise, "health": standing.health, "health_label": pair(HEALTHS[standing.health]),
        "is_tried": standing.is_tried,
    }


def _table(source: Source, table: TableStanding, language: str) -> dict[str, Any]:
    mapping = source.tables[table.name]
    return {
        "name": table.name, "place": mapping.place, "health": table.health, "health_label": pair(HEALTHS[table.health]), "refused": table.refused,
        "loaded_at": table.loaded_at, "answered_at": table.answered_at, "fresh_until": table.until, "message": _message(dict(table.message) if table.message else None, language),
        "fields": [
            {"entity": feed.entity, "field": field, "columns": list(mapped.columns), "constant": mapped.constant}
            for feed in mapping.feeds for field, mapped in feed.fields.items()
        ],
    }


def probed(table: TableProbe, language: str) -> dict[str, Any]:
    """One table held against its mapping, as it is told."""
    error = table.error.told(language) if table.error is not None else None
    return {
        "table": table.table, "rows": table.rows, "fits": table.fits, "missing": table.missing, "new": table.new,
        "alike": [{"missing": gone, "new": came} for gone, came in table.alike], "message": error and {"text": error.message, "hint": error.hint},
        "fields": [{"entity": f.entity, "field": f.field, "columns": f.columns, "values": f.values, "fitting": f.fitting} for f in table.fields],
    }


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
