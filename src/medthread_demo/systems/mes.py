"""MES: an SQLite database behind the shop floor, and a Parquet file of readings a month."""

import sqlite3
from collections import defaultdict

import pyarrow as pa
import pyarrow.parquet as pq

from medthread_demo import words
from medthread_demo.company import NEW_YEAR, Company, iso, month, plain
from medthread_demo.planting import Table
from medthread_demo.systems.erp import table_of

FILE = "mes/mes.db"
ORDER = ["wo_no", "item", "qty", "lot_no", "status", "planned_start", "actual_finish", "line_code"]
OPERATION = ["wo_no", "op_no", "op_name", "equipment", "operator", "started_at", "ended_at"]
ISSUE = ["issue_no", "wo_no", "item", "lot", "qty", "uom", "issued_at", "bind"]
UNIT = ["serial_no", "item", "wo_no", "lot_no", "comp1_item", "comp1_lot", "comp2_item", "comp2_lot", "comp3_item", "comp3_lot", "assembled_at", "carton_sscc"]
NUMBERS = {"qty", "op_no"}
STEPS = ("组装", "调试", "检验")
RANGES = {"温度": (15, 260, "℃"), "压力": (80, 600, "kPa"), "湿度": (20, 80, "%")}


def write(company: Company) -> None:
    """The database whole, then the readings."""
    path = company.inbox / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    with base:
        for table in (_orders(company), _operations(company), _issues(company), _units(company)):
            store(base, table)
            file = f"{FILE}#{table.name}"
            company.record.wrote(path=file, source="mes", table=table.name, rows=len(table))
            company.record.place(table, {n: (file, n + 1) for n in range(len(table))})
    base.close()
    _readings(company)


def store(base: sqlite3.Connection, table: Table) -> None:
    """A table of the database."""
    kinds = ", ".join(f'"{c}" {"REAL" if c in NUMBERS else "TEXT"}' for c in table.columns)
    base.execute(f'CREATE TABLE "{table.name}" ({kinds})')
    marks = ", ".join("?" for _ in table.columns)
    base.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', zip(*table.columns.values(), strict=True))


def _orders(company: Company) -> Table:
    flow, items = company.flow, company.products.items
    rows: list[list[str | None]] = [
        [o.number, items[o.item].code, str(o.quantity), flow.lots[o.lot].number, "CLOSED", iso(o.day), iso(o.day + 1),
         f"LINE-{company.rng.randrange(1, 6)}"]
        for o in flow.orders
    ]
    # Orders that nothing refers to carry the statuses that no list knows.
    made = company.products.of("FG")
    count = company.plan.faults(4)
    for n in range(count):
        item = items[company.rng.choice(made)]
        rows.append([f"WO24{90_000 + n:05d}", item.code, "10", f"D249{n:05d}", "RELEASED", iso(340), None, "LINE-1"])
    table = table_of("mes", "work_order", ORDER, rows, ("wo_no",))
    company.record.plant(table, "unknown_code", "status", count, lambda _: "PAUSE?", among=range(len(flow.orders), len(rows)))
    return table


def _operations(company: Company) -> Table:
    rng = company.rng
    rows: list[list[str | None]] = []
    for order in company.flow.orders:
        for n, step in enumerate(STEPS):
            who = rng.choice(words.SURNAMES) + rng.choice(words.GIVEN)
            rows.append([order.number, str((n + 1) * 10), step, f"EQ-{rng.randrange(1, 41):02d}", who,
                         f"{iso(order.day)}T{8 + n * 3:02d}:00:00", f"{iso(order.day)}T{10 + n * 3:02d}:30:00"])
    table = table_of("mes", "wo_operation", OPERATION, rows, ("wo_no", "op_no"))
    company.record.plant(table, "unknown_code", "equipment", company.plan.faults(5), lambda _: rng.choice(("3号机", "??", "隔壁那台")))
    return table


