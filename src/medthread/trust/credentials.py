"""Proof of who somebody is: a password, and a one-time code where a second factor is set. Guesses count and lock out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from medthread.stores.postgres.tables import account, identity_proof
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.passwords import matches
from medthread.trust.second_factor import has_second_factor, use_code, use_recovery_code
from medthread.trust.turns import Turns

FAILURES_ALLOWED = 5
LOCK_MINUTES = 15
# Why somebody is not let in, as the audit log says it; the first two are guesses that count.
PASSWORD, TOTP, LOCKED, DISABLED, MISSING = "password", "totp", "locked", "disabled", "totp missing"
RECOVERY = "recovery code"
TICKET = "ticket"  # never a guess: nobody meets 256 random bits by trying, so trying locks nobody out
TICKET_PREFIX = "mdp_"  # a ticket given as a password: see `issue_ticket`
TICKET_MINUTES = 5
NOBODY = "nobody"  # who acts in the audit log where there is no such account: what was typed may be a password
WAYS_OUT = {
    PASSWORD: "give your password again",
    TOTP: "give the newest code of your authenticator app; each code counts once",
    LOCKED: f"wait {LOCK_MINUTES} minutes, or ask an administrator",
    DISABLED: "ask an administrator",
    MISSING: "give the code of your authenticator app beside the password",
    TICKET: "prove at your provider once more who you are; each proof counts once and soon",
}


class Door(NamedTuple):
    """Where guesses are made; each has its own count, so that strangers who guess at the sign-in keep nobody from signing."""

    failures: Column[int]
    locked_until: Column[datetime]
    turns: Turns


SIGN_IN = Door(account.c.failures, account.c.locked_until, Turns(at_once=2, waiting=6, seconds=3))
IN_SESSION = Door(account.c.proof_failures, account.c.proof_locked_until, Turns(at_once=2, waiting=6, seconds=10))


@dataclass(frozen=True)
class Proof:
    """What somebody gives: a password, and a code where they have one."""

    password: str
    code: str | None = None


@dataclass(frozen=True)
class Proven:
    """The factors that were used, or why the proof does not hold."""

    factors: tuple[str, ...] = ()
    refused: str | None = None


class Compared(NamedTuple):
    """A password that was compared, and the hash that it was compared with."""

    hashed: str | None
    fits: bool


def hash_kept(tx: Connection, name: str) -> str | None:
    """What a password of the account is to be compared with; nothing where there is no account, or it signs in elsewhere."""
    return tx.execute(select(account.c.password_hash).where(account.c.name == name)).scalar_one_or_none()


def compare(hashed: str | None, password: str, *, door: Door) -> Compared:
    """Compare a password when its turn comes. It takes long: the caller holds no lock, and at the sign-in no connection."""
    with door.turns.take():
        return Compared(hashed, matches(hashed, password))


def prove(
    tx: Connection, keyring: Keyring, *, name: str, compared: Compared, code: str | None, now: datetime, door: Door, recovery: bool = False
) -> Proven:
    """Look at what was compared, and at the code; a code that fits is used by it.

    `recovery` takes a recovery code in place of a one-time code. Nothing is counted: see `refuse` and `accept`.
    """
    row = tx.execute(select(account).where(account.c.name == name).with_for_update()).one_or_none()
    refused = _first(row, compared, now, door)
    if refused is not None or not has_second_factor(tx, name):
        return Proven(refused=refused, factors=() if refused else (PASSWORD,))
    if not code:
        return Proven(refused=MISSING)
    if use_code(tx, keyring, name=name, code=code, now=now):
        return Proven((PASSWORD, TOTP))
    if recovery and use_recovery_code(tx, name=name, code=code, now=now):
        return Proven((PASSWORD, RECOVERY))
    return Proven(refused=TOTP)


def _first(row: Row[Any] | None, compared: Compared, now: datetime, door: Door) -> str | None:
    if row is None:
        return PASSWORD
    until = row._mapping[door.locked_until]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    if until is not None and until > now:
        return LOCKED
    if not compared.fits or row.password_hash != compared.hashed:  # changed since it was compared
        return PASSWORD
    return DISABLED if row.disabled_at is not None else None


def issue_ticket(tx: Connection, *, name: str, factor: str, now: datetime) -> str:
    """A ticket in place of a password, once and soon: for somebody who has just proven at a provider who they are."""
    ticket = TICKET_PREFIX + secrets.token_urlsafe(32)
    tx.execute(delete(identity_proof).where(identity_proof.c.expires_at < now))
    expires = now + timedelta(minutes=TICKET_MINUTES)
    tx.execute(insert(identity_proof).values(token_hash=_digest(ticket), account=name, factor=factor, expires_at=expires))
    return ticket


def by_ticket(tx: Connection, *, name: str, ticket: str, now: datetime) -> Proven:
    """Use a ticket up: within a session only, for it proves anew who is there already."""
    mine = (identity_proof.c.token_hash == _digest(ticket)) & (identity_proof.c.account == name) & (identity_proof.c.expires_at > now)
    factor = tx.execute(delete(identity_proof).where(mine).returning(identity_proof.c.factor)).scalar_one_or_none()
    if factor is None:
        return Proven(refused=TICKET)
    disabled = tx.execute(select(account.c.disabled_at).where(account.c.name == name)).scalar_one_or_none()
    return Proven((factor,)) if disabled is None else Proven(refused=DISABLED)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def refuse(tx: Connection, *, name: str, action: str, reason: str, now: datetime, door: Door) -> None:
    """Count what was guessed wrong, lock where it was too often, and write it down."""
    mine = account.c.name == name
    if reason in (PASSWORD, TOTP):
        counted = update(account).where(mine).values({door.failures: door.failures + 1})
        failures = tx.execute(counted.returning(door.failures)).scalar_one_or_none()
        if failures is not None and failures >= FAILURES_ALLOWED:
            tx.execute(update(account).where(mine).values({door.locked_until: now + timedelta(minutes=LOCK_MINUTES)}))
    if tx.execute(select(account.c.name).where(mine)).one_or_none() is None:
        said = {"name_sha256": _digest(name)[:8], "length": len(name)}
        record(tx, actor=NOBODY, action=action, object_="account", outcome="refused", reason=reason, detail=said)
    else:
        record(tx, actor=name, action=action, object_=f"account/{name}", outcome="refused", reason=reason)


def accept(tx: Connection, name: str, *, doors: tuple[Door, ...]) -> None:
    """Forget the guesses before a proof that holds."""
    fresh: dict[Any, Any] = {column: value for d in doors for column, value in ((d.failures, 0), (d.locked_until, None))}
    tx.execute(update(account).where(account.c.name == name).values(fresh))
