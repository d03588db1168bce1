from datetime import datetime
from typing import Annotated

from medthread.domains.quality.hold_process import HOLD
from medthread.masters.lot import THE_LOT
from medthread.model import About, Entity, F, Home, Label, Ref, Retention

REASONS = {
    "inspection": Label("检验不合格", "Inspection failed"),
    "nonconformance": Label("不合格品", "Nonconformance"),
    "deviation": Label("偏差", "Deviation"),
    "calibration": Label("量具失准", "Gauge out of tolerance"),
    "complaint": Label("投诉或不良事件", "Complaint or adverse event"),
    "recall": Label("召回", "Recall"),
    "storage": Label("贮存条件超限", "Storage condition"),
    "supplier": Label("供方或证照", "Supplier or certificate"),
    "other": Label("其他", "Other"),
}


class Hold(Entity):
    """A lot that must not be used, and why. One lot may carry several; it is free when none stands any more."""

    about = About(
        "冻结",
        "Hold",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        glance=("reason", "cause_no", "origin_lot"),
        meaning=Label("因某一原因不得使用的批次;全部解除后才可用", "A lot that must not be used for one cause; free when every hold is lifted"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3.1"),
        synonyms=("隔离", "扣留", "quarantine", "block"),
        process=HOLD,
    )
    hold_no: Annotated[str, F("冻结号", "Hold no.", key=True, series="HOLD", search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    reason: Annotated[str, F("原因", "Reason", codes=REASONS)]
    cause_entity: Annotated[str | None, F("起因类别", "Kind of cause", example="nonconformance", in_list=False)]
    cause_no: Annotated[str | None, F("起因单号", "Record of the cause", search=True, names="cause_entity", example="NC-2026-00001")]
    origin_item: Annotated[str | None, F("源头物料", "Item it began with", in_list=False)]
    origin_lot: Annotated[str | None, F("源头批次", "Lot it began with", mentions=Ref("lot", along=(("item", "origin_item"),)), search=True)]
    statement: Annotated[str | None, F("说明", "Statement", long=True, in_list=False)]
    placed_at: Annotated[datetime, F("冻结时间", "Placed at", default="now")]
    placed_by: Annotated[str, F("冻结人", "Placed by", default="me")]
    lifted_reason: Annotated[str | None, F("解除理由", "Why lifted", long=True, in_list=False)]
