"""Many persons doing whatever comes to mind to many records: open, act, change, lend roles, decide proposals, send again what was done."""

import random
import uuid
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from medthread.model import Transition
from medthread.model.errors import MedthreadError
from medthread.model.process import ORIGINATOR, SYSTEM
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import delegation, proposal
from medthread.trust.access import Actor
from medthread.trust.roles import ROLES
from medthread.workflow import Act, Change, Context, Credentials, Once, create_native, do, handle, once, replace_native
from medthread.workflow.cases import Case, case_of
from medthread.workflow.command import Answer, told
from medthread.workflow.delegations import delegate, revoke
from medthread.workflow.react import decide
from medthread.workflow.reading import preview
from medthread.workflow.worker import sweep_deadlines
from tests.commands import PASSWORD
from tests.properties.plant import Plant
from tests.waiting import settle

FEW, MANY = 60, 200  # open records between which persons choose
CHANCES = {"open": 12, "act": 64, "change": 8, "again": 8, "decide": 4, "lend": 2, "take_back": 2}
Doing = Callable[[Connection], Answer]


class DoneTwiceError(AssertionError):
    """What was done was done once more when it was sent again."""


class RandomRun:
    """One seed, one plant, one run. `acknowledged` is what persons were told was done, act by act."""

    def __init__(self, store: Store, context: Context, actors: list[Actor], *, seed: int) -> None:
        self.store, self.context, self.actors, self.rng = store, context, actors, random.Random(seed)
        self.ended: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.acknowledged: Counter[tuple[str, str, str]] = Counter()
        self.opened: set[tuple[str, str]] = set()
        self.live: list[tuple[str, str]] = []
        self._over: deque[tuple[str, str]] = deque(maxlen=MANY)
        self._done: deque[tuple[Actor, str, Any, Doing, Answer]] = deque(maxlen=MANY)
        self._acted: dict[str, list[Actor]] = {}
        self._moved: set[str] = set()
        self._plant = Plant(context, self.rng)
        self._kinds = sorted(context.rulebook.processes), sorted(set(context.tables) - set(context.rulebook.processes))
        with store.transaction() as tx:
            self._lent = {(d.giver, d.taker) for d in tx.execute(select(delegation))}

    def command(self) -> None:
        """Somebody does something; now and then what follows is done, and time limits pass."""
        self.attempt("open" if len(self.live) < FEW else self.rng.choices(list(CHANCES), list(CHANCES.values()))[0])
        if self.rng.random() < 0.05:
            settle(self.store, self.context)
        if self.rng.random() < 0.005:
            sweep_deadlines(self.store, self.context, at=datetime.now(UTC) + timedelta(days=self.rng.randrange(200)))

    def attempt(self, what: str) -> None:
        """One command of a kind of `CHANCES`; what is refused is counted by its reason."""
        self.commands[what] += 1
        try:
            getattr(self, what)()
        except MedthreadError as error:
            self.ended[error.code] += 1
        else:
            self.ended["done"] += 1

    def _sent(self, actor: Actor, request: Any, *, action: str, object_: str, act: Doing) -> Answer:
        """A request with a key, as the API takes it; remembered, so that it can come again."""
        key = uuid.uuid4().hex  # never again, though the seed comes again
        answer = handle(self.store, by=actor.name, action=action, object_=object_, act=lambda tx: once(tx, Once(key, actor.name, request), lambda: act(tx)))
        self._done.append((actor, key, request, act, answer))
        return answer

    def open(self) -> None:
        """Open a record of any process, or write a line of one."""
        processes, others = self._kinds
        entity = self.rng.choice(others) if self.rng.random() < 0.4 else processes[self.commands["open"] % len(processes)]
        actor, writers = self.rng.choice(self.actors), set(self.context.registry[entity].about.writers)
        if not writers & set(actor.roles):  # a record without a process is for those whom its declaration names
            actor = next((a for a in self.actors if writers & set(a.roles)), actor)
        values = self._plant.values(self.context.registry[entity], fill=0.8)
        made = self._sent(
            actor, {"create": entity, "n": self.commands.total()}, action="entity.create", object_=entity,
            act=lambda tx: {"id": create_native(tx, self.context, entity=entity, values=values, by=actor.name, hands=actor)})
        with self.store.statements() as tx:
            self._plant.remember(tx, entity, made["id"])
        if entity not in self.context.rulebook.processes:
            return
        self.opened.add((entity, made["id"]))
        self.live.append((entity, made["id"]))
        if len(self.live) > MANY:
            self.live.pop(self.rng.randrange(FEW))

    def _chosen(self) -> tuple[Case, dict[str, Any]]:
        """A record and where it stands; now and then one that is closed, or one of a process in which nothing was done yet."""
        still = [key for key in self.live if key[0] not in self._moved] if self.rng.random() < 0.3 else []
        closed = self._over and self.rng.random() < 0.03
        entity, id_ = self.rng.choice(self._over if closed else still or self.live)
        table = self.context.tables[entity]
        with self.store.statements() as tx:
            case = case_of(tx, self.context, entity=entity, record=id_)
            row = dict(tx.execute(select(table).where(table.c.id == id_)).one()._mapping)
        if case.is_over and (entity, id_) in self.live:
            self.live.remove((entity, id_))
            self._over.append((entity, id_))
        return case, row

    def _wanted(self, case: Case) -> Transition:
        """Mostly one that leads on, for else few records would come far."""
        leaving = case.process.leaving(case.state) or case.process.transitions
        if self.rng.random() < 0.97:  # what is the system's alone is tried too
            leaving = [t for t in leaving if t.by != SYSTEM] or leaving
        onward = [t for t in leaving if not case.process.is_over(t.to)]
        return self.rng.choice(onward if onward and self.rng.random() < 0.8 else leaving)

    def _who(self, case: Case, transition: Transition, row: dict[str, Any]) -> Actor:
        """Anybody; somebody to whom the role is lent; somebody who did something to the record before, whom duties may bind; or whoever may."""
        roles = {row[transition.role_in]} if transition.role_in else set(transition.roles)
        able = [a for a in self.actors if roles & set(a.roles) or (ORIGINATOR in roles and a.name == case.opened_by)]
        names = {a.name for a in able}
        lent = [a for a in self.actors if a.name not in names and any(taker == a.name and giver in names for giver, taker in self._lent)]
        again = [a for a in self._acted.get(case.record, ()) if a in able]
        return self.rng.choice(self.rng.choices([self.actors, lent, again, able], [10, 20, 25, 45])[0] or able or self.actors)

    def act(self) -> None:
        """Do something to a record, mostly somebody who may and something that can be done now."""
        case, row = self._chosen()
        transition = self._wanted(case)
        actor = self._who(case, transition, row)
        declared = self.context.registry[case.entity]
        asked = (declared.fields[n] for n in transition.asks if n in declared.fields)
        values = {f.name: self._plant.value(f, entity=declared) for f in asked if row.get(f.name) is None and not f.mark.key}
        wanted = Act(entity=case.entity, record=case.record, action=transition.action, version=str(row["_revision"]), values=values)
        with self.store.statements() as tx:
            shown = preview(tx, self.context, wanted, actor)["content_hash"]
        signed = Act(**{**vars(wanted), "reason": "random", "credentials": Credentials(shown=shown, password=PASSWORD)})
        self._sent(
            actor, {"act": [case.entity, case.record, wanted.action, wanted.version], "shown": shown}, action=f"{case.entity}.{wanted.action}",
            object_=f"{case.entity}/{case.record}", act=lambda tx: told(do(tx, self.context, signed, actor)))
        self.acknowledged[case.entity, case.record, wanted.action] += 1
        self._moved.add(case.entity)
        self._acted.setdefault(case.record, []).append(actor)

    def change(self) -> None:
        """Change a record: who signed it and waits for others signs again."""
        case, row = self._chosen()
        declared = self.context.registry[case.entity]
        fresh = self._plant.values(declared, fill=0.3)
        kept = {n: row[n] for n, f in declared.fields.items() if not f.is_personal and n in row and (f.mark.key or f.mark.default == "me" or self.rng.random() < 0.9)}
        change = Change(values={**fresh, **kept}, version=str(row["_revision"] - (self.rng.random() < 0.1)), reason="random")
        actor = self._who(case, self._wanted(case), row)
        handle(self.store, by=actor.name, action="entity.update", object_=f"{case.entity}/{case.record}",
               act=lambda tx: replace_native(tx, self.context, entity=case.entity, id_=case.record, change=change, by=actor.name, hands=actor))

    def again(self) -> None:
        """Send again what was done: under its key it gets its answer, under another it is refused; a record may be opened twice."""
        if not self._done:
            return
        actor, key, request, act, answer = self.rng.choice(self._done)
        if "create" in request or self.rng.random() < 0.5:
            repeated = handle(self.store, by=actor.name, action="again", object_="again", act=lambda tx: once(tx, Once(key, actor.name, request), lambda: act(tx)))
            if {k: str(v) for k, v in repeated.items()} != {k: str(list(v) if isinstance(v, tuple) else v) for k, v in answer.items()}:
                raise DoneTwiceError(f"{request}: {repeated} and not {answer}")
            return
        handle(self.store, by=actor.name, action="again", object_="again", act=act)
        raise DoneTwiceError(str(request))

    def decide(self) -> None:
        """Accept or refuse what a reaction proposed."""
        with self.store.statements() as tx:
            waiting = tx.execute(select(proposal.c.id, proposal.c.role).where(proposal.c.status == "open").order_by(proposal.c.at.desc()).limit(20)).all()
        if not waiting:
            return
        chosen = self.rng.choice(waiting)
        able = [a for a in self.actors if chosen.role in a.roles] or self.actors
        actor = self.rng.choice(able if self.rng.random() < 0.8 else self.actors)
        accept = self.rng.random() < 0.6
        handle(self.store, by=actor.name, action="proposal.decide", object_=f"proposal/{chosen.id}",
               act=lambda tx: decide(tx, self.context, id_=chosen.id, actor=actor, accept=accept, reason="random"))

    def lend(self) -> None:
        """Lend a role to somebody."""
        giver, taker = self.rng.sample(self.actors, 2)
        role = self.rng.choice(giver.roles if self.rng.random() < 0.9 else list(ROLES))
        now = datetime.now(UTC)
        handle(self.store, by=giver.name, action="delegation.create", object_="delegation", act=lambda tx: delegate(
            tx, actor=giver, taker=taker.name, roles=[role], valid_from=now, valid_to=now + timedelta(days=1), reason="leave", zone="UTC"))
        self._lent.add((giver.name, taker.name))

    def take_back(self) -> None:
        """End a delegation, as one of its two or as a stranger."""
        with self.store.statements() as tx:
            standing = tx.execute(select(delegation).where(delegation.c.revoked_at.is_(None))).all()
        if len(standing) < len(self.actors) // 3:
            return
        chosen = self.rng.choice(standing)
        name = chosen.giver if self.rng.random() < 0.8 else self.rng.choice(self.actors).name
        actor = next(a for a in self.actors if a.name == name)
        handle(self.store, by=name, action="delegation.revoke", object_=f"delegation/{chosen.id}", act=lambda tx: revoke(tx, actor=actor, id_=chosen.id))
