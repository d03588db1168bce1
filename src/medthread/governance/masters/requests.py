"""Masters are asked for before they are made: drafted, submitted, approved by another person, and taken in like the rows of any source.

Everything about a request follows from the master's own declaration: its fields and rules, what it is matched by, the form of
its codes. What is like it already is looked for when it is submitted and again when it is approved, by the same scoring as
matching's; whoever approves answers for each, one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from medthread.derive.columns import INDEX, MASKED
from medthread.model import Entity
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, PreconditionError
from medthread.pipeline.collect.requested import opened
from medthread.stores.postgres.tables import account, master_request
from medthread.trust.audit import record
from medthread.trust.rules import text_of
from medthread.workflow import Context
from medthread.workflow.native import checked, sealed_columns
from medthread.workflow.notices import Why, tell

SHORTEST_REASON = 2
MOST = 500
HIDDEN = "***"  # what is shown of a value that nobody is shown a part of
OPEN = ("draft", "submitted")
STATUSES = ("draft", "submitted", "approved", "refused", "withdrawn", "existing")
STEWARD = "steward"  # whoever is told that one waits
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for: values by field, and what it is needed for."""

    values: Values
    reason: str


def texts_of(context: Context, entity: type[Entity], values: Values, *, whole: bool) -> dict[str, Any]:
    """The values by type, rule and code list; `whole`: those that the master must have are there. Raises `InvalidError` with what is wrong."""
    key = entity.key()[-1]
    if values.get(key):
        raise InvalidError(f"{key} is given with the approval", hint="leave it out: the code follows from the master's own rule")
    given = {n: v for n, v in values.items() if v not in (None, "")}
    kept = frozenset({key} if whole else {n for n in entity.fields if n not in given} | {key})
    return checked(entity, given, kept=kept, zone=context.calendar.zone)


def draft(tx: Connection, context: Context, entity: type[Entity], wish: Wish, *, by: str) -> int:
    """Write it down; gives its number. What the master must have may still be missing."""
    body = texts_of(context, entity, wish.values, whole=False)
    id_ = int(tx.execute(insert(master_request).values(entity=entity.name, values={}, reason=_reason(wish.reason), status="draft", asked_by=by).returning(master_request.c.id)).scalar_one())
    _put(tx, id_, values=_at_rest(tx, context, entity, body, id_=id_))
    record(tx, actor=by, action="master.request", object_=f"master_request/{id_}", reason=wish.reason.strip(), detail={"entity": entity.name, "fields": sorted(body)})
    return id_


def change(tx: Connection, context: Context, entity: type[Entity], wish: Wish, *, by: str, id_: int, revision: int) -> None:
    """Other values in a draft of one's own, from the version that was read; masked ones that come back as shown stay. One that is submitted is a draft again."""
    row = own_open(tx, by=by, id_=id_)
    if row.revision != revision:
        raise PreconditionError("somebody changed it after you read it", hint="read it again and repeat your change")
    as_shown = {n for n in entity.fields if row.values.get(n) and wish.values.get(n) in (row.values.get(n + MASKED), HIDDEN)}
    body = texts_of(context, entity, {n: v for n, v in wish.values.items() if n not in as_shown}, whole=False)
    kept = {n + ending: row.values.get(n + ending) for n in as_shown for ending in (("", MASKED, INDEX) if entity.fields[n].is_personal else ("",))}
    _put(tx, id_, values=_at_rest(tx, context, entity, body, id_=id_) | kept, reason=_reason(wish.reason), status="draft", submitted_at=None, revision=revision + 1)
    record(tx, actor=by, action="master.request", object_=f"master_request/{id_}", reason=wish.reason.strip(), detail={"entity": entity.name, "fields": sorted(body), "was": row.status})


def submit(tx: Connection, context: Context, entity: type[Entity], *, by: str, id_: int, tells: bool = True) -> None:
    """Hand it over to be decided; who decides is told. That nothing bears its identifier is for the caller to see to."""
    texts_of(context, entity, clear_of(tx, context, entity, own_open(tx, by=by, id_=id_).values), whole=True)
    _put(tx, id_, status="submitted", submitted_at=datetime.now(UTC))
    record(tx, actor=by, action="master.submit", object_=f"master_request/{id_}", detail={"entity": entity.name})
    # The owner is a function of the company; where it is a role as well, those who hold it are told beside the stewards.
    for role in dict.fromkeys((STEWARD, entity.about.owner)) if tells else ():
        tell(tx, context, role=role, why=Why.REQUESTED, entity=entity.name, record=str(id_), about={})


def clear_of(tx: Connection, context: Context, entity: type[Entity], values: Values) -> dict[str, str | None]:
    """The values of a request as they were given. They leave it only to be checked, and to be taken in."""
    return {n: opened(tx, context.keyring, v) for n, v in values.items() if n in entity.fields}


