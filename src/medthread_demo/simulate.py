"""One door: make the company up, let its systems write, keep the truth."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from medthread_demo.company import Company, found_company
from medthread_demo.plan import Plan
from medthread_demo.recall import choose_defect
from medthread_demo.systems import crm, erp, machinery, mes, plm, qms, wms
from medthread_demo.truth import Truth

WORKSPACE = Path(__file__).parent / "workspace"
Progress = Callable[[str, int, int], None]


def simulate(*, home: Path, scale: float, seed: int, progress: Progress = lambda *_: None) -> Truth:
    """Write `home/inbox` and `home/truth`, each whole; what stood there before is replaced."""
    building = home / "inbox.part"
    shutil.rmtree(building, ignore_errors=True)
    company = found_company(random.Random(f"medthread {seed}"), Plan(scale), building)
    _write(company, progress)
    machinery.write(company, random.Random(f"medthread machines {seed}"))
    truth = Truth(
        seed=seed, scale=scale,
        trace=choose_defect(company.flow, company.products, company.customers, company.customer_codes),
        faults=company.record.faults, records=company.record.masters, files=company.record.files, edges=_edges(company),
    )
    shutil.rmtree(home / "inbox", ignore_errors=True)
    building.rename(home / "inbox")
    truth.save(home)
    return truth


def _write(company: Company, progress: Progress) -> None:
    steps = 6
    progress("erp", 0, steps)
    erp.suppliers(company)
    erp.customers(company)
    materials = erp.materials(company)
    progress("plm", 1, steps)
    plm.write(company, materials)
    erp.write_whole(company, materials, "erp/BD_MATERIAL.csv")
    orders = erp.order_lines(company)
    progress("mes", 2, steps)
    mes.write(company)
    progress("wms", 3, steps)
    wms.write(company, orders)
    progress("qms", 4, steps)
    qms.write(company)
    progress("crm", 5, steps)
    crm.write(company)
    progress("", steps, steps)


def _edges(company: Company) -> dict[str, int]:
    flow = company.flow
    bound = sum(1 for o in flow.orders for i in o.issues if i[2])
    issues = sum(len(o.issues) for o in flow.orders)
    return {
        "receipts": sum(1 for lot in flow.lots if lot.supplier_lot),
        "material_issue": issues - bound,
        "unit_assembly": 5 * len(flow.units.serial),
        "cartons": sum(1 for c in flow.cartons if not c.serial),
        "shipments": 2 * len(flow.shipments),
        "return": len(flow.returned),
    }
