"""Many persons doing whatever comes to mind to many records; afterwards the record is read back and judged by itself."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from medthread.model.errors import MedthreadError
from medthread.model.process import ORIGINATOR, SYSTEM, Process
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account, audit_event, delegation, process_case, process_step, signature
from medthread.trust.access import Actor
from medthread.trust.roles import ROLES
from medthread.trust.signatures import stands
from medthread.workflow import Act, Context, Credentials, create_native, do, handle
from medthread.workflow.cases import case_of
from medthread.workflow.reading import preview
from medthread.workflow.worker import settle
from tests.commands import PASSWORD, QUICK
from tests.made import value_of, values_of

PERSONS = 50


class RandomRun:
    """One seed, one plant, one run."""

    def __init__(self, store: Store, context: Context, *, seed: int) -> None:
        self.store, self.context, self.rng = store, context, random.Random(seed)
        self.ended: Counter[str] = Counter()
        self.records: list[tuple[str, str]] = []
        self.actors = self._people()

    def _people(self) -> list[Actor]:
        acting = [r.name for r in ROLES.values() if r.acts]
        actors = []
        with self.store.transaction() as tx:
            for n in range(PERSONS):
                roles = (acting[n % len(acting)],)
                actors.append(Actor(f"p{n}", f"Person {n}", roles))
                tx.execute(insert(account).values(name=f"p{n}", printed_name=f"Person {n}", password_hash=QUICK.hash(PASSWORD), roles=list(roles)))
            now = datetime.now(UTC)
            for n in range(PERSONS // 2):
                giver, taker = self.rng.sample(actors, 2)
                tx.execute(insert(delegation).values(
                    id=f"d{n}", giver=giver.name, taker=taker.name, roles=list(giver.roles), reason="leave",
                    valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=1)))
        return actors

    def command(self) -> None:
        """Somebody does something; what is refused is counted by its reason."""
        try:
            if len(self.records) < 60 or self.rng.random() < 0.15:
                self._open()
            else:
                self._act()
        except MedthreadError as error:
            self.ended[error.code] += 1
        else:
            self.ended["done"] += 1
        if self.rng.random() < 0.05:
            settle(self.store, self.context)

    def _open(self) -> None:
        entity = self.rng.choice(sorted(self.context.rulebook.processes))
        actor = self.rng.choice(self.actors)
        values = values_of(self.context.registry[entity], self.rng, fill=0.8)
        id_ = handle(self.store, by=actor.name, action="entity.create", object_=entity,
                     act=lambda tx: create_native(tx, self.context, entity=entity, values=values, by=actor.name))
        self.records.append((entity, id_))

    def _act(self) -> None:
        entity, id_ = self.rng.choice(self.records)
        with self.store.transaction() as tx:
            case = case_of(tx, self.context, entity=entity, record=id_)
            row = dict(tx.execute(select(self.context.tables[entity]).where(self.context.tables[entity].c.id == id_)).one()._mapping)
        leaving = case.process.leaving(case.state) or case.process.transitions
        transition = self.rng.choice(leaving)
        able = [a for a in self.actors if set(a.roles) & set(transition.roles)] or self.actors
        actor = self.rng.choice(able if self.rng.random() < 0.85 else self.actors)
        fields = self.context.registry[entity].fields
        values = {n: value_of(fields[n], self.rng) for n in transition.asks if n in fields and row.get(n) is None and not fields[n].mark.key}
        act = Act(entity=entity, record=id_, action=transition.action, version=str(row["_revision"]), values=values)
        with self.store.transaction() as tx:
            shown = preview(tx, self.context, act, actor)["content_hash"]
        signed = Act(**{**vars(act), "reason": "random", "credentials": Credentials(shown=shown, password=PASSWORD)})
        handle(self.store, by=actor.name, action=f"{entity}.{act.action}", object_=f"{entity}/{id_}", act=lambda tx: do(tx, self.context, signed, actor))

    def judge(self) -> Iterator[str]:
        """Everything that is wrong with what was left behind."""
        settle(self.store, self.context)
        with self.store.transaction() as tx:
            steps: dict[tuple[str, str], list[Any]] = {}
            for s in tx.execute(select(process_step).where(~process_step.c.void).order_by(process_step.c.id)):
                steps.setdefault((s.entity, s.record), []).append(s)
            cases = {(c.entity, c.record): c for c in tx.execute(select(process_case))}
            for entity in self.context.rulebook.processes:
                table = self.context.tables[entity]
                ids = set(tx.execute(select(table.c.id)).scalars())
                if ids != {r for e, r in cases if e == entity}:
                    yield f"{entity}: records and cases differ"
            yield from (f for s in tx.execute(select(signature.c.id)) if not stands(tx, s.id) for f in [f"signature {s.id} does not stand"])
            told = set(tx.execute(select(audit_event.c.object).where(audit_event.c.outcome == "done")).scalars())
        for key, case in cases.items():
            process = self.context.rulebook.processes[key[0]]
            done = steps.get(key, [])
            yield from (f"{key}: {fault}" for fault in _faults(process, case, done))
            if done and f"{key[0]}/{key[1]}" not in told:
                yield f"{key}: moved and nothing told"


def _faults(process: Process, case: Any, steps: list[Any]) -> Iterator[str]:
    moved = [s for s in steps if s.to_state is not None]
    state = moved[0].from_state if moved else case.state
    if moved and state not in process.initial:
        yield f"began in {state}"
    for s in moved:
        t = process.transition(s.action, state=s.from_state)
        if t is None or t.to != s.to_state or s.role not in t.roles:
            yield f"{s.action} by {s.role} from {s.from_state} to {s.to_state} is no transition"
        elif t.meaning and s.signature is None and s.role != SYSTEM:
            yield f"{s.action} was not signed"
        if s.role == ORIGINATOR and case.opened_by not in (s.actor, s.on_behalf_of):
            yield f"{s.action} was done as originator by {s.actor}"
    if moved and moved[-1].to_state != case.state:
        yield f"stands in {case.state} after {moved[-1].to_state}"
    yield from _bound(process, steps)


def _bound(process: Process, steps: list[Any]) -> Iterator[str]:
    def persons(action: str) -> list[str]:
        return [p for s in steps if s.action == action for p in (s.actor, s.on_behalf_of) if p and s.role != SYSTEM]

    for duty in process.duties:
        if duty.when is None and set(persons(duty.one)) & set(persons(duty.other)):
            yield f"{duty.one} and {duty.other} were done by one person"
    for t in process.transitions:
        if t.needs_all:
            here = [s for s in steps if s.action == t.action and s.from_state in t.from_ and s.to_state is not None]
            for signed in (here[n:n + len(t.roles)] for n in range(0, len(here), len(t.roles))):  # the revision grows between them where the first gave values
                if {s.role for s in signed} != set(t.roles) or len({s.actor for s in signed}) != len(signed):
                    yield f"{t.action} moved without all of {t.by} by different persons"
