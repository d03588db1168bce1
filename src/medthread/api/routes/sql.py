"""The SQL workbench: questions over a release, asked in a process of their own over masked views."""

import uuid
from typing import Annotated, Any

import pyarrow as pa
from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from medthread.api.identity import Given, Questioner
from medthread.api.media import file_as
from medthread.api.served import shelf_of
from medthread.api.served_rows import FORMS
from medthread.api.subjects import Subject
from medthread.api.workbench import Form, as_file, ask, note_called_off, tables_of, told
from medthread.model.errors import NotFoundError
from medthread.stores.postgres.tables import audit_event
from medthread.stores.workbench.guard import MOST_TEXT

router = Subject("sql", "SQL 工作台", "SQL workbench", owner="it").router()
HISTORY = 100


class Asking(BaseModel):
    """A question: its text, the release that it is about, an id by which it can be called off."""

    model_config = ConfigDict(extra="forbid")
    sql: str = Field(min_length=1, max_length=MOST_TEXT, description="one SELECT (or EXPLAIN or DESCRIBE of one) in DuckDB's SQL over golden.<entity> and marts.<model>")
    as_of_release: str | None = Field(default=None, max_length=100)
    id: str | None = Field(default=None, pattern="^[A-Za-z0-9-]{8,64}$")


@router.get("/sql/tables", summary="列出可查询的表 · List tables that may be asked")
def tables(given: Given, actor: Questioner, as_of_release: Annotated[str | None, Query(max_length=100)] = None) -> dict[str, Any]:
    """Tables of a release that the reader may ask, with their columns, what these are called, which are masked; and the limits of a question.

    某次发布中读者可查询的表:各列及其含义、哪些已脱敏;以及一次查询的限额。
    """
    shelf, limits = shelf_of(given, actor, as_of_release), given.workbench.limits
    return {
        "release": shelf.snapshot.release.id, "tables": list(tables_of(shelf)),
        "limits": {"rows": limits.rows, "bytes": limits.bytes, "seconds": limits.seconds, "memory": limits.memory},
    }


@router.post("/sql", summary="查询 · Ask in SQL")
def question(asking: Asking, given: Given, actor: Questioner) -> dict[str, Any]:
    """One SELECT over masked views of a release, in a process of its own. `cut` says why rows are left out: `rows` or `bytes`. It leaves a row with its text in the audit log.

    对某次发布的脱敏视图执行一条 SELECT,在独立进程中运行。`cut` 说明为何未列全:`rows`(行数)或 `bytes`(大小)。查询文本记入审计日志。
    """
    shelf = shelf_of(given, actor, asking.as_of_release)
    answer = ask(shelf, asking.sql, id_=asking.id or uuid.uuid4().hex)
    return {"release": shelf.snapshot.release.id, **told(answer, given.workflow.calendar.zone), "limit": given.workbench.limits.rows}


@router.post("/sql/export/{form}", summary="查询并导出 · Ask in SQL for a file", **file_as("application/octet-stream"))
def export(form: Form, asking: Asking, given: Given, actor: Questioner) -> Response:
    """The same answer as a file, within the same limits; `X-Cut` says why rows are left out.

    同样的结果,为文件,限额相同;`X-Cut` 说明为何未列全。
    """
    shelf = shelf_of(given, actor, asking.as_of_release)
    answer = ask(shelf, asking.sql, id_=asking.id or uuid.uuid4().hex)
    rows = answer.rows if answer.rows is not None else pa.table({"step": [p["step"] for p in answer.plan]})
    headers = {"Content-Disposition": f'attachment; filename="answer.{form}"', "X-Cut": answer.cut, "X-Release": shelf.snapshot.release.id}
    return Response(as_file(rows, form, given.workflow.calendar.zone), media_type=FORMS[form], headers=headers)


@router.post("/sql/{id_}/cancel", summary="取消查询 · Call a question off")
def cancel(id_: str, given: Given, actor: Questioner) -> dict[str, bool]:
    """End a question of one's own that is being asked: its process is killed.

    结束自己正在执行的查询:其进程被终止。
    """
    if not given.workbench.call_off(id_, by=actor.name):
        raise NotFoundError(f"no question {id_!r} of yours is being asked", hint="it may have ended")
    note_called_off(given, actor.name, id_)
    return {"cancelled": True}


@router.get("/sql/history", summary="列出自己的查询 · List one's own questions")
def history(given: Given, actor: Questioner) -> dict[str, Any]:
    """What the reader asked lately, newest first, as the audit log has it.

    本人近期的查询,最新的在前,取自审计日志。
    """
    wanted = select(audit_event.c.at, audit_event.c.outcome, audit_event.c.reason, audit_event.c.detail).where(
        audit_event.c.actor == actor.name, audit_event.c.action == "sql.ask").order_by(audit_event.c.seq.desc()).limit(HISTORY)
    with given.store.transaction() as tx:
        rows = tx.execute(wanted).all()
    return {"items": [{"at": r.at, "outcome": r.outcome, "reason": r.reason, **{k: (r.detail or {}).get(k) for k in ("sql", "release", "rows")}} for r in rows]}
