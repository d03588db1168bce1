"""Signed notes and checkpoints of a log (C2SP signed-note and tlog-checkpoint): text that a person, a mail, a sheet of paper can carry.

A checkpoint is origin, size and root hash, a line each; our first extension line names the hash algorithm, so that an
installation which changes to another cannot be misread, and a second one when it was signed and after which moment
everything in it that was not in the one before came to be sealed. Then an empty line and the signatures.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from medthread.methods.algorithms import HASHES, SIGNATURES

NAME = re.compile(r"[^\s+]+")
DASH = "— "
HASH_LINE, TIME_LINE = "hash ", "time "
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"  # UTC, as in the records of a log: texts of this form are in order when the moments are
KEY_ID_BYTES = 4


def encode(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


def decode(text: str) -> bytes:
    """The bytes of standard base64; a text that is not the one way to write them is refused with a ValueError."""
    raw = base64.b64decode(text, validate=True)
    if encode(raw) != text:
        raise ValueError("base64 written in another way")
    return raw


@dataclass(frozen=True)
class NoteKey:
    """The public half of a key that signs notes. `id` and `text` as the note format lays down."""

    name: str
    algorithm: str
    public: bytes

    @property
    def typed(self) -> bytes:
        """The public key after the identifier of its algorithm."""
        return SIGNATURES[self.algorithm].note_type + self.public

    @property
    def id(self) -> bytes:
        """Four bytes by which a note names the key. They identify it and prove nothing."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.typed).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The verifier key, as it is published."""
        return f"{self.name}+{self.id.hex()}+{encode(self.typed)}"


def signed(text: str, key: NoteKey, *, private: bytes) -> str:
    """The note of a text that ends in a newline."""
    signature = SIGNATURES[key.algorithm].sign(private, text.encode())
    return f"{text}\n{DASH}{key.name} {encode(key.id + signature)}\n"


def opened(note: str, keys: Iterable[NoteKey]) -> str | None:
    """The text of a note that is signed by at least one of the keys, and by each of them that it names; else nothing."""
    text, _, signatures = note.rpartition("\n\n")
    known = {(k.name, k.id): k for k in keys}
    found = False
    for line in signatures.removesuffix("\n").split("\n"):
        name, _, value = line.removeprefix(DASH).partition(" ")
        try:
            raw = decode(value)
        except ValueError:
            return None
        key = known.get((name, raw[:KEY_ID_BYTES]))
        if not line.startswith(DASH) or len(raw) <= KEY_ID_BYTES:
            return None
        if key is None:
            continue
        if not SIGNATURES[key.algorithm].verify(key.public, raw[KEY_ID_BYTES:], (text + "\n").encode()):
            return None
        found = True
    return text + "\n" if found else None


@dataclass(frozen=True)
class Checkpoint:
    """How long a log is, and the root hash over all of it.

    `at` is when it was signed (checkpoints of before say nothing of it), `after` when the last one was signed that left
    nothing waiting; both as `MOMENT`.
    """

    origin: str
    size: int
    root: bytes
    algorithm: str
    at: str | None = None
    after: str | None = None

    @property
    def text(self) -> str:
        """As it is signed."""
        told = " ".join(t for t in (self.at, self.after) if t is not None)
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n{HASH_LINE}{self.algorithm}\n" + (f"{TIME_LINE}{told}\n" if told else "")

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """A checkpoint's text read again; ValueError for any other text."""
        *lines, end = text.split("\n")
        if len(lines) not in (4, 5) or end or not lines[3].startswith(HASH_LINE) or not NAME.fullmatch(lines[0]):  # its lines, without a time and with one
            raise ValueError("not a checkpoint of ours")
        times = lines[4].removeprefix(TIME_LINE).split(" ") if lines[4:] else []
        if any(datetime.strptime(t, MOMENT).strftime(MOMENT) != t for t in times):  # noqa: DTZ007 - UTC by its Z
            raise ValueError("a moment written in another way")
        found = cls(lines[0], int(lines[1]), decode(lines[2]), lines[3].removeprefix(HASH_LINE), *times[:2])
        if found.algorithm not in HASHES or found.text != text:
            raise ValueError("not a checkpoint of ours")
        return found
