"""The index as its readers see it: one graph, though its edges may lie in two parts.

Nodes and edges of the second part (those that came later) are numbered after those of the first, so a number tells
where to look.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medthread.model.errors import StoreError
from medthread.trace.part import Ints, Part, Way

FACTS = "facts.json"


@dataclass(frozen=True)
class IndexFacts:
    """An index: its name (from its input), its size, how long it took; with what lies beside an older one counted in."""

    name: str
    nodes: int
    edges: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Edges:
    """Edges that leave some nodes: the place in the question of the node each leaves, its own number, its other end."""

    owner: Ints
    number: Ints
    node: Ints


def facts_of(folder: Path) -> dict[str, Any]:
    """What an index says of itself."""
    if not (folder / FACTS).exists():
        raise StoreError(f"there is no trace index at {folder.name}", hint="run `medthread run`; it builds it anew")
    try:
        told: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        told["name"], told["kinds"], told["sha256"], told["bytes"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(folder, FACTS) from error
    return told


def damaged(folder: Path, name: str) -> StoreError:
    """What to say of an index that was changed."""
    return StoreError(
        f"the trace index is damaged: {folder.name}/{name}", hint="remove that folder and run `medthread run`; it is built anew"
    )


def sha256_of(path: Path) -> str:
    """The content's hash."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class TraceIndex:
    """An index, opened without reading it."""

    def __init__(self, folder: Path) -> None:
        told = facts_of(folder)
        self.facts = IndexFacts(**{k: told[k] for k in ("name", "nodes", "edges", "bytes", "seconds")})
        self.kinds: list[str] = told["kinds"]
        self._folders = {folder: told["sha256"]}
        if told.get("base") is None:  # indexes of releases made before there were bases do not say
            self._parts = [Part(folder, nodes=self.facts.nodes)]
            self._nodes = self._edges = 0
            return
        under = folder.parent / told["base"]
        base = facts_of(under)
        self._folders[under] = base["sha256"]
        self._nodes, self._edges = base["nodes"], base["edges"]
        self._parts = [Part(under, nodes=self._nodes), Part(folder, nodes=self.facts.nodes - self._nodes)]

    def verify(self) -> None:
        """Compare every file with the hash it was written with."""
        for folder, hashes in self._folders.items():
            for name, wanted in hashes.items():
                path = folder / name
                if not path.exists() or sha256_of(path) != wanted:
                    raise damaged(folder, name)

    def find(self, name: str) -> int | None:
        """The node of a name."""
        for part, first in zip(self._parts, (0, self._nodes), strict=False):
            node = part.find(name)
            if node is not None:
                return first + node
        return None

    def name(self, node: int) -> str:
        """A node's name."""
        later = len(self._parts) > 1 and node >= self._nodes
        return self._parts[1].name(node - self._nodes) if later else self._parts[0].name(node)

    def names(self, nodes: Ints) -> list[str]:
        """Names of nodes, in the order given."""
        return [self.name(int(n)) for n in nodes]

    def leaving(self, nodes: Ints, way: Way) -> Edges:
        """All edges that leave these nodes."""
        found = []
        for part, first_edge in zip(self._parts, (0, self._edges), strict=False):
            counts, positions, ends = part.leaving(nodes, way)
            found.append(Edges(np.repeat(np.arange(len(nodes)), counts), positions + first_edge, ends))
        if len(found) == 1:
            return found[0]
        return Edges(*(np.concatenate([getattr(e, n) for e in found]) for n in ("owner", "number", "node")))

    def reached(self, nodes: Ints, way: Way) -> Ints:
        """The other ends of all edges that leave these nodes."""
        ends = [part.leaving(nodes, way)[2] for part in self._parts]
        return ends[0] if len(ends) == 1 else np.concatenate(ends)

    def roles(self, nodes: Ints) -> npt.NDArray[np.uint8]:
        """First letter of each node's name."""
        told: npt.NDArray[np.uint8] = self._of("roles", nodes, self._nodes)
        return told

    def quantity(self, edges: Ints) -> npt.NDArray[np.float64]:
        """Quantity of each edge; edges are numbered in the way down."""
        told: npt.NDArray[np.float64] = self._of("quantity", edges, self._edges)
        return told

    def kind(self, edges: Ints) -> npt.NDArray[np.uint8]:
        """Kind of each edge, a position in `kinds`."""
        told: npt.NDArray[np.uint8] = self._of("kind", edges, self._edges)
        return told

    def day(self, edges: Ints) -> Ints:
        """Day of each edge."""
        told: Ints = self._of("day", edges, self._edges)
        return told

    def _of(self, what: str, numbers: Ints, first: int) -> Any:
        values = getattr(self._parts[0], what)
        if len(self._parts) == 1:
            return np.asarray(values[numbers])
        told = np.empty(len(numbers), values.dtype)
        later = numbers >= first
        told[~later] = values[numbers[~later]]
        told[later] = getattr(self._parts[1], what)[numbers[later] - first]
        return told
