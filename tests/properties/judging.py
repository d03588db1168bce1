"""What a run left behind, read back and judged by the definitions alone, not by the code that acted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from medthread.model.process import ORIGINATOR, SYSTEM, Process
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import (
    account,
    audit_event,
    delegation,
    outbox,
    process_case,
    process_step,
    signature,
)
from medthread.trust.signatures import stands
from medthread.workflow import Context
from tests.properties.random_run import RandomRun

Key = tuple[str, str]


@dataclass(frozen=True)
class Left:
    """Cases, steps, audit rows, events and delegations of a database."""

    cases: dict[Key, Any]
    steps: dict[Key, list[Any]]
    audited: Counter[tuple[str, str]]
    emitted: Counter[tuple[str, str, str]]
    roles: dict[str, list[str]]
    lent: dict[tuple[str, str], list[Any]]

    @classmethod
    def read(cls, tx: Connection, only: Iterable[Key] | None) -> "Left":
        """All of it, void steps included; or what belongs to some records."""
        def here(query: Select[Any], column: ColumnElement[str], form: str = "{1}") -> Any:
            return tx.execute(query if only is None else query.where(column.in_([form.format(*key) for key in only])))

        steps: dict[Key, list[Any]] = {}
        for s in here(select(process_step).order_by(process_step.c.id), process_step.c.record):
            steps.setdefault((s.entity, s.record), []).append(s)
        told = select(audit_event.c.object, audit_event.c.action, func.count()).where(audit_event.c.outcome == "done")
        events = select(outbox.c.entity, outbox.c.record, outbox.c.type, func.count()).group_by(outbox.c.entity, outbox.c.record, outbox.c.type)
        lent: dict[tuple[str, str], list[Any]] = {}
        for d in tx.execute(select(delegation)):
            lent.setdefault((d.giver, d.taker), []).append(d)
        return cls(
            {(c.entity, c.record): c for c in here(select(process_case), process_case.c.record)}, steps,
            Counter({(o, a): n for o, a, n in here(told.group_by(audit_event.c.object, audit_event.c.action), audit_event.c.object, "{0}/{1}")}),
            Counter({(e, r, t): n for e, r, t, n in here(events, outbox.c.record)}),
            {a.name: a.roles for a in tx.execute(select(account.c.name, account.c.roles))}, lent)


def judge(store: Store, context: Context, run: RandomRun, *, alone: bool = True) -> list[str]:
    """Everything that is wrong; where the run is not alone in its database, with the records that it opened."""
    with store.transaction() as tx:
        return list(faults(tx, context, run, alone=alone))


def faults(tx: Connection, context: Context, run: RandomRun, *, alone: bool = True) -> Iterator[str]:
    """The same, as a transaction sees it."""
    left = Left.read(tx, None if alone else run.opened)
    signed = [i for e, r, i in tx.execute(select(signature.c.entity, signature.c.record, signature.c.id)) if alone or (e, r) in run.opened]
    yield from (f"signature {i} does not stand" for i in signed if not stands(tx, i))
    yield from _switched_duties(tx, context, left)
    for entity in context.rulebook.processes if alone else ():
        ids = set(tx.execute(select(context.tables[entity].c.id)).scalars())
        if ids != {r for e, r in left.cases if e == entity}:
            yield f"{entity}: records and cases differ"
    yield from (f"{key}: acknowledged and not there" for key in run.opened - set(left.cases))
    done = Counter((s.entity, s.record, s.action) for steps in left.steps.values() for s in steps if s.role != SYSTEM)
    told = run.acknowledged
    yield from (f"{key}: acknowledged {told[key]} times and done {done[key]} times" for key in done | told if done[key] != told[key])
    for key, case in left.cases.items():
        process = context.rulebook.processes[key[0]]
        steps = left.steps.get(key, [])
        standing = [s for s in steps if not s.void]
        for fault in (*_course(process, case, standing), *_duties(process, standing), *_rights(left, case, steps), *_whole(left, process, case, steps)):
            yield f"{key}: {fault}"


def _course(process: Process, case: Any, steps: list[Any]) -> Iterator[str]:
    """States and transitions of the definition, one after the other."""
    moved = [s for s in steps if s.to_state is not None]
    state = moved[0].from_state if moved else case.state
    if state not in process.initial:
        yield f"began in {state}"
    for s in moved:
        t = process.transition(s.action, state=s.from_state)
        if t is None or t.to != s.to_state or s.role not in t.roles:
            yield f"{s.action} by {s.role} from {s.from_state} to {s.to_state} is no transition"
        elif t.meaning and s.signature is None and s.role != SYSTEM:
            yield f"{s.action} was not signed"
    for before, after in pairwise(moved):
        together = (before.action, before.from_state) == (after.action, after.from_state)
        if after.from_state != before.to_state and not together:
            yield f"{after.action} left {after.from_state} when it stood in {before.to_state}"
    if moved and moved[-1].to_state != case.state:
        yield f"stands in {case.state} after {moved[-1].to_state}"
    if (case.closed_at is not None) != process.is_over(case.state):
        yield f"is {case.state} and closed at {case.closed_at}"


def _duties(process: Process, steps: list[Any]) -> Iterator[str]:
    """Nobody did both sides of a duty, for whomever they acted; those who sign together are different persons."""
    def persons(action: str) -> set[str]:
        return {p for s in steps if s.action == action for p in (s.actor, s.on_behalf_of) if p and s.role != SYSTEM}

    for duty in process.duties:
        if duty.when is None and persons(duty.one) & persons(duty.other):
            yield f"{duty.one} and {duty.other} were done by one person"
    for t in process.transitions:
        if t.needs_all:
            for signed in _together(steps, t.action, t.from_, len(t.roles)):
                people = [p for s in signed for p in {s.actor, s.on_behalf_of} - {None}]
                if {s.role for s in signed} != set(t.roles) or len(set(people)) != len(people):
                    yield f"{t.action} moved without all of {t.by} by different persons"


def _switched_duties(tx: Connection, context: Context, left: Left) -> Iterator[str]:
    """Duties that a field of the record switches on, where it was written once and for all; some ask for different organisations."""
    for entity, process in context.rulebook.processes.items():
        table = context.tables[entity]
        for duty in process.duties:
            on = tx.execute(select(table.c.id).where(table.c[duty.when])).scalars() if duty.when else ()
            for id_ in on:
                sides = [[s for s in left.steps.get((entity, id_), ()) if s.action == a and not s.void] for a in (duty.one, duty.other)]
                if left.audited[f"{entity}/{id_}", "entity.update"] or not all(sides):
                    continue
                apart = [{s.organisation if duty.apart == "organisation" else s.actor for s in side} for side in sides]
                if apart[0] & apart[1]:
                    yield f"{(entity, id_)}: {duty.one} and {duty.other} were done by one {duty.apart}"


def _together(steps: list[Any], action: str, from_: tuple[str, ...], size: int) -> list[list[Any]]:
    """The signatures of one act that several sign; the revision grows between them where the first gave values."""
    here = [s for s in steps if s.action == action and s.from_state in from_ and s.to_state is not None]
    return [here[n:n + size] for n in range(0, len(here), size)]


def _rights(left: Left, case: Any, steps: list[Any]) -> Iterator[str]:
    """Each acted in a role of their own, in one that was lent to them then, or on what they had opened."""
    for s in steps:
        if s.role == SYSTEM:
            continue
        holder = s.on_behalf_of or s.actor
        if s.role not in left.roles.get(holder, []) and (s.role != ORIGINATOR or case.opened_by != holder):
            yield f"{s.action}: {holder} is no {s.role}"
        if s.on_behalf_of and not any(
            (s.role == ORIGINATOR or s.role in d.roles) and d.valid_from <= s.at < d.valid_to and (d.revoked_at is None or s.at <= d.revoked_at)
            for d in left.lent.get((s.on_behalf_of, s.actor), ())
        ):
            yield f"{s.action}: {s.role} was not lent to {s.actor} by {s.on_behalf_of}"


def _whole(left: Left, process: Process, case: Any, steps: list[Any]) -> Iterator[str]:
    """A step with its audit row, a move with its event: never one without the other."""
    object_ = f"{case.entity}/{case.record}"
    if not left.audited[object_, "entity.create"]:
        yield "opened and nothing told"
    for action, n in Counter(s.action for s in steps).items():
        if left.audited[object_, f"{case.entity}.{action}"] != n:
            yield f"{action}: {n} steps and {left.audited[object_, f'{case.entity}.{action}']} audit rows"
    told: Counter[str] = Counter()
    for t in process.transitions:
        if t.emits:
            moves = [s for s in steps if s.to_state is not None and not s.void and s.action == t.action and s.from_state in t.from_]
            told[t.emits] += len(moves) // len(t.roles) if t.needs_all else len(moves)
    for event, n in told.items():
        if left.emitted[case.entity, case.record, event] < n:
            yield f"{n} moves and {left.emitted[case.entity, case.record, event]} events {event}"
