"""Create and change objects whose home is here: checked by the entity's rules, sealed, guarded by the version read."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Select, Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from medthread.derive.columns import INDEX, MASKED
from medthread.derive.payload import ZONE, payload_of
from medthread.derive.sharing import WITHHELD
from medthread.model import Entity, Field, Mask
from medthread.model.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    PreconditionRequiredError,
)
from medthread.stores.postgres.row_security import EVERYWHERE, Place, Reach, own_rows
from medthread.stores.postgres.tables import process_case
from medthread.stores.postgres.writing import Write, changing, put
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.rules import broken_rules
from medthread.trust.seal import blind_index, is_sealed, mask_partial, seal_all
from medthread.workflow.cases import Case, case_from, case_of, find_case, open_case, void_pending
from medthread.workflow.changing import (
    Kind,
    bind,
    kind_of,
    require_changeable,
    require_reason_for_limits,
    require_same_record,
    require_writer,
)
from medthread.workflow.context import Context
from medthread.workflow.deadlines import Limits, run_clocks
from medthread.workflow.filling import filled
from medthread.workflow.standing import MACHINE


@dataclass(frozen=True, kw_only=True)
class Change:
    """New values for a record. `hidden` are fields that the writer sees masked or withheld: unchanged when they come back as shown."""

    values: dict[str, Any]
    version: str | None
    reason: str | None = None
    hidden: frozenset[str] = frozenset()


def create_native(
    tx: Connection, context: Context, *, entity: str, values: dict[str, Any], by: str, within: Reach = EVERYWHERE, place: Place | None = None,
    hands: Actor = MACHINE,
) -> str:
    """Write a new object and open its case where it has a process; gives its id.

    It belongs to the plant that its declaration names, to the place of the record that it is a line of, or to `place`:
    where its writer is at home, if nothing else is said. `hands` are those of the person who writes; a reaction has none.
    """
    declared, table, id_, at = context.registry[entity], context.table(entity), uuid.uuid4().hex, datetime.now(UTC)
    if declared.about.part_of is None and entity not in context.rulebook.processes:
        require_writer(tx, context, declared, by=hands)
    body = checked(declared, filled(tx, context, declared, values, by=by, at=at), zone=context.calendar.zone)
    place = place_in_whole(tx, context, declared, body, Hand(Kind.ADD, hands, within)) or place or within.home
    columns = {"_org": place.organisation, "_plant": place.plant} | sealed_columns(tx, context, declared, body, id_=id_)
    try:
        with own_rows(tx, within), tx.begin_nested():
            tx.execute(insert(table).values(id=id_, _created_by=by, _updated_by=by, **columns))
    except IntegrityError as error:
        keys = ", ".join(f"{k}={v}" for k, v in safe(declared, body).items() if k in declared.key())
        raise ConflictError(f"there is a {entity} with {keys} already", hint="open that one, or choose another key") from error
    detail = None
    if entity in context.rulebook.processes:
        case = open_case(tx, context, entity=entity, record=id_, by=by, at=at, values=body)
        detail = {"clocks": run_clocks(tx, context, case, state=case.state, values=body, at=at).told}  # also where there are none: the log tells of limits from here on
    record(tx, actor=by, action="entity.create", object_=f"{entity}/{id_}", after=safe(declared, body), detail=detail)
    return id_


def replace_native(tx: Connection, context: Context, *, entity: str, id_: str, change: Change, by: str, within: Reach = EVERYWHERE, hands: Actor = MACHINE) -> None:
    """Change an object, from the version that was read (the ETag)."""
    declared = context.registry[entity]
    case = find_case(tx, context, entity=entity, record=id_, lock=True)
    found = locked_row(tx, context, entity, id_, version=change.version, within=within)
    if case is not None:
        require_changeable(tx, case, kind=Kind.CHANGE, by=hands, reason=change.reason)
    elif declared.about.part_of is None:
        require_writer(tx, context, declared, by=hands)
    kept = frozenset(n for n in change.hidden if change.values.get(n) in (None, WITHHELD, _as_shown(declared.fields[n], found)))
    body = checked(declared, change.values, kept=kept, zone=context.calendar.zone)
    require_same_record(declared, found, body)
    place_in_whole(tx, context, declared, found, Hand(kind_of(found, body), hands, within, change.reason))
    write(tx, context, entity=entity, id_=id_, body=body, found=found, by=by, within=within)
    limits, bound = Limits(), list[str]()
    if case is not None:
        require_reason_for_limits(case, found, body, change.reason)
        void_pending(tx, entity=entity, record=id_)
        bound = bind(tx, case, by=hands)
        limits = run_clocks(tx, context, case, state=case.state, values={**found, **body}, at=case.state_since)
    before = {f.name: str(found[f.name]) for f in declared.fields.values() if found[f.name] is not None}
    detail = {"personal": _personal_changed(context, declared, body, found), "limits": limits.moved, "clocks": limits.told, "bound": bound}
    record(tx, actor=by, action="entity.update", object_=f"{entity}/{id_}", reason=change.reason, before=safe(declared, before), after=safe(declared, body),
           detail={k: v for k, v in detail.items() if v} or None)


def _personal_changed(context: Context, entity: type[Entity], body: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Names of the personal fields whose value is another now: the audit row keeps that, and no value."""
    given = {n: None if body[n] is None else str(body[n]) for n, f in entity.fields.items() if f.is_personal and n in body}
    indices = blind_index(given.values(), key=context.keyring.index_key)
    return [n for n, index in zip(given, indices, strict=True) if index != found[n + INDEX]]


