from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention


class Shipment(Entity):
    """One line of a delivery: a package or lot, to whom, how many, when."""

    about = About(
        "发货",
        "Shipment",
        domain="supply",
        group="stock",
        owner="warehouse",
        title="shipment_no",
        meaning=Label("发货单的一行", "One line of a delivery"),
        retain=Retention(years=10, anchor="last_ship", implants_forever=True, basis="ISO 13485:2016 7.5.9.2"),
        synonyms=("出库", "delivery"),
    )
    shipment_no: Annotated[str, F("发货单号", "Shipment no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    customer: Annotated[str, F("客户", "Customer", ref=Ref("customer"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    package: Annotated[str | None, F("箱码", "Package (SSCC)", search=True, standard="GS1 AI 00")]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    gross_weight: Annotated[Decimal | None, F("毛重", "Gross weight", unit="kg", in_list=False, rules=(NOT_NEGATIVE,))]
    freight: Annotated[Decimal | None, F("运费", "Freight", in_list=False, rules=(NOT_NEGATIVE,))]
    shipped_at: Annotated[datetime, F("发货时间", "Shipped at", kept_from="last_ship")]
