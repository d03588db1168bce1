"""Breadth first over sparse rows, a whole frontier at a time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from medthread.trace.index import TraceIndex

if TYPE_CHECKING:
    from medthread.trace.delta import Delta

Ints = npt.NDArray[np.integer[Any]]
Direction = Literal["up", "down", "both"]


@dataclass(frozen=True)
class Walk:
    """What was reached: nodes in ascending order, with their distance from the start."""

    nodes: Ints
    depth: Ints


def neighbours(pointers: Ints, targets: Ints, frontier: Ints) -> tuple[Ints, Ints]:
    """Positions of all edges that leave the frontier, and their targets."""
    begin, end = pointers[frontier], pointers[frontier + 1]
    counts = end - begin
    total = int(counts.sum())
    if not total:
        nothing = np.empty(0, np.int64)
        return nothing, nothing
    shifts = np.repeat(begin - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    positions = shifts + np.arange(total)
    return positions, np.asarray(targets[positions], dtype=np.int64)


def reach(index: TraceIndex, starts: Ints, *, direction: Direction, delta: "Delta | None" = None) -> Walk:
    """Everything below, above, or both. "both" is the union of the two, not all that is connected."""
    if direction == "both":
        down, up = (reach(index, starts, direction=d, delta=delta) for d in ("down", "up"))
        nodes = np.concatenate((down.nodes, up.nodes))
        depth = np.concatenate((down.depth, -up.depth))
        unique, first = np.unique(nodes, return_index=True)
        return Walk(unique, depth[first])
    pointers, targets = index.down if direction == "down" else index.up
    size = index.facts.nodes + (delta.added if delta else 0)
    seen = np.zeros(size, dtype=bool)
    frontier = np.unique(np.asarray(starts, dtype=np.int64))
    seen[frontier] = True
    found, depths, level = [frontier], [np.zeros(len(frontier), np.int32)], 0
    while len(frontier):
        level += 1
        _, reached = neighbours(pointers, targets, frontier[frontier < index.facts.nodes])
        if delta is not None:
            reached = np.concatenate((reached, delta.neighbours(frontier, direction)))
        fresh = reached[~seen[reached]]
        if not len(fresh):
            break
        # Marking first and reading back costs less than sorting out doubles with np.unique while frontiers are large.
        seen[fresh] = True
        frontier = np.unique(fresh)
        found.append(frontier)
        depths.append(np.full(len(frontier), level, np.int32))
    nodes = np.concatenate(found)
    order = np.argsort(nodes, kind="stable")
    return Walk(nodes[order], np.concatenate(depths)[order])
