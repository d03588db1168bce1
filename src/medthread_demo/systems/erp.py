"""金蝶云星空 ERP: CSV in GB18030, the vendor's column names, item groups in Chinese."""

from medthread_demo import digits, words
from medthread_demo.company import Company, grouped, iso, month, plain, slashed
from medthread_demo.firms import write_down
from medthread_demo.formats import write_csv
from medthread_demo.planting import Table
from medthread_demo.systems.by_month import write_months
from medthread_demo.truth import TrueRecord

ENCODING = "gb18030"
GROUPS = {"RM": "原材料", "SA": "半成品", "CN": "耗材成品", "FG": "设备成品"}
SUPPLIER = ["FNUMBER", "FNAME", "FSHORTNAME", "FSOCIALCRECODE", "FADDRESS", "FCONTACT", "FTEL", "FCITY", "FBANKACCOUNT", "FDOCUMENTSTATUS", "FFORBIDSTATUS"]
CUSTOMER = ["客户编码", "客户名称", "统一社会信用代码", "客户类别", "省份", "城市", "通讯地址", "联系人", "联系电话", "禁用状态"]
MATERIAL = ["FNUMBER", "FNAME", "FSPECIFICATION", "FBASEUNITID", "FMATERIALGROUP", "FERPCLSID", "FISBATCHMANAGE", "FISSNMANAGE", "FEXPPERIOD", "FBARCODE", "FDOCUMENTSTATUS", "FFORBIDSTATUS"]
ORDER = ["FBILLNO", "FDATE", "FSUPPLIERID", "FENTRYSEQ", "FMATERIALID", "FQTY", "FUNITID", "FTAXPRICE", "FDELIVERYDATE", "FDOCUMENTSTATUS"]


def table_of(source: str, name: str, header: list[str], rows: list[list[str | None]], key: tuple[str, ...]) -> Table:
    """Rows turned into columns."""
    columns = [list(c) for c in zip(*rows, strict=True)] if rows else [[] for _ in header]
    return Table(source, name, dict(zip(header, columns, strict=True)), key)


def plant_codes(company: Company, table: Table, column: str) -> None:
    """Wrong check digits, and digits read as letters, in credit codes."""
    filled = [n for n, v in enumerate(table.columns[column]) if v and v == v.upper()]
    company.record.plant(table, "uscc_check_digit", column, company.plan.faults(6),
                         lambda v: digits.broken_uscc(company.rng, v), among=filled)
    confusable = [n for n in filled if set(table.columns[column][n] or "") & {"0", "1"}]
    company.record.plant(table, "uscc_confusable", column, company.plan.faults(4),
                         lambda v: digits.confused_uscc(company.rng, v), among=confusable)


def write_whole(company: Company, table: Table, file: str) -> None:
    """A table in one file."""
    rows = range(len(table))
    write_csv(company.inbox / file, list(table.columns), list(table.columns.values()), encoding=ENCODING, rows=rows)
    company.record.wrote(path=file, source=table.source, table=table.name, rows=len(table))
    company.record.place(table, {n: (file, n + 1) for n in rows})


def suppliers(company: Company) -> None:
    """Suppliers, some under several codes."""
    rng = company.rng
    rows: list[list[str | None]] = []
    for code, firm in company.supplier_codes:
        w = write_down(rng, company.suppliers[firm], code_known=0.82, careless=0.35)
        rows.append([code, w.name, w.short, w.uscc, w.address, w.contact, w.phone, w.city, str(755_000_000_000 + 8191 * (firm + 1)), rng.choice("CCCB"), "A"])
        company.record.masters.append(TrueRecord("supplier", "erp", "BD_SUPPLIER", code, company.suppliers[firm].entity))
    table = table_of("erp", "BD_SUPPLIER", SUPPLIER, rows, ("FNUMBER",))
    plant_codes(company, table, "FSOCIALCRECODE")
    trading = set(company.trading_suppliers)
    idle = [n for n, (code, _) in enumerate(company.supplier_codes) if code not in trading]
    company.record.plant(table, "unknown_code", "FFORBIDSTATUS", company.plan.faults(3), lambda _: "X", among=idle)
    write_whole(company, table, "erp/BD_SUPPLIER.csv")


