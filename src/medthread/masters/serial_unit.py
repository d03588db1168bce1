from datetime import datetime
from typing import Annotated

from medthread.model import About, Entity, F, Label, Ref, Retention


class SerialUnit(Entity):
    """One device with its own serial number."""

    about = About(
        "序列号单体",
        "Serial unit",
        domain="manufacturing",
        group="production",
        owner="production",
        title="serial_no",
        meaning=Label("带唯一序列号的单台器械", "One device with its own serial number"),
        retain=Retention(years=10, anchor="last_ship"),
        synonyms=("序列号", "SN"),
    )
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    serial_no: Annotated[str, F("序列号", "Serial number", key=True, search=True, standard="GS1 AI 21")]
    lot_no: Annotated[str | None, F("所属批", "Lot", search=True)]
    work_order: Annotated[str | None, F("工单", "Work order", ref=Ref("work_order"))]
    made_at: Annotated[datetime | None, F("下线时间", "Made at")]
