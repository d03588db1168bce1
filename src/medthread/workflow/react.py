"""Events and what follows: at once in the act's own transaction, soon after by the system, or when a person accepts."""

import uuid
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, MedthreadError, NotFoundError
from medthread.model.events import Event, Mode, Reaction
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import outbox, proposal, reaction_failure
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.workflow.context import Context
from medthread.workflow.native import require_within
from medthread.workflow.notices import Why, tell
from medthread.workflow.outbox import move, unread
from medthread.workflow.work import Acting

SUBSCRIBER = "reactions"
KEEPERS = frozenset({"steward", "data_engineer"})  # who mend what no process has a role for
BATCH = 50


class BrokenReactionError(MedthreadError):
    """A reaction fails on an event as it never should; it waits, the others go on."""

    code = "reaction"


def follow_at_once(tx: Connection, context: Context, events: Iterable[Event], *, by: str) -> None:
    """Do what must stand before anybody's next act; whatever that refuses refuses the act. Events it brings are followed too."""
    waiting = deque(events)
    while waiting:
        event = waiting.popleft()
        for reaction in context.rulebook.reactions_to.get(event.type, ()):
            if reaction.mode is Mode.AT_ONCE:
                waiting.extend(_do(tx, context, reaction, event, by=by))


def _do(tx: Connection, context: Context, reaction: Reaction, event: Event, *, by: str) -> list[Event]:
    work = Acting(tx, context, by=by, now=datetime.now(UTC), after=event)
    if reaction.do is not None:
        try:
            reaction.do(event, work)
        except (LookupError, TypeError, ValueError) as error:
            # Facts that it counts on are missing or of another kind, as they may be where an event came from outside.
            raise BrokenReactionError(
                f"{reaction.name} cannot do with the facts of {event.type}: {error!r}", hint="send the facts that it reads, or mend the reaction") from error
    return work.events


def drain(store: Store, context: Context, *, limit: int = BATCH) -> int:
    """Handle the next events in one transaction with the cursor: each has its effect exactly once. Gives how many."""
    with store.transaction() as tx:
        rows = unread(tx, name=SUBSCRIBER, limit=limit)
        following = [(r, event) for _, _, event in rows for r in context.rulebook.reactions_to.get(event.type, ()) if r.mode is not Mode.AT_ONCE]
        _follow_all(tx, context, following)
        if rows:
            move(tx, name=SUBSCRIBER, xid=rows[-1][0], seq=rows[-1][1], lasting=bool(following))
    return len(rows)


def _follow_all(tx: Connection, context: Context, following: list[tuple[Reaction, Event]]) -> None:
    """All together; where one of them fails, all again one by one, so that the others go on."""
    try:
        with tx.begin_nested():
            for reaction, event in following:
                _follow(tx, context, reaction, event)
    except MedthreadError:
        for reaction, event in following:
            try:
                with tx.begin_nested():
                    _follow(tx, context, reaction, event)
            except MedthreadError as error:
                _failed(tx, reaction, event, error)


def _follow(tx: Connection, context: Context, reaction: Reaction, event: Event) -> None:
    if reaction.mode is Mode.PROPOSE:
        made = tx.execute(insert(proposal).values(
            id=str(uuid.uuid4()), reaction=reaction.name, event=event.id, entity=event.entity, record=event.record, role=reaction.role,
        ).on_conflict_do_nothing().returning(proposal.c.id)).scalar_one_or_none()
        if made is not None:
            about = {"proposal": made, "reaction": reaction.name}
            tell(tx, context, role=reaction.role, why=Why.PROPOSED, entity=event.entity, record=event.record, about=about)
    elif reaction.mode is Mode.AUTO:
        follow_at_once(tx, context, _do(tx, context, reaction, event, by="system"), by="system")


def _failed(tx: Connection, reaction: Reaction, event: Event, error: MedthreadError) -> None:
    """A reaction that could not be done waits with its reason; the others go on."""
    again = {"error": error.message, "attempts": reaction_failure.c.attempts + 1}
    tx.execute(insert(reaction_failure).values(event=event.id, reaction=reaction.name, error=error.message).on_conflict_do_update(
        index_elements=["event", "reaction"], set_=again))
    record(tx, actor="system", action=f"reaction.{reaction.name}", object_=f"{event.entity}/{event.record}", outcome="refused", reason=error.code,
           detail={"message": error.message, "event": event.type})


def may_retry(context: Context, actor: Actor, *, entity: str, reaction: str) -> bool:
    """Whether a failed reaction is the actor's to try again: by a part in the process of the record that it follows, by its own role, or as a keeper of data."""
    process, found = context.rulebook.processes.get(entity), context.rulebook.reactions.get(reaction)
    may = KEEPERS | (process.parts if process else frozenset()) | ({found.role} if found and found.role else frozenset())
    return not may.isdisjoint(actor.roles)


def retry(tx: Connection, context: Context, *, event: str, reaction: str, actor: Actor) -> None:
    """Try a failed reaction again, once what stood in its way is gone."""
    here = (reaction_failure.c.event == event) & (reaction_failure.c.reaction == reaction) & reaction_failure.c.resolved_at.is_(None)
    if tx.execute(select(reaction_failure.c.event).where(here).with_for_update()).one_or_none() is None:
        raise NotFoundError(f"no failed reaction {reaction!r} to that event", hint="the inbox lists those that wait")
    happened = _event(tx, event)
    require_within(tx, context, happened.entity, happened.record, within=actor.reach)
    if not may_retry(context, actor, entity=happened.entity, reaction=reaction):
        raise ForbiddenError(
            f"{actor.name} may not try it again", hint="who has a part in the record's process may, or a data steward",
            actor=actor.name, action="reaction.retry")
    follow_at_once(tx, context, _do(tx, context, context.rulebook.reactions[reaction], happened, by=actor.name), by=actor.name)
    tx.execute(update(reaction_failure).where(here).values(resolved_at=datetime.now(UTC)))
    record(tx, actor=actor.name, action=f"reaction.{reaction}", object_=f"event/{event}")


def decide(tx: Connection, context: Context, *, id_: str, actor: Actor, accept: bool, reason: str) -> None:
    """Accept or refuse a proposal, as somebody with its role; accepted, it is done in this transaction."""
    row = tx.execute(select(proposal).where(proposal.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no proposal {id_!r}", hint="the inbox lists those that wait")
    require_within(tx, context, row.entity, row.record, within=actor.reach)
    if row.status != "open":
        raise ConflictError(f"the proposal was {row.status} by {row.decided_by}", hint="nothing is left to do")
    if row.role not in actor.roles:
        raise ForbiddenError(f"{actor.name} may not decide it", hint=f"it waits for {row.role}", actor=actor.name, action="proposal.decide")
    if not reason.strip():
        raise InvalidError("a proposal is decided for a reason", hint="say why")
    if accept:
        follow_at_once(tx, context, _do(tx, context, context.rulebook.reactions[row.reaction], _event(tx, row.event), by=actor.name), by=actor.name)
    status = "accepted" if accept else "refused"
    tx.execute(update(proposal).where(proposal.c.id == id_).values(status=status, decided_by=actor.name, decided_at=datetime.now(UTC), reason=reason))
    record(tx, actor=actor.name, action=f"proposal.{status}", object_=f"{row.entity}/{row.record}", reason=reason, detail={"reaction": row.reaction})


def _event(tx: Connection, id_: str) -> Event:
    row = tx.execute(select(outbox).where(outbox.c.id == id_)).one()
    return Event(row.id, row.type, row.entity, row.record, row.at, row.by, row.body)
