"""QMS: JSON, suppliers typed by hand, inspections one object a line."""

import shutil
from collections import defaultdict
from typing import Any

from medthread_demo import words
from medthread_demo.company import Company, iso, month
from medthread_demo.firms import write_down
from medthread_demo.formats import write_json
from medthread_demo.planting import Table
from medthread_demo.systems.erp import plant_codes, table_of
from medthread_demo.truth import TrueRecord

SUPPLIER = ["code", "name", "uscc", "address", "tel", "grade", "remark"]
CHECKS = (("外径", "mm", 9.8, 10.2), ("抗拉强度", "N", 40.0, 90.0), ("外观缺陷", "个", 0.0, 2.0))


def write(company: Company) -> None:
    """Suppliers, inspections by month, nonconformances."""
    _suppliers(company)
    _inspections(company)
    _nonconformances(company)


def _suppliers(company: Company) -> None:
    rng = company.rng
    rows: list[list[str | None]] = []
    for n, firm in enumerate(company.suppliers):
        if rng.random() > 0.7:
            continue
        w = write_down(rng, firm, code_known=0.68, careless=0.5)
        code = f"Q-{n + 1:04d}"
        rows.append([code, w.name, w.uscc or None, w.address or None, w.phone or None, rng.choice("AABC"), None])
        company.record.masters.append(TrueRecord("supplier", "qms", "supplier", code, firm.entity))
    table = table_of("qms", "supplier", SUPPLIER, rows, ("code",))
    plant_codes(company, table, "uscc")
    file = "qms/suppliers.json"
    names = list(table.columns)
    write_json(company.inbox / file, [dict(zip(names, r, strict=True)) for r in zip(*table.columns.values(), strict=True)], lines=False)
    company.record.wrote(path=file, source="qms", table="supplier", rows=len(table))
    company.record.place(table, {n: (file, n + 1) for n in range(len(table))})


def _inspection(company: Company, number: int, lot: Any) -> dict[str, Any]:
    rng = company.rng
    results = []
    for name, unit, lower, upper in CHECKS:
        value = float(rng.randrange(0, 3)) if unit == "个" else round(rng.uniform(lower - 0.01, upper + 0.01), 2)
        results.append({"characteristic": name, "value": value, "unit": unit, "lower": lower, "upper": upper, "pass": lower <= value <= upper})
    return {
        "inspection_no": f"IQ24{number:06d}", "stage": "incoming", "item": company.products.items[lot.item].code, "lot": lot.number,
        "lot_qty": lot.quantity, "sample_qty": 20, "inspector": rng.choice(words.SURNAMES) + rng.choice(words.GIVEN),
        "inspected_at": f"{iso(lot.day + 1)}T09:{rng.randrange(60):02d}:00",
        "verdict": "accept" if all(r["pass"] for r in results) else rng.choice(("reject", "concession")), "results": results,
    }


def _inspections(company: Company) -> None:
    rng = company.rng
    received = [lot for lot in company.flow.lots if lot.supplier_lot]
    chosen = sorted(rng.sample(range(len(received)), min(company.plan.inspections, len(received))))
    rows = [_inspection(company, n, received[c]) for n, c in enumerate(chosen, start=1)]
    months = [month(received[c].day + 1) for c in chosen]
    table = table_of("qms", "inspection", ["inspection_no", "verdict", "results"],
                     [[r["inspection_no"], r["verdict"], str(r["results"][0]["value"])] for r in rows], ("inspection_no",))
    pool = [n for n, m in enumerate(months) if m != "202409"]
    for row in company.record.plant(table, "out_of_range", "results", company.plan.faults(6), lambda _: "-999", among=pool):
        rows[row]["results"][0] |= {"value": -999, "pass": True}
    for row in company.record.plant(table, "unknown_code", "verdict", company.plan.faults(4), lambda _: "maybe", among=pool):
        rows[row]["verdict"] = "maybe"
    _write_months(company, table, rows, months)


def _write_months(company: Company, table: Table, rows: list[dict[str, Any]], months: list[str]) -> None:
    by_month: dict[str, list[int]] = defaultdict(list)
    for n, name in enumerate(months):
        by_month[name].append(n)
    places: dict[int, tuple[str, int]] = {}
    for name, members in sorted(by_month.items()):
        file = f"qms/inspections_{name}.ndjson"
        write_json(company.inbox / file, [rows[n] for n in members], lines=True)
        places |= {n: (file, at) for at, n in enumerate(members, start=1)}
        company.record.wrote(path=file, source="qms", table="inspection", rows=len(members))
        if name == "202409":
            copy = f"qms/inspections_{name}_副本.ndjson"
            shutil.copyfile(company.inbox / file, company.inbox / copy)
            company.record.add(fault="repeated_file", source="qms", table="inspection", file=copy, row=0)
            company.record.wrote(path=copy, source="qms", table="inspection", rows=len(members), copy_of=file)
    company.record.place(table, places)


def _nonconformances(company: Company) -> None:
    rng, flow = company.rng, company.flow
    rows: list[dict[str, Any]] = []
    for n in range(max(24, round(300 * company.plan.scale))):
        lot = rng.choice(flow.lots)
        closed = rng.random() < 0.7
        rows.append({
            "ncr_no": f"NCR24-{n + 1:05d}", "raised_at": iso(lot.day + 2), "source": rng.choice(("incoming", "process", "complaint")),
            "lot": {"item": company.products.items[lot.item].code, "no": lot.number}, "defect": rng.choice(("尺寸超差", "外观不良", "功能失效")),
            "qty": rng.randrange(1, 40), "disposition": rng.choice(("返工", "让步", "退货", "报废")), "state": "closed" if closed else "open",
            "closed_at": iso(lot.day + 12) if closed else None,
        })
    table = table_of("qms", "nonconformance", ["ncr_no", "lot.no", "raised_at"],
                     [[r["ncr_no"], r["lot"]["no"], r["raised_at"]] for r in rows], ("ncr_no",))
    for row in company.record.plant(table, "missing_required", "lot.no", company.plan.faults(3), lambda _: ""):
        rows[row]["lot"]["no"] = None
    for row in company.record.plant(table, "bad_date", "raised_at", company.plan.faults(3), lambda v: f"{v[:5]}00-32"):
        rows[row]["raised_at"] = table.columns["raised_at"][row]
    file = "qms/nonconformances.json"
    write_json(company.inbox / file, rows, lines=False)
    company.record.wrote(path=file, source="qms", table="nonconformance", rows=len(rows))
    company.record.place(table, {n: (file, n + 1) for n in range(len(rows))})
