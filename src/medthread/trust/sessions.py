"""Sessions: opaque, kept as hashes, ended by time, by idleness, by their owner or by an administrator."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from medthread.model.errors import NotFoundError, UnauthenticatedError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account, second_factor, session
from medthread.trust.access import Actor
from medthread.trust.account_rules import AccountRules
from medthread.trust.audit import record
from medthread.trust.credentials import (
    PASSWORD,
    SIGN_IN,
    TICKET,
    TICKET_PREFIX,
    TOTP,
    Proof,
    Proven,
    accept,
    compare,
    hash_kept,
    prove,
    refuse,
)
from medthread.trust.keys import Keyring
from medthread.trust.turns import Guesses
from medthread.trust.verifiers import proven_by

TOUCH_SECONDS = 60  # how exactly idleness is measured: a session is written to at most once in this time
LONGEST_DEVICE = 200
GUESSES = Guesses()  # of this process
HOLDER = (  # asked with every request, so made once
    select(
        account.c.name, account.c.printed_name, account.c.roles, account.c.plants, account.c.language, account.c.organisations, account.c.regions,
        account.c.disabled_at,
        account.c.password_hash, account.c.password_temporary, account.c.password_changed_at,
        session.c.expires_at, session.c.last_seen_at, session.c.id.label("session_id"), second_factor.c.confirmed_at)
    .join(session, session.c.account == account.c.name)
    .outerjoin(second_factor, second_factor.c.account == account.c.name)
    .where(session.c.token_hash == bindparam("token_hash"))
)
NEW_PASSWORD, SECOND_FACTOR = "password", "second_factor"


def digest(secret: str) -> str:
    """A session's or token's secret so that it may be kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Place:
    """Where somebody signs in from, as far as they say."""

    device: str = ""
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A session's token, shown to its browser only; or why there is none."""

    token: str | None = None
    refused: str | None = None


def sign_in(store: Store, keyring: Keyring, *, name: str, proof: Proof, place: Place, rules: AccountRules) -> SignedIn:
    """Open a session; refused, it says why, and the failure counts. The password is compared between two transactions, in none.

    Takes as long whether there is the account or not, and whatever is given as the password. Raises `TooManyError`.
    """
    GUESSES.check(place.address)
    ticket = proof.password.startswith(TICKET_PREFIX)  # proves who is signed in already, and signs nobody in
    with store.statements() as reading:
        hashed = None if ticket else hash_kept(reading, name)
    compared, now = compare(hashed, proof.password, door=SIGN_IN), datetime.now(UTC)
    with store.transaction() as tx:
        proven = Proven(refused=TICKET) if ticket else prove(tx, keyring, name=name, compared=compared, code=proof.code, now=now, door=SIGN_IN, recovery=True)
        if proven.refused is None:
            accept(tx, name, doors=(SIGN_IN,))
            return SignedIn(open_session(tx, name=name, factors=proven.factors, place=place, rules=rules))
        refuse(tx, name=name, action="session.create", reason=proven.refused, now=now, door=SIGN_IN)
    if proven.refused in (PASSWORD, TOTP, TICKET):
        GUESSES.count(place.address)
    return SignedIn(refused=proven.refused)


def open_session(tx: Connection, *, name: str, factors: tuple[str, ...], place: Place, rules: AccountRules) -> str:
    """A session of somebody whose proof holds; gives its token."""
    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    row = {"id": secrets.token_hex(8), "token_hash": digest(token), "account": name, "factors": list(factors), "last_seen_at": now}
    seen = {"device": place.device[:LONGEST_DEVICE], "address": place.address[:LONGEST_DEVICE]}
    tx.execute(insert(session).values(**row, **seen, expires_at=now + timedelta(hours=rules.session_hours)))
    tx.execute(delete(session).where(session.c.expires_at < now))
    record(tx, actor=name, action="session.create", object_=f"account/{name}", detail={"factors": list(factors)} | (proven_by(tx, name) if PASSWORD in factors else {}))
    return token


def sign_out(tx: Connection, *, token: str) -> None:
    """End a session."""
    ended = delete(session).where(session.c.token_hash == digest(token)).returning(session.c.account)
    for name in tx.execute(ended).scalars():
        record(tx, actor=name, action="session.end", object_=f"account/{name}")


def actor_of_session(tx: Connection, *, token: str, rules: AccountRules) -> Actor:
    """Who a session belongs to, and what they have to do before anything else."""
    row, now = tx.execute(HOLDER, {"token_hash": digest(token)}).one_or_none(), datetime.now(UTC)
    if row is None or row.expires_at < now or row.disabled_at is not None:
        raise UnauthenticatedError("the session has ended", hint="sign in again")
    if row.last_seen_at < now - timedelta(minutes=rules.idle_minutes):
        raise UnauthenticatedError(f"the session was idle for {rules.idle_minutes} minutes", hint="sign in again")
    if row.last_seen_at < now - timedelta(seconds=TOUCH_SECONDS):
        tx.execute(update(session).where(session.c.id == row.session_id).values(last_seen_at=now))
    return Actor(
        row.name, row.printed_name, tuple(row.roles), tuple(row.plants), language=row.language,
        organisations=tuple(row.organisations), regions=tuple(row.regions), session=row.session_id, must=must_of(row, rules, now),
    )


def must_of(row: Any, rules: AccountRules, now: datetime) -> tuple[str, ...]:
    """What an account's owner has to do before anything else, from its row and the time its second factor was confirmed."""
    aged = rules.password_days and row.password_changed_at < now - timedelta(days=rules.password_days)
    local = row.password_hash is not None
    first = (NEW_PASSWORD,) if local and (row.password_temporary or aged) else ()
    second = (SECOND_FACTOR,) if local and row.confirmed_at is None and set(row.roles) & set(rules.second_factor_for) else ()
    return first + second


def sessions_of(tx: Connection, *, name: str, rules: AccountRules) -> list[dict[str, Any]]:
    """An account's open sessions, the latest used first."""
    alive = (session.c.expires_at > datetime.now(UTC)) & (session.c.last_seen_at > datetime.now(UTC) - timedelta(minutes=rules.idle_minutes))
    columns = (session.c.id, session.c.at, session.c.last_seen_at, session.c.expires_at, session.c.device, session.c.address, session.c.factors)
    query = select(*columns).where(session.c.account == name, alive).order_by(session.c.last_seen_at.desc())
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def end_session(tx: Connection, *, name: str, id_: str, by: str) -> None:
    """End one session of an account."""
    mine = (session.c.account == name) & (session.c.id == id_)
    if tx.execute(delete(session).where(mine).returning(session.c.id)).one_or_none() is None:
        raise NotFoundError(f"no session {id_!r} of {name}", hint="it may have ended; list the sessions again")
    record(tx, actor=by, action="session.end", object_=f"account/{name}", detail={"session": id_})


def end_sessions(tx: Connection, *, name: str, by: str, but: str | None = None) -> None:
    """End all sessions of an account, but one where it is named."""
    others = (session.c.account == name) & (session.c.id != (but or ""))
    ended = list(tx.execute(delete(session).where(others).returning(session.c.id)).scalars())
    if ended:
        record(tx, actor=by, action="session.end", object_=f"account/{name}", detail={"sessions": ended})
