"""The keys that sign checkpoints: the installation's own, wrapped by its master key."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from medthread.methods.algorithms import SIGNATURE, SIGNATURES
from medthread.methods.note import NoteKey
from medthread.stores.postgres.tables import audit_key
from medthread.trust.audit import record
from medthread.trust.keys import Keyring


@dataclass(frozen=True)
class Signer:
    """A key in both halves."""

    key: NoteKey
    private: bytes


def signer(tx: Connection, keyring: Keyring, *, origin: str) -> Signer:
    """The key that signs now, made at first use. The caller holds the head of the log, so that only one is made."""
    row = tx.execute(select(audit_key).where(audit_key.c.retired_at.is_(None)).order_by(audit_key.c.at.desc()).limit(1)).one_or_none()
    if row is not None:
        return Signer(NoteKey(row.name, row.algorithm, bytes(row.public)), private_of(keyring, bytes(row.wrapped)))
    algorithm = SIGNATURES[SIGNATURE]
    private = algorithm.generate()
    key = NoteKey(origin, SIGNATURE, algorithm.public_of(private))
    values = {"name": origin, "algorithm": SIGNATURE, "public": key.public, "wrapped": keyring.wrap(private)}
    tx.execute(insert(audit_key).values(id=key.id.hex(), **values))
    record(tx, actor="system", action="audit_key.create", object_=f"audit_key/{key.id.hex()}", after={"key": key.text})
    return Signer(key, private)


def private_of(keyring: Keyring, wrapped: bytes) -> bytes:
    """The private half."""
    return keyring.unwrap(wrapped)


def public_keys(tx: Connection) -> list[NoteKey]:
    """Every key that ever signed."""
    rows = tx.execute(select(audit_key).order_by(audit_key.c.at)).all()
    return [NoteKey(r.name, r.algorithm, bytes(r.public)) for r in rows]
