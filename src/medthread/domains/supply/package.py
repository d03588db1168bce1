from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Label, Ref, Retention, Rule

SSCC = Rule(
    name="check_digit",
    about=Label("SSCC 应为 18 位且校验位正确", "an SSCC has 18 digits and a right check digit"),
    broken="not is_sscc({column})",
    dimension=Dimension.VALIDITY,
)


class Package(Entity):
    """A carton or pallet under its own serial shipping container code."""

    about = About(
        "包装单元",
        "Package",
        domain="supply",
        group="stock",
        owner="warehouse",
        title="sscc",
        meaning=Label("带 SSCC 的箱或托盘", "A carton or pallet under its own code"),
        retain=Retention(years=10, anchor="last_ship"),
        synonyms=("箱", "carton"),
    )
    sscc: Annotated[str, F("箱码", "SSCC", key=True, search=True, standard="GS1 AI 00", rules=(SSCC,))]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    packed_on: Annotated[date | None, F("包装日期", "Packed on")]
