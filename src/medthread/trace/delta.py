"""Edges that came after the index was built: a small adjacency in memory, walked together with it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from medthread.trace.index import TraceIndex

Ints = npt.NDArray[np.integer[Any]]


class Delta:
    """Later edges by node name; names the index does not know get numbers after its own."""

    def __init__(self, index: TraceIndex, edges: Sequence[tuple[str, str]]) -> None:
        self._index = index
        self._new: dict[str, int] = {}
        parents = np.array([self._node(p) for p, _ in edges], dtype=np.int64)
        children = np.array([self._node(c) for _, c in edges], dtype=np.int64)
        self._down = _adjacency(parents, children)
        self._up = _adjacency(children, parents)

    def _node(self, name: str) -> int:
        known = self._index.find(name)
        if known is not None:
            return known
        return self._new.setdefault(name, self._index.facts.nodes + len(self._new))

    @property
    def added(self) -> int:
        """Nodes that the index does not have."""
        return len(self._new)

    def find(self, name: str) -> int | None:
        """The node of a name, in the index or here."""
        known = self._index.find(name)
        return known if known is not None else self._new.get(name)

    def name(self, node: int) -> str:
        """A node's name, in the index or here."""
        if node < self._index.facts.nodes:
            return self._index.name(node)
        return list(self._new)[node - self._index.facts.nodes]

    def neighbours(self, frontier: Ints, direction: str) -> Ints:
        """Targets of later edges that leave the frontier."""
        nodes, pointers, targets = self._down if direction == "down" else self._up
        at = np.searchsorted(nodes, frontier)
        at = at[(at < len(nodes)) & (nodes[np.minimum(at, len(nodes) - 1)] == frontier)] if len(nodes) else at[:0]
        if not len(at):
            return np.empty(0, np.int64)
        return np.concatenate([targets[pointers[i] : pointers[i + 1]] for i in at])


def _adjacency(sources: Ints, targets: Ints) -> tuple[Ints, Ints, Ints]:
    order = np.argsort(sources, kind="stable")
    nodes, counts = np.unique(sources, return_counts=True)
    return nodes, np.concatenate(([0], np.cumsum(counts))), targets[order]
