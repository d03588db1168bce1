from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import About, Entity, F, Label, Ref, Retention

KINDS = {
    "receipt": Label("入库", "Receipt"),
    "issue": Label("领料", "Issue"),
    "produce": Label("产出", "Produce"),
    "transfer": Label("调拨", "Transfer"),
    "ship": Label("发货", "Ship"),
    "return": Label("退货", "Return"),
    "adjust": Label("调整", "Adjust"),
    "scrap": Label("报废", "Scrap"),
    "status_change": Label("状态变更", "Status change"),
}


class StockMovement(Entity):
    """Stock moving from one place or state to another: append-only."""

    about = About(
        "库存移动",
        "Stock movement",
        domain="supply",
        group="stock",
        owner="warehouse",
        title="movement_no",
        meaning=Label("库存从一处到另一处", "Stock moving from one place or state to another"),
        retain=Retention(years=10),
        synonyms=("出入库流水",),
    )
    movement_no: Annotated[str, F("移动单号", "Movement no.", key=True, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str | None, F("类型", "Kind", codes=KINDS)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    from_location: Annotated[str | None, F("从", "From")]
    to_location: Annotated[str | None, F("到", "To")]
    quantity: Annotated[Decimal, F("数量", "Quantity")]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    posted_at: Annotated[datetime, F("过账时间", "Posted at", kept_from="creation")]
