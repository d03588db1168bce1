"""One act on a record: looked at in the order in which it can be refused, then done whole.

Version, state, role, duty, what it asks for, guards, signature; then the record, its step, its clocks, the audit row
and the event. All in the caller's one transaction. What follows from the event is `command.do`'s.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import Connection, select, update

from medthread.model import Label, Transition
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, PreconditionError
from medthread.model.events import Event
from medthread.model.process import MEANINGS, SYSTEM
from medthread.stores.postgres.tables import process_step
from medthread.stores.postgres.writing import Write, adding, put
from medthread.trust.access import Actor
from medthread.trust.accounts import reauthenticate
from medthread.trust.audit import recording
from medthread.trust.signatures import Signing, sign
from medthread.workflow.cases import Case, done_so_far, moving, void_pending
from medthread.workflow.content import content_of, differing, shown_hash
from medthread.workflow.context import Context
from medthread.workflow.deadlines import Limits, run_clocks
from medthread.workflow.duties import Done, broken_duty
from medthread.workflow.guarding import require
from medthread.workflow.native import checked, locked_case, put_row, safe, writing
from medthread.workflow.outbox import happened, telling
from medthread.workflow.standing import MACHINE, Asking, Standing, lent_standings, organisation_of, own_standings


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a signer gives again at signing (21 CFR 11.200), and the hash of what they were shown."""

    shown: str
    password: str
    totp: str | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody wants done to a record."""

    entity: str
    record: str
    action: str
    version: str | None
    values: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    credentials: Credentials | None = None


@dataclass(frozen=True)
class Outcome:
    """Where the record stands now; `awaiting` names the roles that must still sign before it moves."""

    state: str
    revision: int
    signature: str | None
    awaiting: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass
class Doing:
    """An act while it is being done: everything that its checks found out."""

    act: Act
    actor: Actor
    at: datetime
    case: Case
    row: dict[str, Any]
    transition: Transition
    given: dict[str, Any]
    standing: Standing
    organisation: str | None

    @property
    def entity(self) -> str:
        """Name of the record's entity."""
        return self.case.entity

    @property
    def values(self) -> dict[str, Any]:
        """The record as it will be, and who acts in which role."""
        return {**self.row, **self.given, "record": self.case.record, "actor": self.actor.name, "role": self.standing.role}


def perform(tx: Connection, context: Context, act: Act, actor: Actor, *, at: datetime | None = None) -> Outcome:
    """Do it, or raise what refuses it."""
    doing = prepare(tx, context, act, actor, at=at or datetime.now(UTC))
    _unbound(tx, doing)
    _answered(doing)
    require(tx, context, doing.transition.guards, doing.values, what=f"{doing.entity}.{act.action}", actor=actor)
    signature = _sign(tx, context, doing)
    awaiting = _awaited(tx, doing)
    if awaiting:
        return _wait(tx, context, doing, signature, awaiting)
    return _move(tx, context, doing, signature)


def _wait(tx: Connection, context: Context, doing: Doing, signature: str | None, awaiting: tuple[str, ...]) -> Outcome:
    """Keep the signature, and the values that were signed with it, so that the next one is shown and signs the same."""
    fresh = bool(differing(context, context.registry[doing.entity], doing.row, doing.given))
    limits = run_clocks(tx, context, doing.case, state=doing.case.state, values=doing.values, at=doing.at) if fresh else Limits()
    told = [_step(doing, signature, to=None), _told(context, doing, signature, limits, to=None)]
    if fresh:
        put_row(tx, _row(tx, context, doing), *told, within=doing.actor.reach)
    else:
        put(tx, told)
    return Outcome(doing.case.state, doing.row["_revision"] + fresh, signature, awaiting)


def prepare(tx: Connection, context: Context, act: Act, actor: Actor, *, at: datetime) -> Doing:
    """Lock the record and find out whether the act is one that this person may do in this state."""
    case, row = locked_case(tx, context, act.entity, act.record, version=act.version, within=actor.reach)
    transition = case.process.transition(act.action, state=case.state)
    if transition is None:
        possible = ", ".join(t.action for t in case.process.leaving(case.state)) or "nothing: it is closed"
        raise ConflictError(f"{act.entity} is {case.state}: {act.action!r} cannot be done now", hint=f"possible now: {possible}")
    taken = _signed_roles(tx, case, transition)
    asking, own = Asking(context.access, actor, case, transition, row), own_standings(actor, case)
    standing = asking.fitting(own, taken=taken) or asking.fitting(lent_standings(tx, actor, case, at=at), taken=taken)
    if standing is None:
        takes = row[transition.role_in] if transition.role_in else transition.by
        hint = "; ".join([*asking.forbidden_by(own), f"it takes {takes}"])
        raise ForbiddenError(f"{actor.name} may not {act.action} a {act.entity}", hint=hint, actor=actor.name, action=act.action)
    if actor is not MACHINE:
        context.access.require(actor, "entities:write")
    given = _given(context, act, row)
    _same(context, act, row, given, taken=taken)
    apart = any(d.apart == "organisation" for d in case.process.duties)
    organisation = organisation_of(tx, actor.name) if apart and actor is not MACHINE else None
    return Doing(act, actor, at, case, row, transition, given, standing, organisation)


