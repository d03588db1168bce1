"""Create and change objects whose home is here: checked by the entity's rules, sealed, guarded by the version read."""

import uuid
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from medthread.derive.columns import INDEX, MASKED
from medthread.derive.payload import payload_of
from medthread.model import Entity, Field, Home, Mask
from medthread.model.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    PreconditionRequiredError,
)
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.rules import broken_rules
from medthread.trust.seal import blind_index, is_sealed, mask_partial, seal_all


@dataclass(frozen=True)
class Written:
    """Where an entity's objects are written: its declaration, its table, the keys that seal it."""

    entity: type[Entity]
    tables: dict[str, Table]
    keyring: Keyring

    @property
    def table(self) -> Table:
        """The entity's table; refused for objects that come from elsewhere."""
        if self.entity.about.home is not Home.NATIVE:
            hint = "correct it at the source; what arrives there is taken in again"
            raise ConflictError(f"{self.entity.name} comes from source systems", hint=hint)
        return self.tables[self.entity.name]


def create_native(tx: Connection, into: Written, *, values: dict[str, Any], by: str) -> str:
    """Write a new object; gives its id."""
    entity, table, id_ = into.entity, into.table, uuid.uuid4().hex
    body = _checked(entity, values)
    columns = _columns(tx, into, body, id_=id_)
    try:
        tx.execute(insert(table).values(id=id_, _created_by=by, _updated_by=by, **columns))
    except IntegrityError as error:
        keys = ", ".join(f"{k}={v}" for k, v in _safe(entity, body).items() if k in entity.key())
        raise ConflictError(f"there is a {entity.name} with {keys} already", hint="open that one, or choose another key") from error
    record(tx, actor=by, action="entity.create", object_=f"{entity.name}/{id_}", after=_safe(entity, body))
    return id_


def replace_native(
    tx: Connection, into: Written, *, id_: str, version: str | None, values: dict[str, Any], hidden: frozenset[str], by: str
) -> None:
    """Change an object, from the version that was read (the ETag).

    Of the fields that the writer sees masked (`hidden`), those that come back as they were shown keep their value.
    """
    entity, table = into.entity, into.table
    if version is None:
        raise PreconditionRequiredError("which version is this change made from?", hint="send If-Match with the ETag you read")
    row = tx.execute(select(table).where(table.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no {entity.name} {id_!r}", hint="it may have been given another id")
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    if version.strip('"') != str(found["_revision"]):
        raise PreconditionError("somebody changed it after you read it", hint="read it again and repeat your change")
    kept = frozenset(n for n in hidden if values.get(n) in (None, _as_shown(entity.fields[n], found)))
    body = _checked(entity, values, kept=kept)
    columns = _columns(tx, into, body, id_=id_)
    fresh = {"_revision": found["_revision"] + 1, "_updated_by": by, "_updated_at": func.clock_timestamp()}
    tx.execute(update(table).where(table.c.id == id_).values(**columns, **fresh))
    before = {f.name: str(found[f.name]) for f in entity.fields.values() if found[f.name] is not None}
    record(tx, actor=by, action="entity.update", object_=f"{entity.name}/{id_}", before=_safe(entity, before), after=_safe(entity, body))


def _as_shown(field: Field, found: Any) -> Any:
    """What somebody without clearance was shown of a stored value."""
    if field.mark.mask is Mask.NULL or found[field.name] is None:
        return None
    if field.mark.mask is Mask.FULL:
        return "***"
    return found[field.name + MASKED] if field.is_personal else mask_partial(str(found[field.name]))


def _checked(entity: type[Entity], values: dict[str, Any], *, kept: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The values by type and rule; those `kept` are not looked at and not given back."""
    try:
        body = payload_of(entity, without=kept).model_validate({k: v for k, v in values.items() if k not in kept}).model_dump()
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise InvalidError(f"{entity.name}: {words}", hint="mend the named fields") from error
    forged = [k for k, v in body.items() if isinstance(v, str) and is_sealed(v)]
    if forged:
        raise InvalidError(f"{forged[0]}: begins like a sealed value", hint="write the value itself; it is sealed here")
    broken = broken_rules(entity, body)
    if broken:
        words = "; ".join(f"{c.field or entity.name}: {c.label.zh} ({c.label.en})" for c in broken)
        raise InvalidError(words, hint="; ".join(c.id for c in broken))
    return body


def _columns(tx: Connection, into: Written, body: dict[str, Any], *, id_: str) -> dict[str, Any]:
    """Field values as columns: personal ones sealed under the subject's own key."""
    columns: dict[str, Any] = {}
    for field in into.entity.fields.values():
        if field.name not in body:
            continue
        value = body[field.name]
        if not field.is_personal:
            columns[field.name] = value
            continue
        key_id = f"{into.entity.name}/{id_}"
        key = into.keyring.make(tx, id_=key_id, subject=key_id)
        text = None if value is None else str(value)
        columns[field.name] = seal_all([text], key=key, key_id=key_id)[0]
        columns[field.name + MASKED] = mask_partial(text)
        columns[field.name + INDEX] = blind_index([text], key=into.keyring.index_key)[0]
    return columns


def _safe(entity: type[Entity], body: dict[str, Any]) -> dict[str, Any]:
    """What the audit keeps: values as text, personal ones never."""
    return {k: "***" if entity.fields[k].is_personal else None if v is None else str(v) for k, v in body.items()}
