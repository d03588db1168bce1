"""A maker of infusion pumps, small enough to count by hand: what stories about customers and recalls are told with.

Resin lot R1 went into pumps F1 (40 units), R2 into F2 (200). Of F1 twenty went to the hospital, ten to a clinic, one came
back, ten are in the warehouse. Of F2 the hospital has all. One issue of R1 was never read: nobody knows what it became.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from tests.scenarios.company import write

TODAY = date.today()  # noqa: DTZ011 - the story happens now, like the acts in it
MAPPING = """
name: erp
zh: 企业资源计划
en: ERP
owner: sales_it
org: T
trust: 60
tables:
"""
FEEDS = {
    "customer": "code name kind",
    "item": "code name kind tracking",
    "device_model": "model_no item name certificate_no",
    "lot": "item lot_no kind made_on quantity",
    "serial_unit": "item serial_no lot_no",
    "package": "sscc item lot_no quantity",
    "shipment": "shipment_no line_no customer item package quantity shipped_at",
    "crm_complaint": "complaint_no customer item lot_no harm problem_code description received_at",
    "return_order": "return_no customer item serial_no quantity reason returned_at",
    "genealogy_edge": "parent_kind parent_item parent_no child_kind child_item child_no party activity_kind activity quantity at",
}
HOSPITAL, CLINIC = "H001", "C001"
PUMP, RESIN, MODEL = "FG-PUMP", "RM-RESIN", "PUMP-1"
Row = tuple[object, ...]


def found(home: Path) -> Path:
    """The workspace with its sources."""
    (home / "sources").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "输液泵厂"\ninbox = "inbox"\n', encoding="utf-8")
    tables = "".join(
        f'  {name}:\n    files: "{name}.csv"\n    format: csv\n    feeds: [{{entity: {name}, fields: {{{", ".join(f"{c}: {c}" for c in columns.split())}}}}}]\n'
        for name, columns in FEEDS.items()
    )
    (home / "sources" / "erp.yaml").write_text(MAPPING + tables, encoding="utf-8")
    for name, rows in _rows().items():
        write(home / "inbox" / f"{name}.csv", FEEDS[name].replace(" ", ","), list(rows))
    return home


def _rows() -> dict[str, Iterable[Row]]:
    units = [*_units("F1", 40, "A"), *_units("F2", 200, "B")]
    cartons = {sscc: lot for _, lot, sscc in units}
    sent = [(sscc, CLINIC if sscc == _sscc("A", 2) else HOSPITAL) for sscc in sorted(cartons) if sscc != _sscc("A", 3)]
    lines = [(f"SH{n:03}", sscc, to, TODAY - timedelta(days=300 - n)) for n, (sscc, to) in enumerate(sent)]
    return {
        "customer": [(HOSPITAL, "苏州大学附属第一医院", "hospital"), (CLINIC, "昆山康复诊所", "clinic")],
        "item": [(PUMP, "一次性输液泵", "finished", "lot_serial"), (RESIN, "聚碳酸酯树脂", "raw", "lot")],
        "device_model": [(MODEL, PUMP, "一次性输液泵", "国械注准20243140001")],
        "lot": [(PUMP, "F1", "production", "2025-01-05", 40), (PUMP, "F2", "production", "2025-01-06", 200),
                (RESIN, "R1", "received", "2024-12-01", 500), (RESIN, "R2", "received", "2024-12-01", 500)],
        "serial_unit": [(PUMP, serial, lot) for serial, lot, _ in units],
        "package": [(sscc, PUMP, "", 10) for sscc in cartons],
        "shipment": [(no, 1, to, PUMP, sscc, 10, day) for no, sscc, to, day in lines],
        "crm_complaint": [("TS-1", CLINIC, PUMP, "F1", "minor", "A12", "接头渗液", f"{TODAY - timedelta(days=1)} 08:30:00"),
                          ("TS-0", CLINIC, PUMP, "F1", "minor", "A12", "接头渗液", f"{TODAY - timedelta(days=200)} 08:30:00")],
        "return_order": [("RT001", HOSPITAL, PUMP, "A000", 1, "不滴液", TODAY - timedelta(days=20))],
        "genealogy_edge": [*_made(units), *(e for line in lines for e in _sent(*line[:3])), _edge(("unit", PUMP, "A000"), ("return", "", "RT001"), "return", "RT001", 1)],
    }


def _sscc(letter: str, carton: int) -> str:
    body = f"0690000{ord(letter):03}{carton:07}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return f"{body}{-total % 10}"


def _units(lot: str, count: int, letter: str) -> list[tuple[str, str, str]]:
    return [(f"{letter}{n:03}", lot, _sscc(letter, n // 10)) for n in range(count)]


Node = tuple[str, str, str]


def _edge(parent: Node, child: Node, kind: str, activity: str, quantity: int, party: str = "") -> Row:
    return *parent, *child, party, kind, activity, quantity, TODAY - timedelta(days=310)


def _made(units: list[tuple[str, str, str]]) -> list[Row]:
    edges = [_edge(("lot", RESIN, resin), ("lot", PUMP, lot), "consume", f"I-{resin}", 100) for resin, lot in (("R1", "F1"), ("R2", "F2"))]
    edges.append(_edge(("lot", RESIN, "R1"), ("lot", PUMP, ""), "consume", "I-LOST", 7))
    for serial, lot, sscc in units:
        edges.append(_edge(("lot", PUMP, lot), ("unit", PUMP, serial), "produce", f"W-{lot}", 1))
        edges.append(_edge(("unit", PUMP, serial), ("package", "", sscc), "pack", sscc, 1))
    return edges


def _sent(no: str, sscc: str, to: str) -> list[Row]:
    line = ("shipment", "", f"{no}-1")
    return [_edge(("package", "", sscc), line, "ship", no, 10), _edge(line, ("customer", "", to), "deliver", no, 10, party=to)]
