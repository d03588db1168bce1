"""Masters asked for before they are made: a form with a look for what is like it, a decision by another person, a code."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import Body, Depends, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from medthread.api.bodies import MOST, takes
from medthread.api.identity import Given, MasterReader, may
from medthread.api.language import Language
from medthread.api.master_requests import Requests
from medthread.api.routes.stewardship import Approving, Reasoned, Why
from medthread.api.sheets import handed_in, rows_of
from medthread.api.subjects import Subject
from medthread.governance.masters.approving import Answer, approve, require_unknown
from medthread.governance.masters.request_check import Found, find_alike
from medthread.governance.masters.requests import Wish, change, draft, refuse, submit, texts_of, withdraw
from medthread.model.errors import InvalidError, MedthreadError
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("master_requests", "主数据申请", "Requests for masters", owner="it").router()
Asking = Annotated[Actor, Depends(may("masters:request"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
Text = Annotated[str, Field(max_length=4000)]
Values = Annotated[dict[str, Text | None], Field(max_length=200, description="field → value")]
MOST_OF_SHEET = 8 << 20  # bytes
MOST_ROWS = 300


class Asked(BaseModel):
    """What is asked for, and what it is needed for; `submit` hands it over at once."""

    model_config = ConfigDict(extra="forbid")
    values: Values
    reason: Why
    submit: bool = False


class Changed(Asked):
    """The same, from the version that was read."""

    revision: int = Field(ge=1)


class Said(BaseModel):
    """Of something alike: a golden record or an approved request; whether it is this one, or why it is another."""

    model_config = ConfigDict(extra="forbid")
    golden_id: str | None = Field(default=None, max_length=300)
    request: int | None = None
    same: bool = False
    reason: str = Field(default="", max_length=2000)


class Decided(Reasoned):
    """Whether it is made; an answer for each that is alike."""

    grant: bool
    answers: list[Said] = Field(default=[], max_length=200)


@router.get("/stewardship/{entity}/requests", summary="列出主数据申请 · List requests for masters")
def listed(
    entity: str, given: Given, actor: MasterReader, status: Annotated[list[str] | None, Query(max_length=10)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[int | None, Query(ge=1)] = None,
) -> dict[str, Any]:
    """Newest first: what was asked for, by whom, what became of it. Drafts are shown to their authors.

    最新的在前:申请了什么、由谁、结果如何。草稿只给申请人看。
    """
    found = Requests.of(given, actor, entity)
    with given.store.transaction() as tx:
        items = found.listed(tx, statuses=status or (), after=after, limit=limit + 1)
    more, items = len(items) > limit, items[:limit]
    return {"items": items, "next": str(items[-1]["id"]) if more else None}


@router.get("/stewardship/{entity}/requests/form", summary="主数据申请的表单 · The form of a request")
def form(entity: str, given: Given, actor: MasterReader) -> dict[str, Any]:
    """The master's fields but its code, those that must be filled, and what its codes look like.

    除编码外的字段、必填项,以及编码的样式。
    """
    return Requests.of(given, actor, entity).form()


@router.post("/stewardship/{entity}/requests/check", summary="申请前查重 · Look for what is like it")
def checked(entity: str, values: Annotated[Values, Body()], given: Given, actor: MasterReader, number: Annotated[int | None, Query(ge=1)] = None) -> dict[str, Any]:
    """Golden records and other requests that may be it, the likeliest first. Nothing is kept of what was asked; `number` is the request it belongs to.

    可能相同的黄金记录与其他申请,最像的在前。所问内容不保留;`number` 为所属申请。
    """
    found = Requests.of(given, actor, entity)
    with given.store.transaction() as tx:
        return found.check(tx, values, but=number)


@router.post("/stewardship/{entity}/requests", summary="申请主数据 · Ask for a master", status_code=201)
def ask(entity: str, asked: Asked, given: Given, actor: Asking) -> dict[str, Any]:
    """A draft, or handed over at once. Refused where something bears its valid identifier already.

    存为草稿,或立即提交。标识已被占用时拒绝。
    """
    found = Requests.of(given, actor, entity)

    def act(tx: Connection) -> int:
        number = draft(tx, given.workflow, found.entity, Wish(values=asked.values, reason=asked.reason), by=actor.name)
        if asked.submit:
            found.submit(tx, number)
        return number

    number = handle(given.store, by=actor.name, action="master.request", object_=f"master_request/{entity}", act=act)
    return _one(found, number)


@router.get("/stewardship/{entity}/requests/{number}", summary="查看主数据申请 · Get a request")
def one(entity: str, number: Number, given: Given, actor: MasterReader) -> dict[str, Any]:
    """One request, and while it is open what is like it.

    一项申请;未决定时附可能相同的对象。
    """
    found = Requests.of(given, actor, entity)
    with given.store.transaction() as tx:
        told = found.one(tx, number)
        alike = found.check_of(tx, number) if told["status"] in ("draft", "submitted") else None
    return {**told, "alike": alike}


@router.put("/stewardship/{entity}/requests/{number}", summary="修改主数据申请 · Change a request")
def changed(entity: str, number: Number, asked: Changed, given: Given, actor: Asking) -> dict[str, Any]:
    """Other values in a request of one's own that is not decided.

    修改自己尚未决定的申请。
    """
    found = Requests.of(given, actor, entity)

    def act(tx: Connection) -> None:
        found.one(tx, number)
        change(tx, given.workflow, found.entity, Wish(values=asked.values, reason=asked.reason), by=actor.name, id_=number, revision=asked.revision)
        if asked.submit:
            found.submit(tx, number)

    handle(given.store, by=actor.name, action="master.request", object_=f"master_request/{number}", act=act)
    return _one(found, number)


@router.post("/stewardship/{entity}/requests/{number}/submission", summary="提交主数据申请 · Hand a request over")
def submitted(entity: str, number: Number, given: Given, actor: Asking) -> dict[str, Any]:
    """To be decided by another person, who is told.

    交他人决定,并通知其处理。
    """
    found = Requests.of(given, actor, entity)
    handle(given.store, by=actor.name, action="master.submit", object_=f"master_request/{number}", act=partial(found.submit, number=number))
    return _one(found, number)


@router.post("/stewardship/{entity}/requests/{number}/withdrawal", summary="撤回主数据申请 · Withdraw a request")
def withdrawn(entity: str, number: Number, said: Reasoned, given: Given, actor: Asking) -> dict[str, Any]:
    """No longer wanted.

    不再需要。
    """
    found = Requests.of(given, actor, entity)

    def act(tx: Connection) -> None:
        found.one(tx, number)
        withdraw(tx, by=actor.name, id_=number, reason=said.reason)

    handle(given.store, by=actor.name, action="master.withdraw", object_=f"master_request/{number}", act=act)
    return _one(found, number)


@router.post("/stewardship/{entity}/requests/{number}/approval", summary="决定主数据申请 · Decide a request")
def decided(entity: str, number: Number, said: Decided, given: Given, actor: Approving) -> dict[str, Any]:
    """Refuse it; or answer for each that is alike: with one that is this one, the request ends in its favour; else it has a code, and the next run makes it.

    拒绝;或逐一回答相似项:有一项就是它,申请以该项结束;否则得到编码,下一次运行时生成。
    """
    found = Requests.of(given, actor, entity)

    def act(tx: Connection) -> dict[str, Any]:
        found.one(tx, number)
        if not said.grant:
            refuse(tx, by=actor.name, id_=number, reason=said.reason)
            return {"status": "refused"}
        return approve(tx, found.approver(), found.entity, id_=number, reason=said.reason, answers=[Answer(**a.model_dump()) for a in said.answers])

    outcome = handle(given.store, by=actor.name, action="master.grant" if said.grant else "master.refuse", object_=f"master_request/{number}", act=act)
    return {"id": number, **outcome}


@router.post("/stewardship/{entity}/requests/file", summary="由文件申请主数据 · Ask for masters from a file", status_code=201, **takes(MOST_OF_SHEET + MOST))
def from_file(
    entity: str, file: UploadFile, given: Given, actor: Asking, reason: Annotated[str, Query(min_length=2, max_length=2000)], language: Language,
    trial: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """A CSV, XLSX or JSON file, columns called as the fields are: every row with what is wrong with it and what is like it. Without `trial` all are handed over, or none where one is wrong.

    CSV、XLSX 或 JSON 文件,列名与字段名一致:逐行列出错误与相似项。不带 `trial` 时全部提交;有一行出错则一行也不提交。
    """
    found = Requests.of(given, actor, entity)
    with handed_in(file.file, file.filename or "") as path:
        rows = rows_of(found.entity, path).to_pylist()
    if not 0 < len(rows) <= MOST_ROWS:
        raise InvalidError(f"the file has {len(rows)} records", hint=f"hand in 1 to {MOST_ROWS} at once")
    with given.store.transaction() as tx:
        told, raised = _judged(tx, found, rows, language=language)
    wrong = sum(map(bool, raised))
    if trial:
        return {"rows": told, "wrong": wrong, "numbers": []}
    if wrong:
        row, said = next((n, m) for n, m in enumerate(raised, 1) if m)
        raise InvalidError(f"{wrong} records cannot be asked for, the first is record {row}: {said}", hint="mend the file and hand it in again: nothing was written")

    def act(tx: Connection) -> list[int]:
        numbers = []
        for row in rows:
            numbers.append(draft(tx, given.workflow, found.entity, Wish(values=row, reason=reason), by=actor.name))
            submit(tx, given.workflow, found.entity, by=actor.name, id_=numbers[-1], tells=len(numbers) == 1)
        return numbers

    numbers = handle(given.store, by=actor.name, action="master.request", object_=f"master_request/{entity}", act=act)
    return {"rows": told, "wrong": 0, "numbers": numbers}


def _judged(tx: Connection, found: Requests, rows: list[dict[str, Any]], *, language: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Each row: what is wrong with it, for the reader and as it is raised, and what is like it."""
    asked = {str(n): row for n, row in enumerate(rows, 1)}
    alike = find_alike(tx, found.rows.snapshot, found.given.keyring, found.entity, asked)
    names = found.seen(sorted({g.golden_id for of in alike.values() for g in of.golden if g.golden_id}))
    told, raised = [], []
    for name, row in asked.items():
        wrong = _wrong(found, row, alike[name], names)
        raised.append(wrong.message if wrong else "")
        said = wrong.told(language).message if wrong else ""
        told.append({"row": int(name), "name": row.get(found.rows.title), "wrong": said, "alike": found.alike(alike[name], names)})
    return told, raised


def _wrong(found: Requests, row: dict[str, Any], like: Found, names: Mapping[str, str]) -> MedthreadError | None:
    try:
        texts_of(found.given.workflow, found.entity, row, whole=True)
        require_unknown(found.entity, like, seen=lambda ids: {i: names[i] for i in ids if i in names})
    except MedthreadError as error:
        return error
    return None


def _one(found: Requests, number: int) -> dict[str, Any]:
    with found.given.store.transaction() as tx:
        return found.one(tx, number)
