"""PLM: one workbook with merged titles above the headers, codes in several spellings, its own supplier list."""

from medthread_demo import digits
from medthread_demo.company import Company
from medthread_demo.firms import write_down
from medthread_demo.formats import Cell, write_workbook
from medthread_demo.planting import Table
from medthread_demo.systems.erp import plant_codes, table_of
from medthread_demo.truth import TrueRecord

FILE = "plm/PLM产品数据导出.xlsx"
ITEM = ["物料编码", "物料名称", "规格型号", "计量单位", "物料类别", "保质期(天)", "版本", "生命周期状态", "关键件"]
BOM = ["父项编码", "父项名称", "行号", "子项编码", "子项名称", "用量", "单位", "关键件", "生效日期"]
MODEL = ["型号", "产品名称", "物料编码", "UDI-DI", "注册证号", "注册证有效期至", "管理类别", "状态"]
AVL = ["供方代码", "供方名称", "统一社会信用代码", "地址", "电话", "供货类别", "评定结果", "有效期至"]
NUMBERS = {"保质期(天)", "行号", "用量"}
TITLES = {
    "物料主数据": ["产品数据管理系统 物料主数据", "导出人:研发中心", "内部资料 注意保密"],
    "BOM": ["产品数据管理系统 物料清单", "导出范围:全部生效版本"],
    "型号与UDI": ["产品数据管理系统 型号与唯一标识", "注册部维护", "导出时间 2024-12-31", "内部资料"],
    "合格供方名录": ["合格供方名录(采购部)", "编号 QR-7.4-02"],
}


def write(company: Company, materials: Table) -> None:
    """All four sheets; shelf lives that disagree with the ERP's are planted in one of the two."""
    sheets = {"物料主数据": _items(company, materials), "BOM": _bom(company), "型号与UDI": _models(company),
              "合格供方名录": _approved(company)}
    written = {}
    for name, table in sheets.items():
        written[name] = (TITLES[name], list(table.columns), _rows(table))
        company.record.wrote(path=f"{FILE}#{name}", source="plm", table=table.name, rows=len(table))
        company.record.place(table, {n: (f"{FILE}#{name}", n + 1) for n in range(len(table))})
    write_workbook(company.inbox / FILE, written)


def _rows(table: Table) -> list[list[Cell]]:
    def cell(name: str, value: str | None) -> Cell:
        return float(value) if value and name in NUMBERS and "." in value else int(value) if value and name in NUMBERS else value

    names = list(table.columns)
    return [[cell(n, v) for n, v in zip(names, row, strict=True)] for row in zip(*table.columns.values(), strict=True)]


def _items(company: Company, materials: Table) -> Table:
    rng = company.rng
    rows: list[list[str | None]] = []
    for item in company.products.items:
        head, number = item.code.split("-")
        code = f"{head}-{int(number)}" if rng.random() < 0.2 else item.code
        rows.append([code, item.name, item.spec, item.uom, item.kind, str(item.shelf_days), f"A.{rng.randrange(1, 4)}",
                     "发布", "是" if item.critical else "否"])
    table = table_of("plm", "item", ITEM, rows, ("物料编码",))
    shelved = [n for n, i in enumerate(company.products.items) if i.shelf_days]
    for row in sorted(rng.sample(shelved, min(company.plan.faults(6), len(shelved)))):
        _disagree(company, materials, table, row)
    whole = [n for n, i in enumerate(company.products.items) if rows[n][0] == i.code]
    company.record.plant(table, "lowercase_code", "物料编码", company.plan.faults(8), str.lower, among=whole)
    for n, item in enumerate(company.products.items):
        company.record.masters.append(TrueRecord("item", "plm", "item", table.columns["物料编码"][n] or "", item.code))
    return table


def _disagree(company: Company, materials: Table, table: Table, row: int) -> None:
    """One of the two systems has a wrong shelf life; both rows show the conflict."""
    group = company.record.group()
    wrong = (materials, "FEXPPERIOD") if company.rng.random() < 0.5 else (table, "保质期(天)")
    for sheet, column in ((materials, "FEXPPERIOD"), (table, "保质期(天)")):
        spoil = (lambda v: str(int(v) + 90)) if (sheet, column) == wrong else (lambda v: v)
        company.record.spoil(sheet, "conflicting_value", column, row, spoil, group=group)


def _bom(company: Company) -> Table:
    items = company.products.items
    rows: list[list[str | None]] = []
    for parent, lines in company.products.lines.items():
        for number, line in enumerate(lines, start=1):
            child = items[line.child]
            rows.append([items[parent].code, items[parent].name, str(number * 10), child.code, child.name, f"{line.quantity:g}",
                         child.uom, "是" if line.critical else "否", "2023-06-01"])
    return table_of("plm", "bom", BOM, rows, ("父项编码", "子项编码"))


def _models(company: Company) -> Table:
    rows: list[list[str | None]] = [
        [m.number, m.name, m.item, m.gtin, m.certificate, m.until, m.risk, m.state] for m in company.products.models
    ]
    table = table_of("plm", "model", MODEL, rows, ("型号",))
    old = [n for n, m in enumerate(company.products.models) if not m.item]
    company.record.plant(table, "gtin_check_digit", "UDI-DI", company.plan.faults(5), digits.wrong_digit, among=old)
    return table


def _approved(company: Company) -> Table:
    rng = company.rng
    rows: list[list[str | None]] = []
    chosen = [n for n in range(len(company.suppliers)) if rng.random() < 0.5]
    for number, n in enumerate(chosen, start=1):
        firm = company.suppliers[n]
        w = write_down(rng, firm, code_known=0.8, careless=0.45)
        code = f"AVL-{number:04d}"
        rows.append([code, w.name, w.uscc, w.address, w.phone, firm.trade.supplies if firm.trade else "", rng.choice(("合格", "合格", "限用")), "2025.12.31"])
        company.record.masters.append(TrueRecord("supplier", "plm", "avl", code, firm.entity))
    table = table_of("plm", "avl", AVL, rows, ("供方代码",))
    plant_codes(company, table, "统一社会信用代码")
    return table
