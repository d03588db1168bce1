"""Clusters under constraints: edges best first, and no union that would put two values of a namespace together.

Cost is about linear in the edges. Order is fixed by score and ids, so the same input gives the same clusters,
in whatever order it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Clusters:
    """A partition of records, and the strong edges that a constraint refused."""

    of: dict[str, str]
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    def members(self) -> dict[str, list[str]]:
        """Records by cluster, both in order."""
        groups: dict[str, list[str]] = {}
        for record in sorted(self.of):
            groups.setdefault(self.of[record], []).append(record)
        return groups


class _Forest:
    """Union-find that carries each cluster's tokens."""

    def __init__(self, tokens: Mapping[str, Mapping[str, str]]) -> None:
        self.parent = {r: r for r in tokens}
        self.tokens = {r: dict(t) for r, t in tokens.items()}
        self.size = dict.fromkeys(tokens, 1)

    def root(self, record: str) -> str:
        """The cluster's representative, with the path to it shortened."""
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def join(self, a: str, b: str) -> str | None:
        """Unite two clusters, or name the namespace that forbids it."""
        x, y = self.root(a), self.root(b)
        if x == y:
            return None
        if self.size[x] < self.size[y]:
            x, y = y, x
        mine, theirs = self.tokens[x], self.tokens.pop(y)
        against = next((ns for ns, value in theirs.items() if mine.get(ns, value) != value), None)
        if against:
            self.tokens[y] = theirs
            return against
        self.parent[y] = x
        self.size[x] += self.size.pop(y)
        mine |= theirs
        return None


def cluster(tokens: Mapping[str, Mapping[str, str]], edges: Iterable[tuple[str, str, float]]) -> Clusters:
    """Partition all records that have tokens (maybe none) by edges (a, b, score), the strongest first."""
    forest = _Forest(tokens)
    refused = []
    for a, b, _ in _best_first(edges):
        against = forest.join(a, b)
        if against:
            refused.append((a, b, against))
    roots: dict[str, str] = {}
    for record in sorted(tokens):
        roots.setdefault(forest.root(record), record)
    return Clusters({r: roots[forest.root(r)] for r in tokens}, refused)


def _best_first(edges: Iterable[tuple[str, str, float]]) -> Sequence[tuple[str, str, float]]:
    return sorted(edges, key=lambda e: (-e[2], e[0], e[1]))
