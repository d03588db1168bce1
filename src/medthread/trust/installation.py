"""What the installation itself vouches for: signed with a key of its own, which no person has."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from medthread.methods.canonical import canonical
from medthread.stores.postgres.tables import signing_key
from medthread.trust.signatures import Signed, Signer

INSTALLATION = "@installation"  # no account has this name


def vouch(tx: Connection, signer: Signer, statement: Any) -> Signed:
    """Sign a statement as the installation."""
    return signer.sign(tx, account=INSTALLATION, message=canonical(statement))


def vouched_for(tx: Connection, statement: Any, *, key: str, signature: bytes) -> bool:
    """Whether the installation signed exactly this statement."""
    query = select(signing_key.c.public).where(signing_key.c.id == key, signing_key.c.account == INSTALLATION)
    public = tx.execute(query).scalar_one_or_none()
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes(public)).verify(signature, canonical(statement))
    except InvalidSignature:
        return False
    return True