def _given(context: Context, act: Act, row: dict[str, Any]) -> dict[str, Any]:
    """The values that come with the act, checked together with the rest of the record."""
    entity = context.registry[act.entity]
    strangers = sorted(set(act.values) - set(entity.fields))
    if strangers:
        raise InvalidError(f"{act.entity} has no field {strangers[0]!r}", hint=f"fields: {', '.join(entity.fields)}")
    keys = sorted(set(act.values) & set(entity.key()))
    if keys:
        raise InvalidError(f"{keys[0]} names the record and does not change", hint="leave it out")
    if not act.values:
        return {}
    kept = frozenset(f.name for f in entity.fields.values() if f.is_personal and f.name not in act.values)
    body = checked(entity, {**{n: row[n] for n in entity.fields}, **act.values}, kept=kept, zone=context.calendar.zone)
    return {n: body[n] for n in act.values}


def _same(context: Context, act: Act, row: dict[str, Any], given: dict[str, Any], *, taken: frozenset[str]) -> None:
    """All who sign one act sign the same: whoever comes later gives no other values than those that are signed already."""
    others = differing(context, context.registry[act.entity], row, given) if taken else []
    if others:
        raise ConflictError(
            f"{act.action} was signed by {', '.join(sorted(taken))} with another {', '.join(others)}; all who sign it sign the same",
            hint="sign what they signed, or change the record first, for a reason: all sign anew then")


def _signed_roles(tx: Connection, case: Case, transition: Transition) -> frozenset[str]:
    if not transition.needs_all:
        return frozenset()
    table = process_step
    here = (table.c.entity == case.entity) & (table.c.record == case.record) & (table.c.action == transition.action)
    return frozenset(tx.execute(select(table.c.role).where(here, table.c.to_state.is_(None), ~table.c.void)).scalars())


def _unbound(tx: Connection, doing: Doing) -> None:
    """Nobody whom a duty binds, and nobody twice among those who sign one act together."""
    now = Done(doing.act.action, doing.actor.name, doing.standing.on_behalf_of, doing.organisation)
    bound = any(doing.act.action in (d.one, d.other) for d in doing.case.process.duties)
    done = done_so_far(tx, doing.case) if bound else []
    broken = broken_duty(doing.case.process, done, now, doing.values, bound=doing.case.bound)
    if broken is not None:
        duty, earlier = broken
        by = " / ".join(sorted(earlier.persons))
        why = f"the record was changed by {by}" if earlier.changed else f"{earlier.action} was done by {by}"
        raise ForbiddenError(
            f"{duty.one} and {duty.other} take different {duty.apart}s: {why}",
            hint="let somebody else do it", actor=doing.actor.name, action=doing.act.action)
    if doing.transition.needs_all and _waits_for_others(tx, doing, now):
        raise ForbiddenError(f"{doing.actor.name} has signed {doing.act.action} already", hint="the other roles sign, each by another person")


def _waits_for_others(tx: Connection, doing: Doing, now: Done) -> bool:
    table = process_step
    here = (table.c.entity == doing.entity) & (table.c.record == doing.case.record) & (table.c.action == now.action)
    signers = tx.execute(select(table.c.actor, table.c.on_behalf_of).where(here, table.c.to_state.is_(None), ~table.c.void)).all()
    return any(now.persons & {p for p in (s.actor, s.on_behalf_of) if p} for s in signers)


def _answered(doing: Doing) -> None:
    """What the transition asks for is there, by now or with the act."""
    open_ = [n for n in doing.transition.asks if doing.values.get(n) in (None, "")]
    if open_:
        raise InvalidError(f"{doing.act.action} needs {', '.join(open_)}", hint="fill the named fields with the act, or before it")
    if doing.transition.reason and not (doing.act.reason or "").strip():
        raise InvalidError(f"{doing.act.action} needs a reason", hint="say why")


