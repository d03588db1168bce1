"""Suppliers that are one firm, that are not, and that only a person can tell."""

from pathlib import Path

from tests.scenarios import company

HEADER = "code,name,uscc,city,phone"
NINGBO, OTHER = "91330200756299374X", "91440300708461136T"  # valid by both digits
FIRMS = [
    ("A1", "宁波华阳塑胶有限公司", NINGBO, "宁波", ""),
    ("A2", "宁波市华阳塑胶有限公司", NINGBO, "宁波", ""),  # one by its identifier
    ("A3", "华阳", "", "", ""),  # perhaps it, perhaps not
    ("B1", "苏州金泰精密五金有限公司", "", "苏州", ""),
    ("B2", "苏州金泰精密五金有限公司", "", "苏州", ""),  # one by its name
    ("C1", "深圳远见光电科技有限公司", OTHER, "深圳", ""),
    ("D1", "深圳远见光电科技有限公司", NINGBO[:-1] + "U", "深圳", ""),  # one by its name: its identifier is wrong and does not count
]
MAPPED = company.MAPPING.replace("{code: code, name: name, uscc: uscc}", "{code: code, name: name, uscc: uscc, city: city}")


def found(home: Path, *, firms: list[tuple[object, ...]] | None = None) -> Path:
    """A company whose suppliers these are; receipts name some of them."""
    company.found(home)
    (home / "sources" / "erp.yaml").write_text(MAPPED, encoding="utf-8")
    company.write(home / "inbox" / "supplier.csv", HEADER, firms if firms is not None else list(FIRMS))
    for old in home.glob("inbox/receipt*.csv"):
        old.unlink()
    rows: list[tuple[object, ...]] = [(f"R{n}", 1, "A1", f"M{n % 30}", f"S{n}", f"L{n}", n + 1, "2026/1/5") for n in range(7)]
    company.write(home / "inbox" / "receipt1.csv", "no,line,supplier,item,slot,lot,qty,at", rows)
    return home