def row_of(tx: Connection, context: Context, entity: str, id_: str) -> dict[str, Any]:
    """A row as it stands."""
    table = context.table(entity)
    row = tx.execute(select(table).where(table.c.id == id_)).one_or_none()
    if row is None:
        raise NotFoundError(f"no {entity} {id_!r}", hint="it may have been given another id")
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def remove_line(
    tx: Connection, context: Context, *, entity: str, id_: str, change: Change, by: str, within: Reach = EVERYWHERE, hands: Actor = MACHINE
) -> None:
    """Take a line off a record that is still open, from the version that was read. Records themselves are never taken away: they are closed or voided."""
    declared = context.registry[entity]
    table = context.table(entity)
    if declared.about.part_of is None or entity in context.rulebook.processes:
        raise ConflictError(f"a {entity} is a record of its own and stays", hint="only lines of an open record can be taken away")
    found = locked_row(tx, context, entity, id_, version=change.version, within=within)
    place_in_whole(tx, context, declared, found, Hand(Kind.REMOVE, hands, within, change.reason))
    with own_rows(tx, within):
        tx.execute(table.delete().where(table.c.id == id_))
    before = {f.name: str(found[f.name]) for f in declared.fields.values() if found[f.name] is not None}
    record(tx, actor=by, action="entity.remove", object_=f"{entity}/{id_}", reason=change.reason, before=safe(declared, before))


def require_within(tx: Connection, context: Context, entity: str, id_: str, *, within: Reach) -> None:
    """Refuse what is about a record beyond reach, as if there were none. Records that are not written here bind nobody."""
    table = context.tables.get(entity)
    if table is None or not within.is_bound:
        return
    with own_rows(tx, within):
        found = tx.execute(select(table.c.id).where(table.c.id == id_)).first()
    if found is None:
        raise NotFoundError(f"no {entity} {id_!r}", hint="it may have been given another id, or belong to another plant")


