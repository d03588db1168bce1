"""The one table of algorithms. Every hash, signature, checkpoint names its algorithm by an id of this table.

An installation may later choose SM3 and SM2 (GM/T 0004, GM/T 0003): a row here, and the id in its settings.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HASH = "sha256"
SIGNATURE = "ed25519"


@dataclass(frozen=True)
class Signature:
    """How keys of one algorithm are made and used; keys and signatures are raw bytes.

    `note_type` identifies the algorithm in a signed note (C2SP signed-note, "Signature types").
    """

    generate: Callable[[], bytes]
    public_of: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]
    note_type: bytes


def _ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: not a key of this length
        return False
    return True


HASHES: dict[str, Callable[..., Any]] = {"sha256": hashlib.sha256}
SIGNATURES: dict[str, Signature] = {
    "ed25519": Signature(
        generate=lambda: Ed25519PrivateKey.generate().private_bytes_raw(),
        public_of=lambda private: Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw(),
        sign=lambda private, message: Ed25519PrivateKey.from_private_bytes(private).sign(message),
        verify=_ed25519_verify,
        note_type=b"\x01",
    )
}
