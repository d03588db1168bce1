"""Sealing values: AES-256-GCM, each with its own nonce, as text that names its key.

A sealed value reads `sealed:1:<key id>:<base64 of nonce and ciphertext>`.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from medthread.model.errors import InvalidError
from medthread.trust.keys import NONCE_BYTES, PREFIX


def seal_all(values: Iterable[str | None], *, key: bytes, key_id: str) -> list[str | None]:
    """Each value sealed; null stays null."""
    cipher, head, associated = AESGCM(key), f"{PREFIX}{key_id}:", key_id.encode()
    sealed: list[str | None] = []
    for value in values:
        if value is None:
            sealed.append(None)
            continue
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + cipher.encrypt(nonce, value.encode(), associated)
        sealed.append(head + base64.b64encode(box).decode())
    return sealed


def is_sealed(value: str) -> bool:
    """Whether a text is a sealed value."""
    return value.startswith(PREFIX)


def key_id_of(sealed: str) -> str:
    """Which key opens it."""
    return sealed.removeprefix(PREFIX).rpartition(":")[0]


def unseal(sealed: str, *, key: bytes) -> str:
    """The value again; a changed text is refused."""
    key_id, _, box = sealed.removeprefix(PREFIX).rpartition(":")
    try:
        raw = base64.b64decode(box, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], key_id.encode()).decode()
    except (InvalidTag, ValueError):  # ValueError: not base64, or too short
        raise InvalidError("a sealed value was changed", hint="compare the release with `medthread verify`") from None


def blind_index(values: Iterable[str | None], *, key: bytes) -> list[str | None]:
    """HMAC-SHA256 of each value's letters and digits: for equality only."""
    return [
        None
        if v is None
        else hmac.new(key, "".join(c for c in v if c.isalnum()).encode(), hashlib.sha256).hexdigest()[:32]
        for v in values
    ]


def keyed_hash(text: bytes, *, key: bytes) -> str:
    """HMAC-SHA256 under a key of its own, with the algorithm's name: who does not hold the key can compare it with nothing."""
    own = hmac.new(key, b"medthread keyed hash", hashlib.sha256).digest()
    return f"hmac-sha256:{hmac.new(own, text, hashlib.sha256).hexdigest()}"


def mask_partial(value: str | None) -> str | None:
    """The same mask as the SQL function of that name."""
    if value is None:
        return None
    at = value.find("@")
    if at > 0:
        return f"{value[0]}***{value[at:]}"
    if len(value) >= 11:  # noqa: PLR2004 - a mobile number keeps its ends
        return f"{value[:3]}****{value[-4:]}"
    if len(value) >= 8:  # noqa: PLR2004 - of a shorter one at least half is hidden
        return f"{value[:2]}****{value[-2:]}"
    return value[0] + "*" * (len(value) - 1) if len(value) > 1 else "*"
