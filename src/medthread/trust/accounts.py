"""Local accounts: argon2id passwords, lock-out, opaque sessions and scoped tokens, stored only as hashes."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from medthread.stores.postgres.tables import account, api_token, session
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.roles import ROLES

SESSION_HOURS = 12
FAILURES_ALLOWED = 5
LOCK_MINUTES = 15
SHORTEST_PASSWORD = 10
TOKEN_PREFIX = "mdt_"  # noqa: S105 - a visible prefix, so that a leaked token is recognised
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_account(
    tx: Connection,
    *,
    name: str,
    printed_name: str,
    password: str,
    roles: tuple[str, ...],
    by: str,
    plants: tuple[str, ...] = (),
) -> None:
    """A new account; an existing one is left as it is."""
    strangers = [r for r in roles if r not in ROLES]
    if strangers:
        raise InvalidError(f"no role {strangers[0]!r}", hint=f"there are: {', '.join(ROLES)}")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidError("the password is too short", hint=f"at least {SHORTEST_PASSWORD} characters")
    made = tx.execute(
        insert(account)
        .values(
            name=name,
            printed_name=printed_name,
            password_hash=_hasher.hash(password),
            roles=list(roles),
            plants=list(plants),
        )
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(account.c.name)
    ).scalar_one_or_none()
    if made:
        record(tx, actor=by, action="account.create", object_=f"account/{name}", after={"roles": list(roles)})


def sign_in(tx: Connection, *, name: str, password: str) -> str | None:
    """A session token, or nothing when refused; the caller commits either way, so that failures count."""
    row = tx.execute(select(account).where(account.c.name == name).with_for_update()).one_or_none()
    now = datetime.now(UTC)
    if row is not None and row.locked_until is not None and row.locked_until > now:
        record(tx, actor=name, action="session.create", object_=f"account/{name}", outcome="refused", reason="locked")
        return None
    if not _matches(row.password_hash if row else _NOBODY, password) or row is None:
        _count_failure(tx, name=name, failures=row.failures + 1 if row else 0, now=now)
        return None
    token = secrets.token_urlsafe(32)
    tx.execute(update(account).where(account.c.name == name).values(failures=0, locked_until=None))
    tx.execute(
        insert(session).values(token_hash=_digest(token), account=name, expires_at=now + timedelta(hours=SESSION_HOURS))
    )
    record(tx, actor=name, action="session.create", object_=f"account/{name}")
    return token


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _count_failure(tx: Connection, *, name: str, failures: int, now: datetime) -> None:
    locked = now + timedelta(minutes=LOCK_MINUTES) if failures >= FAILURES_ALLOWED else None
    tx.execute(update(account).where(account.c.name == name).values(failures=failures, locked_until=locked))
    record(tx, actor=name, action="session.create", object_=f"account/{name}", outcome="refused", reason="password")


def sign_out(tx: Connection, *, token: str) -> None:
    """End a session."""
    ended = delete(session).where(session.c.token_hash == _digest(token)).returning(session.c.account)
    for name in tx.execute(ended).scalars():
        record(tx, actor=name, action="session.end", object_=f"account/{name}")


def actor_of_session(tx: Connection, *, token: str) -> Actor:
    """Who a session belongs to."""
    query = (
        select(account, session.c.expires_at)
        .join(session, session.c.account == account.c.name)
        .where(session.c.token_hash == _digest(token))
    )
    row = tx.execute(query).one_or_none()
    if row is None or row.expires_at < datetime.now(UTC):
        raise UnauthenticatedError("the session has ended", hint="sign in again")
    return Actor(row.name, row.printed_name, tuple(row.roles), tuple(row.plants), language=row.language)


def create_token(
    tx: Connection, *, actor: Actor, can: frozenset[str], name: str, scopes: tuple[str, ...], days: int
) -> tuple[str, str]:
    """A token's id and its secret, shown once; its scopes cannot exceed its maker's."""
    beyond = set(scopes) - (can - {"tokens:own"})  # a token makes no tokens: they would outlive it
    if beyond:
        raise ForbiddenError(f"{actor.name} cannot pass on {', '.join(sorted(beyond))}", hint="ask for fewer scopes")
    id_, secret = secrets.token_hex(6), TOKEN_PREFIX + secrets.token_urlsafe(32)
    tx.execute(
        insert(api_token).values(
            id=id_,
            token_hash=_digest(secret),
            account=actor.name,
            name=name,
            scopes=list(scopes),
            expires_at=datetime.now(UTC) + timedelta(days=days),
        )
    )
    record(tx, actor=actor.name, action="token.create", object_=f"token/{id_}", after={"scopes": list(scopes)})
    return id_, secret


def revoke_token(tx: Connection, *, actor: Actor, id_: str) -> None:
    """End a token of one's own."""
    mine = (api_token.c.id == id_) & (api_token.c.account == actor.name)
    done = tx.execute(update(api_token).where(mine).values(revoked=True).returning(api_token.c.id)).one_or_none()
    if done is None:
        raise NotFoundError(f"no token {id_!r} of yours", hint="list them with GET /api/v1/tokens")
    record(tx, actor=actor.name, action="token.revoke", object_=f"token/{id_}")


def actor_of_token(tx: Connection, *, token: str) -> Actor:
    """Who a token acts for, within its scopes."""
    query = (
        select(account, api_token.c.scopes, api_token.c.expires_at, api_token.c.revoked)
        .join(api_token, api_token.c.account == account.c.name)
        .where(api_token.c.token_hash == _digest(token))
    )
    row = tx.execute(query).one_or_none()
    if row is None or row.revoked or row.expires_at < datetime.now(UTC):
        raise UnauthenticatedError("the token is unknown, revoked or has expired", hint="make a new one under Account")
    return Actor(
        row.name, row.printed_name, tuple(row.roles), tuple(row.plants), frozenset(row.scopes), language=row.language
    )
