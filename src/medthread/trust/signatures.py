"""Electronic signatures (21 CFR 11.50, 11.70; 电子签名法 art. 13): who, when and in which zone, what it means, on exactly what.

A signature is made over the hash of the content that was shown. The record may change later; then the signature
still stands, as one of an earlier version. Who signs with what is behind a port: a key of one's own by default.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select

from medthread.methods.algorithms import SIGNATURE, SIGNATURES
from medthread.methods.canonical import canonical, hash_of
from medthread.model.errors import NotFoundError
from medthread.stores.postgres.tables import signature, signing_key
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.verifiers import PASSWORD, proven_by

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Signed:
    """What a signer gives: which key, which algorithm, the bytes, and what others vouch for."""

    key: str
    algorithm: str
    signature: bytes
    certificate_chain: bytes | None = None
    time_stamp: bytes | None = None


class Signer(Protocol):
    """Signs for a person: a key kept here, a UKey, a certificate authority, a signing service."""

    def sign(self, tx: Connection, *, account: str, message: bytes) -> Signed:
        """The message signed by the person's key."""


@dataclass(frozen=True)
class KeptKeys:
    """The default signer: one Ed25519 key a person, made at the first signature, wrapped by the installation's key."""

    keyring: Keyring

    def sign(self, tx: Connection, *, account: str, message: bytes) -> Signed:
        """Sign with the account's key."""
        id_, algorithm, private = self._key(tx, account)
        return Signed(id_, algorithm, SIGNATURES[algorithm].sign(private, message))

    def _key(self, tx: Connection, account: str) -> tuple[str, str, bytes]:
        held = select(signing_key).where(signing_key.c.account == account, signing_key.c.retired_at.is_(None), signing_key.c.wrapped.is_not(None))
        row = tx.execute(held.order_by(signing_key.c.at.desc()).limit(1)).one_or_none()
        if row is not None:
            return row.id, row.algorithm, self.keyring.unwrap(bytes(row.wrapped))
        id_, algorithm = f"key-{uuid.uuid4().hex}", SIGNATURES[SIGNATURE]
        private = algorithm.generate()
        public = algorithm.public_of(private)
        tx.execute(insert(signing_key).values(id=id_, account=account, algorithm=SIGNATURE, public=public, wrapped=self.keyring.wrap(private)))
        record(tx, actor=account, action="signing_key.create", object_=f"signing_key/{id_}", after={"algorithm": SIGNATURE, "public": public.hex()})
        return id_, SIGNATURE, private


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Everything a signature says, but the signature itself."""

    signer: str
    printed_name: str
    on_behalf_of: str | None
    signed_at: datetime
    zone: str
    meaning: str
    reason: str | None
    entity: str
    record: str
    revision: int
    action: str
    content: dict[str, Any]
    factors: tuple[str, ...]


def sign(tx: Connection, signer: Signer, signing: Signing) -> str:
    """Make a signature, keep it, and put it into the audit log, so that it can neither vanish nor be slipped in; gives its id."""
    id_, content_hash = str(uuid.uuid4()), hash_of(signing.content)
    row = {**vars(signing), "factors": list(signing.factors), "id": id_, "content_hash": content_hash}
    made = signer.sign(tx, account=signing.signer, message=message_of(row))
    tx.execute(insert(signature).values(**row, **vars(made)))
    proven = proven_by(tx, signing.signer) if PASSWORD in signing.factors else {}
    said = {"signature": id_, "meaning": signing.meaning, "content_hash": content_hash, "key": made.key, "algorithm": made.algorithm, "made": made.signature.hex(), **proven}
    record(tx, actor=signing.signer, action="signature.create", object_=f"{signing.entity}/{signing.record}", reason=signing.reason, detail=said)
    return id_


SAID = (
    "id", "signer", "printed_name", "on_behalf_of", "signed_at", "zone", "meaning", "reason", "entity", "record",
    "revision", "action", "content_hash", "factors",
)


def message_of(row: Any) -> bytes:
    """The bytes that are signed: every statement of the signature, with the hash of the content."""
    said = {name: row[name] for name in SAID}
    said["signed_at"] = (said["signed_at"] - EPOCH) // timedelta(microseconds=1)  # the same in every zone
    return canonical(said)


def stands(tx: Connection, id_: str) -> bool:
    """Whether a kept signature is what its signer made: content, statements and key agree."""
    found = tx.execute(select(signature, signing_key.c.public).join(signing_key, signing_key.c.id == signature.c.key).where(signature.c.id == id_)).one_or_none()
    if found is None:
        raise NotFoundError(f"no signature {id_!r}", hint="open it from the record that it signs")
    row = found._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    if hash_of(row["content"]) != row["content_hash"]:
        return False
    algorithm = SIGNATURES.get(row["algorithm"])
    return algorithm is not None and algorithm.verify(bytes(row["public"]), bytes(row["signature"]), message_of(row))
