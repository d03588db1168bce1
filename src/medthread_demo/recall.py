"""The defective supplier lot and what it truly reached, followed through the simulator's own objects."""

from collections import defaultdict

import numpy as np

from medthread_demo.firms import Firm
from medthread_demo.flow import Flow
from medthread_demo.products import Products
from medthread_demo.truth import TrueTrace


def choose_defect(flow: Flow, products: Products, customers: list[Firm], customer_codes: list[str]) -> TrueTrace:
    """The supplier lot of a purchased part that reaches a middling number of units, in two receipts if there is one."""
    groups: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for n, lot in enumerate(flow.lots):
        if lot.supplier_lot:
            groups[lot.supplier_code, lot.item, lot.supplier_lot].append(n)
    uses = _orders_by_lot(flow)
    best, best_rank = None, None
    for key, received in groups.items():
        if not any(lot in uses for lot in received):
            continue
        reached = _reach(flow, received, uses)
        share = len(reached[1]) / len(flow.units.serial)
        if share == 0:
            continue
        rank = (len(received) == 1, abs(share - 0.01), key)
        if best_rank is None or rank < best_rank:
            best, best_rank = key, rank
    if best is None:
        msg = "no supplier lot reaches a unit"
        raise RuntimeError(msg)
    return _describe(flow, products, customers, customer_codes, best, groups[best], uses)


def _orders_by_lot(flow: Flow) -> dict[int, list[tuple[int, bool]]]:
    uses: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for n, order in enumerate(flow.orders):
        for lot, _, bound in order.issues:
            uses[lot].append((n, bound))
    return uses


def _reach(flow: Flow, received: list[int], uses: dict[int, list[tuple[int, bool]]]) -> tuple[set[int], np.ndarray]:
    """Lots that hold the defect, and the units that do: by a bound part, or by their whole lot."""
    lots = set(received)
    todo = list(received)
    while todo:
        for order, bound in uses.get(todo.pop(), ()):
            made = flow.orders[order].lot
            if not bound and made not in lots:
                lots.add(made)
                todo.append(made)
    held = np.array(sorted(lots))
    inside = np.isin(flow.units.parts, held).any(axis=1) | np.isin(flow.units.lot, held)
    return lots, np.flatnonzero(inside)


def _describe(
    flow: Flow, products: Products, customers: list[Firm], customer_codes: list[str], key: tuple[str, int, str],
    received: list[int], uses: dict[int, list[tuple[int, bool]]],
) -> TrueTrace:
    supplier, item, number = key
    lots, units = _reach(flow, received, uses)
    cartons = {int(c) for c in flow.units.carton[units]}
    cartons |= {n for n, c in enumerate(flow.cartons) if not c.serial and c.lot in lots}
    lines = [s for s in flow.shipments if s.carton in cartons or s.lot in lots]
    sent = {s.carton for s in lines if s.carton >= 0}
    shipped = int(np.isin(flow.units.carton[units], np.array(sorted(sent), dtype=np.int64)).sum())
    buyers = sorted({s.customer for s in lines})
    made = sorted(lots - set(received))
    return TrueTrace(
        item=products.items[item].code, lot=number, supplier=supplier,
        internal_lots=[flow.lots[n].number for n in received], lots=[flow.lots[n].number for n in made],
        work_orders=sorted({o.number for o in flow.orders if o.lot in lots}),
        units=[f"{products.items[int(flow.units.item[u])].code}|{flow.units.serial[u]}" for u in units.tolist()],
        cartons=sorted(flow.cartons[n].sscc for n in cartons),
        shipment_lines=sorted(f"{s.number}-{s.line}" for s in lines),
        customers=[customer_codes[b] for b in buyers], customer_entities=sorted({customers[b].entity for b in buyers}),
        shipped_units=shipped, returned_units=int(np.isin(flow.returned, units).sum()),
    )
