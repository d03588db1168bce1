"""Check digits: unified social credit codes (GB 32100, GB 11714), GTIN and SSCC (GS1)."""

import random

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OUTER = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER = (3, 7, 9, 10, 5, 8, 4, 2)
_CONFUSED = {"0": "O", "1": "I"}


def uscc(head: str, body: str) -> str:
    """A valid code from eight leading characters and the eight of the organisation."""
    value = sum(w * int(c, 36) for w, c in zip(_INNER, body, strict=True))
    inner = "0123456789X0"[11 - value % 11]
    first = head + body + inner
    outer = sum(w * USCC_ALPHABET.index(c) for w, c in zip(_OUTER, first, strict=True))
    return first + USCC_ALPHABET[-outer % 31]


def random_uscc(rng: random.Random, *, kind: str, region: str) -> str:
    """A valid code of a region: kind 91 firm, 12 public institution."""
    body = "".join(rng.choices("0123456789", k=2) + ["MA"[i] for i in range(2)] + rng.choices("0123456789ABCDEFGH", k=4))
    if rng.random() < 0.6:
        body = "".join(rng.choices("0123456789", k=8))
    return uscc(kind + region, body)


def broken_uscc(rng: random.Random, code: str) -> str:
    """The code with one wrong character: the outer digit always notices."""
    at = rng.randrange(9, 17)
    wrong = rng.choice([c for c in "23456789" if c != code[at]])
    return code[:at] + wrong + code[at + 1 :]


def confused_uscc(rng: random.Random, code: str) -> str:
    """The code with one 0 read as the letter O, or one 1 as I: letters that no code holds."""
    at = rng.choice([i for i, c in enumerate(code) if c in _CONFUSED])
    return code[:at] + _CONFUSED[code[at]] + code[at + 1 :]


def gs1_digit(body: str) -> str:
    """The GS1 check digit of a number without it."""
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(body)))
    return str(-total % 10)


def gtin14(reference: int) -> str:
    """A GTIN-14 under an invented company prefix."""
    body = f"06979999{reference:05d}"
    return body + gs1_digit(body)


def wrong_digit(number: str) -> str:
    """The number with its last digit, the check digit, off by a few."""
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def wrong_gtin_in(udi: str, gtin: str) -> str:
    """The scanned text with the GTIN's check digit wrong."""
    return udi.replace(gtin, wrong_digit(gtin), 1)


def sscc(serials: Ints) -> list[str]:
    """Serial shipping container codes: extension 0, the invented prefix, nine digits, check digit."""
    body = 6979999 * 10**9 + serials
    total = np.zeros(len(body), dtype=np.int64)
    rest = body.copy()
    for place in range(17):
        total += rest % 10 * (3 if place % 2 == 0 else 1)
        rest //= 10
    whole = body * 10 + -total % 10
    return np.char.zfill(whole.astype("U18"), 18).tolist()  # type: ignore[no-any-return]