def _issues(company: Company) -> Table:
    rng, flow, items = company.rng, company.flow, company.products.items
    rows: list[list[str | None]] = []
    for order in flow.orders:
        for lot, quantity, bound in order.issues:
            item = items[flow.lots[lot].item]
            grams = item.uom == "kg" and rng.random() < 0.3
            uom = rng.choice(("g", "克")) if grams else rng.choice(words.UNIT_SPELLINGS[item.uom])
            rows.append([f"MI24{len(rows) + 1:07d}", order.number, item.code, flow.lots[lot].number,
                         plain(quantity * 1000 if grams else quantity), uom, f"{iso(order.day)}T07:30:00", "UNIT" if bound else "LOT"])
    first = len(rows)
    received = [lot for lot in flow.lots if lot.supplier_lot]
    for _ in range(company.plan.faults(5)):
        part = rng.choice(received)
        rows.append([f"MI24{len(rows) + 1:07d}", flow.orders[0].number, items[part.item].code, part.number, "1", items[part.item].uom,
                     f"{iso(200)}T07:30:00", "LOT"])
    table = table_of("mes", "material_issue", ISSUE, rows, ("issue_no",))
    company.record.plant(table, "broken_wo_link", "wo_no", len(rows) - first, lambda _: f"WO19{rng.randrange(10_000, 99_999)}",
                         among=range(first, len(rows)))
    return table


def _units(company: Company) -> Table:
    flow, items = company.flow, company.products.items
    units = flow.units
    numbers = [lot.number for lot in flow.lots]
    codes = [items[lot.item].code for lot in flow.lots]
    orders = [o.number for o in flow.orders]
    boxes = [c.sscc for c in flow.cartons]
    lots = [units.parts[:, n].tolist() for n in range(3)]
    day = units.day.tolist()
    columns: dict[str, list[str | None]] = {
        "serial_no": list(units.serial), "item": [items[n].code for n in units.item.tolist()],
        "wo_no": [orders[n] for n in units.order.tolist()], "lot_no": [numbers[n] for n in units.lot.tolist()],
    }
    for n, chosen in enumerate(lots, start=1):
        columns[f"comp{n}_item"] = [codes[c] for c in chosen]
        columns[f"comp{n}_lot"] = [numbers[c] for c in chosen]
    columns["assembled_at"] = [f"{iso(d)}T{8 + n % 9:02d}:{n % 60:02d}:00" for n, d in enumerate(day)]
    columns["carton_sscc"] = [boxes[n] for n in units.carton.tolist()]
    return Table("mes", "unit_assembly", {name: columns[name] for name in UNIT}, ("serial_no",))


def _readings(company: Company) -> None:
    rng = company.rng
    by_month: dict[str, list[tuple[str, str, str, str, float, str, int]]] = defaultdict(list)
    for n in range(company.plan.readings):
        order = rng.choice(company.flow.orders)
        parameter = rng.choice(list(RANGES))
        low, high, unit = RANGES[parameter]
        at = order.day * 86400 + 28_800 + rng.randrange(36_000)
        by_month[month(order.day)].append(
            (f"PR24{n + 1:08d}", order.number, f"EQ-{rng.randrange(1, 41):02d}", parameter, round(rng.uniform(low, high), 2), unit, at)
        )
    names = ["reading_no", "wo_no", "equipment", "parameter", "value", "unit", "read_at"]
    left = company.plan.faults(10)
    share = -(-left // len(by_month))
    for name in sorted(by_month):
        columns = [list(c) for c in zip(*by_month[name], strict=True)]
        file = f"mes/readings/process_readings_{name}.parquet"
        table = Table("mes", "process_readings", {n: [str(v) for v in c] for n, c in zip(names, columns, strict=True)}, ("reading_no",))
        spoiled = company.record.plant(table, "out_of_range", "value", min(share, left), lambda _: rng.choice(("-999.0", "9999.0")))
        left -= len(spoiled)
        for row in spoiled:
            columns[4][row] = float(table.columns["value"][row] or 0)
        epoch = int((NEW_YEAR.toordinal() - 719163) * 86400)
        arrays = [pa.array(c) for c in columns[:6]] + [pa.array([s + epoch for s in columns[6]], pa.timestamp("s"))]
        path = company.inbox / file
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), path)
        company.record.wrote(path=file, source="mes", table="process_readings", rows=len(table))
        company.record.place(table, {n: (file, n + 1) for n in range(len(table))})
