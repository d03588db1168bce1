from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention


class ReturnOrder(Entity):
    """Devices coming back from a customer."""

    about = About(
        "退货",
        "Return",
        domain="service",
        group="sales",
        owner="service",
        title="return_no",
        meaning=Label("客户退回的器械", "Devices coming back from a customer"),
        retain=Retention(years=10),
        synonyms=("RMA",),
    )
    return_no: Annotated[str, F("退货单号", "Return no.", key=True, search=True)]
    customer: Annotated[str | None, F("客户", "Customer", ref=Ref("customer"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    quantity: Annotated[Decimal | None, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    reason: Annotated[str | None, F("原因", "Reason")]
    returned_at: Annotated[datetime | None, F("退回时间", "Returned at", kept_from="creation")]
