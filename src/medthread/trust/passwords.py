"""Passwords: kept as argon2id hashes only."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_hasher = PasswordHasher()
NOBODY = _hasher.hash(secrets.token_urlsafe())  # compared against where there is no account, so that both take as long


def hash_of(password: str) -> str:
    """The password so that it may be kept."""
    return _hasher.hash(password)


def matches(hashed: str | None, password: str) -> bool:
    """Whether it is the password; an account without one has none that fits, and takes as long to say so."""
    try:
        return _hasher.verify(hashed or NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
