"""What is said of a subject, and what governs data, as changes: proposed by one person, decided by another, in force from a day, never overwritten.

A change is of one subject, whole: what was said before and what is said after. Several of them are one proposal, which
is decided as one and taken back as one. What holds on a day is the last approved change of each subject that was in
force by then, so every earlier state can be asked for. The kind and the content are the caller's: this module knows
neither terms nor definitions.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.pipeline.said import APPROVED, Said, standing
from medthread.stores.postgres.tables import account, definition_change
from medthread.trust.audit import record

PROPOSED, REFUSED, WITHDRAWN = "proposed", "refused", "withdrawn"
MOST = 5000  # changes of one proposal
LISTED = 500
SHORTEST_REASON = 2
Content = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What is to be said of one subject; nothing takes back what was said."""

    kind: str
    subject: str
    after: Content | None


def propose(tx: Connection, *, by: str, changes: Sequence[Change], reason: str, on: date, today: date, undoes: str | None = None) -> str:
    """Propose changes as one, to hold from `on`; gives the proposal's id. What changes nothing is left out; a subject that waits already is told."""
    reason = _reason(reason)
    if len(changes) > MOST:
        raise InvalidError(f"{len(changes):,} changes", hint=f"propose up to {MOST:,} at once")
    if on < today:
        raise InvalidError(f"{on} is past", hint="a definition holds from today or from a later day: what was said before stays as it was")
    now = standing(tx, on)
    fresh = [(c, before) for c in changes if (before := _content(now, c.subject)) != c.after]
    if not fresh:
        raise ConflictError("nothing is changed", hint="what is proposed holds already")
    open_ = waiting(tx, [c.subject for c, _ in fresh])
    if open_:
        subject, proposal = next(iter(open_.items()))
        raise ConflictError(f"{subject} waits for a decision in {proposal}", hint="have it decided or withdrawn first")
    id_ = f"def-{datetime.now(UTC):%Y%m%d}-{uuid.uuid4().hex[:8]}"
    shared = {"proposal": id_, "reason": reason, "effective_from": on, "state": PROPOSED, "proposed_by": by, "undoes": undoes}
    tx.execute(insert(definition_change), [{**shared, "kind": c.kind, "subject": c.subject, "before": before, "after": c.after} for c, before in fresh])
    subjects = [c.subject for c, _ in fresh]
    record(tx, actor=by, action="definition.propose", object_=f"definition/{id_}", reason=reason, detail={"subjects": subjects, "from": on, "undoes": undoes})
    return id_


def decide(tx: Connection, *, by: str, proposal: str, approve: bool, reason: str, today: date) -> date:
    """Approve or refuse as a whole what another person proposed; gives from when it holds: never from before it was approved."""
    reason, rows = _reason(reason), _open(tx, proposal)
    if rows[0].proposed_by == by:
        raise ForbiddenError(f"{by} proposed it: who proposes does not decide", hint="let somebody else decide", actor=by, action="definitions:decide")
    on: date = max(rows[0].effective_from, today)
    if approve:
        now = standing(tx, on)
        moved = [r.subject for r in rows if _content(now, r.subject) != r.before]
        if moved:
            raise ConflictError(f"{moved[0]} was changed since this was proposed", hint="refuse it, and propose anew over what holds now")
    t = definition_change
    tx.execute(update(t).where(t.c.proposal == proposal).values(
        state=APPROVED if approve else REFUSED, decided_by=by, decided_at=func.now(), decision=reason, effective_from=on))
    detail = {"subjects": [r.subject for r in rows], "proposed_by": rows[0].proposed_by, "from": on}
    before, after = ({r.subject: c for r in rows if (c := getattr(r, n)) is not None} for n in ("before", "after"))
    record(tx, actor=by, action="definition.approve" if approve else "definition.refuse", object_=f"definition/{proposal}", reason=reason, detail=detail,
           before=before if approve else None, after=after if approve else None)
    return on


def withdraw(tx: Connection, *, by: str, proposal: str) -> None:
    """Take one's own proposal back before it is decided."""
    rows = _open(tx, proposal)
    if rows[0].proposed_by != by:
        raise ForbiddenError(f"{rows[0].proposed_by} proposed it", hint="refuse it, or let whoever proposed it take it back", actor=by, action="definitions:propose")
    t = definition_change
    tx.execute(update(t).where(t.c.proposal == proposal).values(state=WITHDRAWN, decided_by=by, decided_at=func.now()))
    record(tx, actor=by, action="definition.withdraw", object_=f"definition/{proposal}")


