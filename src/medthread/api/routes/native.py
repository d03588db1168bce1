"""Create and update of native entities: one transaction with its audit row, guarded by the version read."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response
from pydantic import ValidationError
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from medthread.api.identity import Given, Writer
from medthread.api.listing import select_one
from medthread.api.services import Services
from medthread.derive.columns import INDEX, MASKED
from medthread.derive.payload import payload_of
from medthread.model import Entity, Home
from medthread.model.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    PreconditionRequiredError,
)
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.rules import broken_rules
from medthread.trust.seal import blind_index, mask_partial, seal_all

router = APIRouter(tags=["entities"])
Values = Annotated[dict[str, Any], Body()]


def _native(given: Services, name: str) -> type[Entity]:
    entity = given.registry[name]
    if entity.about.home is not Home.NATIVE:
        raise ConflictError(
            f"{name} comes from source systems", hint="correct it at the source; what arrives there is taken in again"
        )
    return entity


def _checked(entity: type[Entity], given: Services, values: dict[str, Any]) -> dict[str, Any]:
    try:
        body = payload_of(entity).model_validate(values).model_dump()
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise InvalidError(f"{entity.name}: {words}", hint="mend the named fields") from error
    broken = broken_rules(entity, given.registry, body)
    if broken:
        words = "; ".join(f"{c.field or entity.name}: {c.label.zh} ({c.label.en})" for c in broken)
        raise InvalidError(words, hint="; ".join(c.id for c in broken))
    return body


def _columns(tx: Any, entity: type[Entity], keyring: Keyring, body: dict[str, Any], *, id_: str) -> dict[str, Any]:
    """Field values as columns: personal ones sealed under the subject's own key."""
    columns: dict[str, Any] = {}
    for field in entity.fields.values():
        value = body[field.name]
        if not field.is_personal:
            columns[field.name] = value
            continue
        key_id = f"{entity.name}/{id_}"
        key = keyring.make(tx, id_=key_id, subject=key_id)
        text = None if value is None else str(value)
        columns[field.name] = seal_all([text], key=key, key_id=key_id)[0]
        columns[field.name + MASKED] = mask_partial(text)
        columns[field.name + INDEX] = blind_index([text], key=keyring.index_key)[0]
    return columns


@router.post("/entities/{entity}", status_code=201)
def create(entity: str, values: Values, response: Response, given: Given, actor: Writer) -> dict[str, Any]:
    """Write a new object."""
    declared = _native(given, entity)
    body = _checked(declared, given, values)
    table, id_ = given.native[entity], uuid.uuid4().hex
    try:
        with given.store.transaction() as tx:
            columns = _columns(tx, declared, given.keyring, body, id_=id_)
            tx.execute(insert(table).values(id=id_, _created_by=actor.name, _updated_by=actor.name, **columns))
            record(tx, actor=actor.name, action="entity.create", object_=f"{entity}/{id_}", after=_safe(declared, body))
    except IntegrityError as error:
        keys = ", ".join(f"{k}={body[k]}" for k in declared.key())
        raise ConflictError(f"there is a {entity} with {keys} already", hint="open that one, or choose another key") from error
    return _fresh(given, declared, actor, response, id_)


@router.put("/entities/{entity}/{id_}")
def replace(
    entity: str, id_: str, values: Values, response: Response, given: Given, actor: Writer,
    if_match: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Change an object, from the version that was read."""
    declared = _native(given, entity)
    if if_match is None:
        raise PreconditionRequiredError("which version is this change made from?", hint="send If-Match with the ETag you read")
    body = _checked(declared, given, values)
    table = given.native[entity]
    with given.store.transaction() as tx:
        row = tx.execute(select(table).where(table.c.id == id_).with_for_update()).one_or_none()
        if row is None:
            raise NotFoundError(f"no {entity} {id_!r}", hint="it may have been given another id")
        found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
        if if_match.strip('"') != str(found["_revision"]):
            raise PreconditionError("somebody changed it after you read it", hint="read it again and repeat your change")
        columns = _columns(tx, declared, given.keyring, body, id_=id_)
        fresh = {"_revision": found["_revision"] + 1, "_updated_by": actor.name, "_updated_at": func.clock_timestamp()}
        tx.execute(update(table).where(table.c.id == id_).values(**columns, **fresh))
        before = {f.name: str(found[f.name]) for f in declared.fields.values() if found[f.name] is not None}
        record(tx, actor=actor.name, action="entity.update", object_=f"{entity}/{id_}", before=_safe(declared, before), after=_safe(declared, body))
    return _fresh(given, declared, actor, response, id_)


def _safe(entity: type[Entity], body: dict[str, Any]) -> dict[str, Any]:
    """What the audit keeps: values as text, personal ones never."""
    return {k: "***" if entity.fields[k].is_personal else None if v is None else str(v) for k, v in body.items()}


def _fresh(given: Services, entity: type[Entity], actor: Actor, response: Response, id_: str) -> dict[str, Any]:
    item, _ = select_one(given, entity, actor, id_=id_)
    response.headers["ETag"] = f'"{item["_revision"]}"'
    return {"item": item}
