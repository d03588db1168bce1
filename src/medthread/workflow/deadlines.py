"""Time limits as rows: begun when a case comes to where a clock starts, met when it leaves, swept for warnings and escalation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, true, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.process import Clock
from medthread.stores.postgres.tables import deadline
from medthread.workflow.cases import Case
from medthread.workflow.context import Context


@dataclass(frozen=True)
class Overdue:
    """A limit that came near or passed."""

    entity: str
    record: str
    clock: str
    due_at: datetime
    role: str
    passed: bool


@dataclass
class Limits:
    """What became of a record's limits with an act: `moved` by clock, when they `was` due and when it `is` now; `told` for the log, each as it stands."""

    moved: dict[str, dict[str, str]] = field(default_factory=dict)
    told: list[dict[str, str]] = field(default_factory=list)

    def begun(self, row: Any) -> None:
        """It runs."""
        self.told.append(_told(row) | {"due": _text(row.due_at)})

    def met(self, row: Any) -> None:
        """It was met."""
        self.told.append(_told(row) | {"due": _text(row.due_at), "met": _text(row.met_at)})

    def gone(self, row: Any) -> None:
        """It was taken back: the log tells when it would have been due no more."""
        self.told.append(_told(row))


def _told(row: Any) -> dict[str, str]:
    return {"clock": row.clock, "since": _text(row.started_at)}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def run_clocks(tx: Connection, context: Context, case: Case, *, state: str, values: Mapping[str, Any], at: datetime) -> Limits:
    """After a case came to a state, or a record changed: stop the clocks that are met, start those that begin."""
    limits = Limits()
    for clock in case.process.clocks:
        if state in clock.until:
            _stop(tx, case, clock, limits, at=at)
            continue
        if not _is_on(clock, values):
            _moved(limits, clock, was=_withdraw(tx, case, clock, limits))
            continue
        start = _start(clock, case, state=state, values=values, at=at)
        if start is not None:
            _begin(tx, context, case, clock, limits, start=start)
    if case.process.is_over(state):
        _meet(tx, _of(case), limits, at=at)
    return limits


def _moved(limits: Limits, clock: Clock, *, was: datetime | None, now: datetime | None = None) -> None:
    if was is not None:
        limits.moved[clock.name] = {"was": was.isoformat()} | ({"is": now.isoformat()} if now else {})


def drop_clocks(tx: Connection, case: Case) -> Limits:
    """Take back the limits of clocks that the case's definition does not have; what passed or was met stays on record."""
    limits = Limits()
    names = [c.name for c in case.process.clocks]
    here = (deadline.c.entity == case.entity) & (deadline.c.record == case.record) & deadline.c.clock.not_in(names)
    _take_back(tx, here, limits)
    return limits


def _is_on(clock: Clock, values: Mapping[str, Any]) -> bool:
    return all(str(values.get(name)) == wanted for name, wanted in clock.when)


def _start(clock: Clock, case: Case, *, state: str, values: Mapping[str, Any], at: datetime) -> datetime | None:
    if clock.since == "opened":
        return case.opened_at
    if clock.since == state:
        return at
    moment = values.get(clock.since)
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _begin(tx: Connection, context: Context, case: Case, clock: Clock, limits: Limits, *, start: datetime) -> None:
    due = context.calendar.after(start, clock.span)
    warn = sorted(w for w in (due - (context.calendar.after(start, s) - start) for s in clock.warn) if w > start)
    # A clock that runs since a field of the record starts anew when the field is mended: the old limit is withdrawn.
    was = _withdraw(tx, case, clock, limits, but=start)
    fresh = insert(deadline).values(
        entity=case.entity, record=case.record, clock=clock.name, started_at=start, due_at=due, warn_at=warn,
        statutory=clock.statutory, basis=clock.basis, escalate=clock.escalate).on_conflict_do_nothing()
    for row in tx.execute(fresh.returning(deadline)):
        limits.begun(row)
    _moved(limits, clock, was=was, now=due)


def _withdraw(tx: Connection, case: Case, clock: Clock, limits: Limits, *, but: datetime | None = None) -> datetime | None:
    """Take back a limit that the record, as it was mended, does not have; one that passed already stays on record. Gives when it was due."""
    same = (deadline.c.entity == case.entity) & (deadline.c.record == case.record) & (deadline.c.clock == clock.name)
    return _take_back(tx, same & (deadline.c.started_at != but if but else true()), limits)


def _take_back(tx: Connection, which: Any, limits: Limits) -> datetime | None:
    gone = deadline.delete().where(which & deadline.c.met_at.is_(None) & deadline.c.escalated_at.is_(None))
    rows = tx.execute(gone.returning(deadline)).all()
    for row in rows:
        limits.gone(row)
    return rows[0].due_at if rows else None


def _of(case: Case) -> Any:
    return (deadline.c.entity == case.entity) & (deadline.c.record == case.record) & deadline.c.met_at.is_(None)


def _stop(tx: Connection, case: Case, clock: Clock, limits: Limits, *, at: datetime) -> None:
    _meet(tx, _of(case) & (deadline.c.clock == clock.name), limits, at=at)


def _meet(tx: Connection, which: Any, limits: Limits, *, at: datetime) -> None:
    for row in tx.execute(update(deadline).where(which).values(met_at=at).returning(deadline)):
        limits.met(row)


def sweep(tx: Connection, *, at: datetime, limit: int = 500) -> list[Overdue]:
    """Limits whose warning came or that passed since the last sweep; each is given once."""
    passed = select(deadline.c.id).where(deadline.c.met_at.is_(None), deadline.c.due_at <= at, deadline.c.escalated_at.is_(None))
    rows = tx.execute(update(deadline).where(deadline.c.id.in_(passed.limit(limit).with_for_update(skip_locked=True))).values(escalated_at=at).returning(deadline))
    found = [Overdue(r.entity, r.record, r.clock, r.due_at, r.escalate, passed=True) for r in rows]
    next_warning = deadline.c.warn_at[deadline.c.warned + 1]
    near = select(deadline).where(deadline.c.met_at.is_(None), deadline.c.due_at > at, next_warning <= at).limit(limit)
    for row in tx.execute(near.with_for_update(skip_locked=True)):
        reached = sum(w <= at for w in row.warn_at)
        tx.execute(update(deadline).where(deadline.c.id == row.id).values(warned=reached))
        found.append(Overdue(row.entity, row.record, row.clock, row.due_at, row.escalate, passed=False))
    return found
