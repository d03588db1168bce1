"""Finding names among many by what people type: Chinese words, pinyin or its initials, English, technical names, with slips.

Two steps. Every key of every name is cut into short pieces, and a query's pieces point at those that share many and rare
ones; the few that share most are then compared in full, key by key. What sounds like the query is found too: whoever types
pinyin takes the wrong sign of several that sound alike.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from medthread.methods.edits import distance
from medthread.methods.names import plain, sound

FEW = 80  # names that are compared in full
LEAST = 0.45  # of 1: below, a name has little to do with the query
SOUNDS = 0.82  # what only sounds alike counts for so much
_WORDS = re.compile(r"[一-鿿]+|[A-Z]+|[0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Key:
    """A text by which something may be asked for, and how near it is to its name: 1 for the name itself."""

    text: str
    nearness: float = 1.0


@dataclass(frozen=True)
class _Folded:
    """A text as it is compared: its words, and all of them without anything between."""

    words: tuple[str, ...]
    joined: str

    @classmethod
    @lru_cache(maxsize=1 << 17)
    def of(cls, text: str) -> "_Folded":
        words = tuple(_WORDS.findall(plain(_CAMEL.sub(" ", text))))
        return cls(words, "".join(words))


class Lookup:
    """Names, each with its keys, by their place in the order in which they were given."""

    def __init__(self, names: Sequence[Sequence[Key]]) -> None:
        self._keys = [[(_Folded.of(k.text), k.nearness) for k in keys] for keys in names]
        told: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for name, keys in enumerate(self._keys):
            for folded, nearness in keys:
                for piece in _pieces(folded):
                    told[piece][name] = max(told[piece].get(name, 0.0), nearness)
        self._told: Mapping[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]] = {
            piece: (np.fromiter(found, np.int32, len(found)), np.fromiter(found.values(), np.float64, len(found)) * np.log1p(len(names) / len(found)))
            for piece, found in told.items()
        }

    def find(self, text: str, *, most: int) -> list[int]:
        """The places of the names that fit, best first; of equals the one that was given first."""
        wanted = _Folded.of(text)
        if not wanted.joined:
            return []
        asked = [(wanted, 1.0)]
        if any("一" <= c <= "鿿" for c in wanted.joined):
            asked.append((_Folded.of(sound(wanted.joined)), SOUNDS))
        fits: dict[int, float] = {}
        for query, counts in asked:
            for name in self._near(query):
                fit = counts * max((nearness * _alike(query, key) for key, nearness in self._keys[name]), default=0.0)
                fits[name] = max(fits.get(name, 0.0), fit)
        good = [(-round(fit, 4), name) for name, fit in fits.items() if fit >= LEAST]
        return [name for _, name in sorted(good)[:most]]

    def _near(self, query: _Folded) -> list[int]:
        """The names that share most with a query."""
        shared = np.zeros(len(self._keys))
        for piece in _pieces(query):
            if piece in self._told:
                names, weights = self._told[piece]
                shared[names] += weights
        best = np.argsort(-shared, kind="stable")[:FEW]
        return [int(n) for n in best if shared[n] > 0]


def _pieces(folded: _Folded) -> frozenset[str]:
    """Of Chinese every sign and every two, of others every three letters with their beginnings; of all together too, for blanks are anywhere."""
    return frozenset(piece for word in {*folded.words, folded.joined} for piece in _cut(word))


def _cut(word: str) -> Iterator[str]:
    if "一" <= word[:1] <= "鿿":
        yield from word
        yield from (word[n : n + 2] for n in range(len(word) - 1))
        return
    begun = f"^{word}"
    yield begun[:2]
    yield from (begun[n : n + 3] for n in range(len(begun) - 2))


def _alike(query: _Folded, key: _Folded) -> float:
    """From 0 to 1: the same, begun with it, within it, or word by word."""
    a, b = query.joined, key.joined
    if a == b:
        return 1.0
    share = len(a) / max(len(b), 1)
    whole = 0.0
    if b.startswith(a):
        whole = 0.8 + 0.15 * share
    elif len(a) > 1 and a in b:
        whole = 0.7 + 0.15 * share
    elif len(b) > 1 and b in a:
        whole = 0.55 + 0.25 / share
    return max(whole, _slipped(a, b), _by_words(query.words, key.words))


def _slipped(a: str, b: str) -> float:
    """The same but for a slip or two, of words that are long enough to have them."""
    allowed = 0 if len(a) < 3 else 1 if len(a) < 8 else 2 if len(a) < 15 else 3  # noqa: PLR2004 - letters
    if not allowed or abs(len(a) - len(b)) > allowed:
        return 0.0
    slips = distance(a, b)
    return 0.9 - 0.5 * slips / len(a) if slips <= allowed else 0.0


def _by_words(query: tuple[str, ...], key: tuple[str, ...]) -> float:
    """Each word of the query by the likest of the key, in any order; a key that says much more than was asked counts a little less."""
    if len(query) < 2 and len(key) < 2:  # noqa: PLR2004 - then all was compared already
        return 0.0
    each = [max((_word(q, k) for k in key), default=0.0) for q in query]
    return min(each) * 0.3 + sum(each) / len(each) * 0.6 + 0.05 * min(1.0, len(query) / max(len(key), 1))


def _word(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if b.startswith(a) and len(a) > 1:
        return 0.9
    return _slipped(a, b)
