"""Proof of who somebody is: a password, and a one-time code where a second factor is set. Guesses count and lock out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select, update

from medthread.stores.postgres.tables import account
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.passwords import matches
from medthread.trust.second_factor import has_second_factor, use_code, use_recovery_code

FAILURES_ALLOWED = 5
LOCK_MINUTES = 15
# Why somebody is not let in, as the audit log says it; the first two are guesses that count.
PASSWORD, TOTP, LOCKED, DISABLED, MISSING = "password", "totp", "locked", "disabled", "totp missing"
RECOVERY = "recovery code"
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


def _first(row: Row[tuple[object, ...]] | None, password: str, now: datetime) -> str | None:
    fits = matches(row.password_hash if row else None, password)
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return LOCKED
    if not fits or row is None:
        return PASSWORD
    return DISABLED if row.disabled_at is not None else None


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
