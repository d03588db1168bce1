from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.model import About, Entity, F, Label, Ref, Retention

ENDS = {
    "supplier_lot": Label("供方批", "Supplier lot"),
    "lot": Label("批", "Lot"),
    "unit": Label("单体", "Unit"),
    "package": Label("包装", "Package"),
    "shipment": Label("发货", "Shipment"),
    "customer": Label("客户", "Customer"),
    "return": Label("退货", "Return"),
}
ACTIVITIES = {
    "receive": Label("收货", "Receive"),
    "consume": Label("投料", "Consume"),
    "produce": Label("产出", "Produce"),
    "pack": Label("包装", "Pack"),
    "ship": Label("发货", "Ship"),
    "deliver": Label("交付", "Deliver"),
    "return": Label("退货", "Return"),
}


class GenealogyEdge(Entity):
    """What went into what: append-only; a reversal is another edge. Kept even when other fields of its row are bad."""

    about = About(
        "谱系边",
        "Genealogy edge",
        domain="manufacturing",
        group="production",
        owner="production",
        title="activity",
        meaning=Label("投入与产出之间的一条联系", "One link between what went in and what came out"),
        retain=Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 7.5.9"),
        repeats=True,
        synonyms=("追溯", "trace"),
    )
    parent_kind: Annotated[str, F("投入类别", "Parent kind", key=True, codes=ENDS)]
    parent_item: Annotated[str | None, F("投入物料", "Parent item", ref=Ref("item"))]
    parent_no: Annotated[str, F("投入号", "Parent no.", key=True, search=True)]
    child_kind: Annotated[str, F("产出类别", "Child kind", key=True, codes=ENDS)]
    child_item: Annotated[str | None, F("产出物料", "Child item", ref=Ref("item"))]
    child_no: Annotated[str, F("产出号", "Child no.", key=True, search=True)]
    party: Annotated[str | None, F("相关方", "Party", ref=Ref("customer"))]
    activity_kind: Annotated[str, F("活动", "Activity", codes=ACTIVITIES)]
    activity: Annotated[str, F("活动单号", "Activity no.", key=True, search=True)]
    quantity: Annotated[Decimal | None, F("数量", "Quantity")]
    at: Annotated[datetime | None, F("时间", "At")]
