"""Recall scope: which units, where each is, and per customer shipped = returned + used + destroyed + outstanding."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from medthread.trace.index import TraceIndex
from medthread.trace.part import Ints
from medthread.trace.roles import CARTON, CUSTOMER, DESTROYED, LOT, RETURN, SHIPMENT, UNIT, USED
from medthread.trace.walk import Walk

NONE = -1


@dataclass(frozen=True)
class Scope:
    """Affected units with their places (node numbers, -1 where there is none), and quantities per customer."""

    units: Ints
    carton: Ints
    shipment: Ints
    customer: Ints
    customers: list[dict[str, Any]]


def recall_scope(index: TraceIndex, walk: Walk) -> Scope:
    """Follow each affected unit to where it is; lot-tracked goods go by the quantities on their edges."""
    units = walk.nodes[index.roles(walk.nodes) == UNIT]
    carton = _latest(index, units, CARTON)
    shipment = _latest(index, carton, SHIPMENT)
    customer = _latest(index, shipment, CUSTOMER)
    shipped: dict[int, dict[str, float]] = {}
    for node, count in zip(*np.unique(customer[customer != NONE], return_counts=True), strict=True):
        shipped[int(node)] = {"units": float(count), "shipped": float(count)}
    _end(index, units, customer, shipped)
    _loose(index, walk, shipped)
    return Scope(units, carton, shipment, customer, [_balanced(node, q) for node, q in sorted(shipped.items())])


def _balanced(node: int, quantities: dict[str, float]) -> dict[str, Any]:
    parts = {name: quantities.get(name, 0.0) for name in ("units", "shipped", "returned", "used", "destroyed")}
    return {"node": node, **parts, "outstanding": parts["shipped"] - parts["returned"] - parts["used"] - parts["destroyed"]}


def _latest(index: TraceIndex, nodes: Ints, role: int) -> Ints:
    """For each node the child of a role, the latest where there are several; -1 where there is none."""
    found = np.full(len(nodes), NONE, dtype=np.int64)
    known = np.flatnonzero(nodes != NONE)
    if not len(known):
        return found
    unique, back = np.unique(nodes[known], return_inverse=True)
    edges = index.leaving(unique, "down")
    right = index.roles(edges.node) == role
    reached, owner = edges.node[right], edges.owner[right]
    order = np.lexsort((reached, index.day(edges.number[right]), owner))
    child = np.full(len(unique), NONE, dtype=np.int64)
    child[owner[order]] = reached[order]  # the last assignment of an owner is its latest child
    found[known] = child[back]
    return found


def _end(index: TraceIndex, units: Ints, customer: Ints, shipped: dict[int, dict[str, float]]) -> None:
    """Units that came back, were used or destroyed, taken off their customer's stock."""
    edges = index.leaving(units, "down")
    kinds = index.kind(edges.number)
    ends = {"returned": index.roles(edges.node) == RETURN}
    for name, kind in (("used", USED), ("destroyed", DESTROYED)):
        code = index.kinds.index(kind) if kind in index.kinds else NONE
        ends[name] = kinds == code
    for name, chosen in ends.items():
        holders = customer[np.unique(edges.owner[chosen])]
        for node, count in zip(*np.unique(holders[holders != NONE], return_counts=True), strict=True):
            shipped[int(node)][name] = float(count)


def _loose(index: TraceIndex, walk: Walk, shipped: dict[int, dict[str, float]]) -> None:
    """Goods tracked by lot: what went into cartons and straight into shipment lines, by the quantities on the edges."""
    lots = walk.nodes[index.roles(walk.nodes) == LOT]
    edges = index.leaving(lots, "down")
    roles = index.roles(edges.node)
    amounts = index.quantity(edges.number)
    in_carton, in_line = roles == CARTON, roles == SHIPMENT
    lines = np.concatenate((_latest(index, edges.node[in_carton], SHIPMENT), edges.node[in_line]))
    amounts = np.concatenate((amounts[in_carton], amounts[in_line]))
    holders = _latest(index, lines, CUSTOMER)
    for node in np.unique(holders[holders != NONE]):
        known = shipped.setdefault(int(node), {})
        known["shipped"] = known.get("shipped", 0.0) + float(amounts[holders == node].sum())
