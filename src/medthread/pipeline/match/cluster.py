"""Clusters under constraints: edges best first, and no union that would put two values of a namespace together.

What a steward bound together comes before every edge. Cost is about linear in the edges. Order is fixed by score and
ids, so the same input gives the same clusters, in whatever order it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Clusters:
    """A partition of records, and the edges that a constraint refused, each with the namespace; those that were bound apart."""

    of: dict[str, str]
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    unbound: list[tuple[str, str, str]] = field(default_factory=list)

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


def cluster(
    tokens: Mapping[str, Mapping[str, str]], edges: Iterable[tuple[str, str, float]], *, bound: Iterable[tuple[str, str]] = ()
) -> Clusters:
    """Partition all records that have tokens (maybe none): first by what is bound, then by edges (a, b, score), the strongest first."""
    forest = _Forest(tokens)
    unbound = _united(forest, ((a, b) for a, b in bound if a in tokens and b in tokens))
    refused = _united(forest, ((a, b) for a, b, _ in _best_first(edges)))
    roots: dict[str, str] = {}
    for record in sorted(tokens):
        roots.setdefault(forest.root(record), record)
    return Clusters({r: roots[forest.root(r)] for r in tokens}, refused, unbound)


def _united(forest: _Forest, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Unite what may be; gives what may not, and why."""
    return [(a, b, against) for a, b in pairs if (against := forest.join(a, b)) is not None]


def _best_first(edges: Iterable[tuple[str, str, float]]) -> Sequence[tuple[str, str, float]]:
    return sorted(edges, key=lambda e: (-e[2], e[0], e[1]))
