"""The keys that sign checkpoints: the installation's own, wrapped by its master key."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from medthread.methods.algorithms import SIGNATURE, SIGNATURES
from medthread.methods.note import NoteKey
from medthread.model.errors import NotFoundError
from medthread.stores.postgres.tables import audit_event, audit_key, audit_leaf, audit_log
from medthread.trust.audit import record
from medthread.trust.keys import Keyring

LOG = "audit"  # the one row of `audit_log`
MADE = "audit_key.create"


@dataclass(frozen=True)
class Signer:
    """A key in both halves."""

    key: NoteKey
    private: bytes


def signer(tx: Connection, keyring: Keyring, *, origin: str) -> Signer:
    """The key that signs now, made at first use. The caller holds the head of the log, so that only one is made."""
    row = tx.execute(select(audit_key).where(audit_key.c.retired_at.is_(None)).order_by(audit_key.c.at.desc()).limit(1)).one_or_none()
    if row is None:
        return _make(tx, keyring, origin=origin, by="system")
    return Signer(NoteKey(row.name, row.algorithm, bytes(row.public)), keyring.unwrap(bytes(row.wrapped)))


def renew(tx: Connection, keyring: Keyring, *, by: str, reason: str) -> NoteKey:
    """A new key from now on, told of in the log; the old one signs no more and checks what it signed. Publish the new one."""
    head = tx.execute(select(audit_log).where(audit_log.c.name == LOG).with_for_update()).one_or_none()
    if head is None:
        raise NotFoundError("nothing is sealed yet", hint="the first key is made with the first checkpoint")
    tx.execute(update(audit_key).where(audit_key.c.retired_at.is_(None)).values(retired_at=func.now()))
    return _make(tx, keyring, origin=head.origin, by=by, reason=reason).key


def _make(tx: Connection, keyring: Keyring, *, origin: str, by: str, reason: str | None = None) -> Signer:
    algorithm = SIGNATURES[SIGNATURE]
    private = algorithm.generate()
    key = NoteKey(origin, SIGNATURE, algorithm.public_of(private))
    values = {"name": origin, "algorithm": SIGNATURE, "public": key.public, "wrapped": keyring.wrap(private)}
    tx.execute(insert(audit_key).values(id=key.id.hex(), **values))
    record(tx, actor=by, action=MADE, object_=f"audit_key/{key.id.hex()}", reason=reason, after={"key": key.text})
    return Signer(key, private)


def public_keys(tx: Connection) -> list[NoteKey]:
    """Every key that ever signed."""
    rows = tx.execute(select(audit_key).order_by(audit_key.c.at)).all()
    return [NoteKey(r.name, r.algorithm, bytes(r.public)) for r in rows]


def announced(tx: Connection) -> list[tuple[int | None, str]]:
    """Keys as the log tells of them: the place of the row that does (nothing while it waits), the verifier key."""
    joined = audit_event.outerjoin(audit_leaf, audit_leaf.c.seq == audit_event.c.seq)
    query = select(audit_leaf.c.leaf_index, audit_event.c.after["key"].astext).select_from(joined).where(audit_event.c.action == MADE)
    return [(r[0], r[1]) for r in tx.execute(query.order_by(audit_leaf.c.leaf_index.nulls_last(), audit_event.c.seq))]
