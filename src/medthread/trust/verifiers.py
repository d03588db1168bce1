"""What the log tells of that by which somebody is proven: a digest of what is kept to compare a proof with.

A password's hash (salted, argon2), a sealed secret, hashes of recovery codes: whoever may write the database may put
others there and come in as somebody else. So each change of them is told with a digest of what is kept from then on, and
each signature and sign-in with that of what the password was compared with; `trust.log.credentials` compares. Guesses
at a password are not tried on it: the salt, 128 random bits, is in what is hashed here and is not told.
"""

import hashlib

from sqlalchemy import Connection, select

from medthread.stores.postgres.tables import account

VERIFIER, PROVEN_BY = "verifier", "proven_by"  # in the detail of audit rows: what is kept by kind, and what a password was compared with
PASSWORD, SECOND_FACTOR, CODES, TOKEN = "password", "second_factor", "recovery_codes", "token"


def digest_of(kept: str | None) -> str | None:
    """The digest of what is kept; nothing of nothing."""
    return None if kept is None else f"sha256:{hashlib.sha256(kept.encode()).hexdigest()}"


def digest_of_all(kept: list[str]) -> str | None:
    """The same of several together, in whatever order they come."""
    return digest_of(" ".join(sorted(kept)) or None)


def proven_by(tx: Connection, name: str) -> dict[str, str | None]:
    """What an account's password is compared with now, for the row that tells what came of it; nobody changes it meanwhile, for the proof has locked it."""
    return {PROVEN_BY: digest_of(tx.execute(select(account.c.password_hash).where(account.c.name == name)).scalar_one_or_none())}
