"""Requests on their way: kept between sending a browser to a provider and its coming back, and taken once."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert

from medthread.stores.postgres.tables import identity_request
from medthread.trust.identity.configured import Configured
from medthread.trust.identity.port import Begun, IdentityError
from medthread.trust.sessions import digest

MINUTES = 10


def begin_request(tx: Connection, given: Configured, *, redirect_to: str, account: str | None = None) -> tuple[str, Begun]:
    """The state that ties the browser to its answer, and where to send it. With an account it proves anew who acts."""
    state, now = secrets.token_urlsafe(32), datetime.now(UTC)
    begun = given.provider.begin(state=state, redirect_to=redirect_to, afresh=account is not None)
    tx.execute(delete(identity_request).where(identity_request.c.expires_at < now))
    row = {"state_hash": digest(state), "provider": given.name, "kept": begun.kept, "redirect_to": redirect_to, "account": account}
    tx.execute(insert(identity_request).values(**row, expires_at=now + timedelta(minutes=MINUTES)))
    return state, begun


def end_request(tx: Connection, given: Configured, *, state: str | None, brought: str | None) -> tuple[dict[str, str], str, str | None]:
    """What was kept under the state, where the browser was to come back to, and whom it concerns; there no more afterwards.

    The state comes in the address and in the browser's own cookie (`brought`): an answer begun in another browser is refused.
    """
    refused = IdentityError("the answer belongs to no request of this browser", hint="sign in again from the beginning", reason="state")
    if not state or not brought or not secrets.compare_digest(state.encode(), brought.encode()):
        raise refused
    mine = (identity_request.c.state_hash == digest(state)) & (identity_request.c.provider == given.name)
    row = tx.execute(delete(identity_request).where(mine).returning(identity_request)).one_or_none()
    if row is None or row.expires_at < datetime.now(UTC):
        raise refused
    return dict(row.kept), str(row.redirect_to), row.account
