"""Runs of the pipeline: start one, watch it."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from medthread.api.identity import Given, Reader, RunStarter
from medthread.api.language import Language, in_language
from medthread.api.media import EVENTS, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.model.errors import HINT, NotFoundError
from medthread.stores.postgres.tables import run
from medthread.workflow import handle

router = Subject("runs", "运行", "Runs", owner="it").router()
PAUSE = 0.4  # seconds between looks
ENDED = ("done", "failed")


def _row(row: Any, language: str) -> dict[str, Any]:
    names = ("id", "status", "started_by", "started_at", "finished_at", "message", "stages")
    message, _, hint = (row.message or "").partition(HINT)
    return {**{n: getattr(row, n) for n in names}, "message": in_language(message, language) or None, "hint": in_language(hint, language) or None}


def find_run(given: Services, id_: str, language: str) -> dict[str, Any]:
    """One run."""
    with given.store.transaction() as tx:
        row = tx.execute(select(run).where(run.c.id == id_)).one_or_none()
    if row is None:
        raise NotFoundError(f"no run {id_!r}", hint="GET /api/v1/runs lists them")
    return _row(row, language)


@router.post("/runs", summary="立即运行 · Start a run", status_code=202)
def start(given: Given, actor: RunStarter) -> dict[str, str]:
    """Take in what has arrived; progress is in the run's events.

    接入已到达的文件;进度见运行的事件流。
    """
    act = partial(given.runner.start, by=actor.name)
    return {"run_id": handle(given.store, by=actor.name, action="run.start", object_="run", act=act)}


@router.get("/runs", summary="列出运行 · List runs")
def runs(given: Given, _: Reader, language: Language, limit: Annotated[int, Query(ge=1, le=200)] = 30) -> dict[str, Any]:
    """Runs, newest first.

    运行列表,最新的在前。
    """
    with given.store.transaction() as tx:
        rows = tx.execute(select(run).order_by(run.c.started_at.desc()).limit(limit)).all()
    return {"items": [_row(r, language) for r in rows]}


@router.get("/runs/{id_}", summary="查看一次运行 · Get a run")
def one(id_: str, given: Given, _: Reader, language: Language) -> dict[str, Any]:
    """One run.

    一次运行。
    """
    return find_run(given, id_, language)


@router.get("/runs/{id_}/events", summary="跟随一次运行的进度 · Follow the progress of a run", **text_as(EVENTS))
async def events(id_: str, request: Request, given: Given, _: Reader, language: Language) -> StreamingResponse:
    """The run as it moves (server-sent events), until it ends.

    跟随运行的进度(服务器推送事件),直到结束。
    """
    await run_in_threadpool(find_run, given, id_, language)

    async def stream() -> AsyncIterator[str]:
        before = ""
        while not await request.is_disconnected():
            state = await run_in_threadpool(find_run, given, id_, language)
            text = json.dumps(state, ensure_ascii=False, default=str)
            if text != before:
                yield f"event: run\ndata: {text}\n\n"
                before = text
            if state["status"] in ENDED:
                return
            await asyncio.sleep(PAUSE)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