def _sign(tx: Connection, context: Context, doing: Doing) -> str | None:
    transition, act = doing.transition, doing.act
    if transition.meaning is None or set(transition.roles) == {SYSTEM} or doing.actor is MACHINE:
        return None
    if doing.actor.token is not None:
        raise ForbiddenError("an API token signs nothing: a signature is given in person", hint="sign in and sign it there", actor=doing.actor.name, action=act.action)
    if act.credentials is None:
        raise InvalidError(
            f"{act.action} is signed: {transition.meaning.value}", hint="give your password again, and the hash of what you were shown",
            labels=[Label(MEANINGS[transition.meaning].zh, transition.meaning.value)])
    content = content_of(tx, context, doing.case, doing.row, transition, doing.given)
    if not compare_digest(shown_hash(context, content, doing.given, by=doing.actor.name).encode(), act.credentials.shown.encode()):
        raise PreconditionError("what would be signed is not what was shown", hint="look at it again and sign what you see")
    factors = reauthenticate(tx, name=doing.actor.name, password=act.credentials.password, totp=act.credentials.totp, keyring=context.keyring)
    return sign(tx, context.signer, Signing(
        signer=doing.actor.name, printed_name=doing.actor.printed_name, on_behalf_of=doing.standing.on_behalf_of, signed_at=doing.at,
        zone=context.calendar.zone, meaning=transition.meaning.value, reason=act.reason, entity=act.entity, record=act.record,
        revision=doing.row["_revision"], action=act.action, content=content, factors=tuple(factors)))


def _awaited(tx: Connection, doing: Doing) -> tuple[str, ...]:
    """Roles that must still sign after this one."""
    if not doing.transition.needs_all:
        return ()
    signed = _signed_roles(tx, doing.case, doing.transition) | {doing.standing.role}
    return tuple(r for r in doing.transition.roles if r not in signed)


def _step(doing: Doing, signature: str | None, *, to: str | None) -> Write:
    return adding(process_step, {
        "entity": doing.entity, "record": doing.case.record, "action": doing.act.action, "from_state": doing.case.state, "to_state": to,
        "revision": doing.row["_revision"], "actor": doing.actor.name, "on_behalf_of": doing.standing.on_behalf_of, "role": doing.standing.role,
        "organisation": doing.organisation, "reason": doing.act.reason, "signature": signature, "at": doing.at})


def _row(tx: Connection, context: Context, doing: Doing) -> Write:
    return writing(tx, context, entity=doing.entity, id_=doing.case.record, body=doing.given, found=doing.row, by=doing.actor.name)


def _move(tx: Connection, context: Context, doing: Doing, signature: str | None) -> Outcome:
    """Record, step, case, audit row and event stand or fall together, and are written in one statement."""
    to = doing.transition.to
    events = _events(context, doing)
    _settle_signatures(tx, doing)
    limits = run_clocks(tx, context, doing.case, state=to, values=doing.values, at=doing.at)
    told = [_step(doing, signature, to=to), moving(doing.case, to=to, at=doing.at), _told(context, doing, signature, limits, to=to), *(telling(e) for e in events)]
    put_row(tx, _row(tx, context, doing), *told, within=doing.actor.reach)
    return Outcome(to, doing.row["_revision"] + 1, signature, events=events)


def _settle_signatures(tx: Connection, doing: Doing) -> None:
    """Those who signed this act before have moved the record with it; signatures of other acts that waited are void."""
    if not any(t.needs_all for t in doing.case.process.leaving(doing.case.state)):
        return
    table = process_step
    waited = (table.c.entity == doing.entity) & (table.c.record == doing.case.record) & table.c.to_state.is_(None) & ~table.c.void
    tx.execute(update(table).where(waited & (table.c.action == doing.act.action)).values(to_state=doing.transition.to))
    void_pending(tx, entity=doing.entity, record=doing.case.record)


def _events(context: Context, doing: Doing) -> tuple[Event, ...]:
    if not doing.transition.emits:
        return ()
    entity = context.registry[doing.entity]
    body = {**safe(entity, doing.values), "state": doing.transition.to, "action": doing.act.action}
    return (happened(context, type_=doing.transition.emits, entity=doing.entity, record=doing.case.record, by=doing.actor.name, at=doing.at, body=body),)


def _told(context: Context, doing: Doing, signature: str | None, limits: Limits, *, to: str | None) -> Write:
    """The audit row of the act."""
    entity = context.registry[doing.entity]
    before = {"state": doing.case.state, **safe(entity, {n: doing.row[n] for n in doing.given})}
    after = {"state": to or doing.case.state, **safe(entity, doing.given)}
    detail = {"role": doing.standing.role, "on_behalf_of": doing.standing.on_behalf_of, "signature": signature} | ({} if to else {"signed": "waits for others"}) | ({"clocks": limits.told} if limits.told else {})
    return recording(actor=doing.actor.name, action=f"{doing.entity}.{doing.act.action}", object_=f"{doing.entity}/{doing.case.record}",
                     reason=doing.act.reason, before=before, after=after, detail=detail)
