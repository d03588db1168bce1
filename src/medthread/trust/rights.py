"""Rights of accounts: roles, plants and organisations, given by one who does not give them to themselves."""

from typing import Any

from sqlalchemy import Connection, Row, update

from medthread.model.errors import ConflictError, ForbiddenError, PreconditionError, PreconditionRequiredError
from medthread.stores.postgres.tables import account
from medthread.trust.accounts import account_of, refuse_last
from medthread.trust.audit import record
from medthread.trust.incompatible import ADMINISTRATORS, check_roles


def assign_rights(
    tx: Connection, *, name: str, rights: dict[str, tuple[str, ...]], version: str | None, by: str, reason: str
) -> None:
    """Give an account its roles, plants, organisations and regions in place of those it has.

    `rights` has any of the four; `version` is the revision that was read. A list that is empty binds to none: the account
    sees the rows of all. What somebody writes belongs to the first plant and organisation that they are bound to.
    """
    if version is None:
        raise PreconditionRequiredError("which version is this change made from?", hint="send If-Match with the revision you read")
    if name == by:
        raise ForbiddenError("nobody gives rights to themselves", hint="let another security administrator do it")
    row = account_of(tx, name)
    if version.strip('"') != str(row.revision):
        raise PreconditionError("somebody changed the rights after you read them", hint="read them again and repeat your change")
    roles = rights.get("roles", tuple(row.roles))
    check_roles(roles)
    _keep_administrators(tx, row, roles)
    give(tx, row, {k: _clean(v) for k, v in rights.items()}, by=by, reason=reason)


def give(tx: Connection, row: Row[Any], rights: dict[str, list[str]], *, by: str, reason: str) -> None:
    """Write rights that were looked at, as the next revision."""
    before = {k: list(getattr(row, k)) for k in rights}
    if before == rights:
        raise ConflictError("the account has these rights already", hint="nothing was changed")
    tx.execute(update(account).where(account.c.name == row.name).values(**rights, revision=row.revision + 1))
    record(tx, actor=by, action="account.rights", object_=f"account/{row.name}", reason=reason, before=before, after=rights)


def _clean(values: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(v.strip() for v in values if v.strip()))


def _keep_administrators(tx: Connection, row: Row[Any], roles: tuple[str, ...]) -> None:
    """The last administrator of a kind keeps the role: nobody could give it again from within."""
    for lost in (r for r in ADMINISTRATORS if r in row.roles and r not in roles):
        refuse_last(tx, name=row.name, role=lost)
