"""In which roles somebody may act on a record: their own, those lent to them for a time, and having opened it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from medthread.model.errors import ForbiddenError
from medthread.model.process import ORIGINATOR, SYSTEM, Process, Transition
from medthread.stores.postgres.tables import account, delegation
from medthread.trust.access import Access, Actor, Decision, Deed
from medthread.trust.roles import role_label
from medthread.workflow.cases import Case

MACHINE = Actor("system", "系统 System", (SYSTEM,))


@dataclass(frozen=True)
class Standing:
    """A role in which one may act, and for whom."""

    role: str
    on_behalf_of: str | None = None


def standings(tx: Connection, actor: Actor, case: Case, *, at: datetime) -> list[Standing]:
    """Every role in which an actor may act on a record now, own roles first."""
    return [*own_standings(actor, case), *lent_standings(tx, actor, case, at=at)]


def own_standings(actor: Actor, case: Case) -> list[Standing]:
    """Roles that the actor holds, and having opened the record."""
    opened = [Standing(ORIGINATOR)] if case.opened_by == actor.name else []
    return [*(Standing(r) for r in actor.roles), *opened]


def lent_standings(tx: Connection, actor: Actor, case: Case, *, at: datetime) -> list[Standing]:
    """Roles of others that were lent to the actor and run now; a role that its giver lost is lent no more."""
    if actor is MACHINE:
        return []
    found = []
    for giver, roles in lent_roles(tx, actor, at=at):
        found += [Standing(r, giver) for r in roles]
        if giver == case.opened_by:
            found.append(Standing(ORIGINATOR, giver))
    return found


def lent_roles(tx: Connection, actor: Actor, *, at: datetime) -> list[tuple[str, tuple[str, ...]]]:
    """Who lends which roles to somebody now: only those that the giver still holds, and only while the giver's account is open.

    An account that guesses have locked for minutes lends on: otherwise whoever guesses at a password would stop a deputy.
    """
    table = delegation
    lent = select(table, account.c.roles.label("held")).join(account, account.c.name == table.c.giver).where(
        table.c.taker == actor.name, table.c.revoked_at.is_(None), account.c.disabled_at.is_(None), table.c.valid_from <= at, table.c.valid_to > at)
    return [(row.giver, tuple(r for r in row.roles if r in row.held)) for row in tx.execute(lent.order_by(table.c.at))]


def opens(tx: Connection, process: Process, actor: Actor, *, at: datetime) -> bool:
    """Whether the process lets somebody open a record; roles lent count."""
    openers = {*process.openers}
    return not openers or actor is MACHINE or not openers.isdisjoint(actor.roles) or any(not openers.isdisjoint(r) for _, r in lent_roles(tx, actor, at=at))


def may_open(tx: Connection, process: Process, actor: Actor, *, at: datetime) -> None:
    """Refuse to open a record to whom the process does not name for it."""
    if not opens(tx, process, actor, at=at):
        labels = [role_label(r) for r in sorted(process.openers)]
        raise ForbiddenError(
            f"{actor.name} may not open a {process.name}", hint=f"{', '.join(r.en for r in labels)} may", labels=labels,
            actor=actor.name, action=f"{process.name}.open")


@dataclass(frozen=True)
class Asking:
    """Who asks to do which act on a record; the access port decides."""

    access: Access
    actor: Actor
    case: Case
    transition: Transition
    row: Mapping[str, Any]

    def fitting(self, held: Iterable[Standing], *, taken: frozenset[str] = frozenset()) -> Standing | None:
        """The first standing that may do it, leaving out roles that have signed already."""
        return next((s for s in held if s.role not in taken and self._decide(s).allowed), None)

    def forbidden_by(self, held: Iterable[Standing]) -> list[str]:
        """The policies that forbid it to somebody whom the process names for it."""
        decided = [self._decide(s) for s in held]
        return sorted({p for d in decided if not d.allowed for p in d.policies})

    def _decide(self, standing: Standing) -> Decision:
        deed = Deed(self.case.process.name, self.transition.action, roles_for(self.transition, self.row), standing.role)
        return self.access.decide_act(self.actor, deed)


def roles_for(transition: Transition, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles that may do it on this record."""
    if transition.role_in is None:
        return transition.roles
    return tuple(r for r in transition.roles if r == row[transition.role_in])


def organisation_of(tx: Connection, name: str) -> str | None:
    """The organisation that a person belongs to, where it is one."""
    query = select(account.c.organisations[1]).where(account.c.name == name, func.cardinality(account.c.organisations) == 1)
    return tx.execute(query).scalar_one_or_none()
