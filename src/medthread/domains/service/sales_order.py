from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import JURISDICTIONS
from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

STATUS = {
    "draft": Label("草稿", "Draft"),
    "reviewed": Label("已评审", "Reviewed"),
    "confirmed": Label("已确认", "Confirmed"),
    "partly_shipped": Label("部分发货", "Partly shipped"),
    "shipped": Label("已发货", "Shipped"),
    "closed": Label("已关闭", "Closed"),
    "cancelled": Label("已取消", "Cancelled"),
}


class SalesOrderLine(Entity):
    """One line of a sales order, as the ERP told it: what, to whom, into which market, for when."""

    about = About(
        "销售订单行",
        "Sales order line",
        domain="service",
        group="sales",
        owner="sales",
        title="so_no",
        meaning=Label("销售订单的一行", "One line of a sales order"),
        retain=Retention(years=10, basis="ISO 13485:2016 7.2.2"),
        synonyms=("销售订单", "SO"),
    )
    so_no: Annotated[str, F("订单号", "Order no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    customer: Annotated[str, F("客户", "Customer", ref=Ref("customer"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    price: Annotated[Decimal | None, F("单价", "Price", rules=(NOT_NEGATIVE,))]
    currency: Annotated[str | None, F("币种", "Currency", standard="ISO 4217")]
    market: Annotated[str | None, F("销售法域", "Market", codes=JURISDICTIONS)]
    ordered_on: Annotated[date, F("下单日期", "Ordered on", kept_from="creation")]
    promised_on: Annotated[date | None, F("承诺交期", "Promised on")]
    reviewed_on: Annotated[date | None, F("合同评审日期", "Contract reviewed on", standard="ISO 13485:2016 7.2.2")]
    status: Annotated[str | None, F("状态", "Status", codes=STATUS)]
