"""The key that backups are sealed under: one line in a file of its own, kept apart from what it seals.

Nobody opens a backup without the key that it was made under. Its id says which one that is and tells nothing of it.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from medthread.model.errors import ConfigurationError, ConflictError

PREFIX = "medthread-backup-key-1"
KEY_BYTES, CHECK_BYTES, GROUP = 32, 3, 7


@dataclass(frozen=True)
class BackupKey:
    """A key, and what follows from it. It is never printed by accident: only `text` shows it."""

    secret: bytes

    def __repr__(self) -> str:
        return f"BackupKey({self.id})"

    @classmethod
    def make(cls, path: Path) -> "BackupKey":
        """A new key in a new file that only its owner reads."""
        made = cls(secrets.token_bytes(KEY_BYTES))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise ConflictError(f"there is a file {path} already", hint="a key is never overwritten: what it sealed would be lost") from error
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be made: {error.strerror}", hint="choose another place for the key") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(made.text + "\n")
        return made

    @classmethod
    def read(cls, path: Path) -> "BackupKey":
        """The key in a file; one that was typed from paper may have spaces and capitals."""
        lost = "bring the copy that was kept apart; without it no backup made under it can be opened, by anybody"
        try:
            text = path.read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise ConfigurationError(f"there is no backup key at {path}", hint=lost) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"the backup key at {path} cannot be read: {error}", hint=lost) from error
        return cls.parse(text, where=str(path))

    @classmethod
    def parse(cls, text: str, *, where: str) -> "BackupKey":
        """The key of a line; a mistyped one is refused by its check letters."""
        bare = "".join(text.split()).lower()
        letters = bare.removeprefix(PREFIX).replace("-", "").upper()
        try:
            if not bare.startswith(PREFIX):
                raise binascii.Error  # noqa: TRY301 - one answer to every way of not being a key
            raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except binascii.Error:
            raw = b""
        secret, check = raw[:KEY_BYTES], raw[KEY_BYTES:]
        if len(secret) != KEY_BYTES or check != _check(secret):
            raise ConfigurationError(f"{where} holds no backup key", hint=f"a key is one line that begins with {PREFIX}; compare it letter by letter")
        return cls(secret)

    @property
    def text(self) -> str:
        """The key as one line, to be kept on paper or in a safe."""
        letters = base64.b32encode(self.secret + _check(self.secret)).decode().rstrip("=").lower()
        return "-".join([PREFIX, *(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))])

    @property
    def id(self) -> str:
        """Which key it is."""
        return self._derived(b"id", 8).hex()

    def name_of(self, sha256: str) -> str:
        """Under which name content is kept: nothing about the content can be told from it."""
        return hmac.new(self._derived(b"names"), sha256.encode(), hashlib.sha256).hexdigest()

    def salt_of(self, sha256: str) -> bytes:
        """The salt of one content: the same content is sealed to the same bytes, so that it is kept once."""
        return hmac.new(self._derived(b"salts"), sha256.encode(), hashlib.sha256).digest()[:16]

    def content_key(self, salt: bytes) -> bytes:
        """The key of one content."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"medthread backup content").derive(self.secret)

    def _derived(self, what: bytes, length: int = KEY_BYTES) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"medthread backup " + what).derive(self.secret)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"medthread backup key" + secret).digest()[:CHECK_BYTES]
