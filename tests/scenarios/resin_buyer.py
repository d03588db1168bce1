"""A maker of pumps that buys resin: one supplier, one structure, open orders. What stories about supply and change are told with."""

from datetime import date, timedelta
from pathlib import Path

from tests.scenarios.company import write

TODAY = date.today()  # noqa: DTZ011 - the story happens now, like the acts in it
VENDOR, OTHER, RESIN, PUMP, MODEL = "V001", "V002", "RM-RESIN", "FG-PUMP", "PUMP-1"
CERTIFICATE = "国械注准20243140001"
ON_ITEM, ON_MODEL = "06954321000017", "06954321000024"  # the two do not agree, which somebody must find
FEEDS = {
    "supplier": ("code name uscc status", [(VENDOR, "江苏聚和树脂有限公司", "", "active"), (OTHER, "山东德源塑料有限公司", "", "blocked")]),
    "item": ("code name kind tracking gtin", [(RESIN, "聚碳酸酯树脂", "raw", "lot", ""), (PUMP, "一次性输液泵", "finished", "lot", ON_ITEM)]),
    "device_model": ("model_no item name certificate_no udi_di", [(MODEL, PUMP, "一次性输液泵", CERTIFICATE, ON_MODEL)]),
    "bom_line": ("item bom_rev line_no component quantity", [(PUMP, "A", 1, RESIN, "0.12")]),
    "purchase_order_line": ("po_no line_no supplier item quantity ordered_on", [("PO-77", 1, VENDOR, RESIN, 500, TODAY - timedelta(days=9))]),
    "receipt": ("receipt_no line_no supplier item lot_no quantity received_at", [("G1", 1, VENDOR, RESIN, "R1", 100, TODAY), ("G2", 1, VENDOR, RESIN, "R2", 300, TODAY)]),
    "lot": ("item lot_no kind expires_on", [(RESIN, "R1", "received", TODAY + timedelta(days=20)), (RESIN, "R2", "received", TODAY + timedelta(days=700))]),
    "stock_balance": ("item lot_no location on_hand", [(RESIN, "R1", "WH1", 40), (RESIN, "R2", "WH1", 900)]),
    "stock_movement": ("movement_no line_no kind item lot_no from_location to_location quantity posted_at", [
        ("M1", 1, "receipt", RESIN, "R1", "", "WH1", 50, TODAY - timedelta(days=8)), ("M2", 1, "issue", RESIN, "R1", "WH1", "", 5, TODAY - timedelta(days=2)),
        ("M3", 1, "receipt", RESIN, "R2", "", "WH1", 900, TODAY - timedelta(days=1))]),
}  # fmt: skip


def found(home: Path) -> Path:
    """The workspace with its sources."""
    (home / "sources").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "输液泵厂"\ninbox = "inbox"\n', encoding="utf-8")
    lines = ["name: erp", "zh: 企业资源计划", "en: ERP", "owner: purchasing", "org: T", "trust: 60", "tables:"]
    for name, (columns, rows) in FEEDS.items():
        fields = ", ".join(f"{c}: {c}" for c in columns.split())
        lines += [f"  {name}:", f'    files: "{name}.csv"', "    format: csv", f"    feeds: [{{entity: {name}, fields: {{{fields}}}}}]"]
        write(home / "inbox" / f"{name}.csv", columns.replace(" ", ","), [tuple(r) for r in rows])
    (home / "sources" / "erp.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return home
