"""Local accounts: argon2id passwords, lock-out, opaque sessions and scoped tokens, stored only as hashes."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from medthread.stores.postgres.tables import account, api_token, session
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.passwords import hash_of, matches
from medthread.trust.roles import ROLES
from medthread.trust.second_factor import has_second_factor, use_code

SESSION_HOURS = 12
FAILURES_ALLOWED = 5
LOCK_MINUTES = 15
SHORTEST_PASSWORD = 10
# Why somebody is not let in, as the audit log says it; the first two are guesses that count.
PASSWORD, TOTP, LOCKED, DISABLED, MISSING = "password", "totp", "locked", "disabled", "totp missing"
TOKEN_PREFIX = "mdt_"  # noqa: S105 - a visible prefix, so that a leaked token is recognised


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
            password_hash=hash_of(password),
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
    now = datetime.now(UTC)
    refused = _refusal(tx, name=name, password=password, now=now)
    if refused is not None:
        _refuse(tx, name=name, action="session.create", reason=refused, now=now)
        return None
    token = secrets.token_urlsafe(32)
    _succeeded(tx, name)
    tx.execute(
        insert(session).values(token_hash=_digest(token), account=name, expires_at=now + timedelta(hours=SESSION_HOURS))
    )
    record(tx, actor=name, action="session.create", object_=f"account/{name}")
    return token


class ReauthenticationError(ForbiddenError):
    """A signature was asked for without proof of who signs; what is missing or wrong is in `reason`."""

    code = "reauthentication"

    def stands(self, tx: Connection) -> None:
        """The failure counts although the act that asked for the signature is undone."""
        _refuse(tx, name=self.attributes["name"], action="reauthenticate", reason=self.attributes["reason"], now=datetime.now(UTC))


WAYS_OUT = {
    PASSWORD: "give your password again",
    TOTP: "give the newest code of your authenticator app; each code counts once",
    LOCKED: "wait a quarter of an hour, or ask an administrator",
    DISABLED: "ask an administrator",
    MISSING: "give the code of your authenticator app beside the password",
}


def reauthenticate(tx: Connection, *, name: str, password: str, totp: str | None, keyring: Keyring) -> list[str]:
    """Prove at the moment of signing who signs (21 CFR 11.200(a)(1)): the factors used, `["password"]` or with `"totp"`.

    Where a second factor is set, it is needed. Refused with `ReauthenticationError`; called within `workflow.handle`,
    the failure is counted (and locks the account out) although everything else of the act is undone.
    """
    now = datetime.now(UTC)
    refused, factors = _refusal(tx, name=name, password=password, now=now), [PASSWORD]
    if refused is None and has_second_factor(tx, name):
        factors.append(TOTP)
        if not totp:
            refused = MISSING
        elif not use_code(tx, keyring, name=name, code=totp, now=now):
            refused = TOTP
    if refused is not None:
        raise ReauthenticationError(f"{name} was not proven to be who signs", hint=WAYS_OUT[refused], name=name, reason=refused)
    _succeeded(tx, name)
    return factors


def _refusal(tx: Connection, *, name: str, password: str, now: datetime) -> str | None:
    """Why name and password do not let somebody in; nothing when they do. Takes as long whether there is the account or not."""
    row = tx.execute(select(account).where(account.c.name == name).with_for_update()).one_or_none()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return LOCKED
    if not matches(row.password_hash if row else None, password) or row is None:
        return PASSWORD
    return DISABLED if row.disabled_at is not None else None


def _refuse(tx: Connection, *, name: str, action: str, reason: str, now: datetime) -> None:
    """Count what was guessed wrong, lock where it was too often, and write it down."""
    if reason in (PASSWORD, TOTP):
        mine = account.c.name == name
        failures = tx.execute(update(account).where(mine).values(failures=account.c.failures + 1).returning(account.c.failures)).scalar_one_or_none()
        if failures is not None and failures >= FAILURES_ALLOWED:
            tx.execute(update(account).where(mine).values(locked_until=now + timedelta(minutes=LOCK_MINUTES)))
    record(tx, actor=name, action=action, object_=f"account/{name}", outcome="refused", reason=reason)


def _succeeded(tx: Connection, name: str) -> None:
    tx.execute(update(account).where(account.c.name == name).values(failures=0, locked_until=None))


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
