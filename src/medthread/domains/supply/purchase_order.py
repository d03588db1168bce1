from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention


class PurchaseOrderLine(Entity):
    """One line of a purchase order: which item, from whom, how many, for when."""

    about = About(
        "采购订单行",
        "Purchase order line",
        domain="supply",
        group="supply",
        owner="purchasing",
        title="po_no",
        meaning=Label("采购订单的一行", "One line of a purchase order"),
        retain=Retention(years=10, basis="ISO 13485:2016 7.4.2"),
        synonyms=("采购订单", "PO"),
    )
    po_no: Annotated[str, F("订单号", "Order no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    price: Annotated[Decimal | None, F("单价", "Price", unit="CNY", rules=(NOT_NEGATIVE,))]
    ordered_on: Annotated[date, F("下单日期", "Ordered on")]
    due_on: Annotated[date | None, F("交期", "Due on")]
