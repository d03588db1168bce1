"""WMS: CSV in UTF-8 with a byte-order mark, one file a month, one of them late."""

from medthread_demo import words
from medthread_demo.company import Company, chinese, iso, month, plain, slashed
from medthread_demo.planting import Table
from medthread_demo.systems.by_month import write_months
from medthread_demo.systems.erp import table_of

ENCODING = "utf-8-sig"
RECEIPT = ["RECEIPTKEY", "RECEIPTLINE", "POKEY", "POLINE", "SUPPLIERKEY", "SKU", "LOTTABLE01", "LOT", "QTYRECEIVED", "UOM", "RECEIPTDATE", "MFGDATE", "EXPDATE", "STATUS"]
CARTON = ["SSCC", "SKU", "LOT", "QTY", "UOM", "PACKDATE", "PACKTYPE"]
SHIPMENT = ["SHIPMENTKEY", "LINE", "CONSIGNEEKEY", "SKU", "SSCC", "LOT", "QTY", "UOM", "SHIPDATE", "CARRIER"]
MOVEMENT = ["MOVEKEY", "MOVETYPE", "SKU", "LOT", "QTY", "UOM", "FROMLOC", "TOLOC", "MOVEDATE"]
CARRIERS = ("顺丰冷运", "京东物流", "德邦", "自提")
WIDE = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ－")


def write(company: Company, orders: dict[int, tuple[str, int]]) -> None:
    """Receipts, cartons, shipments, movements."""
    _receipts(company, orders)
    _cartons(company)
    _shipments(company)
    _movements(company)


def _receipts(company: Company, orders: dict[int, tuple[str, int]]) -> None:
    rng, items = company.rng, company.products.items
    rows: list[list[str | None]] = []
    months: list[str] = []
    for n, lot in enumerate(company.flow.lots):
        if not lot.supplier_lot:
            continue
        item = items[lot.item]
        number, line = orders[n]
        made = lot.day - rng.randrange(5, 60)
        rows.append([
            f"R24{len(rows) + 1:06d}", "1", number, str(line), lot.supplier_code, item.code, lot.supplier_lot, lot.number,
            plain(lot.quantity), rng.choice(words.UNIT_SPELLINGS[item.uom]), f"{iso(lot.day)} {rng.randrange(8, 18):02d}:30:00",
            iso(made), iso(made + item.shelf_days) if item.shelf_days else "", rng.choice(("OK", "OK", "OK", "HOLD")),
        ])
        months.append(month(lot.day))
    table = table_of("wms", "receipts", RECEIPT, rows, ("RECEIPTKEY", "RECEIPTLINE"))
    company.record.plant(table, "dangling_reference", "POKEY", company.plan.faults(5), lambda _: f"CGDD19{rng.randrange(10**6, 10**7)}")
    dated = [n for n, v in enumerate(table.columns["EXPDATE"]) if v]
    for row in company.record.plant(table, "expiry_before_manufacture", "EXPDATE", company.plan.faults(6), lambda v: v, among=dated):
        _expire_early(table, row)
    write_months(company, table, months, stem="wms/receipts", encoding=ENCODING, late="202403")


def _expire_early(table: Table, row: int) -> None:
    """Expiry a year before manufacture, as a slip of the year makes it."""
    made = table.columns["MFGDATE"][row] or ""
    table.columns["EXPDATE"][row] = f"{int(made[:4]) - 1}{made[4:8]}15"


def _cartons(company: Company) -> None:
    flow, items = company.flow, company.products.items
    rows: list[list[str | None]] = [
        [c.sscc, items[c.item].code, None if c.serial else flow.lots[c.lot].number, str(c.quantity),
         company.rng.choice(words.UNIT_SPELLINGS["pcs"]), slashed(c.day), "U" if c.serial else "L"]
        for c in flow.cartons
    ]
    table = table_of("wms", "cartons", CARTON, rows, ("SSCC",))
    write_months(company, table, [month(c.day) for c in flow.cartons], stem="wms/cartons", encoding=ENCODING)


def _shipments(company: Company) -> None:
    flow, items, rng = company.flow, company.products.items, company.rng
    rows: list[list[str | None]] = [
        [s.number, str(s.line), company.customer_codes[s.customer], items[s.item].code,
         flow.cartons[s.carton].sscc if s.carton >= 0 else None, flow.lots[s.lot].number if s.lot >= 0 else None, str(s.quantity),
         rng.choice(words.UNIT_SPELLINGS["pcs"]), chinese(s.day), rng.choice(CARRIERS)]
        for s in flow.shipments
    ]
    months = [month(s.day) for s in flow.shipments]
    table = table_of("wms", "shipments", SHIPMENT, rows, ("SHIPMENTKEY", "LINE"))
    pool = [n for n, m in enumerate(months) if m != "202407"]
    company.record.plant(table, "text_in_number", "QTY", company.plan.faults(5), lambda _: rng.choice(("见备注", "See note")), among=pool)
    company.record.plant(table, "fullwidth_number", "QTY", company.plan.faults(6), lambda v: v.translate(WIDE), among=pool)
    write_months(company, table, months, stem="wms/shipments", encoding=ENCODING, again="202407")


def _movements(company: Company) -> None:
    rng, items = company.rng, company.products.items
    received = [lot for lot in company.flow.lots if lot.supplier_lot]
    rows: list[list[str | None]] = []
    months: list[str] = []
    days = sorted(rng.randrange(5, 364) for _ in range(company.plan.movements))
    for n, day in enumerate(days, start=1):
        lot = rng.choice(received)
        kind = rng.choice(("IN", "OUT", "MOVE", "MOVE", "COUNT"))
        quantity = rng.randrange(1, 500) * (-1 if kind == "OUT" or (kind == "COUNT" and n % 2) else 1)
        item = items[lot.item]
        rows.append([f"MV24{n:07d}", kind, item.code, lot.number, str(quantity), rng.choice(words.UNIT_SPELLINGS[item.uom]),
                     f"A-{rng.randrange(1, 30):02d}", f"B-{rng.randrange(1, 30):02d}", f"{iso(day)} {rng.randrange(8, 18):02d}:15"])
        months.append(month(day))
    table = table_of("wms", "movements", MOVEMENT, rows, ("MOVEKEY",))
    company.record.plant(table, "lowercase_code", "SKU", company.plan.faults(8), str.lower)
    company.record.plant(table, "full_width_code", "SKU", company.plan.faults(8), lambda v: v.translate(WIDE))
    company.record.plant(table, "unknown_code", "MOVETYPE", company.plan.faults(5), lambda _: rng.choice(("XFER", "调整?")))
    write_months(company, table, months, stem="wms/movements", encoding=ENCODING, broken_lines=company.plan.faults(6))
