"""A year of work: part lots arrive, orders consume them, units and cartons come out, go to customers, some come back.

Positions are array indices throughout; names are made when a system writes them down. Days count from 2024-01-01.
"""

import random
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from medthread_demo.digits import sscc
from medthread_demo.plan import Plan
from medthread_demo.products import Products

Ints = npt.NDArray[np.int64]
FIRST_RECEIPT, FIRST_ASSEMBLY_ORDER, FIRST_DEVICE_ORDER, LAST_ORDER = 1, 12, 30, 350
CARTON_UNITS = 10


@dataclass
class Lot:
    """An internal lot: received from a supplier, or made by a work order."""

    item: int
    number: str
    day: int
    supplier_code: str = ""
    supplier_lot: str = ""
    quantity: float = 0.0
    used: float = 0.0


@dataclass
class Order:
    """A work order: what it makes, from which lots."""

    number: str
    item: int
    lot: int
    day: int
    quantity: int
    issues: list[tuple[int, float, bool]] = field(default_factory=list)  # lot, quantity, bound to units


@dataclass
class Units:
    """Finished serial units, one row each."""

    item: Ints
    serial: list[str]
    order: Ints
    lot: Ints
    parts: Ints  # (units, 3): lots of the bound parts
    day: Ints
    carton: Ints


@dataclass
class Carton:
    """A shipping container: ten units of a lot, or a quantity of a consumable lot."""

    sscc: str
    item: int
    lot: int
    quantity: int
    day: int
    serial: bool


@dataclass
class Shipment:
    """A shipment line: a whole carton, or a loose quantity of a lot."""

    number: str
    line: int
    customer: int
    item: int
    carton: int
    lot: int
    quantity: int
    day: int


@dataclass
class Flow:
    """The whole year."""

    lots: list[Lot]
    orders: list[Order]
    units: Units
    cartons: list[Carton]
    shipments: list[Shipment]
    returned: Ints  # positions of returned units


