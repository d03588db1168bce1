"""What the company buys and makes: items, bills of material, device models."""

import random
from dataclasses import dataclass

from medthread_demo import digits, words
from medthread_demo.plan import Plan


@dataclass(frozen=True)
class Item:
    """A purchased part, a sub-assembly, a consumable or a device."""

    code: str
    name: str
    spec: str
    uom: str
    kind: str  # RM, SA, CN, FG
    shelf_days: int
    gtin: str
    critical: bool


@dataclass(frozen=True)
class Line:
    """One component of a product."""

    parent: int
    child: int
    quantity: float
    critical: bool


@dataclass(frozen=True)
class Model:
    """A device model in the PLM; discontinued ones have no item."""

    number: str
    name: str
    item: str
    gtin: str
    certificate: str
    until: str
    risk: str
    state: str


@dataclass(frozen=True)
class Products:
    """All items by position, the lines of each parent, and the models."""

    items: list[Item]
    lines: dict[int, list[Line]]
    models: list[Model]

    def of(self, kind: str) -> list[int]:
        """Positions of the items of a kind."""
        return [n for n, i in enumerate(self.items) if i.kind == kind]


def make_products(rng: random.Random, plan: Plan) -> Products:
    """Parts first, then what is made of them."""
    items = [_part(rng, n) for n in range(1, plan.parts + 1)]
    items += [
        Item(f"SA-{n:06d}", f"{rng.choice(words.DEVICE_NOUNS)}{rng.choice(('主板', '泵体', '气路', '电源'))}组件",
             f"V{rng.randrange(1, 9)}.{n}", "pcs", "SA", 0, "", critical=True)
        for n in range(1, plan.assemblies + 1)
    ]
    items += [
        Item(f"CN-{n:06d}", rng.choice(words.CONSUMABLE_NOUNS), f"{rng.choice('ABCD')}型 {n}号", "pcs", "CN",
             rng.choice((730, 1095)), digits.gtin14(n), critical=False)
        for n in range(1, plan.consumables + 1)
    ]
    items += [
        Item(f"FG-{n:06d}", rng.choice(words.DEVICE_NOUNS), f"{rng.choice(('MX', 'PM', 'IP'))}-{100 + n}", "pcs", "FG",
             0, digits.gtin14(10_000 + n), critical=False)
        for n in range(1, plan.devices + 1)
    ]
    return Products(items, _bills(rng, items), _models(rng, items))


def _part(rng: random.Random, number: int) -> Item:
    noun = rng.choice(words.PART_NOUNS)
    uom = "kg" if noun in words.KG_NOUNS else "m" if noun in words.M_NOUNS else "pcs"
    shelf = rng.choice((365, 540, 730)) if rng.random() < 0.3 else 0
    return Item(f"RM-{number:06d}", noun, f"{rng.choice('KLMTZ')}{rng.randrange(10, 99)}-{number}", uom, "RM", shelf, "",
                critical=uom == "pcs" and rng.random() < 0.35)


def _bills(rng: random.Random, items: list[Item]) -> dict[int, list[Line]]:
    parts = [n for n, i in enumerate(items) if i.kind == "RM"]
    key_parts = [n for n in parts if items[n].critical]
    assemblies = [n for n, i in enumerate(items) if i.kind == "SA"]
    lines: dict[int, list[Line]] = {}
    for n, item in enumerate(items):
        match item.kind:
            case "SA":
                children = rng.sample(parts, 4)
                lines[n] = [Line(n, c, _per(rng, items[c]), items[c].critical) for c in children]
            case "CN":
                lines[n] = [Line(n, c, _per(rng, items[c]), critical=False) for c in rng.sample(parts, 3)]
            case "FG":
                bound = [rng.choice(assemblies), *rng.sample(key_parts, 2)]
                rest = rng.sample([p for p in parts if p not in bound], 3)
                lines[n] = [Line(n, c, 1.0, critical=True) for c in bound]
                lines[n] += [Line(n, c, _per(rng, items[c]), critical=False) for c in rest]
    return lines


def _per(rng: random.Random, item: Item) -> float:
    return float(rng.choice((1, 1, 2, 4))) if item.uom == "pcs" else rng.choice((0.05, 0.2, 0.35))


def _models(rng: random.Random, items: list[Item]) -> list[Model]:
    made = [i for i in items if i.kind in {"FG", "CN"}]
    models = [
        Model(i.spec.replace(" ", "") if i.kind == "FG" else f"{i.code[3:]}C", i.name, i.code, i.gtin,
              f"{_region(rng)}械注准2023{rng.randrange(2_000_000, 2_999_999)}",
              f"2028-{rng.randrange(1, 13):02d}-28", "Ⅲ" if "呼吸" in i.name else "Ⅱ", "在产")
        for i in made
    ]
    models += [
        Model(f"OLD-{n:03d}", rng.choice(words.DEVICE_NOUNS), "", digits.gtin14(20_000 + n),
              f"{_region(rng)}械注准2018{rng.randrange(2_000_000, 2_999_999)}", "2023-06-28", "Ⅱ", "停产")
        for n in range(1, 61)
    ]
    return models


def _region(rng: random.Random) -> str:
    return rng.choice(("国", "沪", "苏", "粤"))
