"""Create and change native entities over HTTP."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Body, Header, Query, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from medthread.api.bodies import MOST, takes
from medthread.api.identity import Given, Writer
from medthread.api.listing import select_one, withheld_from
from medthread.api.services import Services
from medthread.api.sheets import MOST_BYTES, handed_in, rows_of
from medthread.derive.view import masked_fields
from medthread.model import Entity
from medthread.trust.access import Actor
from medthread.workflow import Change, Once, create_native, handle, once, replace_native
from medthread.workflow.many import create_many, sets_of, slices_of
from medthread.workflow.native import remove_line
from medthread.workflow.standing import may_open

router = APIRouter(tags=["entities"])
MOST_AT_ONCE = 50_000
MOST_OF_MANY = 32 << 20  # bytes
Values = Annotated[dict[str, Any], Body()]
Version = Annotated[str | None, Header(alias="If-Match")]
Reason = Annotated[str | None, Query(max_length=2000, description="why, for a record past its first state")]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]


def once_of(key: str | None, actor: Actor, request: Any) -> Once | None:
    """The request as one that is done once, where its sender gave it a key."""
    return None if key is None else Once(key, actor.name, request)


@router.post("/entities/{entity}", summary="新建记录 · Create a record", status_code=201)
def create(entity: str, values: Values, response: Response, given: Given, actor: Writer, key: Key = None) -> dict[str, Any]:
    """Write a new object.

    新建一个对象。
    """
    declared, context = given.registry[entity], given.workflow
    process = context.rulebook.processes.get(entity)

    def write(tx: Connection) -> dict[str, Any]:
        if process is not None:
            may_open(tx, process, actor, at=datetime.now(UTC))
        return {"id": create_native(tx, context, entity=entity, values=values, by=actor.name, within=actor.reach, hands=actor)}

    request = {"create": entity, "values": values}
    made = handle(
        given.store, by=actor.name, action="entity.create", object_=entity,
        act=lambda tx: once(tx, once_of(key, actor, request), lambda: write(tx)))
    return _fresh(given, declared, actor, response, made["id"])


class Many(BaseModel):
    """Rows of one entity, each as its fields."""

    rows: list[dict[str, Any]] = Field(max_length=MOST_AT_ONCE)


@router.post("/entities/{entity}/many", summary="批量新建记录 · Create many records", status_code=201, **takes(MOST_OF_MANY))
def create_all(entity: str, many: Many, given: Given, actor: Writer, key: Key = None) -> dict[str, Any]:
    """Write many objects, all of them or none; for an entity that has neither a process nor personal fields. Ids begin with `batch`.

    一次新建多个对象,要么全部成功,要么一个也不建;只适用于既无流程、又无个人信息字段的对象。标识以 `batch` 开头。
    """
    request = {"create_many": entity, "rows": many.rows}
    return _create_many(given, actor, entity, once_of(key, actor, request), lambda: sets_of(many.rows))


@router.post("/entities/{entity}/file", summary="由文件新建记录 · Create records from a file", status_code=201, **takes(MOST_BYTES + MOST))
def create_from_file(entity: str, file: UploadFile, given: Given, actor: Writer, key: Key = None) -> dict[str, Any]:
    """The same from a CSV, XLSX or JSON file whose columns are called as the fields are.

    同上,内容来自 CSV、XLSX 或 JSON 文件,列名与字段名一致。
    """
    declared = given.registry[entity]
    with handed_in(file.file, file.filename or "") as path:
        with path.open("rb") as content:
            request = {"create_many": entity, "sha256": hashlib.file_digest(content, "sha256").hexdigest()}
        return _create_many(given, actor, entity, once_of(key, actor, request), lambda: slices_of(rows_of(declared, path)))


def _create_many(given: Services, actor: Actor, entity: str, asked: Once | None, sets: Callable[[], Iterable[pa.Table]]) -> dict[str, Any]:
    declared = given.registry[entity]

    def write(tx: Connection) -> dict[str, Any]:
        batch = create_many(tx, given.workflow, entity=declared.name, sets=sets(), by=actor.name, within=actor.reach, hands=actor)
        return {"batch": batch.id, "count": batch.count}

    return handle(given.store, by=actor.name, action="entity.create_many", object_=entity, act=lambda tx: once(tx, asked, lambda: write(tx)))


@router.put("/entities/{entity}/{id_}", summary="修改记录 · Change a record")
def replace(
    entity: str, id_: str, values: Values, response: Response, given: Given, actor: Writer, version: Version = None,
    reason: Reason = None,
) -> dict[str, Any]:
    """Change an object, from the version that was read.

    修改对象,须以读到的版本为准。
    """
    declared = given.registry[entity]
    hidden = masked_fields(declared, actor.clearance) | withheld_from(given, declared, actor, id_)
    change = Change(values=values, version=version, reason=reason, hidden=hidden)
    act = partial(replace_native, context=given.workflow, entity=entity, id_=id_, change=change, by=actor.name, within=actor.reach, hands=actor)
    handle(given.store, by=actor.name, action="entity.update", object_=f"{entity}/{id_}", act=act)
    return _fresh(given, declared, actor, response, id_)


@router.delete("/entities/{entity}/{id_}", summary="移除明细行 · Remove a line", status_code=204)
def remove(entity: str, id_: str, given: Given, actor: Writer, version: Version = None, reason: Reason = None) -> None:
    """Take a line off a record that is still open.

    从尚未关闭的记录上移除一行明细。
    """
    select_one(given, given.registry[entity], actor, id_=id_)
    act = partial(remove_line, context=given.workflow, entity=entity, id_=id_, change=Change(values={}, version=version, reason=reason), by=actor.name, within=actor.reach, hands=actor)
    handle(given.store, by=actor.name, action="entity.remove", object_=f"{entity}/{id_}", act=act)


def _fresh(given: Services, declared: type[Entity], actor: Actor, response: Response, id_: str) -> dict[str, Any]:
    item, _ = select_one(given, declared, actor, id_=id_)
    response.headers["ETag"] = f'"{item["_revision"]}"'
    return {"item": item}
