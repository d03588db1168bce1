"""What the installation itself vouches for: signed with a key of its own, which no person has."""

from typing import Any

from sqlalchemy import Connection, select

from medthread.methods.algorithms import SIGNATURES
from medthread.methods.canonical import canonical
from medthread.stores.postgres.tables import signing_key
from medthread.trust.signatures import Signed, Signer

INSTALLATION = "@installation"  # no account has this name


def vouch(tx: Connection, signer: Signer, statement: Any) -> Signed:
    """Sign a statement as the installation."""
    return signer.sign(tx, account=INSTALLATION, message=canonical(statement))


def vouched_for(tx: Connection, statement: Any, *, key: str, signature: bytes) -> bool:
    """Whether the installation signed exactly this statement."""
    query = select(signing_key).where(signing_key.c.id == key, signing_key.c.account == INSTALLATION)
    row = tx.execute(query).one_or_none()
    return row is not None and SIGNATURES[row.algorithm].verify(bytes(row.public), signature, canonical(statement))
