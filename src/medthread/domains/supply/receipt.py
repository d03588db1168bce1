from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention


class Receipt(Entity):
    """A supplier lot arriving under an internal lot number: the first link of every trace."""

    about = About(
        "到货",
        "Goods receipt",
        domain="supply",
        group="supply",
        owner="warehouse",
        title="receipt_no",
        meaning=Label("供方批次以内部批号入库", "A supplier lot arriving under an internal lot number"),
        retain=Retention(years=10, basis="GMP 2025 art. 45"),
        synonyms=("入库", "收货", "GRN"),
    )
    receipt_no: Annotated[str, F("到货单号", "Receipt no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    po_no: Annotated[str | None, F("采购订单", "Purchase order", search=True)]
    po_line: Annotated[
        int | None, F("订单行", "Order line", ref=Ref("purchase_order_line", along=(("po_no", "po_no"),)))
    ]
    supplier: Annotated[str | None, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    supplier_lot: Annotated[str | None, F("供方批号", "Supplier's lot", search=True)]
    lot_no: Annotated[str, F("内部批号", "Lot no.", search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    received_at: Annotated[datetime, F("到货时间", "Received at", kept_from="creation")]
