"""Trace questions over the release that readers see: from a lot, up or down, to names and quantities."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from medthread.model import Label
from medthread.model.consumer import Consumer
from medthread.model.errors import InvalidError, NotFoundError, StoreError
from medthread.stores.serving import LakeReader, Snapshot
from medthread.trace.index import TraceIndex, damaged
from medthread.trace.layout import draw
from medthread.trace.part import Ints
from medthread.trace.roles import BROKEN, LOT, ROLES, SUPPLIER_LOT
from medthread.trace.scope import NONE, Scope, recall_scope
from medthread.trace.walk import Walk, reach

GENEALOGY, NODES = "marts.genealogy", "marts.genealogy_node"
STARTS = ("S", "L", "U")
Lot = tuple[str, str]  # item code, number
DIRECTIONS = ("up", "down", "both")
NODE_COLUMNS = tuple((n, "varchar") for n in ("node", "role", "item", "item_code", "item_name", "number", "party"))
SUGGESTED = 20
CONSUMER = Consumer("trace", Label("追溯", "Trace"), {GENEALOGY: ("parent", "child", "kind", "quantity", "at"), NODES: tuple(n for n, _ in NODE_COLUMNS)})
UNRESOLVED_SHOWN = 100
CHECKED = 1 << 28  # an index up to this size is compared with its hashes when it is opened; `medthread verify` does any


class Tracer:
    """Opens the index of a release once, and answers."""

    def __init__(self, reader: LakeReader, folder: Path) -> None:
        self._reader = reader
        self._folder = folder
        self._open: dict[str, TraceIndex] = {}
        self._lock = threading.Lock()

    def _index(self, snapshot: Snapshot) -> TraceIndex:
        name = snapshot.release.trace_index
        if name is None:
            raise StoreError(f"release {snapshot.release.id} has no trace index", hint="run `medthread run`; it builds one")
        with self._lock:
            if name not in self._open:
                index = TraceIndex(self._folder / name)
                if index.facts.bytes <= CHECKED:
                    index.verify()
                self._open = {name: index}  # one release is current; older ones open again when asked
            return self._open[name]

    def question(self, *, item: str, lot: str, direction: str, limit: int) -> dict[str, Any]:
        """What the lot reaches: counts, customers, units (the first `limit`; 0 for all), lots, graph, broken ends."""
        if direction not in DIRECTIONS:
            raise InvalidError(f"no direction {direction!r}", hint=f"there are: {', '.join(DIRECTIONS)}")
        snapshot = self._reader.current()
        index = self._index(snapshot)
        starts = self._starts(snapshot, index, item=item, lot=lot)
        began = time.perf_counter()
        try:
            walk = reach(index, starts, direction=cast("Literal['up', 'down', 'both']", direction))
            walked = time.perf_counter()
            scope = recall_scope(index, walk)
        except (IndexError, ValueError, OverflowError) as error:  # what arrays say that were cut off or overwritten
            raise damaged(self._folder / index.facts.name, "its arrays") from error
        ended = time.perf_counter()
        names = _Names(snapshot, index, walk, scope)
        return {
            "question": {"item": item, "lot": lot, "direction": direction, "release": snapshot.release.id},
            "milliseconds": (ended - began) * 1000, "walk_milliseconds": (walked - began) * 1000,
            "counts": _counts(index, walk), "customers": names.customers(), "units": names.units(limit or len(scope.units)),
            "units_total": len(scope.units), "lots": names.lots(), "unresolved": _unresolved(index, walk),
            "graph": names.graph(draw(index, walk, keep=frozenset(starts.tolist()))),
        }

    def lots(self, lots: Sequence[Lot], *, direction: str) -> list[Lot]:
        """Lots (item code, number) met from any of these, themselves included; only themselves where nothing is published or nobody knows them."""
        if not lots or not self._reader.published():
            return sorted(set(lots))
        snapshot = self._reader.current()
        index = self._index(snapshot)
        walk = reach(index, np.array(sorted(_known(snapshot, index, lots)), np.int64), direction=cast("Literal['up', 'down', 'both']", direction))
        roles = index.roles(walk.nodes)
        names = index.names(walk.nodes[(roles == LOT) | (roles == SUPPLIER_LOT)])
        relation = snapshot.relation(NODES, NODE_COLUMNS)
        rows = snapshot.query(f"select item_code, number from {relation} where node in (select unnest(?))", [names])
        return sorted({*lots, *((r["item_code"], r["number"]) for r in rows if r["item_code"])})

    def leading(self, lots: Sequence[Lot], *, to: str) -> list[Lot]:
        """Those of the lots from which something of a kind (a key of `ROLES`' kinds, such as "shipment") is reached going down."""
        if not lots or not self._reader.published():
            return []
        snapshot = self._reader.current()
        index = self._index(snapshot)
        known = _known(snapshot, index, lots)
        met = reach(index, np.array(sorted(known), np.int64), direction="down").nodes
        wanted = next(ord(letter) for letter, (kind, _) in ROLES.items() if kind == to)
        above = reach(index, met[index.roles(met) == wanted], direction="up").nodes
        return sorted({known[n] for n in above[np.isin(above, np.array(list(known), np.int64))].tolist()})

    def _starts(self, snapshot: Snapshot, index: TraceIndex, *, item: str, lot: str) -> Ints:
        nodes = _known(snapshot, index, [(item.strip(), lot.strip())])
        if not nodes:
            near = [f"{s['item']} / {s['lot']}" for s in self.suggest(lot)[:3]]
            raise NotFoundError(f"no lot {lot!r} of item {item!r}", hint=f"did you mean {'; '.join(near)}?" if near else "check the item code and the lot number")
        return np.array(sorted(nodes), dtype=np.int64)

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Lots whose number begins with the text, or whose item's code or name holds it."""
        snapshot = self._reader.current()
        relation = snapshot.relation(NODES, NODE_COLUMNS)
        wanted = text.strip()
        rows = snapshot.query(
            f"select item_code, item_name, number, role from {relation} where role in ('S', 'L') and"
            " (starts_with(lower(number), lower(?)) or contains(lower(item_code), lower(?)) or contains(item_name, ?))"
            f" order by not starts_with(lower(number), lower(?)), role, number limit {SUGGESTED}", [wanted] * 4,
        )
        return [{"item": r["item_code"], "item_name": r["item_name"], "lot": r["number"], "kind": ROLES[r["role"]][0]} for r in rows]


def _known(snapshot: Snapshot, index: TraceIndex, lots: Sequence[Lot]) -> dict[int, Lot]:
    """Nodes of lots and units by item (its code or its id) and number, each with the lot that was asked for."""
    relation = snapshot.relation(NODES, NODE_COLUMNS)
    asked = "select distinct unnest(?) as item, unnest(?) as number"
    query = (
        f"select n.node, a.item, a.number from ({asked}) as a join {relation} as n"
        f" on n.number = a.number and (n.item_code = a.item or n.item = a.item) and n.role in {STARTS}"
    )
    rows = snapshot.query(query, [[i for i, _ in lots], [n for _, n in lots]])
    return {node: (r["item"], r["number"]) for r in rows if (node := index.find(r["node"])) is not None}


def _counts(index: TraceIndex, walk: Walk) -> list[dict[str, Any]]:
    letters = index.roles(walk.nodes)
    return [
        {"kind": kind, "label": {"zh": label.zh, "en": label.en}, "count": count}
        for letter, (kind, label) in ROLES.items() if (count := int((letters == ord(letter)).sum()))
    ]


def _unresolved(index: TraceIndex, walk: Walk) -> list[dict[str, str]]:
    ends = walk.nodes[index.roles(walk.nodes) == BROKEN][:UNRESOLVED_SHOWN]
    return [
        {"id": n.removeprefix("?:"), "reason": "该行的另一端无法读出 / the other end of this source row could not be read"}
        for n in index.names(ends)
    ]


class _Names:
    """Node numbers to what people call them."""

    def __init__(self, snapshot: Snapshot, index: TraceIndex, walk: Walk, scope: Scope) -> None:
        self._snapshot, self._index, self._walk, self._scope = snapshot, index, walk, scope
        self._relation = snapshot.relation(NODES, NODE_COLUMNS)
        parties = [c["node"] for c in scope.customers]
        self._party = {r["node"]: r for r in self._look_up(index.names(np.array(parties, dtype=np.int64)))}
        self._items: dict[str, str] | None = None

    def _look_up(self, names: list[str]) -> list[dict[str, Any]]:
        if not names:
            return []
        return self._snapshot.query(f"select * from {self._relation} where node in (select unnest(?))", [names])

    def _item_code(self, item: str) -> str:
        if self._items is None:
            rows = self._snapshot.query(f"select distinct item, item_code from {self._relation} where item is not null")
            self._items = {r["item"]: r["item_code"] for r in rows}
        return self._items.get(item, item)

    def _split(self, node: int) -> tuple[str, str]:
        item, _, number = self._index.name(node)[2:].partition("|")
        return self._item_code(item), number

    def customers(self) -> list[dict[str, Any]]:
        """Customers with their balances, most outstanding first."""
        rows = []
        for c in self._scope.customers:
            name = self._index.name(c["node"])
            party = self._party.get(name, {})
            quantities = {k: v for k, v in c.items() if k != "node"} | {"units": int(c["units"])}
            rows.append({"id": name[2:], "code": party.get("number"), "name": party.get("party"), **quantities})
        return sorted(rows, key=lambda r: (-r["outstanding"], str(r["code"])))

    def _customer(self, node: int) -> dict[str, Any]:
        return self._party.get(self._index.name(node), {}) if node != NONE else {}

    def units(self, limit: int) -> list[dict[str, Any]]:
        """Units with their places."""
        rows = []
        scope = self._scope
        places = zip(scope.units[:limit].tolist(), scope.carton[:limit].tolist(), scope.shipment[:limit].tolist(), scope.customer[:limit].tolist(), strict=True)
        for unit, carton, shipment, customer in places:
            item, number = self._split(unit)
            party = self._customer(customer)
            rows.append({
                "id": self._index.name(unit), "item": item, "number": number,
                "carton": self._index.name(carton)[2:] if carton != NONE else None,
                "shipment": self._index.name(shipment)[2:] if shipment != NONE else None,
                "customer": party.get("party"), "customer_code": party.get("number"), "customer_name": party.get("party"),
            })
        return rows

    def lots(self) -> list[dict[str, Any]]:
        """Lots and supplier lots in the set."""
        roles = self._index.roles(self._walk.nodes)
        chosen = self._walk.nodes[(roles == LOT) | (roles == SUPPLIER_LOT)][:500]
        found = {r["node"]: r for r in self._look_up(self._index.names(chosen))}
        return [
            {"id": n, "item": r["item_code"], "item_name": r["item_name"], "number": r["number"], "kind": ROLES[r["role"]][0], "supplier": r["party"]}
            for n, r in sorted(found.items())
        ]

    def graph(self, drawn: dict[str, Any]) -> dict[str, Any]:
        """The drawing with labels."""
        found = {r["node"]: r for r in self._look_up([n["id"] for n in drawn["nodes"] if not n["folded"]])}
        for node in drawn["nodes"]:
            row = found.get(node["id"])
            node["label"] = f"+{node['folded']}" if node["folded"] else (row["party"] or row["number"]) if row else node["id"][2:]
            node["detail"] = " · ".join(str(v) for v in (row["item_code"], row["item_name"], row["number"]) if v) if row else ""
        return drawn
