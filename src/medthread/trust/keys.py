"""Keys that seal personal data: one per load or per subject, wrapped by the installation's master key.

Destroying a key erases what it sealed, in backups and in the lake alike.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.stores.postgres.tables import encryption_key

KEY_BYTES = 32
NONCE_BYTES = 12
PREFIX = "sealed:1:"


class Keyring:
    """Makes, finds and destroys keys."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    @classmethod
    def open(cls, path: Path) -> "Keyring":
        """The ring of an installation; its master key is made at first use, readable by the owner only."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
        master = path.read_bytes()
        if len(master) != KEY_BYTES:
            raise ConfigurationError(
                f"{path} is not a master key", hint="restore it from the backup; without it sealed values stay sealed"
            )
        return cls(master)

    @property
    def index_key(self) -> bytes:
        """The key of blind indices: derived, so that equal values compare equal over all loads."""
        return AESGCM(self._master).encrypt(b"\0" * NONCE_BYTES, b"blind index", b"medthread")

    def wrap(self, key: bytes) -> bytes:
        """A key so that it may be kept."""
        return aes_key_wrap(self._master, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """A kept key again."""
        try:
            return aes_key_unwrap(self._master, wrapped)
        except InvalidUnwrap:
            raise ConfigurationError(
                "a kept key cannot be opened: it was wrapped by another master key", hint="put the copy of the keys back (operations guide, 'Backup'); without it what it sealed stays sealed"
            ) from None

    def make(self, tx: Connection, *, id_: str, subject: str) -> bytes:
        """A key under an id; the same key again when it exists."""
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = self.wrap(key)
        tx.execute(
            insert(encryption_key)
            .values(id=id_, subject=subject, wrapped=wrapped)
            .on_conflict_do_nothing(index_elements=["id"])
        )
        return self.find(tx, id_)

    def find(self, tx: Connection, id_: str) -> bytes:
        """The key under an id."""
        wrapped = tx.execute(select(encryption_key.c.wrapped).where(encryption_key.c.id == id_)).scalar_one_or_none()
        if wrapped is None:
            raise NotFoundError(f"no key {id_!r}", hint="it was destroyed: what it sealed is erased", key=id_)
        return self.unwrap(bytes(wrapped))

    def destroy(self, tx: Connection, id_: str) -> None:
        """Erase everything sealed with a key."""
        tx.execute(
            update(encryption_key).where(encryption_key.c.id == id_).values(wrapped=None, destroyed_at=func.now())
        )
