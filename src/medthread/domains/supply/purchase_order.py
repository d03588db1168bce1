from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

STATUS = {
    "draft": Label("草稿", "Draft"),
    "approved": Label("已批准", "Approved"),
    "sent": Label("已下发", "Sent"),
    "partly_received": Label("部分到货", "Partly received"),
    "received": Label("已到货", "Received"),
    "closed": Label("已关闭", "Closed"),
    "cancelled": Label("已取消", "Cancelled"),
}


class PurchaseOrder(Entity):
    """The head of a purchase order: from whom, by whom, under which terms (ISO 13485:2016, 7.4.2)."""

    about = About(
        "采购订单",
        "Purchase order",
        domain="supply",
        group="supply",
        owner="purchasing",
        title="po_no",
        meaning=Label("向供应商采购的订单", "An order to a supplier"),
        retain=Retention(years=10, basis="ISO 13485:2016 7.4.2"),
        synonyms=("PO",),
    )
    po_no: Annotated[str, F("订单号", "Order no.", key=True, search=True)]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    ordered_on: Annotated[date | None, F("下单日期", "Ordered on", kept_from="creation")]
    currency: Annotated[str | None, F("币种", "Currency", standard="ISO 4217")]
    total: Annotated[Decimal | None, F("金额", "Total", rules=(NOT_NEGATIVE,))]
    buyer: Annotated[str | None, F("采购员", "Buyer")]
    change_notice_clause: Annotated[bool | None, F("含变更通知条款", "Has a change-notice clause", in_list=False)]
    terms: Annotated[str | None, F("条款", "Terms", in_list=False)]
    status: Annotated[str | None, F("状态", "Status", codes=STATUS)]


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
        synonyms=("采购明细",),
    )
    po_no: Annotated[str, F("订单号", "Order no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    price: Annotated[Decimal | None, F("单价", "Price", unit="CNY", rules=(NOT_NEGATIVE,))]
    ordered_on: Annotated[date, F("下单日期", "Ordered on", kept_from="creation")]
    due_on: Annotated[date | None, F("交期", "Due on")]
