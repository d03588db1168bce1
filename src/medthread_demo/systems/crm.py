"""CRM: XML; accounts under the CRM's own codes, complaints with scanned identifiers, returns."""

from datetime import timedelta

import numpy as np

from medthread_demo import digits, words
from medthread_demo.company import NEW_YEAR, Company, iso
from medthread_demo.firms import write_down
from medthread_demo.formats import write_xml
from medthread_demo.planting import Table
from medthread_demo.systems.erp import plant_codes, table_of
from medthread_demo.truth import TrueRecord

ACCOUNT = ["Code", "Name", "Kind", "Uscc", "Province", "City", "Address", "Contact", "Phone"]
COMPLAINT = ["ComplaintNo", "Account", "ReceivedAt", "ProductCode", "SerialNo", "UDI", "Severity", "Description"]
RETURN = ["ReturnNo", "Account", "ReturnedAt", "ProductCode", "SerialNo", "UDI", "Qty", "Reason"]


def write(company: Company) -> None:
    """Accounts first: the others name them."""
    _store(company, _accounts(company), "crm/accounts.xml", "accounts", "account")
    _store(company, _complaints(company), "crm/complaints.xml", "complaints", "complaint")
    _store(company, _returns(company), "crm/returns.xml", "returns", "return")


def _store(company: Company, table: Table, file: str, root: str, record: str) -> None:
    write_xml(company.inbox / file, root, record, list(table.columns), list(table.columns.values()))
    company.record.wrote(path=file, source="crm", table=table.name, rows=len(table))
    company.record.place(table, {n: (file, n + 1) for n in range(len(table))})


def _accounts(company: Company) -> Table:
    rng = company.rng
    rows: list[list[str | None]] = []
    for n, firm in enumerate(company.customers):
        for _ in range(rng.choices((1, 2), (85, 15))[0]):
            w = write_down(rng, firm, code_known=0.55, careless=0.45)
            code = f"KH{10_001 + len(rows)}"
            company.account_codes.setdefault(n, code)
            rows.append([code, w.name, "医院" if firm.hospital else "经销商", w.uscc, firm.city.province, w.city, w.address, w.contact, w.phone])
            company.record.masters.append(TrueRecord("customer", "crm", "account", code, firm.entity))
    table = table_of("crm", "account", ACCOUNT, rows, ("Code",))
    plant_codes(company, table, "Uscc")
    return table


def _buyers(company: Company) -> dict[int, tuple[int, int]]:
    """Carton → customer and the day it went."""
    return {s.carton: (s.customer, s.day) for s in company.flow.shipments if s.carton >= 0}


def _udi(company: Company, unit: int) -> str:
    units = company.flow.units
    made = NEW_YEAR + timedelta(days=int(units.day[unit]))
    gtin, day, serial = company.products.items[int(units.item[unit])].gtin, f"{made:%y%m%d}", units.serial[unit]
    return company.rng.choice((f"(01){gtin}(11){day}(21){serial}", f"01{gtin}11{day}21{serial}", f"]d201{gtin}11{day}21{serial}"))


def _complaints(company: Company) -> Table:
    rng, units = company.rng, company.flow.units
    buyers = _buyers(company)
    sold = [u for u, c in enumerate(units.carton.tolist()) if c in buyers]
    rows: list[list[str | None]] = []
    for n, unit in enumerate(sorted(rng.sample(sold, min(len(sold), max(40, round(1000 * company.plan.scale))))), start=1):
        customer, day = buyers[int(units.carton[unit])]
        rows.append([f"TS24-{n:05d}", company.account_codes[customer], f"{iso(day + rng.randrange(5, 60))} 08:30",
                     company.products.items[int(units.item[unit])].code, units.serial[unit], _udi(company, unit),
                     rng.choice("低中高"), rng.choice(words.COMPLAINTS)])
    table = table_of("crm", "complaint", COMPLAINT, rows, ("ComplaintNo",))
    company.record.plant(table, "udi_check_digit", "UDI", company.plan.faults(5), _wrong)
    company.record.plant(table, "missing_required", "Description", company.plan.faults(4), lambda _: "")
    return table


def _wrong(udi: str) -> str:
    at = udi.index("01")
    gtin = udi.removeprefix("]d2").lstrip("(")[2:].lstrip(")")[:14]
    return udi[:at] + digits.wrong_gtin_in(udi[at:], gtin)


def _returns(company: Company) -> Table:
    rng, units = company.rng, company.flow.units
    buyers = _buyers(company)
    rows: list[list[str | None]] = []
    for n, unit in enumerate(np.asarray(company.flow.returned).tolist(), start=1):
        customer, day = buyers[int(units.carton[unit])]
        rows.append([f"TH24-{n:05d}", company.account_codes[customer], iso(day + rng.randrange(5, 50)),
                     company.products.items[int(units.item[unit])].code, units.serial[unit], _udi(company, unit), "1",
                     rng.choice(("到货损坏", "功能故障", "发错型号"))])
    return table_of("crm", "return", RETURN, rows, ("ReturnNo",))
