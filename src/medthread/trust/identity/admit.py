"""What a provider's claims mean here: which account they open, made or linked where that is allowed, and with which roles."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from medthread.model.errors import ConflictError, InvalidError, MedthreadError
from medthread.stores.postgres.tables import account, external_identity
from medthread.trust.accounts import account_of
from medthread.trust.audit import record
from medthread.trust.identity.configured import Configured
from medthread.trust.identity.port import Claims, IdentityError
from medthread.trust.incompatible import check_roles
from medthread.trust.names import check_free, check_name, namesake, shown
from medthread.trust.rights import give
from medthread.trust.verifiers import PASSWORD, VERIFIER

LONGEST_CLAIMED = 130  # of a printed name, so that an account's name has room beside it


@dataclass(frozen=True)
class Admission:
    """Whom the claims let in."""

    name: str


def admit(tx: Connection, given: Configured, claims: Claims) -> Admission:
    """The account that the claims open, with its roles as the provider says where it says them; raises `IdentityError`."""
    row = _linked(tx, claims) or _known_by_name(tx, given, claims) or _made(tx, given, claims)
    if row.disabled_at is not None:
        raise IdentityError("the account is disabled", hint="ask an administrator", reason="disabled", name=row.name)
    if given.roles is not None:
        _follow(tx, given, claims, row)
    return Admission(str(row.name))


def _linked(tx: Connection, claims: Claims) -> Row[Any] | None:
    mine = (external_identity.c.issuer == claims.issuer) & (external_identity.c.subject == claims.subject)
    name = tx.execute(select(external_identity.c.account).where(mine)).scalar_one_or_none()
    return account_of(tx, name) if name is not None else None


def _known_by_name(tx: Connection, given: Configured, claims: Claims) -> Row[Any] | None:
    if not given.link_by_name or claims.account is None:
        return None
    row = tx.execute(select(account).where(account.c.name == claims.account).with_for_update()).one_or_none()
    if row is None:
        return None
    if tx.execute(select(external_identity.c.subject).where(external_identity.c.account == row.name, external_identity.c.issuer == claims.issuer)).first():
        raise IdentityError("the account is linked to somebody else at this provider", hint="ask an administrator", reason="account", name=row.name)
    link(tx, name=str(row.name), issuer=claims.issuer, subject=claims.subject, by=f"identity:{given.name}")
    return row


def _made(tx: Connection, given: Configured, claims: Claims) -> Row[Any]:
    if not given.create_accounts or claims.account is None:
        raise IdentityError("no account belongs to this identity", hint="ask an administrator: medthread account link", reason="account")
    by = f"identity:{given.name}"
    try:
        check_name(claims.account)
        check_free(tx, claims.account)
    except MedthreadError as error:
        raise IdentityError(error.message, hint=error.hint, reason="account") from error
    if tx.execute(select(account.c.name).where(account.c.name == claims.account)).one_or_none() is not None:
        raise IdentityError("there is an account of that name already", hint="ask an administrator: medthread account link", reason="account", name=claims.account)
    tx.execute(insert(account).values(name=claims.account, printed_name=_printed(tx, claims.account, claims.printed_name), roles=[]))
    record(tx, actor=by, action="account.create", object_=f"account/{claims.account}", after={"roles": []}, detail={VERIFIER: {PASSWORD: None}})
    link(tx, name=claims.account, issuer=claims.issuer, subject=claims.subject, by=by)
    return account_of(tx, claims.account)


def _printed(tx: Connection, name: str, claimed: str | None) -> str:
    """What the provider calls them; with the account's name beside it, where somebody else is called so."""
    called = shown(claimed or "").strip()[:LONGEST_CLAIMED]
    called = called if any(c.isalnum() for c in called) else name
    return called if namesake(tx, name=name, printed=called) is None else f"{called} ({name})"


def _follow(tx: Connection, given: Configured, claims: Claims, row: Row[Any]) -> None:
    """Give exactly the roles that the groups mean."""
    roles = list(dict.fromkeys(r for group, gives in (given.roles or {}).items() if group in claims.groups for r in gives))
    if sorted(roles) == sorted(row.roles):
        return
    try:
        check_roles(roles)
    except MedthreadError as error:
        raise IdentityError(error.message, hint=error.hint, reason="roles", name=row.name) from error
    give(tx, row, {"roles": roles}, by=f"identity:{given.name}", reason="groups at the provider")


def link(tx: Connection, *, name: str, issuer: str, subject: str, by: str) -> None:
    """Tie an account to a subject at an issuer: whoever proves to be it there is let in here."""
    if not subject.strip():
        raise InvalidError("an identity has a subject", hint="the claim `sub`, as the provider gives it")
    account_of(tx, name)
    taken = select(external_identity.c.account).where(external_identity.c.issuer == issuer, external_identity.c.subject == subject)
    holder = tx.execute(taken).scalar_one_or_none()
    if holder is not None:
        raise ConflictError(f"that identity is tied to {holder}", hint="one identity opens one account")
    tx.execute(insert(external_identity).values(issuer=issuer, subject=subject, account=name))
    record(tx, actor=by, action="account.link", object_=f"account/{name}", after={"issuer": issuer, "subject": subject})