def withdraw(tx: Connection, *, by: str, id_: int, reason: str) -> None:
    """No longer wanted, says who asked for it."""
    row = own_open(tx, by=by, id_=id_)
    _put(tx, id_, status="withdrawn", decided_by=by, decided_at=datetime.now(UTC), decision=_reason(reason))
    record(tx, actor=by, action="master.withdraw", object_=f"master_request/{id_}", reason=reason.strip(), detail={"entity": row.entity, "was": row.status})


def refuse(tx: Connection, *, by: str, id_: int, reason: str) -> None:
    """It is not made, says another person."""
    row = waiting(tx, by=by, id_=id_)
    _put(tx, id_, status="refused", decided_by=by, decided_at=datetime.now(UTC), decision=_reason(reason))
    record(tx, actor=by, action="master.refuse", object_=f"master_request/{id_}", reason=reason.strip(), detail={"entity": row.entity, "asked_by": row.asked_by})


def locked(tx: Connection, id_: int) -> Row[Any]:
    """A request, as nobody else changes it meanwhile."""
    row = tx.execute(select(master_request).where(master_request.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no request {id_}", hint="the list shows those there are")
    return row


def own_open(tx: Connection, *, by: str, id_: int) -> Row[Any]:
    """One's own that is not decided yet, locked."""
    row = locked(tx, id_)
    if row.asked_by != by:
        raise ForbiddenError(f"{row.asked_by} asked for it", hint="ask for it yourself, or refuse it where you decide", actor=by, action="masters:request")
    if row.status not in OPEN:
        raise ConflictError(f"request {id_} is {row.status}", hint="what is decided stays; make a new one")
    return row


def waiting(tx: Connection, *, by: str, id_: int) -> Row[Any]:
    """One that another person submitted, locked."""
    row = locked(tx, id_)
    if row.status != "submitted":
        raise ConflictError(f"request {id_} is {row.status}", hint="only what is submitted and not yet decided can be decided")
    if row.asked_by == by:
        raise ForbiddenError(f"{by} asked for it: who asks does not approve", hint="let somebody else approve", actor=by, action="masters:approve")
    return row


def requests(
    tx: Connection, *, entities: Iterable[str], statuses: Iterable[str] = (), by: str | None = None, own: bool = False, only: int | None = None, after: int | None = None, limit: int = MOST,
) -> list[dict[str, Any]]:
    """Newest first, of these masters; with the names of who asked and who decided. Drafts are their authors' alone: `by` says who looks, `own` that they see none but theirs."""
    table, asker, decider = master_request, account.alias("asker"), account.alias("decider")
    query = select(table, asker.c.printed_name.label("asker_name"), decider.c.printed_name.label("decider_name"))
    query = query.outerjoin(asker, asker.c.name == table.c.asked_by).outerjoin(decider, decider.c.name == table.c.decided_by)
    query = query.where(table.c.entity.in_(list(entities)), (table.c.status != "draft") | (table.c.asked_by == by)).order_by(table.c.id.desc()).limit(min(limit, MOST + 1))
    for condition in (table.c.asked_by == by if own else None, table.c.status.in_(list(statuses)) if statuses else None, table.c.id == only if only is not None else None, table.c.id < after if after is not None else None):
        query = query if condition is None else query.where(condition)
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's way to a row's columns


def requested(tx: Connection, *, status: str) -> list[str]:
    """Masters of which there are requests with a status."""
    return list(tx.execute(select(master_request.c.entity).where(master_request.c.status == status).distinct().order_by(master_request.c.entity)).scalars())


def forget_person(tx: Connection, entities: Iterable[type[Entity]], indices: Iterable[str]) -> int:
    """Empty the values of somebody erased, known by their blind indices; gives the requests that held any."""
    gone, found = frozenset(indices), 0
    personal = {e.name: [n for n, f in e.fields.items() if f.is_personal] for e in entities}
    for name, fields in personal.items():
        held = [master_request.c["values"][n + INDEX].astext.in_(gone) for n in fields]
        for row in tx.execute(select(master_request).where(master_request.c.entity == name, _any(held)).with_for_update()) if held and gone else ():
            theirs = [n for n in fields if row.values.get(n + INDEX) in gone]
            _put(tx, row.id, values=row.values | {n + ending: None for n in theirs for ending in ("", MASKED, INDEX)})
            found += 1
    return found


def put(tx: Connection, id_: int, **values: Any) -> None:
    """Other columns of a request."""
    _put(tx, id_, **values)


def _any(conditions: list[Any]) -> Any:
    found = conditions[0]
    for condition in conditions[1:]:
        found |= condition
    return found


def _put(tx: Connection, id_: int, **values: Any) -> None:
    tx.execute(update(master_request).where(master_request.c.id == id_).values(**values))


def _at_rest(tx: Connection, context: Context, entity: type[Entity], body: dict[str, Any], *, id_: int) -> dict[str, str | None]:
    """As it is kept: text as the lake writes it, personal values sealed under a key of the request's own."""
    filled = {n: v for n, v in body.items() if v is not None}
    return {n: text_of(v) for n, v in sealed_columns(tx, context, entity, filled, id_=f"request-{id_}").items() if n != "_plant"}


def _reason(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a request for a master says what it is needed for", hint="say why")
    return reason.strip()
