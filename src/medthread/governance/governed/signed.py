"""An approval signed electronically: over the hash of every change of the proposal, as it was shown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from medthread.governance.governed.words import Content
from medthread.methods.canonical import hash_of, plain
from medthread.model.errors import ConflictError
from medthread.stores.postgres.tables import signature
from medthread.trust.access import Actor
from medthread.trust.signatures import Signer, Signing, sign, stands

ENTITY, APPROVED = "definition", "approved"


def shown_of(rows: Sequence[Any]) -> Content:
    """What is signed of a proposal: all that it changes, why, and from which day on."""
    first = rows[0]
    changes = [{"kind": r.kind, "subject": r.subject, "before": r.before, "after": r.after} for r in rows]
    shown: Content = plain({"proposal": first.proposal, "reason": first.reason, "proposed_by": first.proposed_by, "changes": changes})
    return shown


def sign_approval(tx: Connection, signer: Signer, *, actor: Actor, rows: Sequence[Any], shown: str | None, factors: Sequence[str], reason: str, zone: str) -> str:
    """Sign what was shown as approved; gives the signature's id. Raises `ConflictError` where something else was shown."""
    content = shown_of(rows)
    if shown != hash_of(content):
        raise ConflictError("what you were shown is not what would be signed", hint="open it again and look at what it says now")
    return sign(tx, signer, Signing(
        signer=actor.name, printed_name=actor.printed_name, on_behalf_of=None, signed_at=datetime.now(UTC), zone=zone, meaning=APPROVED, reason=reason, entity=ENTITY,
        record=rows[0].proposal, revision=1, action="approve", content=content, factors=tuple(factors)))


def signature_of(tx: Connection, proposal: str) -> Content | None:
    """The signature of an approval, and whether it stands; nothing where it was not signed."""
    t = signature
    row = tx.execute(select(t.c.id, t.c.signer, t.c.printed_name, t.c.signed_at, t.c.zone, t.c.meaning, t.c.content_hash).where(t.c.entity == ENTITY, t.c.record == proposal)).one_or_none()
    return None if row is None else {**row._mapping, "stands": stands(tx, row.id)}  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
