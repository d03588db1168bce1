from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention

KINDS = {"rework": Label("返工", "Rework"), "replacement": Label("补产", "Replacement")}


class ProductionRequest(Entity):
    """What production is asked to make because of a decision on quality: planned in the ERP, under a lot of its own."""

    about = About(
        "生产请求",
        "Production request",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        written_by="prod|prod_mgr",
        title="request_no",
        meaning=Label("因质量决定而请求的返工或补产", "Rework or replacement that a decision on quality asks for"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3.4"),
        synonyms=("返工单",),
    )
    request_no: Annotated[str, F("请求号", "Request no.", key=True, series="PR", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("原批号", "Original lot", ref=THE_LOT, search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    instruction: Annotated[str | None, F("返工指令", "Instruction", standard="ISO 13485:2016 8.3.4")]
    cause_no: Annotated[str | None, F("依据单号", "Because of", search=True)]
    due_on: Annotated[date | None, F("期限", "Due on")]
    work_order: Annotated[str | None, F("工单", "Work order", ref=Ref("work_order"))]
