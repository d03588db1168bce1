"""The tree against the definition of RFC 9162 written out naively; proofs that hold, and none that is bent."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.merkle import (
    STRIDE,
    Frontier,
    append,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    leaf_hash,
    leaf_hashes,
    prove,
    range_root,
    root,
    root_by_inclusion,
)


def naive(leaves: Sequence[bytes]) -> bytes:
    """MTH as the RFC defines it (2.1.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive(leaves[:k]) + naive(leaves[k:])).digest()


def made(count: int) -> list[bytes]:
    return leaf_hashes(str(n).encode() for n in range(count))


class Kept:
    """Nodes as a store keeps them, filled by appending in pieces."""

    def __init__(self, leaves: list[bytes], pieces: Sequence[int]) -> None:
        self.nodes: dict[int, list[bytes]] = {}
        self.frontier = Frontier()
        self.roots = {0: root(self.frontier)}
        rest = list(leaves)
        for piece in (*pieces, len(leaves)):
            done = append(self.frontier, rest[:piece])
            rest = rest[piece:]
            for level, (first, hashes) in done.nodes.items():
                assert level % STRIDE == 0
                kept = self.nodes.setdefault(level, [])
                assert first == len(kept), "no gap, nothing twice"
                kept += hashes
            self.frontier = done.frontier
            self.roots[self.frontier.size] = root(self.frontier)

    def read(self, level: int, first: int, count: int) -> list[bytes]:
        found = self.nodes[level][first : first + count]
        assert len(found) == count
        return found


SIZES = st.one_of(st.integers(1, 40), st.integers(250, 270), st.integers(500, 1100))
PIECES = st.lists(st.integers(0, 300), max_size=6)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert root(Frontier()).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert append(Frontier(), []).frontier == Frontier()


def test_leaf_and_node_hashes_are_told_apart() -> None:
    left, right = made(2)
    assert root(append(Frontier(), [left, right]).frontier) != leaf_hash(left + right)
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(SIZES, PIECES)
def test_appended_in_any_pieces_the_root_is_the_naive_one(size: int, pieces: list[int]) -> None:
    leaves = made(size)
    kept = Kept(leaves, pieces)
    assert kept.frontier.size == size
    for n, found in kept.roots.items():
        assert found == naive(leaves[:n])
    assert range_root(0, size, kept.read) == naive(leaves)
    assert len(kept.nodes.get(STRIDE, [])) == size >> STRIDE


@given(SIZES, PIECES, st.data())
def test_inclusion_is_proven_and_nothing_else_is(size: int, pieces: list[int], data: st.DataObject) -> None:
    leaves = made(size)
    kept, whole = Kept(leaves, pieces), naive(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_ranges(index, size), kept.read)
    assert root_by_inclusion(leaves[index], index=index, size=size, path=path) == whole
    assert len(path) <= size.bit_length()
    assert root_by_inclusion(leaf_hash(b"other"), index=index, size=size, path=path) != whole
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else size
    assert root_by_inclusion(leaves[index], index=other, size=size, path=path) != whole
    assert root_by_inclusion(leaves[index], index=index, size=size, path=[*path, whole]) is None
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:at], bytes([path[at][0] ^ 1]) + path[at][1:], *path[at + 1 :]]
        assert root_by_inclusion(leaves[index], index=index, size=size, path=bent) != whole
        assert root_by_inclusion(leaves[index], index=index, size=size, path=path[:-1]) is None


@given(SIZES, PIECES, st.data())
def test_consistency_is_proven_and_nothing_else_is(size: int, pieces: list[int], data: st.DataObject) -> None:
    leaves = made(size)
    kept, whole = Kept(leaves, pieces), naive(leaves)
    old = data.draw(st.integers(1, size))
    before = naive(leaves[:old])
    path = prove(consistency_ranges(old, size), kept.read)
    assert is_consistent(old=old, old_root=before, size=size, new_root=whole, path=path)
    rebuilt = naive([leaf_hash(b"changed"), *leaves[1:old]])
    assert not is_consistent(old=old, old_root=rebuilt, size=size, new_root=whole, path=path)
    assert not is_consistent(old=old, old_root=before, size=size, new_root=leaf_hash(b"x"), path=path)
    assert not is_consistent(old=old, old_root=before, size=size, new_root=whole, path=[*path, whole])
    if path:
        assert not is_consistent(old=old, old_root=before, size=size, new_root=whole, path=path[:-1])
        assert not is_consistent(old=old, old_root=before, size=size, new_root=whole, path=path[::-1]) or path == path[::-1]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_a_leaf_that_is_not_there_is_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_ranges(index, size)
    assert root_by_inclusion(leaf_hash(b""), index=index, size=size, path=[]) is None


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3)])
def test_a_larger_tree_is_no_beginning(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency_ranges(old, size)
    assert not is_consistent(old=old, old_root=b"", size=size, new_root=b"", path=[])


def test_the_known_tree_of_rfc_9162() -> None:
    """The example of section 2.1.5: paths by the names of its nodes."""
    leaves = made(7)
    kept = Kept(leaves, [3])
    a, b, c, d, e, f, j = leaves
    g, h, i = naive([a, b]), naive([c, d]), naive([e, f])
    k, el = naive([a, b, c, d]), naive([e, f, j])
    proofs = {0: [b, h, el], 3: [c, g, el], 4: [f, j, k], 6: [i, k]}
    for index, path in proofs.items():
        assert prove(inclusion_ranges(index, 7), kept.read) == path
    for old, path in {3: [c, d, g, el], 4: [el], 6: [i, j, k]}.items():
        assert prove(consistency_ranges(old, 7), kept.read) == path
