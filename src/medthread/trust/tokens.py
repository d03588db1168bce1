"""API tokens: scoped, expiring, kept as hashes, revoked by their owner."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from medthread.model.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from medthread.stores.postgres.tables import account, api_token, second_factor
from medthread.trust.access import Actor
from medthread.trust.account_rules import AccountRules
from medthread.trust.audit import record
from medthread.trust.sessions import digest, must_of
from medthread.trust.verifiers import TOKEN, VERIFIER, digest_of

TOKEN_PREFIX = "mdt_"  # noqa: S105 - a visible prefix, so that a leaked token is recognised


def create_token(
    tx: Connection, *, actor: Actor, can: frozenset[str], name: str, scopes: tuple[str, ...], days: int
) -> tuple[str, str]:
    """A token's id and its secret, shown once; its scopes cannot exceed its maker's."""
    beyond = set(scopes) - (can - {"tokens:own"})  # a token makes no tokens: they would outlive it
    if beyond:
        raise ForbiddenError(f"{actor.name} cannot pass on {', '.join(sorted(beyond))}", hint="ask for fewer scopes")
    id_, secret = secrets.token_hex(6), TOKEN_PREFIX + secrets.token_urlsafe(32)
    hashed = digest(secret)
    row = {"id": id_, "token_hash": hashed, "account": actor.name, "name": name, "scopes": list(scopes)}
    tx.execute(insert(api_token).values(**row, expires_at=datetime.now(UTC) + timedelta(days=days)))
    record(tx, actor=actor.name, action="token.create", object_=f"token/{id_}", after={"scopes": list(scopes)}, detail={VERIFIER: {TOKEN: digest_of(hashed)}})
    return id_, secret


def revoke_token(tx: Connection, *, name: str, id_: str, by: str) -> None:
    """End one token of an account."""
    mine = (api_token.c.id == id_) & (api_token.c.account == name)
    done = tx.execute(update(api_token).where(mine).values(revoked=True).returning(api_token.c.id)).one_or_none()
    if done is None:
        raise NotFoundError(f"no token {id_!r} of {name}", hint="list the tokens again")
    record(tx, actor=by, action="token.revoke", object_=f"token/{id_}", detail=None if by == name else {"account": name})


def revoke_tokens(tx: Connection, *, name: str, by: str) -> None:
    """End all tokens of an account: whoever had its password may have made some; a row in the audit log for each."""
    for id_ in tx.execute(update(api_token).where(_live(name)).values(revoked=True).returning(api_token.c.id)).scalars().all():
        record(tx, actor=by, action="token.revoke", object_=f"token/{id_}", detail={"account": name, "because": "password"})


def tokens_of(tx: Connection, *, name: str) -> list[dict[str, Any]]:
    """An account's tokens that open something, without their secrets, the latest first."""
    columns = (api_token.c.id, api_token.c.name, api_token.c.scopes, api_token.c.expires_at, api_token.c.at)
    query = select(*columns).where(_live(name)).order_by(api_token.c.at.desc())
    return [dict(r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _live(name: str) -> ColumnElement[bool]:
    return (api_token.c.account == name) & api_token.c.revoked.is_(False) & (api_token.c.expires_at > datetime.now(UTC))


def assign_system(tx: Connection, *, id_: str, system: str | None, allowed: Callable[[Actor], object], by: str, reason: str) -> None:
    """Say which system asks with a token: sharing rules go by that, so it is not its owner who says it. `allowed` raises where the owner may not have such a token."""
    query = select(account, api_token.c.system).join(api_token, api_token.c.account == account.c.name).where(api_token.c.id == id_)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"no token {id_!r}", hint="its owner sees the id under Account")
    allowed(Actor(row.name, row.printed_name, tuple(row.roles), tuple(row.plants), organisations=tuple(row.organisations), regions=tuple(row.regions),
                  token=id_, system=system))
    tx.execute(update(api_token).where(api_token.c.id == id_).values(system=system))
    record(tx, actor=by, action="token.system", object_=f"token/{id_}", reason=reason, before={"system": row.system}, after={"system": system})


def actor_of_token(tx: Connection, *, token: str, rules: AccountRules) -> Actor:
    """Who a token acts for, within its scopes; what its owner has to do before anything else comes before its acts too."""
    query = (
        select(account, second_factor.c.confirmed_at, api_token.c.id.label("token_id"), api_token.c.system, api_token.c.scopes, api_token.c.expires_at, api_token.c.revoked)
        .join(api_token, api_token.c.account == account.c.name)
        .outerjoin(second_factor, second_factor.c.account == account.c.name)
        .where(api_token.c.token_hash == digest(token))
    )
    row, now = tx.execute(query).one_or_none(), datetime.now(UTC)
    if row is None or row.revoked or row.disabled_at is not None or row.expires_at < now:
        raise UnauthenticatedError("the token is unknown, revoked or has expired", hint="make a new one under Account")
    return Actor(
        row.name, row.printed_name, tuple(row.roles), tuple(row.plants), frozenset(row.scopes), language=row.language,
        organisations=tuple(row.organisations), regions=tuple(row.regions), token=row.token_id, system=row.system,
        must=must_of(row, rules, now),
    )