def locked_row(tx: Connection, context: Context, entity: str, id_: str, *, version: str | None, within: Reach = EVERYWHERE) -> dict[str, Any]:
    """The row, locked, if it is within reach and still the version that was read."""
    table = context.table(entity)
    if version is None:
        raise PreconditionRequiredError("which version is this change made from?", hint="send If-Match with the ETag you read")
    with own_rows(tx, within):
        row = tx.execute(select(table).where(table.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no {entity} {id_!r}", hint="it may have been given another id, or belong to another plant")
    return _as_read(dict(row._mapping), version)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def locked_case(tx: Connection, context: Context, entity: str, id_: str, *, version: str | None, within: Reach) -> tuple[Case, dict[str, Any]]:
    """A record's case and its row, both locked, the case first as everywhere: in one question where nothing bounds who asks."""
    table = None if within.is_bound else context.tables.get(entity)  # whoever is bound locks no case in their own role
    found = None if table is None or version is None else tx.execute(_both(table), {"entity": entity, "id": id_}).one_or_none()
    if table is None or version is None or found is None:  # which of them is missing is told one by one
        case = case_of(tx, context, entity=entity, record=id_, lock=True)
        return case, locked_row(tx, context, entity, id_, version=version, within=within)
    width = len(process_case.c)
    case = case_from(tx, context, SimpleNamespace(**dict(zip(process_case.c.keys(), found[:width], strict=True))))
    return case, _as_read(dict(zip(table.c.keys(), found[width:], strict=True)), version)


@lru_cache(maxsize=1024)
def _both(table: Table) -> Select[Any]:
    case = process_case.c
    here = (case.entity == bindparam("entity")) & (case.record == bindparam("id")) & (table.c.id == case.record)
    return select(process_case, table).select_from(process_case.join(table, here)).with_for_update()


def _as_read(found: dict[str, Any], version: str) -> dict[str, Any]:
    """The row, if it is still the version that was read."""
    if version.strip('"') != str(found["_revision"]):
        raise PreconditionError("somebody changed it after you read it", hint="read it again and repeat your change")
    return found


def write(
    tx: Connection, context: Context, *, entity: str, id_: str, body: dict[str, Any], found: dict[str, Any], by: str, within: Reach = EVERYWHERE
) -> None:
    """Put checked values into a locked row, as its next version."""
    put_row(tx, writing(tx, context, entity=entity, id_=id_, body=body, found=found, by=by), within=within)


def writing(tx: Connection, context: Context, *, entity: str, id_: str, body: dict[str, Any], found: dict[str, Any], by: str) -> Write:
    """The next version of a locked row, to be written together with what tells of it."""
    columns = sealed_columns(tx, context, context.registry[entity], body, id_=id_)
    fresh = {"_revision": found["_revision"] + 1, "_updated_by": by}
    return changing(context.table(entity), {**columns, **fresh}, of={"id": id_}, stamp="_updated_at")


def put_row(tx: Connection, row: Write, *along: Write, within: Reach) -> None:
    """Write a row with what tells of it, in one statement; whoever is bound writes the row in their own role, and that by itself."""
    if not within.is_bound:
        put(tx, [row, *along])
        return
    with own_rows(tx, within):
        put(tx, [row])
    if along:
        put(tx, along)


@dataclass(frozen=True)
class Hand:
    """What is done to a line, by whom and why."""

    kind: Kind
    by: Actor
    within: Reach
    reason: str | None = None


def place_in_whole(tx: Connection, context: Context, declared: type[Entity], body: dict[str, Any], hand: Hand) -> Place | None:
    """Lines change only as the record that they belong to may change; who signed it and waits must sign again. Gives its place."""
    if declared.about.part_of is None:
        return None
    ref = declared.fields[declared.about.part_of].mark.ref
    whole = context.registry[ref.entity] if ref else None
    if whole is None or whole.name not in context.tables:
        require_writer(tx, context, declared, by=hand.by)
        return None
    table = context.tables[whole.name]
    key = whole.key()[-1]
    along = {there: body.get(here) for there, here in (ref.along if ref else ())}
    where = [table.c[key] == body.get(declared.about.part_of), *(table.c[k] == v for k, v in along.items())]
    with own_rows(tx, hand.within):
        row = tx.execute(select(table.c.id, table.c["_org"], table.c["_plant"]).where(*where)).one_or_none()
    if row is None:
        raise InvalidError(f"{declared.about.part_of}: there is no {whole.name} {body.get(declared.about.part_of)!r}", hint="write the whole first, then its lines")
    case = find_case(tx, context, entity=whole.name, record=row.id, lock=True)
    if case is not None and case.is_over:
        raise ConflictError(f"{whole.name} {body.get(declared.about.part_of)} is closed, and its lines with it", hint="open a new record that refers to it")
    if case is None:
        require_writer(tx, context, whole, by=hand.by)
    else:
        own = hand.kind is not Kind.ADD and body["_created_by"] == hand.by.name
        require_changeable(tx, case, kind=hand.kind, by=hand.by, reason=hand.reason, own=own)
        void_pending(tx, entity=whole.name, record=row.id)
    return Place(row[1], row[2])


def _as_shown(field: Field, found: Any) -> Any:
    """What somebody without clearance was shown of a stored value."""
    if field.mark.mask is Mask.NULL or found[field.name] is None:
        return None
    if field.mark.mask is Mask.FULL:
        return "***"
    return found[field.name + MASKED] if field.is_personal else mask_partial(str(found[field.name]))


def checked(entity: type[Entity], values: dict[str, Any], *, kept: frozenset[str] = frozenset(), zone: str) -> dict[str, Any]:
    """The values by type and rule; those `kept` are not looked at and not given back. Moments come back in UTC; one without an offset is by the clock of `zone`."""
    try:
        model = payload_of(entity, without=kept)  # type: ignore[arg-type] # a class can be a key, whatever its instances are
        body = model.model_validate({k: v for k, v in values.items() if k not in kept}, context={ZONE: zone}).model_dump()
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise InvalidError(f"{entity.name}: {words}", hint="mend the named fields") from error
    forged = [k for k, v in body.items() if isinstance(v, str) and is_sealed(v)]
    if forged:
        raise InvalidError(f"{forged[0]}: begins like a sealed value", hint="write the value itself; it is sealed here")
    broken = broken_rules(entity, body)
    if broken:
        words = "; ".join(f"{c.field or entity.name}: {c.label.en}" for c in broken)
        raise InvalidError(words, hint="; ".join(c.id for c in broken), labels=[c.label for c in broken])
    return body


def sealed_columns(tx: Connection, context: Context, entity: type[Entity], body: dict[str, Any], *, id_: str) -> dict[str, Any]:
    """Field values as columns: personal ones sealed under the subject's own key."""
    columns: dict[str, Any] = {}
    for field in entity.fields.values():
        if field.name not in body:
            continue
        value = body[field.name]
        if not field.is_personal:
            columns[field.name] = value
            if field.name == entity.about.plant:
                columns["_plant"] = value
            continue
        key_id, key = context.keyring.of_subject(tx, f"{entity.name}/{id_}")
        text = None if value is None else str(value)
        columns[field.name] = seal_all([text], key=key, key_id=key_id)[0]
        columns[field.name + MASKED] = mask_partial(text)
        columns[field.name + INDEX] = blind_index([text], key=context.keyring.index_key)[0]
    return columns


def safe(entity: type[Entity], body: dict[str, Any]) -> dict[str, Any]:
    """What the audit and events keep: values as text, personal ones never."""
    kept = ((k, v) for k, v in body.items() if k in entity.fields)
    return {k: "***" if entity.fields[k].is_personal and v is not None else None if v is None else str(v) for k, v in kept}