def undo(tx: Connection, *, by: str, proposal: str, reason: str, today: date) -> str:
    """Propose to say again of every subject of an approved proposal what was said before it; refused where one was changed since."""
    rows = changes_of(tx, proposal)
    if rows[0].state != APPROVED:
        raise ConflictError(f"{proposal} is {rows[0].state}", hint="only what was approved can be taken back")
    on = max(today, rows[0].effective_from)
    now = standing(tx, on)
    later = [r.subject for r in rows if _content(now, r.subject) != r.after]
    if later:
        raise ConflictError(f"{later[0]} was changed since", hint="take the later change back first, or propose what is to hold")
    return propose(tx, by=by, changes=[Change(r.kind, r.subject, r.before) for r in rows], reason=reason, on=on, today=today, undoes=proposal)


def changes_of(tx: Connection, proposal: str) -> list[Any]:
    """The changes of a proposal. Raises `NotFoundError` where there is none."""
    t = definition_change
    rows = list(tx.execute(select(t).where(t.c.proposal == proposal).order_by(t.c.seq)))
    if not rows:
        raise NotFoundError(f"no proposal {proposal!r}", hint="GET /api/v1/definition-changes lists them")
    return rows


def history(tx: Connection, subject: str) -> list[Content]:
    """Everything that was proposed for a subject, newest first."""
    t = definition_change
    query = _named().where(t.c.subject == subject).order_by(t.c.seq.desc()).limit(LISTED)
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def proposals(tx: Connection, *, state: str | None = None, kind: str | None = None) -> list[Content]:
    """Proposals, those that wait first, then the newest: how many changes each has, of which kinds, the first subjects, whether it was undone."""
    t, undone = definition_change, definition_change.alias("undone")
    taken_back = select(undone.c.undoes).where(undone.c.state == APPROVED, undone.c.undoes.is_not(None))
    same = [func.min(t.c[n]).label(n) for n in ("reason", "effective_from", "state", "proposed_by", "decided_by", "decided_at", "decision", "undoes", "at")]
    query = select(t.c.proposal, func.count().label("changes"), func.array_agg(t.c.subject).label("subjects"), func.array_agg(t.c.kind.distinct()).label("kinds"), *same).group_by(t.c.proposal)
    query = query.where(t.c.state == state) if state else query
    found = (query.having(func.bool_or(t.c.kind == kind)) if kind else query).subquery()
    proposer, decider = account.alias("proposer"), account.alias("decider")
    named = select(found, proposer.c.printed_name.label("proposer_name"), decider.c.printed_name.label("decider_name"), found.c.proposal.in_(taken_back).label("undone"))
    named = named.outerjoin(proposer, proposer.c.name == found.c.proposed_by).outerjoin(decider, decider.c.name == found.c.decided_by)
    rows = tx.execute(named.order_by((found.c.state == PROPOSED).desc(), found.c.at.desc(), found.c.proposal).limit(LISTED))
    return [{**r._mapping, "subjects": sorted(r.subjects)[:20]} for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def waiting(tx: Connection, subjects: Sequence[str]) -> dict[str, str]:
    """Of these subjects, those that wait for a decision, each with its proposal."""
    t = definition_change
    rows = tx.execute(select(t.c.subject, t.c.proposal).where(t.c.state == PROPOSED, t.c.subject.in_(subjects)).order_by(t.c.subject))
    return {r.subject: r.proposal for r in rows}


def stamp(tx: Connection) -> tuple[Any, ...]:
    """Another whenever something else may hold."""
    t = definition_change
    return tuple(tx.execute(select(func.count(), func.max(t.c.decided_at)).where(t.c.state == APPROVED)).one())


def _named() -> Any:
    t, proposer, decider = definition_change, account.alias("proposer"), account.alias("decider")
    query = select(t, proposer.c.printed_name.label("proposer_name"), decider.c.printed_name.label("decider_name"))
    return query.outerjoin(proposer, proposer.c.name == t.c.proposed_by).outerjoin(decider, decider.c.name == t.c.decided_by)


def _content(now: Mapping[str, Said], subject: str) -> Content | None:
    return now[subject].content if subject in now else None


def _open(tx: Connection, proposal: str) -> list[Any]:
    t = definition_change
    rows = list(tx.execute(select(t).where(t.c.proposal == proposal).order_by(t.c.seq).with_for_update()))
    if not rows:
        raise NotFoundError(f"no proposal {proposal!r}", hint="GET /api/v1/definition-changes lists them")
    if rows[0].state != PROPOSED:
        raise ConflictError(f"{proposal} is {rows[0].state}", hint="only what was proposed and not yet decided can be decided")
    return rows


def _reason(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a definition is changed for a reason", hint="say why")
    return reason.strip()
