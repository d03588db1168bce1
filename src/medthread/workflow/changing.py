"""Who may change what a record says, and when: beside the acts of its process, never past what was decided about it.

A closed record is never changed. One that rests in what was approved, or that binds others as it stands, changes by acts
alone. Otherwise it is changed by whoever opened it and by those who have a part in its process; one that goes through none by
those whom its declaration names (`About.written_by`). Lines are added by
whoever finds something out, and mended by who wrote them too. Past its first state a change takes a reason
(21 CFR 11.10(e)); what stood open in a line is filled in without one. Who changes a record after work on it was done that others check is bound as if they had done that
work: nobody approves their own change (`broken_duty`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, update

from medthread.derive.writers import writers_of
from medthread.model import Entity
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.model.process import ORIGINATOR
from medthread.stores.postgres.tables import process_case
from medthread.trust.access import Actor, Writing
from medthread.trust.roles import role_label
from medthread.workflow.cases import Case, done_so_far
from medthread.workflow.context import Context
from medthread.workflow.standing import MACHINE, lent_roles, opens, standings


class Kind(StrEnum):
    """What is done to what a record says."""

    CHANGE = "change"  # its own values, or those of a line
    ADD = "add"  # a line more
    FILL = "fill"  # what stood open in a line
    REMOVE = "remove"  # a line less


def require_changeable(tx: Connection, case: Case, *, kind: Kind, by: Actor, reason: str | None, own: bool = False) -> None:
    """Refuse a change that this person may not make to a record in this state; `own` is a line that they wrote.

    Raises:
        ConflictError: the record is closed, at rest, or binding.
        ForbiddenError: this person has no part in its process, and did not open it.
        InvalidError: it takes a reason.

    """
    require_open(case)
    if by is not MACHINE:
        _unsettled(case, kind)
    if by is not MACHINE and kind is not Kind.ADD and not own:
        _has_part(tx, case, by)
    if kind in (Kind.CHANGE, Kind.REMOVE) and case.state not in case.process.initial and not (reason or "").strip():
        raise InvalidError("a record past its first state is changed for a reason", hint="say why (21 CFR 11.10(e))")


def require_writer(tx: Connection, context: Context, entity: type[Entity], *, by: Actor) -> None:
    """Refuse to write a record that no case guards to whom its declaration, or its process, does not name for it; roles lent count."""
    if by is MACHINE or may_write(tx, context, entity, by=by):
        return
    roles = writers_of(entity, context.registry, context.rulebook.processes).changed_by
    labels = [role_label(r) for r in roles]
    raise ForbiddenError(
        f"{by.name} may not write a {entity.name}", hint=f"{', '.join(r.en for r in labels)} may", labels=labels,
        actor=by.name, action="records:write", roles=list(roles))


def may_write(tx: Connection, context: Context, entity: type[Entity], *, by: Actor) -> bool:
    """Whether somebody writes records of an entity where no case says who; by the access port, in a role of theirs or one lent to them."""
    writers = writers_of(entity, context.registry, context.rulebook.processes)
    asked = Writing(writers.entity.name, writers.changed_by, "")
    if any(context.access.decide_writing(by, asked._replace(standing=r)).allowed for r in by.roles):
        return True
    lent = {r for _, roles in lent_roles(tx, by, at=datetime.now(UTC)) for r in roles}
    return any(context.access.decide_writing(by, asked._replace(standing=r)).allowed for r in sorted(lent))


def hands_on(tx: Connection, context: Context, entity: type[Entity], *, by: Actor) -> tuple[bool, bool]:
    """Whether somebody who writes at all makes records of an entity, and changes them; of a record in a process, its state and their part in it say so each time."""
    writers = writers_of(entity, context.registry, context.rulebook.processes)
    if writers.process is None:
        may = may_write(tx, context, entity, by=by)
        return may, may
    return writers.entity is not entity or opens(tx, writers.process, by, at=datetime.now(UTC)), True


def require_open(case: Case) -> None:
    """Refuse what would change a closed record."""
    if case.is_over:
        raise ConflictError(f"the record is {case.state}: closed records are never edited", hint="open a new record that refers to this one")


def _unsettled(case: Case, kind: Kind) -> None:
    process = case.process
    if case.state not in process.rest and (case.state not in process.binding or kind is Kind.ADD):
        return
    possible = ", ".join(t.action for t in process.leaving(case.state))
    hint = f"possible now: {possible}; or open a new record" if possible else "open a new record that refers to this one"
    raise ConflictError(f"the record is {case.state}: what was decided about it changes by an act alone", hint=hint)


def changes_possible(tx: Connection, case: Case, *, by: Actor) -> list[Kind]:
    """What this person may do now to what the record says; a line of their own they may mend besides."""
    if case.is_over or case.state in case.process.rest:
        return []
    if case.state in case.process.binding or not _held(tx, case, by) & {*case.process.parts, ORIGINATOR}:
        return [Kind.ADD]
    return list(Kind)


def _held(tx: Connection, case: Case, by: Actor) -> set[str]:
    return {s.role for s in standings(tx, by, case, at=datetime.now(UTC))}


def _has_part(tx: Connection, case: Case, by: Actor) -> None:
    if _held(tx, case, by) & {*case.process.parts, ORIGINATOR}:
        return
    roles = ", ".join(sorted(case.process.parts))
    raise ForbiddenError(f"{by.name} may not change a {case.entity}", hint=f"who opened it may, and who has a part in its process: {roles}", actor=by.name, action="entities:write")


def require_same_record(declared: type[Entity], found: dict[str, Any], body: dict[str, Any]) -> None:
    """Refuse another name for a record, another whole for a line, another maker: what points there would point elsewhere.

    What tells a line from the next within its whole (a lot that was listed by mistake) is content like any other.
    """
    fixed = [*_naming(declared), *(f.name for f in declared.fields.values() if f.mark.default == "me")]
    moved = next((n for n in fixed if n in body and body[n] != found[n] and found[n] is not None), None)
    if moved is not None:
        raise InvalidError(f"{moved} names the record and does not change", hint="leave it as it is; a record that is wrong as a whole is closed, and a new one opened")


def _naming(declared: type[Entity]) -> tuple[str, ...]:
    """Fields that name a record; of a line, those that name its whole."""
    part_of = declared.about.part_of
    ref = declared.fields[part_of].mark.ref if part_of else None
    return declared.key() if part_of is None or ref is None else (part_of, *(here for _, here in ref.along))


def require_reason_for_limits(case: Case, found: Mapping[str, Any], body: Mapping[str, Any], reason: str | None) -> None:
    """Refuse to move a limit that a law sets without saying why, in the first state too."""
    names = {n for c in case.process.clocks if c.statutory for n in (c.since, *(name for name, _ in c.when))}
    moved = sorted(n for n in names & set(body) if found[n] is not None and found[n] != body[n])
    if moved and not (reason or "").strip():
        raise InvalidError(f"a statutory limit runs from {', '.join(moved)}", hint="say why it changes")


def kind_of(found: Mapping[str, Any], body: Mapping[str, Any]) -> Kind:
    """Whether values of a line are changed or only filled in."""
    return Kind.FILL if all(found[n] is None or found[n] == v for n, v in body.items()) else Kind.CHANGE


def bind(tx: Connection, case: Case, *, by: Actor) -> list[str]:
    """Remember who changed work that was done: they do not do the acts that check it. Gives what is fresh of it, as `act/name`."""
    if by is MACHINE or not case.process.duties:
        return []
    done = {d.action for d in done_so_far(tx, case)}
    fresh = sorted({f"{d.other}/{by.name}" for d in case.process.duties if d.one in done and d.apart == "person"} - set(case.bound))
    if fresh:
        here = (process_case.c.entity == case.entity) & (process_case.c.record == case.record)
        tx.execute(update(process_case).where(here).values(bound=[*case.bound, *fresh]))
    return fresh
