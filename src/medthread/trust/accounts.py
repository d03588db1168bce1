"""Local accounts: made, given other passwords, shut and opened; and the proof of who signs."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ConflictError, ForbiddenError, NotFoundError
from medthread.stores.postgres.tables import account
from medthread.trust.account_rules import AccountRules
from medthread.trust.audit import record
from medthread.trust.credentials import (
    IN_SESSION,
    LOCKED,
    SIGN_IN,
    TICKET_PREFIX,
    WAYS_OUT,
    Proof,
    Proven,
    accept,
    by_ticket,
    compare,
    prove,
    refuse,
)
from medthread.trust.incompatible import ADMINISTRATORS, check_roles
from medthread.trust.keys import Keyring
from medthread.trust.names import check_free, check_name, check_printed, check_printed_free
from medthread.trust.passwords import check_password, hash_of, refuse_remembered, remember, temporary_password
from medthread.trust.sessions import end_sessions
from medthread.trust.tokens import revoke_tokens
from medthread.trust.verifiers import PASSWORD, VERIFIER, digest_of

STANDARD = AccountRules()


def create_account(
    tx: Connection, *, name: str, printed_name: str, password: str, roles: tuple[str, ...], by: str,
    plants: tuple[str, ...] = (), rules: AccountRules = STANDARD,
) -> bool:
    """A new account; an existing one is left as it is, and the answer is no."""
    _check(name, printed_name, password, roles, rules)
    return _create(tx, name=name, printed_name=printed_name, hashed=hash_of(password), roles=roles, by=by, plants=plants, rules=rules)


def create_alike(tx: Connection, *, people: Iterable[tuple[str, str, str]], password: str, by: str) -> None:
    """Accounts (name, printed name, role) that share a password which is no secret: hashed once, for hashing takes a tenth of a second each."""
    hashed = hash_of(password)
    for name, printed_name, role in people:
        _check(name, printed_name, password, (role,), STANDARD)
        _create(tx, name=name, printed_name=printed_name, hashed=hashed, roles=(role,), by=by, plants=(), rules=STANDARD)


def _check(name: str, printed_name: str, password: str, roles: tuple[str, ...], rules: AccountRules) -> None:
    check_name(name)
    check_printed(printed_name)
    check_roles(roles)
    check_password(password, names=(name, printed_name), rules=rules)


def _create(
    tx: Connection, *, name: str, printed_name: str, hashed: str, roles: tuple[str, ...], by: str, plants: tuple[str, ...], rules: AccountRules
) -> bool:
    check_free(tx, name)
    check_printed_free(tx, name=name, printed=printed_name)
    row = {"name": name, "printed_name": printed_name, "password_hash": hashed}
    made = insert(account).values(**row, roles=list(roles), plants=list(plants)).on_conflict_do_nothing(index_elements=["name"])
    if tx.execute(made.returning(account.c.name)).one_or_none() is None:
        return False
    remember(tx, name=name, hashed=hashed, rules=rules)
    record(tx, actor=by, action="account.create", object_=f"account/{name}", after={"roles": list(roles), "plants": list(plants)},
           detail={VERIFIER: {PASSWORD: digest_of(hashed)}})
    return True


def open_account(tx: Connection, *, name: str, printed_name: str, by: str, rules: AccountRules) -> str:
    """A new account without rights; gives its first password, which nobody chose and which is changed at the first sign-in."""
    password = temporary_password()
    if not create_account(tx, name=name, printed_name=printed_name, password=password, roles=(), by=by, rules=rules):
        raise ConflictError(f"there is an account {name!r} already", hint="choose another name")
    tx.execute(update(account).where(account.c.name == name).values(password_temporary=True))
    return password


def account_of(tx: Connection, name: str) -> Row[Any]:
    """An account's row, locked."""
    row = tx.execute(select(account).where(account.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no account {name!r}", hint="`medthread account list` names them")
    return row


class ReauthenticationError(ForbiddenError):
    """Something was asked for that takes proof of who asks; what is missing or wrong is in `reason`."""

    code = "reauthentication"

    def stands(self, tx: Connection) -> None:
        """The failure counts although the act that asked for the proof is undone."""
        refuse(tx, name=self.attributes["name"], action="reauthenticate", reason=self.attributes["reason"], now=datetime.now(UTC), door=IN_SESSION)


def reauthenticate(tx: Connection, *, name: str, password: str, totp: str | None, keyring: Keyring) -> list[str]:
    """Prove at the moment of signing who signs (21 CFR 11.200(a)(1)): the factors used, `["password"]` or with `"totp"`.

    Where a second factor is set, it is needed. Refused with `ReauthenticationError`; called within `workflow.handle`,
    the failure is counted (and locks the account out) although everything else of the act is undone.
    """
    proven = _proven(tx, keyring, name=name, proof=Proof(password, totp), now=datetime.now(UTC))
    if proven.refused is not None:
        raise ReauthenticationError(f"{name} was not proven to be who asks", hint=WAYS_OUT[proven.refused], name=name, reason=proven.refused)
    accept(tx, name, doors=(IN_SESSION,))
    return list(proven.factors)


def _proven(tx: Connection, keyring: Keyring, *, name: str, proof: Proof, now: datetime) -> Proven:
    if proof.password.startswith(TICKET_PREFIX):
        return by_ticket(tx, name=name, ticket=proof.password, now=now)
    row = tx.execute(select(account.c.password_hash, account.c.proof_locked_until).where(account.c.name == name)).one_or_none()
    if row is not None and row.proof_locked_until is not None and row.proof_locked_until > now:
        return Proven(refused=LOCKED)
    compared = compare(row.password_hash if row else None, proof.password, door=IN_SESSION)
    return prove(tx, keyring, name=name, compared=compared, code=proof.code, now=now, door=IN_SESSION)


def change_password(
    tx: Connection, keyring: Keyring, *, name: str, proof: Proof, fresh: str, rules: AccountRules, keep: str | None = None, keep_tokens: bool = False
) -> None:
    """Change one's own password, proven by the present one; ends every other session but the one to `keep` (its id), and the tokens unless they are kept."""
    reauthenticate(tx, name=name, password=proof.password, totp=proof.code, keyring=keyring)
    row = account_of(tx, name)
    check_password(fresh, names=(name, str(row.printed_name)), rules=rules)
    refuse_remembered(tx, name=name, password=fresh, rules=rules)
    told = _set_password(tx, name=name, password=fresh, temporary=False, rules=rules)
    end_sessions(tx, name=name, by=name, but=keep)
    if not keep_tokens:
        revoke_tokens(tx, name=name, by=name)
    record(tx, actor=name, action="password.change", object_=f"account/{name}", detail=told)


def is_reset_over_the_network(roles: Iterable[str]) -> bool:
    """Whether the system administrator resets the password of an account with these roles; an administrator's is reset at the server only."""
    return set(ADMINISTRATORS).isdisjoint(roles)


def reset_password(tx: Connection, *, name: str, by: str, reason: str, rules: AccountRules, at_the_server: bool = False) -> str:
    """Give an account a password that nobody chose, shown once, to be changed at the next sign-in; ends its sessions and tokens.

    An administrator's is given at the server only: who resets it knows it, and would be both administrators in one person.
    """
    row = account_of(tx, name)
    if not at_the_server and not is_reset_over_the_network(row.roles):
        raise ForbiddenError(
            f"{name} is an administrator, whose password no other administrator resets alone",
            hint="at the server, in the presence of both: medthread account reset", actor=by, action="password.reset")
    password = temporary_password()
    told = _set_password(tx, name=name, password=password, temporary=True, rules=rules)
    accept(tx, name, doors=(SIGN_IN, IN_SESSION))
    end_sessions(tx, name=name, by=by)
    revoke_tokens(tx, name=name, by=by)
    record(tx, actor=by, action="password.reset", object_=f"account/{name}", reason=reason, detail=told)
    return password


def _set_password(tx: Connection, *, name: str, password: str, temporary: bool, rules: AccountRules) -> dict[str, Any]:
    """Keep it; gives what the log tells of it."""
    hashed = hash_of(password)
    changed = {"password_hash": hashed, "password_changed_at": datetime.now(UTC), "password_temporary": temporary}
    tx.execute(update(account).where(account.c.name == name).values(**changed))
    remember(tx, name=name, hashed=hashed, rules=rules)
    return {VERIFIER: {PASSWORD: digest_of(hashed)}}


def disable_account(tx: Connection, *, name: str, by: str, reason: str) -> None:
    """Shut an account: its sessions end, its tokens open nothing; what it did keeps its name."""
    row = account_of(tx, name)
    if row.disabled_at is not None:
        raise ConflictError(f"{name} is disabled already", hint="enable it to let the person in again")
    if name == by:
        raise ConflictError("nobody shuts themselves out", hint="let another administrator do it")
    for role in (r for r in ADMINISTRATORS if r in row.roles):
        refuse_last(tx, name=name, role=role)
    tx.execute(update(account).where(account.c.name == name).values(disabled_at=datetime.now(UTC)))
    end_sessions(tx, name=name, by=by)
    record(tx, actor=by, action="account.disable", object_=f"account/{name}", reason=reason)


def enable_account(tx: Connection, *, name: str, by: str, reason: str) -> None:
    """Open an account again."""
    if account_of(tx, name).disabled_at is None:
        raise ConflictError(f"{name} is not disabled", hint="nothing keeps the person out")
    tx.execute(update(account).where(account.c.name == name).values(disabled_at=None))
    accept(tx, name, doors=(SIGN_IN, IN_SESSION))
    record(tx, actor=by, action="account.enable", object_=f"account/{name}", reason=reason)


def refuse_last(tx: Connection, *, name: str, role: str) -> None:
    """Refuse what would leave no open account with an administrator's role: nobody could give it again from within."""
    others = (account.c.name != name) & account.c.roles.contains([role]) & account.c.disabled_at.is_(None)
    if tx.execute(select(func.count()).select_from(account).where(others)).scalar_one() == 0:
        raise ConflictError(f"{name} is the last {role}", hint="give the role to somebody else first")
