"""Open cases put onto the version of their process that is in force: an explicit act, audited case by case."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from medthread.model import Process
from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres.tables import process_case
from medthread.trust.audit import record
from medthread.workflow.cases import Case, definition_of, void_pending
from medthread.workflow.context import Context
from medthread.workflow.deadlines import drop_clocks, run_clocks
from medthread.workflow.native import row_of


def migrate_cases(
    tx: Connection, context: Context, *, entity: str, states: Mapping[str, str], by: str, reason: str, at: datetime | None = None,
) -> int:
    """Put the open cases of older versions onto the current one, each state as another where `states` says so.

    Refused whole with `InvalidError` where `states` names a state that its version does not have, with `ConflictError`
    where a case stands in one that the current version lacks. Signatures that wait for others are void; clocks run as the
    current version says, those that it does not have any more end. Gives how many moved.
    """
    process = context.rulebook.processes[entity]
    old = (process_case.c.entity == entity) & process_case.c.closed_at.is_(None) & (process_case.c.version != process.version)
    rows = tx.execute(select(process_case).where(old).order_by(process_case.c.record).with_for_update()).all()
    _known(process.name, states.values(), process)
    if rows:
        _known(process.name, states, *(definition_of(tx, context, r) for r in {r.version: r for r in rows}.values()))
    names = {s.name for s in process.states}
    lost = sorted({r.state for r in rows if states.get(r.state, r.state) not in names})
    if lost:
        raise ConflictError(f"cases stand in {', '.join(lost)}, which version {process.version} does not have", hint=f"say where they go: --state {lost[0]}=…")
    for row in rows:
        clocks = _move(tx, context, row, to=states.get(row.state, row.state), at=at or datetime.now(UTC))
        record(tx, actor=by, action="process.migrate", object_=f"{entity}/{row.record}", reason=reason, before={"version": row.version, "state": row.state},
               after={"version": process.version, "state": states.get(row.state, row.state)}, detail={"clocks": clocks} if clocks else None)
    return len(rows)


def _known(name: str, states: Any, *definitions: Process) -> None:
    there = {s.name for d in definitions for s in d.states}
    strangers = sorted(set(states) - there)
    if strangers:
        raise InvalidError(f"{name} has no state {strangers[0]!r}", hint=f"its states are {', '.join(sorted(there))}")


def _move(tx: Connection, context: Context, row: Any, *, to: str, at: datetime) -> list[dict[str, str]]:
    process = context.rulebook.processes[row.entity]
    here = (process_case.c.entity == row.entity) & (process_case.c.record == row.record)
    since = row.state_since if to == row.state else at
    closed = at if process.is_over(to) else None
    tx.execute(update(process_case).where(here).values(process=process.name, version=process.version, state=to, state_since=since, closed_at=closed))
    void_pending(tx, entity=row.entity, record=row.record)
    case = Case(row.entity, row.record, process, to, row.opened_by, row.opened_at, since, tuple(row.bound))
    dropped = drop_clocks(tx, case)
    return [*dropped.told, *run_clocks(tx, context, case, state=to, values=row_of(tx, context, row.entity, row.record), at=since).told]
