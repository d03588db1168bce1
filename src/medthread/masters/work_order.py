from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

STATUS = {
    "planned": Label("计划", "Planned"),
    "released": Label("下达", "Released"),
    "in_progress": Label("生产中", "In progress"),
    "finished": Label("完工", "Finished"),
    "closed": Label("关闭", "Closed"),
    "cancelled": Label("取消", "Cancelled"),
}


class WorkOrder(Entity):
    """An order to make a quantity of an item: where materials become devices."""

    about = About(
        "生产工单",
        "Work order",
        domain="manufacturing",
        group="production",
        owner="production",
        title="wo_no",
        meaning=Label("生产一定数量物料的指令", "An order to make a quantity of an item"),
        retain=Retention(years=10, anchor="close", basis="GMP 2025 art. 81"),
        synonyms=("制造单", "MO"),
    )
    wo_no: Annotated[str, F("工单号", "Work order no.", key=True, search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("产出批", "Output lot", search=True)]
    quantity: Annotated[Decimal | None, F("计划数量", "Planned quantity", rules=(NOT_NEGATIVE,))]
    starts_on: Annotated[date | None, F("计划开工", "Starts on")]
    ends_on: Annotated[date | None, F("计划完工", "Ends on", kept_from="close")]
    status: Annotated[str | None, F("状态", "Status", codes=STATUS)]
