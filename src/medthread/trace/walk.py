"""Breadth first over sparse rows, a whole frontier at a time."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from medthread.trace.index import TraceIndex
from medthread.trace.part import Ints

Direction = Literal["up", "down", "both"]


@dataclass(frozen=True)
class Walk:
    """What was reached: nodes in ascending order, with their distance from the start."""

    nodes: Ints
    depth: Ints


def reach(index: TraceIndex, starts: Ints, *, direction: Direction) -> Walk:
    """Everything below, above, or both. "both" is the union of the two, not all that is connected."""
    if direction == "both":
        down, up = (reach(index, starts, direction=d) for d in ("down", "up"))
        nodes = np.concatenate((down.nodes, up.nodes))
        depth = np.concatenate((down.depth, -up.depth))
        unique, first = np.unique(nodes, return_index=True)
        return Walk(unique, depth[first])
    seen = np.zeros(index.facts.nodes, dtype=bool)
    frontier = np.unique(np.asarray(starts, dtype=np.int64))
    seen[frontier] = True
    found, depths, level = [frontier], [np.zeros(len(frontier), np.int32)], 0
    while len(frontier):
        level += 1
        reached = index.reached(frontier, direction)
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
