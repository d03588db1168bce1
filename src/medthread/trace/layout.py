"""Positions of a traced set for drawing: layers in the order goods flow, long layers folded, crossings swept out."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from medthread.trace.index import TraceIndex
from medthread.trace.roles import ORDER, ROLES
from medthread.trace.walk import Walk

SHOWN = 12  # nodes of a layer drawn one by one; the rest stands behind "+N"
SWEEPS = 20
WIDTH, HEIGHT = 230, 56


def draw(index: TraceIndex, walk: Walk, *, keep: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Nodes with x and y, edges between them; `keep` are nodes that are never folded away."""
    layers: dict[tuple[int, int], list[int]] = defaultdict(list)
    roles = index.roles(walk.nodes).tolist()
    for node, depth, role in zip(walk.nodes.tolist(), walk.depth.tolist(), roles, strict=True):
        letter = chr(role)
        layers[ORDER.index(letter) if letter in ROLES else len(ORDER), depth if letter == "L" else 0].append(node)
    shown: dict[int, str] = {}
    drawn: list[tuple[str, int, str, int]] = []  # id, column, letter, folded
    for column, (place, members) in enumerate(sorted(layers.items())):
        letter = ORDER[place[0]] if place[0] < len(ORDER) else "?"
        front = sorted(members, key=lambda n: (n not in keep, n))[: SHOWN if len(members) <= SHOWN else SHOWN - 1]
        for node in front:
            shown[node] = index.name(node)
            drawn.append((shown[node], column, letter, 0))
        rest = [n for n in members if n not in set(front)]
        if rest:
            fold = f"+{len(rest)}@{column}"
            shown |= dict.fromkeys(rest, fold)
            drawn.append((fold, column, letter, len(rest)))
    edges = _edges(index, walk, shown)
    rows = _rows(drawn, edges)
    return {
        "nodes": [
            {"id": id_, "kind": ROLES[letter][0], "folded": folded, "x": column * WIDTH, "y": rows[id_] * HEIGHT}
            for id_, column, letter, folded in drawn
        ],
        "edges": edges,
    }


def _edges(index: TraceIndex, walk: Walk, shown: dict[int, str]) -> list[dict[str, Any]]:
    """Edges inside the set; those of folded nodes are added up."""
    edges = index.leaving(walk.nodes, "down")
    inside = np.isin(edges.node, walk.nodes)
    numbers = edges.number[inside]
    told = (walk.nodes[edges.owner[inside]], edges.node[inside], index.kind(numbers), index.quantity(numbers))
    summed: Counter[tuple[str, str, str]] = Counter()
    amounts: dict[tuple[str, str, str], float] = defaultdict(float)
    for parent, child, kind, amount in zip(*(column.tolist() for column in told), strict=True):
        key = (shown[parent], shown[child], index.kinds[kind])
        summed[key] += 1
        amounts[key] += amount
    return [
        {"from": a, "to": b, "activity": kind, "quantity": round(amounts[a, b, kind], 3), "count": count}
        for (a, b, kind), count in summed.items()
    ]


def _rows(drawn: list[tuple[str, int, str, int]], edges: list[dict[str, Any]]) -> dict[str, float]:
    """Barycentre sweeps: each node moves to the mean row of its neighbours, then rows are spread out again."""
    columns: dict[int, list[str]] = defaultdict(list)
    for id_, column, _, _ in drawn:
        columns[column].append(id_)
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        beside[edge["from"]].append(edge["to"])
        beside[edge["to"]].append(edge["from"])
    row = {id_: float(n) for members in columns.values() for n, id_ in enumerate(members)}
    for _ in range(SWEEPS):
        for members in columns.values():
            wish = {m: sum(row[b] for b in beside[m]) / len(beside[m]) if beside[m] else row[m] for m in members}
            members.sort(key=lambda m: (wish[m], m))
            row |= {m: n - (len(members) - 1) / 2 for n, m in enumerate(members)}
    lowest = min(row.values(), default=0.0)
    return {id_: value - lowest for id_, value in row.items()}