def make_flow(rng: random.Random, plan: Plan, products: Products, supplier_codes: list[str], customers: int) -> Flow:
    """Simulate the year in the order in which things can happen."""
    lots = _receive(rng, plan, products, supplier_codes)
    shelf = _Shelf(lots)
    orders: list[Order] = []
    for kind, count, size, first in (
        ("SA", plan.assembly_orders, 100, FIRST_ASSEMBLY_ORDER), ("CN", plan.consumable_orders, 1200, FIRST_ASSEMBLY_ORDER),
        ("FG", max(8, plan.units // 64), 0, FIRST_DEVICE_ORDER),
    ):
        _make(rng, products, lots, shelf, orders, kind=kind, count=count, size=size, first=first, plan=plan)
    units = _assemble(rng, products, lots, orders)
    cartons = _pack(rng, products, orders, units)
    shipments = _ship(rng, products, lots, cartons, customers)
    for lot in lots:
        lot.quantity = lot.quantity or max(10.0, round(lot.used * rng.uniform(1.02, 1.2) + 5, 2))
        if products.items[lot.item].uom == "pcs":
            lot.quantity = float(int(lot.quantity) + 1) if lot.supplier_lot else lot.quantity
    return Flow(lots, orders, units, cartons, shipments, _return(rng, units, cartons, shipments))


class _Shelf:
    """Which lot of an item is open on a day."""

    def __init__(self, lots: list[Lot]) -> None:
        self._lots: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for position, lot in enumerate(lots):
            self.add(lot.item, lot.day, position)

    def add(self, item: int, day: int, position: int) -> None:
        self._lots[item].append((day, position))
        self._lots[item].sort()

    def on(self, item: int, day: int) -> list[int]:
        """The newest lot that was there, and the one before it."""
        rows = self._lots[item]
        at = max(bisect_right(rows, (day, 1 << 60)), 1)
        return [position for _, position in rows[max(0, at - 2) : at]][::-1]


def _receive(rng: random.Random, plan: Plan, products: Products, supplier_codes: list[str]) -> list[Lot]:
    parts = products.of("RM")
    of_part = {p: rng.choice(supplier_codes) for p in parts}
    days = [(p, FIRST_RECEIPT + rng.randrange(6)) for p in parts]
    days += [(rng.choice(parts), rng.randrange(8, LAST_ORDER)) for _ in range(plan.part_lots - len(parts))]
    days.sort(key=lambda d: (d[1], d[0]))
    lots: list[Lot] = []
    last: dict[int, str] = {}
    for n, (part, day) in enumerate(days, start=1):
        again = last.get(part)
        supplier_lot = again if again and rng.random() < 0.08 else f"{rng.choice('ABEFH')}{day:03d}-{n:06d}"
        last[part] = supplier_lot
        lots.append(Lot(part, f"L24{n:07d}", day, of_part[part], supplier_lot))
    return lots


def _make(  # noqa: PLR0913 - the shop floor and what it works on
    rng: random.Random, products: Products, lots: list[Lot], shelf: _Shelf, orders: list[Order], *,
    kind: str, count: int, size: int, first: int, plan: Plan,
) -> None:
    made = products.of(kind)
    days = sorted([first + rng.randrange(8) for _ in made] + [rng.randrange(first, LAST_ORDER) for _ in range(count - len(made))])
    if kind == "SA":
        days[: len(made)] = [FIRST_ASSEMBLY_ORDER + 2] * len(made)
    share = plan.units / max(count, 1)
    left = plan.units
    for n, day in enumerate(days):
        item = made[n] if n < len(made) else rng.choice(made)
        quantity = size or (left if n == len(days) - 1 else max(4, round(share * rng.uniform(0.7, 1.3))))
        quantity = max(1, min(quantity, left - 4 * (len(days) - 1 - n))) if kind == "FG" else quantity
        left -= quantity if kind == "FG" else 0
        letter = {"SA": "S", "CN": "C", "FG": "D"}[kind]
        lots.append(Lot(item, f"{letter}24{n + 1:06d}", day + 1, quantity=float(quantity)))
        order = Order(f"WO24{len(orders) + 1:05d}", item, len(lots) - 1, day, quantity)
        for line in products.lines[item]:
            _issue(rng, shelf, lots, order, line.child, line.quantity * quantity, bound=kind == "FG" and line.critical)
        orders.append(order)
        shelf.add(item, day + 1, len(lots) - 1)


def _issue(
    rng: random.Random, shelf: _Shelf, lots: list[Lot], order: Order, item: int, quantity: float, *, bound: bool
) -> None:
    open_lots = shelf.on(item, order.day)
    chosen = open_lots if len(open_lots) > 1 and rng.random() < 0.45 else open_lots[:1]
    for lot in chosen:
        part = round(quantity / len(chosen), 3)
        lots[lot].used += part
        order.issues.append((lot, part, bound))


def _assemble(rng: random.Random, products: Products, lots: list[Lot], orders: list[Order]) -> Units:
    made = [(n, o) for n, o in enumerate(orders) if products.items[o.item].kind == "FG"]
    sizes = np.array([o.quantity for _, o in made], dtype=np.int64)
    total = int(sizes.sum())
    parts = np.empty((total, 3), dtype=np.int64)
    at = 0
    for _, order in made:
        bound = [line.child for line in products.lines[order.item][:3]]
        for slot, child in enumerate(bound):
            open_lots = [lot for lot, _, is_bound in order.issues if is_bound and lots[lot].item == child]
            cut = at + order.quantity if len(open_lots) == 1 else at + max(1, round(order.quantity * rng.uniform(0.2, 0.8)))
            parts[at:cut, slot] = open_lots[0]
            parts[cut : at + order.quantity, slot] = open_lots[-1]
        at += order.quantity
    numbers = np.arange(1, total + 1)
    return Units(
        item=np.repeat(np.array([o.item for _, o in made]), sizes),
        serial=[f"SN24{n:07d}" for n in numbers.tolist()],
        order=np.repeat(np.array([n for n, _ in made]), sizes),
        lot=np.repeat(np.array([o.lot for _, o in made]), sizes),
        parts=parts,
        day=np.repeat(np.array([o.day + 1 for _, o in made]), sizes),
        carton=np.full(total, -1, dtype=np.int64),
    )


def _pack(rng: random.Random, products: Products, orders: list[Order], units: Units) -> list[Carton]:
    cartons: list[Carton] = []
    at = 0
    for order in orders:
        kind = products.items[order.item].kind
        if kind == "FG":
            for start in range(0, order.quantity, CARTON_UNITS):
                size = min(CARTON_UNITS, order.quantity - start)
                units.carton[at + start : at + start + size] = len(cartons)
                cartons.append(Carton("", order.item, order.lot, size, order.day + 1 + rng.randrange(2), serial=True))
            at += order.quantity
        elif kind == "CN":
            cartons += [
                Carton("", order.item, order.lot, 100, order.day + 1 + rng.randrange(3), serial=False)
                for _ in range(order.quantity * 9 // 1000)
            ]
    for carton, number in zip(cartons, sscc(np.arange(1, len(cartons) + 1)), strict=True):
        carton.sscc = number
    return cartons


def _ship(rng: random.Random, products: Products, lots: list[Lot], cartons: list[Carton], customers: int) -> list[Shipment]:
    goods = [(c.day + 1 + rng.randrange(14), n, c.item, -1, c.quantity) for n, c in enumerate(cartons) if rng.random() < 0.95]
    for n, lot in enumerate(lots):
        if products.items[lot.item].kind == "CN":
            goods += [(lot.day + 3 + rng.randrange(20), -1, lot.item, n, rng.randrange(5, 20)) for _ in range(8)]
    goods.sort()
    shipments: list[Shipment] = []
    at = number = 0
    while at < len(goods):
        number += 1
        customer = rng.randrange(customers)
        size = rng.randrange(1, 7)
        day = max(g[0] for g in goods[at : at + size])
        for line, (_, carton, item, loose, quantity) in enumerate(goods[at : at + size], start=1):
            shipments.append(Shipment(f"SH24{number:06d}", line, customer, item, carton, loose, quantity, day))
        at += size
    return shipments


def _return(rng: random.Random, units: Units, cartons: list[Carton], shipments: list[Shipment]) -> Ints:
    shipped = np.zeros(len(cartons), dtype=bool)
    shipped[[s.carton for s in shipments if s.carton >= 0]] = True
    able = np.flatnonzero(shipped[units.carton])
    count = max(6, len(able) // 100)
    return np.array(sorted(rng.sample(able.tolist(), min(count, len(able)))), dtype=np.int64)
