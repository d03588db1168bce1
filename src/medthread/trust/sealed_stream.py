"""Files of any size sealed in pieces: AES-256-GCM under a key of the content's own, in bounded memory.

A first line says, in clear, algorithm, key id, packing and salt; it is bound into every piece. Pieces follow as a
length of four bytes and the sealed bytes; each nonce is the piece's number and whether it is the last, so that nothing
can be changed, left out, moved, added or cut off (the STREAM construction, Hoang, Reyhanitabar, Rogaway, Vizár 2015).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from medthread.methods.algorithms import HASH, HASHES
from medthread.methods.canonical import canonical
from medthread.model.errors import ConfigurationError, StoreError
from medthread.trust.backup_key import BackupKey

ALGORITHM = "aes-256-gcm-stream+hkdf-sha256"
PIECE = 1 << 20
LONGEST_HEAD = 1024
SLACK = 1 << 16  # what a piece may grow by when it does not pack
PACKINGS = ("none", "zstd")


class AlteredError(StoreError):
    """Content that is not what it was when it was written down."""


@dataclass(frozen=True)
class Stored:
    """Sealed bytes: how many, and their hash."""

    bytes: int
    hash: str


def hash_file(file: IO[bytes]) -> str:
    """`sha256:<hex>` of what is in a file."""
    running = HASHES[HASH](b"")
    while piece := file.read(PIECE):
        running.update(piece)
    return f"{HASH}:{running.hexdigest()}"


def seal_stream(source: IO[bytes], sink: IO[bytes], *, key: BackupKey, content: str, pack: bool) -> Stored:
    """Seal a file whose hash is known; content that turns out to be other is refused, and what was written is void."""
    salt = key.salt_of(content)
    head = canonical({"algorithm": ALGORITHM, "key": key.id, "packing": PACKINGS[pack], "salt": salt.hex()}) + b"\n"
    cipher, number = AESGCM(key.content_key(salt)), 0
    read, written, size = HASHES[HASH](b""), HASHES[HASH](head), len(head)
    sink.write(head)
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        read.update(piece)
        box = cipher.encrypt(_nonce(number, last=not following), _packed(piece, pack=pack), head)
        framed = len(box).to_bytes(4) + box
        written.update(framed)
        sink.write(framed)
        size += len(framed)
        if not following:
            break
        piece, number = following, number + 1
    if f"{HASH}:{read.hexdigest()}" != content:
        raise AlteredError("the content is not what its hash says", hint="compare the release with `medthread verify`")
    return Stored(size, f"{HASH}:{written.hexdigest()}")


def open_stream(source: Iterable[bytes], sink: IO[bytes], *, key: BackupKey, content: str) -> int:
    """Unseal into a file; anything that was changed is refused. Gives the number of bytes."""
    reader = _Reader(source)
    head = reader.line()
    cipher, pack = _opened(head, key)
    number, size, read = 0, 0, HASHES[HASH](b"")
    while True:
        length = int.from_bytes(reader.take(4))
        if length > PIECE + SLACK:
            raise _altered()
        box = reader.take(length)
        last = reader.is_over()
        try:
            piece = _unpacked(cipher.decrypt(_nonce(number, last=last), box, head), pack=pack)
        except (InvalidTag, pa.ArrowException) as error:
            raise _altered() from error
        read.update(piece)
        sink.write(piece)
        size, number = size + len(piece), number + 1
        if last:
            break
    if f"{HASH}:{read.hexdigest()}" != content:
        raise _altered()
    return size


def _opened(head: bytes, key: BackupKey) -> tuple[AESGCM, bool]:
    try:
        told = json.loads(head)
        algorithm, made_under, pack, salt = told["algorithm"], told["key"], told["packing"], bytes.fromhex(told["salt"])
    except (ValueError, KeyError, TypeError) as error:
        raise _altered() from error
    if algorithm != ALGORITHM or pack not in PACKINGS:
        raise StoreError(f"sealed with {str(algorithm)[:80]!r}, which this version does not know", hint="open it with the version that made it, or a newer one")
    if made_under != key.id:
        raise ConfigurationError(
            f"sealed under the backup key {str(made_under)[:40]}, and the key given is {key.id}",
            hint="bring the key with that id; without it nobody can open the backup", sealed_under=str(made_under)[:40])
    return AESGCM(key.content_key(salt)), pack == "zstd"


def _altered() -> AlteredError:
    return AlteredError("a sealed file was changed or cut off", hint="take another backup or another target; this copy is damaged")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\1" if last else b"\0")


def _packed(piece: bytes, *, pack: bool) -> bytes:
    if not pack:
        return piece
    return len(piece).to_bytes(4) + bytes(pa.compress(piece, codec="zstd", asbytes=True))


def _unpacked(piece: bytes, *, pack: bool) -> bytes:
    if not pack:
        return piece
    return bytes(pa.decompress(piece[4:], decompressed_size=int.from_bytes(piece[:4]), codec="zstd", asbytes=True)) if piece[4:] else b""


class _Reader:
    """Takes exact numbers of bytes from chunks as they come."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._held = bytearray()

    def _more(self) -> bool:
        for chunk in self._source:
            if chunk:
                self._held += chunk
                return True
        return False

    def take(self, count: int) -> bytes:
        while len(self._held) < count and self._more():
            pass
        if len(self._held) < count:
            raise _altered()
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def line(self) -> bytes:
        while (end := self._held.find(b"\n", 0, LONGEST_HEAD)) < 0:
            if len(self._held) >= LONGEST_HEAD or not self._more():
                raise _altered()
        return self.take(end + 1)

    def is_over(self) -> bool:
        return not self._held and not self._more()
