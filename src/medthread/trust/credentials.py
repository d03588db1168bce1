"""Proof of who somebody is: a password, and a one-time code where a second factor is set. Guesses count and lock out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from medthread.stores.postgres.tables import account, identity_proof
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.passwords import matches
from medthread.trust.second_factor import has_second_factor, use_code, use_recovery_code

FAILURES_ALLOWED = 5
LOCK_MINUTES = 15
# Why somebody is not let in, as the audit log says it; the first two are guesses that count.
PASSWORD, TOTP, LOCKED, DISABLED, MISSING = "password", "totp", "locked", "disabled", "totp missing"
RECOVERY = "recovery code"
TICKET_PREFIX = "mdp_"  # a ticket given as a password: see `issue_ticket`
TICKET_MINUTES = 5
WAYS_OUT = {
    PASSWORD: "give your password again",
    TOTP: "give the newest code of your authenticator app; each code counts once",
    LOCKED: f"wait {LOCK_MINUTES} minutes, or ask an administrator",
    DISABLED: "ask an administrator",
    MISSING: "give the code of your authenticator app beside the password",
}


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


def prove(tx: Connection, keyring: Keyring, *, name: str, proof: Proof, now: datetime, recovery: bool = False) -> Proven:
    """Look at the proof; a code that fits is used by it. Takes as long whether there is the account or not.

    `recovery` takes a recovery code in place of a one-time code. Nothing is counted: see `refuse` and `accept`.
    """
    row = tx.execute(select(account).where(account.c.name == name).with_for_update()).one_or_none()
    if proof.password.startswith(TICKET_PREFIX):
        return _by_ticket(tx, row, proof.password, now)
    refused = _first(row, proof.password, now)
    if refused is not None or not has_second_factor(tx, name):
        return Proven(refused=refused, factors=() if refused else (PASSWORD,))
    if not proof.code:
        return Proven(refused=MISSING)
    if use_code(tx, keyring, name=name, code=proof.code, now=now):
        return Proven((PASSWORD, TOTP))
    if recovery and use_recovery_code(tx, name=name, code=proof.code, now=now):
        return Proven((PASSWORD, RECOVERY))
    return Proven(refused=TOTP)


def _first(row: Row[Any] | None, password: str, now: datetime) -> str | None:
    fits = matches(row.password_hash if row else None, password)
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return LOCKED
    if not fits or row is None:
        return PASSWORD
    return DISABLED if row.disabled_at is not None else None


def issue_ticket(tx: Connection, *, name: str, factor: str, now: datetime) -> str:
    """A ticket in place of a password, once and soon: for somebody who has just proven at a provider who they are."""
    ticket = TICKET_PREFIX + secrets.token_urlsafe(32)
    tx.execute(delete(identity_proof).where(identity_proof.c.expires_at < now))
    expires = now + timedelta(minutes=TICKET_MINUTES)
    tx.execute(insert(identity_proof).values(token_hash=_digest(ticket), account=name, factor=factor, expires_at=expires))
    return ticket


def _by_ticket(tx: Connection, row: Row[Any] | None, ticket: str, now: datetime) -> Proven:
    if row is None:
        return Proven(refused=PASSWORD)
    if row.disabled_at is not None:
        return Proven(refused=DISABLED)
    mine = (identity_proof.c.token_hash == _digest(ticket)) & (identity_proof.c.account == row.name) & (identity_proof.c.expires_at > now)
    factor = tx.execute(delete(identity_proof).where(mine).returning(identity_proof.c.factor)).scalar_one_or_none()
    return Proven((factor,)) if factor is not None else Proven(refused=PASSWORD)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def refuse(tx: Connection, *, name: str, action: str, reason: str, now: datetime) -> None:
    """Count what was guessed wrong, lock where it was too often, and write it down."""
    if reason in (PASSWORD, TOTP):
        mine = account.c.name == name
        failures = tx.execute(update(account).where(mine).values(failures=account.c.failures + 1).returning(account.c.failures)).scalar_one_or_none()
        if failures is not None and failures >= FAILURES_ALLOWED:
            tx.execute(update(account).where(mine).values(locked_until=now + timedelta(minutes=LOCK_MINUTES)))
    record(tx, actor=name, action=action, object_=f"account/{name}", outcome="refused", reason=reason)


def accept(tx: Connection, name: str) -> None:
    """Forget the guesses before a proof that holds."""
    tx.execute(update(account).where(account.c.name == name).values(failures=0, locked_until=None))
