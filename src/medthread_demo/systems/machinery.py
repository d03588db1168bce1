"""What three systems say of the machines: the ERP's ledger of fixed assets, the MES's resources, the QMS's list of instruments.

They have a random generator of their own, so that nothing else of the company depends on how many there are.
"""

import random
import sqlite3

from medthread_demo.company import Company, grouped
from medthread_demo.formats import write_json
from medthread_demo.machines import INSTRUMENTS, LEDGER, RESOURCES, Machine, make_machines, write_down
from medthread_demo.planting import Table
from medthread_demo.systems.erp import table_of, write_whole
from medthread_demo.systems.mes import FILE as MES_FILE
from medthread_demo.systems.mes import store
from medthread_demo.truth import TrueRecord

CARD = ["FNUMBER", "FNAME", "FASSETTYPE", "FSPECIFICATION", "FMANUFACTURER", "FSERIALNO", "FQTY", "FPOSITION", "FBEGINUSEDATE", "FORIGINALCOST", "FASSETSTATUS"]
RESOURCE = ["resource_code", "resource_name", "model", "vendor", "serial_no", "asset_no", "area", "enabled"]
INSTRUMENT = ["instrument_no", "name", "manufacturer", "model", "serial", "asset_no", "location", "in_use_since", "state"]
TYPES = {"production": "生产设备", "gauge": "计量器具", "inspection": "检测设备", "steriliser": "灭菌设备"}
CARDED, LISTED = 0.92, 0.95  # the part of its machines that a system knows


def write(company: Company, rng: random.Random) -> None:
    """All three, with which record is which machine."""
    machines = make_machines(rng, company.plan.machines)
    write_whole(company, _cards(company, rng, machines), "erp/FA_CARD.csv")
    _store_resources(company, rng, machines)
    _instruments(company, rng, machines)


def _cards(company: Company, rng: random.Random, machines: list[Machine]) -> Table:
    rows: list[list[str | None]] = []
    dressed: list[int] = []
    shared = {m.card: sum(1 for other in machines if other.card == m.card) for m in machines if m.shared}
    for machine in machines:
        w = write_down(rng, machine, LEDGER)
        count = shared.pop(machine.card, 0) if machine.shared else 1
        if not count or (count == 1 and rng.random() > CARDED):
            continue
        dressed += [len(rows)] if w.dressed and count == 1 else []
        rows.append([
            machine.card, w.name, TYPES[machine.line.kind], w.type, w.maker, w.serial if count == 1 else "", str(count), w.room, w.since, grouped(machine.cost * count),
            rng.choices(("使用中", "闲置", "封存"), (90, 7, 3))[0],
        ])
        if count == 1:
            company.record.masters.append(TrueRecord("asset", "erp", "FA_CARD", machine.card, machine.entity))
    return _told(company, table_of("erp", "FA_CARD", CARD, rows, ("FNUMBER",)), "FSERIALNO", dressed)


def _told(company: Company, table: Table, column: str, dressed: list[int]) -> Table:
    """The same, with the serial numbers that are dressed up on record."""
    for row in dressed:
        company.record.spoil(table, "dressed_serial", column, row, lambda v: v)
    return table


def _store_resources(company: Company, rng: random.Random, machines: list[Machine]) -> None:
    """A table more in the MES's database."""
    rows: list[list[str | None]] = []
    dressed: list[int] = []
    for machine in machines:
        if machine.line.kind in {"production", "steriliser"} and rng.random() < LISTED:
            w, code = write_down(rng, machine, RESOURCES), f"EQ-{len(rows) + 1:02d}"
            dressed += [len(rows)] if w.dressed else []
            rows.append([code, w.name, w.type or None, w.maker or None, w.serial or None, w.card or None, w.room or None, rng.choice("111110")])
            company.record.masters.append(TrueRecord("asset", "mes", "resource", code, machine.entity))
    table = _told(company, table_of("mes", "resource", RESOURCE, rows, ("resource_code",)), "serial_no", dressed)
    base = sqlite3.connect(company.inbox / MES_FILE)
    with base:
        store(base, table)
    base.close()
    file = f"{MES_FILE}#{table.name}"
    company.record.wrote(path=file, source="mes", table=table.name, rows=len(table))
    company.record.place(table, {n: (file, n + 1) for n in range(len(table))})


def _instruments(company: Company, rng: random.Random, machines: list[Machine]) -> None:
    rows: list[list[str | None]] = []
    dressed: list[int] = []
    for machine in machines:
        if machine.line.kind in {"gauge", "inspection"} and rng.random() < LISTED:
            w, code = write_down(rng, machine, INSTRUMENTS), f"JL-{len(rows) + 1:04d}"
            dressed += [len(rows)] if w.dressed else []
            state = rng.choices(("在用", "停用"), (95, 5))[0]
            rows.append([code, w.name, *(v or None for v in (w.maker, w.type, w.serial, w.card, w.room, w.since)), state])
            company.record.masters.append(TrueRecord("asset", "qms", "instrument", code, machine.entity))
    table = _told(company, table_of("qms", "instrument", INSTRUMENT, rows, ("instrument_no",)), "serial", dressed)
    file = "qms/instruments.json"
    write_json(company.inbox / file, [dict(zip(INSTRUMENT, r, strict=True)) for r in rows], lines=False)
    company.record.wrote(path=file, source="qms", table="instrument", rows=len(table))
    company.record.place(table, {n: (file, n + 1) for n in range(len(table))})
