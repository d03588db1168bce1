"""The company as it is, before any system wrote it down."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from medthread_demo.firms import Firm, make_customers, make_suppliers
from medthread_demo.flow import Flow, make_flow
from medthread_demo.plan import Plan
from medthread_demo.planting import Record
from medthread_demo.products import Products, make_products

NEW_YEAR = date(2024, 1, 1)


@dataclass
class Company:
    """Firms, products, the year's flow, the systems' codes for firms, and the growing truth."""

    rng: random.Random
    plan: Plan
    inbox: Path
    record: Record
    suppliers: list[Firm]
    customers: list[Firm]
    products: Products
    flow: Flow
    supplier_codes: list[tuple[str, int]]  # ERP code, firm; some firms have several
    trading_suppliers: list[str]
    customer_codes: list[str]  # ERP code of each firm
    account_codes: dict[int, str] = field(default_factory=dict)  # firm -> CRM code


def found_company(rng: random.Random, plan: Plan, inbox: Path) -> Company:
    """Make everything up."""
    suppliers = make_suppliers(rng, plan.suppliers)
    customers = make_customers(rng, plan.customers)
    products = make_products(rng, plan)
    codes: list[tuple[str, int]] = []
    for n in range(len(suppliers)):
        codes += [("", n)] * rng.choices((1, 2, 3), (75, 20, 5))[0]
    rng.shuffle(codes)
    coded = [(f"V{n:05d}", firm) for n, (_, firm) in enumerate(codes, start=1)]
    trading = [c for c, _ in coded[: len(coded) * 3 // 4]]
    flow = make_flow(rng, plan, products, trading, len(customers) * 9 // 10)
    return Company(
        rng=rng, plan=plan, inbox=inbox, record=Record(rng), suppliers=suppliers, customers=customers,
        products=products, flow=flow, supplier_codes=coded, trading_suppliers=trading,
        customer_codes=[f"C{n:05d}" for n in range(1, len(customers) + 1)],
    )


_DAYS = [NEW_YEAR + timedelta(days=n) for n in range(-400, 3000)]
_ISO = [d.isoformat() for d in _DAYS]
_SLASHED = [f"{d.year}/{d.month}/{d.day}" for d in _DAYS]
_CHINESE = [f"{d.year}年{d.month:02d}月{d.day:02d}日" for d in _DAYS]
_MONTH = [f"{d.year}{d.month:02d}" for d in _DAYS]


def iso(day: int) -> str:
    """2024-01-05."""
    return _ISO[day + 400]


def slashed(day: int) -> str:
    """2024/1/5."""
    return _SLASHED[day + 400]


def chinese(day: int) -> str:
    """2024年01月05日."""
    return _CHINESE[day + 400]


def month(day: int) -> str:
    """202401."""
    return _MONTH[day + 400]


def plain(number: float) -> str:
    """A number without needless zeros."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def grouped(number: float) -> str:
    """1,234.50."""
    return f"{number:,.2f}"