def customers(company: Company) -> None:
    """Customers, with the captions of the list view."""
    rows: list[list[str | None]] = []
    for code, firm in zip(company.customer_codes, company.customers, strict=True):
        w = write_down(company.rng, firm, code_known=0.7, careless=0.3)
        rows.append([code, w.name, w.uscc, "医院" if firm.hospital else "经销商", firm.city.province, w.city, w.address,
                     w.contact, w.phone, "A"])
        company.record.masters.append(TrueRecord("customer", "erp", "BD_CUSTOMER", code, firm.entity))
    table = table_of("erp", "BD_CUSTOMER", CUSTOMER, rows, ("客户编码",))
    plant_codes(company, table, "统一社会信用代码")
    idle = range(len(company.customers) * 9 // 10, len(company.customers))
    company.record.plant(table, "unknown_code", "客户类别", company.plan.faults(2), lambda _: "政府采购", among=idle)
    write_whole(company, table, "erp/BD_CUSTOMER.csv")


def materials(company: Company) -> Table:
    """Materials; the PLM disagrees with some shelf lives later, so the table is written by the caller."""
    rows: list[list[str | None]] = []
    for item in company.products.items:
        rows.append([
            item.code, item.name, item.spec, company.rng.choice(words.UNIT_SPELLINGS[item.uom]), GROUPS[item.kind],
            "1" if item.kind == "RM" else "2", "1", "1" if item.kind == "FG" else "0", str(item.shelf_days), item.gtin,
            "C", "A",
        ])
        company.record.masters.append(TrueRecord("item", "erp", "BD_MATERIAL", item.code, item.code))
    return table_of("erp", "BD_MATERIAL", MATERIAL, rows, ("FNUMBER",))


def order_lines(company: Company) -> dict[int, tuple[str, int]]:
    """Purchase-order lines; gives the order of each received lot. Faults only where no receipt names the line."""
    rng, items = company.rng, company.products.items
    received = [(n, lot) for n, lot in enumerate(company.flow.lots) if lot.supplier_lot]
    wanted: list[tuple[int, int, str, float, int | None]] = [
        (max(lot.day - rng.randrange(8, 40), -20), lot.item, lot.supplier_code, lot.quantity, n) for n, lot in received
    ]
    parts = company.products.of("RM")
    for _ in range(company.plan.orders_without_receipt):
        quantity = float(rng.randrange(2, 4000))
        wanted.append((rng.randrange(0, 360), rng.choice(parts), rng.choice(company.trading_suppliers), quantity, None))
    wanted.sort(key=lambda w: (w[0], w[2], w[1], w[4] or 0))
    rows: list[list[str | None]] = []
    months: list[str] = []
    orders: dict[int, tuple[str, int]] = {}
    bill, line, free = 0, 0, []
    before: tuple[int, str] | None = None
    for day, item, supplier, quantity, lot in wanted:
        shown = max(day, 0)
        line = line + 1 if before == (shown, supplier) else 1
        bill += line == 1
        before = (shown, supplier)
        number = f"CGDD24{month(shown)[4:]}{iso(shown)[8:]}{bill:06d}"
        if lot is None:
            free.append(len(rows))
        else:
            orders[lot] = (number, line)
        price = rng.uniform(0.5, 400)
        rows.append([number, slashed(shown), supplier, str(line), items[item].code, grouped(quantity).removesuffix(".00"),
                     rng.choice(words.UNIT_SPELLINGS[items[item].uom]), grouped(price), iso(day + 30), rng.choice("CCCCB")])
        months.append(month(shown))
    table = table_of("erp", "PUR_POORDER", ORDER, rows, ("FBILLNO", "FENTRYSEQ"))
    _plant(company, table, free, months)
    write_months(company, table, months, stem="erp/PUR_POORDER", encoding=ENCODING, again="202405", broken_lines=company.plan.faults(9))
    return orders


def _plant(company: Company, table: Table, free: list[int], months: list[str]) -> None:
    # The month that comes twice stays sound, so that each fault lies in one place.
    pool = [n for n in free if months[n] != "202405"]
    record, plan = company.record, company.plan
    record.plant(table, "missing_required", "FMATERIALID", plan.faults(8), lambda _: "", among=pool)
    record.plant(table, "bad_date", "FDELIVERYDATE", plan.faults(8), lambda v: company.rng.choice((v[:5] + "13-45", "待定", "2024-02-30")), among=pool)
    record.plant(table, "text_in_number", "FQTY", plan.faults(8), lambda _: company.rng.choice(("约500", "见合同", "N/A", "12.5.3")), among=pool)
    record.plant(table, "negative_quantity", "FQTY", plan.faults(6), lambda v: f"-{v}", among=pool)
    record.plant(table, "unknown_code", "FUNITID", plan.faults(6), lambda _: company.rng.choice(("箱", "EA?", "托")), among=pool)
    record.plant(table, "dangling_reference", "FSUPPLIERID", plan.faults(5), lambda _: f"V9{company.rng.randrange(1000, 9999)}", among=pool)
    record.plant(table, "dangling_reference", "FMATERIALID", plan.faults(5), lambda _: f"RM-9{company.rng.randrange(10_000, 99_999)}", among=pool)
    _duplicate(company, table, pool, months)


def _duplicate(company: Company, table: Table, pool: list[int], months: list[str]) -> None:
    """The same key once more, later in the same month, with another quantity and price."""
    sound = [n for n in pool if n not in table.spoiled]
    for row in sorted(company.rng.sample(sound, company.plan.faults(6))):
        for name, column in table.columns.items():
            column.append(column[row] if name not in {"FQTY", "FTAXPRICE"} else plain(company.rng.randrange(1, 900)))
        months.append(months[row])
        table.spoiled.add(row)
        company.record.spoil(table, "duplicate_key", "FBILLNO", len(table) - 1, lambda v: v)
