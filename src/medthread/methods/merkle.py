"""The Merkle tree of RFC 9162, section 2.1: append with a frontier, roots, inclusion and consistency proofs.

A tree of n leaves is never held: appending needs the roots of its complete subtrees alone (at most 64 hashes), and
proofs need a few subtree roots, read from wherever nodes are kept. Nodes are kept at every eighth level only; the
levels between are hashed again from at most 256 neighbours.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from medthread.methods.algorithms import HASH, HASHES

STRIDE = 8  # nodes are kept at levels 0, 8, 16, ...
Range: TypeAlias = tuple[int, int]  # leaves [begin, end)
Read: TypeAlias = Callable[[int, int, int], Sequence[bytes]]  # (level, first, count) → kept nodes


@dataclass(frozen=True)
class Frontier:
    """All that appending needs: how many leaves there are, and the roots of the complete subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    algorithm: str = HASH


@dataclass(frozen=True)
class Appended:
    """A frontier after appending, and the new nodes to keep: by level, the index of the first and the hashes."""

    frontier: Frontier
    nodes: dict[int, tuple[int, list[bytes]]] = field(default_factory=dict)


def leaf_hash(record: bytes, *, algorithm: str = HASH) -> bytes:
    """The hash of one record as a leaf."""
    return bytes(HASHES[algorithm](b"\0" + record).digest())


def leaf_hashes(records: Iterable[bytes], *, algorithm: str = HASH) -> list[bytes]:
    """The same of many."""
    new = HASHES[algorithm]
    return [new(b"\0" + r).digest() for r in records]


def node_hash(left: bytes, right: bytes, *, algorithm: str = HASH) -> bytes:
    """The hash of two subtrees."""
    return bytes(HASHES[algorithm](b"\1" + left + right).digest())


def append(frontier: Frontier, leaves: list[bytes]) -> Appended:
    """Append leaf hashes, level by level."""
    new = HASHES[frontier.algorithm]
    old = dict(zip(_levels(frontier.size), frontier.peaks, strict=True))
    size, peaks, nodes = frontier.size + len(leaves), dict(old), {}
    level, made = 0, list(leaves)
    while made:
        if level % STRIDE == 0:
            nodes[level] = (frontier.size >> level, list(made))
        if level in old:
            made.insert(0, old[level])
            del peaks[level]
        if len(made) % 2:
            peaks[level] = made.pop()
        made = [new(b"\1" + left + right).digest() for left, right in zip(made[::2], made[1::2], strict=True)]
        level += 1
    return Appended(Frontier(size, tuple(peaks[n] for n in _levels(size)), frontier.algorithm), nodes)


def _levels(size: int) -> list[int]:
    return [n for n in reversed(range(size.bit_length())) if size >> n & 1]


def root(frontier: Frontier) -> bytes:
    """The root hash (MTH); of an empty tree the hash of nothing."""
    if not frontier.peaks:
        return bytes(HASHES[frontier.algorithm](b"").digest())
    *others, found = frontier.peaks
    for peak in reversed(others):
        found = node_hash(peak, found, algorithm=frontier.algorithm)
    return found


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def range_root(begin: int, end: int, read: Read, *, algorithm: str = HASH) -> bytes:
    """The root over leaves [begin, end), where begin is a multiple of the next power of two, as in all proofs."""
    count = end - begin
    if count & (count - 1):
        middle = begin + _split(count)
        left, right = (range_root(b, e, read, algorithm=algorithm) for b, e in ((begin, middle), (middle, end)))
        return node_hash(left, right, algorithm=algorithm)
    level = count.bit_length() - 1
    kept = level - level % STRIDE
    nodes = list(read(kept, begin >> kept, count >> kept))
    while len(nodes) > 1:
        nodes = [node_hash(left, right, algorithm=algorithm) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
    return nodes[0]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose roots prove that leaf `index` is in a tree of `size` (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    ranges, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The ranges whose roots prove that the tree of `size` begins with the tree of `old` leaves (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} does not begin with one of {old}")
    ranges, begin, end, whole = [], 0, size, True
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin, whole = middle, False
    return ([] if whole else [(begin, end)]) + ranges[::-1]


def prove(ranges: Iterable[Range], read: Read, *, algorithm: str = HASH) -> list[bytes]:
    """A proof: the roots over its ranges."""
    return [range_root(begin, end, read, algorithm=algorithm) for begin, end in ranges]


def root_by_inclusion(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], algorithm: str = HASH) -> bytes | None:
    """The root that a proof leads to, or nothing when the proof has another shape (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = node_hash(sibling, found, algorithm=algorithm)
            here, last = _past_zeros(here, last)
        else:
            found = node_hash(found, sibling, algorithm=algorithm)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(*, old: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes], algorithm: str = HASH) -> bool:
    """Whether a proof shows that the tree of `size` begins with the tree of `old` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size or (old == size) != (not path):
        return False
    if old == size:
        return old_root == new_root
    first, *others = path if old & (old - 1) else (old_root, *path)
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = first
    for sibling in others:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = (node_hash(sibling, found, algorithm=algorithm) for found in (before, after))
            here, last = _past_zeros(here, last)
        else:
            after = node_hash(after, sibling, algorithm=algorithm)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _past_zeros(here: int, last: int) -> Range:
    """Both shifted to the lowest one of `here`: levels where the subtree had no sibling."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last
