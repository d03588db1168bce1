"""Keys that seal personal data: one per load or per subject, wrapped by the installation's master key.

Destroying a key erases what it sealed, in the database and in the lake alike. Backups still hold it as it was wrapped, so
the master key changes after it (`rotate`): the one that opens old backups' keys is gone, and every key that lives on is
wrapped anew. The key of blind indices stays the same, or nothing would be found again.
"""

import contextlib
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import Connection, LargeBinary, Table, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.stores.postgres.tables import encryption_key, metadata

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 27  # eleven letters and a tag: it was derived so before it was kept
PREFIX = "sealed:1:"
WRAPPED = "wrapped"
INDEX, PREVIOUS = "index.key", "master.previous"


def tables_of_keys() -> list[Table]:
    """Tables that keep keys wrapped by the master key: those with a column of that name."""
    return [t for t in metadata.sorted_tables if WRAPPED in t.c and isinstance(t.c[WRAPPED].type, LargeBinary)]


@dataclass
class Keyring:
    """Makes, finds and destroys keys."""

    _master: bytes
    _path: Path | None = None
    _index: bytes | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __repr__(self) -> str:
        return f"Keyring({self._path})"

    @classmethod
    def open(cls, path: Path) -> "Keyring":
        """The ring of an installation; its master key is made at first use, readable by the owner only."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _keep(path, secrets.token_bytes(KEY_BYTES))
        ring = cls(_read(path), path)
        index = path.with_name(INDEX)
        if not index.exists():
            with contextlib.suppress(FileExistsError):  # another process was first; it derived the same
                _keep(index, ring.index_key)
        ring._index = _read(index, size=INDEX_BYTES)
        return ring

    @property
    def index_key(self) -> bytes:
        """The key of blind indices, so that equal values compare equal over all loads. Derived from the first master key, and kept."""
        if self._index is not None:
            return self._index
        return AESGCM(self._master).encrypt(b"\0" * NONCE_BYTES, b"blind index", b"medthread")

    def wrap(self, key: bytes) -> bytes:
        """A key so that it may be kept."""
        self._refresh()
        return aes_key_wrap(self._master, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """A kept key again."""
        try:
            return aes_key_unwrap(self._master, wrapped)
        except InvalidUnwrap:
            self._refresh()
        try:
            return aes_key_unwrap(self._master, wrapped)
        except InvalidUnwrap:
            raise ConfigurationError(
                "a kept key cannot be opened: it was wrapped by another master key",
                hint="put the copy of the keys back (operations guide, 'Backup'); without it what it sealed stays sealed",
            ) from None

    def _refresh(self) -> None:
        """Another process may have changed the master key."""
        if self._path is not None:
            with self._lock:
                self._master = _read(self._path)

    def make(self, tx: Connection, *, id_: str, subject: str) -> bytes:
        """A key under an id; the same key again when it exists."""
        wrapped = self.wrap(secrets.token_bytes(KEY_BYTES))
        tx.execute(
            insert(encryption_key)
            .values(id=id_, subject=subject, wrapped=wrapped)
            .on_conflict_do_nothing(index_elements=["id"])
        )
        return self.find(tx, id_)

    def of_subject(self, tx: Connection, subject: str) -> tuple[str, bytes]:
        """The key that a subject's values are sealed with now, and its id: a new one when the last was destroyed."""
        rows = tx.execute(select(encryption_key.c.id, encryption_key.c.wrapped).where(encryption_key.c.subject == subject)).all()
        living = next((r for r in rows if r.wrapped is not None), None)
        if living is not None:
            return living.id, self.unwrap(bytes(living.wrapped))
        id_ = f"{subject}#{len(rows) + 1}" if rows else subject
        return id_, self.make(tx, id_=id_, subject=subject)

    def find(self, tx: Connection, id_: str) -> bytes:
        """The key under an id."""
        wrapped = tx.execute(select(encryption_key.c.wrapped).where(encryption_key.c.id == id_)).scalar_one_or_none()
        if wrapped is None:
            raise NotFoundError(f"no key {id_!r}", hint="it was destroyed: what it sealed is erased", key=id_)
        return self.unwrap(bytes(wrapped))

    def destroy(self, tx: Connection, id_: str) -> None:
        """Erase everything sealed with a key."""
        self._destroy(tx, encryption_key.c.id == id_)

    def destroy_subject(self, tx: Connection, subject: str) -> None:
        """Erase everything sealed for a subject."""
        self._destroy(tx, encryption_key.c.subject == subject)

    def _destroy(self, tx: Connection, which: object) -> None:
        living = encryption_key.c.wrapped.is_not(None)
        tx.execute(update(encryption_key).where(which, living).values(wrapped=None, destroyed_at=func.now()))  # type: ignore[arg-type] # a condition

    def rotate(self, tx: Connection) -> int:
        """Change the master key; gives how many keys were wrapped anew. To be committed, then settled.

        Nobody makes or reads a key meanwhile. The old master key stays beside the new one until `settle` sees which of the
        two the database goes with: killed anywhere, nothing is lost.
        """
        if self._path is None:
            raise ConfigurationError("this ring has no file", hint="open the installation's own")
        tables = tables_of_keys()
        tx.execute(text(f"lock table {', '.join(str(t) for t in tables)} in access exclusive mode"))
        fresh, count = secrets.token_bytes(KEY_BYTES), 0
        for table in tables:
            rows = [{"key": r.id, "now": aes_key_wrap(fresh, self.unwrap(bytes(r.wrapped)))} for r in tx.execute(select(table.c.id, table.c[WRAPPED]).where(table.c[WRAPPED].is_not(None)))]
            if rows:
                tx.execute(update(table).where(table.c.id == bindparam("key")).values({WRAPPED: bindparam("now")}), rows)
            count += len(rows)
        aside = self._path.with_name("master.next")
        aside.unlink(missing_ok=True)
        _keep(aside, fresh)
        _keep(self._path.with_name(PREVIOUS), self._master, anew=True)
        aside.replace(self._path)
        self._refresh()
        return count

    def settle(self, tx: Connection) -> None:
        """After a rotation, or at start after one that was cut short: keep the master key that the database goes with."""
        if self._path is None or not (previous := self._path.with_name(PREVIOUS)).exists():
            return
        wrapped = next((bytes(w) for t in tables_of_keys() for w in tx.execute(select(t.c[WRAPPED]).where(t.c[WRAPPED].is_not(None)).limit(1)).scalars()), None)
        if wrapped is not None and not _opens(_read(self._path), wrapped) and _opens(_read(previous), wrapped):
            previous.replace(self._path)
            self._refresh()
            return
        previous.write_bytes(secrets.token_bytes(KEY_BYTES))
        previous.unlink()


def _opens(master: bytes, wrapped: bytes) -> bool:
    try:
        aes_key_unwrap(master, wrapped)
    except InvalidUnwrap:
        return False
    return True


def _keep(path: Path, key: bytes, *, anew: bool = False) -> None:
    """A key in a file that only its owner reads, on the disk before we go on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if anew else os.O_EXCL), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, *, size: int = KEY_BYTES) -> bytes:
    key = path.read_bytes()
    if len(key) != size:
        raise ConfigurationError(
            f"{path} is not a {path.stem} key", hint="restore it from the backup; without it sealed values stay sealed"
        )
    return key
