"""Persons who act on an installation, each in the roles they hold: the words in which stories are told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from medthread.app import Installation
from medthread.model.errors import MedthreadError
from medthread.stores.postgres.tables import deadline, process_case, proposal
from medthread.stores.serving import LakeReader
from medthread.trust.access import Actor
from medthread.trust.accounts import create_account
from medthread.workflow import Act, Change, Credentials, Outcome, create_native, do, handle, replace_native
from medthread.workflow.guarding import objections
from medthread.workflow.react import decide
from medthread.workflow.reading import preview
from medthread.workflow.standing import MACHINE
from medthread.workflow.watching import look
from tests.waiting import settle

PASSWORD = "a long enough word 7"


class People:
    """Everybody in the company, and what they do."""

    def __init__(self, installation: Installation, reader: LakeReader, roles: Mapping[str, tuple[str, ...]]) -> None:
        self.installation, self.store, self.context, self.roles = installation, installation.store, installation.commands(reader), dict(roles)
        with self.store.transaction() as tx:
            for name, held in roles.items():
                create_account(tx, name=name, printed_name=name.title(), password=PASSWORD, roles=held, by="test")

    def actor(self, who: str) -> Actor:
        return Actor(who, who.title(), self.roles[who])

    def opens(self, who: str, entity: str, /, **values: Any) -> str:
        """Write a new record; gives its id."""
        make = lambda tx: create_native(tx, self.context, entity=entity, values=values, by=who, hands=self.actor(who))  # noqa: E731
        return handle(self.store, by=who, action="entity.create", object_=entity, act=make)

    def ages(self, entity: str, id_: str, /, **values: Any) -> None:
        """Time went by: a record says so without anybody's hands."""
        self._change(MACHINE, entity, id_, "time went by", values)

    def writes(self, who: str, entity: str, id_: str, /, *, reason: str = "as it is", **values: Any) -> None:
        """Change some values of a record."""
        self._change(self.actor(who), entity, id_, reason, values)

    def _change(self, who: Actor, entity: str, id_: str, reason: str, values: dict[str, Any]) -> None:
        row = self.row(entity, id_)
        fields = self.context.registry[entity].fields
        hidden = frozenset(n for n, f in fields.items() if f.is_personal and n not in values)
        body = {n: row[n] for n in fields if n not in hidden} | values
        change = Change(values=body, version=str(row["_revision"]), reason=reason, hidden=hidden)
        handle(self.store, by=who.name, action="entity.update", object_=f"{entity}/{id_}",
               act=lambda tx: replace_native(tx, self.context, entity=entity, id_=id_, change=change, by=who.name, hands=who))

    def does(self, who: str, entity: str, id_: str, action: str, /, *, reason: str | None = None, **values: Any) -> Outcome:
        """Look at what would be signed, and do it with one's password."""
        actor = self.actor(who)
        looked = Act(entity=entity, record=id_, action=action, version=str(self.row(entity, id_)["_revision"]), values=values, reason=reason)
        with self.store.transaction() as tx:
            shown = preview(tx, self.context, looked, actor)["content_hash"]
        act = Act(entity=entity, record=id_, action=action, version=looked.version, values=values, reason=reason,
                  credentials=Credentials(shown=shown, password=PASSWORD))
        return handle(self.store, by=who, action=f"{entity}.{action}", object_=f"{entity}/{id_}", act=lambda tx: do(tx, self.context, act, actor))

    def is_refused(self, who: str, entity: str, id_: str, action: str, /, **values: Any) -> str:
        """What an act is refused with."""
        try:
            self.does(who, entity, id_, action, **values)
        except MedthreadError as error:
            return error.message
        raise AssertionError(f"{who} could {action}")

    def settles(self) -> None:
        """Everything that follows by itself has followed."""
        settle(self.store, self.context)

    def looks(self) -> None:
        """A day's look at what time and new releases brought, and all that follows."""
        look(self.store, self.context)
        self.settles()

    def accepts(self, who: str, reaction: str, record: str) -> None:
        """Accept the proposal of that name about a record."""
        with self.store.transaction() as tx:
            waiting = select(proposal.c.id).where(proposal.c.reaction == reaction, proposal.c.record == record, proposal.c.status == "open")
            id_ = tx.execute(waiting).scalar_one()
            decide(tx, self.context, id_=id_, actor=Actor(who, who.title(), self.roles[who]), accept=True, reason="it follows")
        self.settles()

    def proposed(self, who: str) -> set[str]:
        """What waits for somebody's yes or no."""
        with self.store.transaction() as tx:
            waiting = select(proposal.c.reaction).where(proposal.c.status == "open", proposal.c.role.in_(self.roles[who]))
            return set(tx.execute(waiting).scalars())

    def rows(self, entity: str, /, **where: Any) -> list[dict[str, Any]]:
        """Records with those values."""
        table = self.context.tables[entity]
        with self.store.transaction() as tx:
            chosen = select(table).where(*(table.c[k] == v for k, v in where.items()))
            return [dict(r._mapping) for r in tx.execute(chosen.order_by(*(table.c[k] for k in self.context.registry[entity].key())))]

    def row(self, entity: str, id_: str) -> dict[str, Any]:
        (found,) = self.rows(entity, id=id_)
        return found

    def state(self, entity: str, id_: str) -> str:
        with self.store.transaction() as tx:
            return str(tx.execute(select(process_case.c.state).where(process_case.c.entity == entity, process_case.c.record == id_)).scalar_one())

    def limits(self, id_: str) -> dict[str, Any]:
        """The clocks that run on a record, by name: started, due, met."""
        with self.store.transaction() as tx:
            return {r.clock: r for r in tx.execute(select(deadline).where(deadline.c.record == id_))}

    def objections(self, guards: tuple[str, ...], /, **values: Any) -> list[str]:
        """What stands in the way, as another system would be told."""
        with self.store.transaction() as tx:
            return [o.detail for o in objections(tx, self.context, guards, values)]
