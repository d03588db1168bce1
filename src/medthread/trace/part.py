"""One folder of the index: names in order, and for each node its neighbours both ways, all memory-mapped.

Files: `names.bin` and `name_at.npy` (UTF-8 names in byte order, int64 offsets), `roles.npy` (uint8), `down_at.npy`
and `down.npy` (children of row r are down[down_at[r]:down_at[r+1]]; int64/int32), `up_at.npy` and `up.npy`, and per
edge, in the order of `down`, `quantity.npy` (float64), `kind.npy` (uint8), `day.npy` (int32, days since 1970-01-01).
Rows are nodes. Where few nodes have edges, as with edges that came later, `down_of.npy` and `up_of.npy` (int32,
ascending) say whose row each is.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Way = Literal["up", "down"]
NOTHING: Ints = np.empty(0, np.int64)


class Part:
    """The arrays of one folder, opened without reading them. Numbers of nodes and edges are its own, from zero."""

    def __init__(self, folder: Path, *, nodes: int) -> None:
        self._folder = folder
        self.nodes = nodes

    def _array(self, name: str) -> Any:
        return np.load(self._folder / f"{name}.npy", mmap_mode="r")

    @cached_property
    def _ways(self) -> dict[Way, tuple[Ints | None, Ints, Ints]]:
        def rows(way: Way) -> tuple[Ints | None, Ints, Ints]:
            few = (self._folder / f"{way}_of.npy").exists()
            return self._array(f"{way}_of") if few else None, self._array(f"{way}_at"), self._array(way)

        return {"down": rows("down"), "up": rows("up")}

    def leaving(self, nodes: Ints, way: Way) -> tuple[Ints, Ints, Ints]:
        """For nodes as the whole index numbers them: how many edges each has, the edges' positions, the other ends."""
        of, pointers, targets = self._ways[way]
        if of is None:
            counts = np.zeros(len(nodes), np.int64)
            here = nodes < self.nodes
            rows = nodes if here.all() else nodes[here]
            begin, counts[here] = pointers[rows], pointers[rows + 1] - pointers[rows]
            lengths = counts[here]
        elif len(of):
            rows = np.searchsorted(of, nodes)
            here = of[np.minimum(rows, len(of) - 1)] == nodes
            rows = rows[here]
            counts = np.zeros(len(nodes), np.int64)
            begin, counts[here] = pointers[rows], pointers[rows + 1] - pointers[rows]
            lengths = counts[here]
        else:
            return np.zeros(len(nodes), np.int64), NOTHING, NOTHING
        total = int(lengths.sum())
        if not total:
            return counts, NOTHING, NOTHING
        shifts = np.repeat(begin - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        positions = shifts + np.arange(total)
        return counts, positions, np.asarray(targets[positions], dtype=np.int64)

    @cached_property
    def roles(self) -> npt.NDArray[np.uint8]:
        """First letter of each node's name."""
        found: npt.NDArray[np.uint8] = self._array("roles")
        return found

    @cached_property
    def quantity(self) -> npt.NDArray[np.float64]:
        """Quantity of each edge."""
        found: npt.NDArray[np.float64] = self._array("quantity")
        return found

    @cached_property
    def kind(self) -> npt.NDArray[np.uint8]:
        """Kind of each edge, a position in the index's kinds."""
        found: npt.NDArray[np.uint8] = self._array("kind")
        return found

    @cached_property
    def day(self) -> Ints:
        """Day of each edge."""
        found: Ints = self._array("day")
        return found

    @cached_property
    def offsets(self) -> Ints:
        """Where each name begins, and where the last one ends."""
        found: Ints = self._array("name_at")
        return found

    @cached_property
    def blob(self) -> Any:
        """All names, one after the other."""
        path = self._folder / "names.bin"
        return np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, np.uint8)

    def name(self, node: int) -> str:
        """A node's name."""
        return self._raw(node).decode()

    def _raw(self, node: int) -> bytes:
        raw: bytes = self.blob[self.offsets[node] : self.offsets[node + 1]].tobytes()
        return raw

    def find(self, name: str) -> int | None:
        """The node of a name, by bisection."""
        wanted = name.encode()
        low, high = 0, self.nodes
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self.nodes and self._raw(low) == wanted else None
