from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import YES_NO
from medthread.domains.service.return_process import RETURN
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention

REASONS = {
    "defect": Label("质量问题", "Defect"),
    "damaged": Label("运输损坏", "Damaged in transport"),
    "wrong_goods": Label("错发", "Wrong goods"),
    "surplus": Label("多订", "Surplus"),
    "expired": Label("过期", "Expired"),
    "recall": Label("召回", "Recall"),
    "loan": Label("借用归还", "End of a loan"),
    "other": Label("其他", "Other"),
}
DISPOSITIONS = {
    "restock": Label("回库", "Back to stock"),
    "rework": Label("返工", "Rework"),
    "scrap": Label("报废", "Scrap"),
    "return": Label("退回客户", "Back to the customer"),
    "repair": Label("维修", "Repair"),
}


class ReturnAuthorisation(Entity):
    """A return that is asked for, allowed, received, looked at and disposed of. What the ERP says of it is `return_order`."""

    about = About(
        "退货授权",
        "Return authorisation",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        title="rma_no",
        meaning=Label("客户退货的申请、授权、接收、检验与处置", "A customer's return: asked for, allowed, received, inspected, disposed of"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3.3, 7.5.11"),
        synonyms=("RMA",),
        process=RETURN,
    )
    rma_no: Annotated[str, F("退货授权号", "RMA no.", key=True, search=True, series="RMA")]
    customer: Annotated[str, F("客户", "Customer", ref=Ref("customer"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    reason: Annotated[str, F("原因", "Reason", codes=REASONS)]
    description: Annotated[str | None, F("说明", "Description", in_list=False, long=True)]
    received_at: Annotated[datetime | None, F("收到时间", "Received at")]
    decontaminated: Annotated[str | None, F("有消毒证明", "Decontamination certified", codes=YES_NO, in_list=False)]
    alleges_deficiency: Annotated[
        str | None, F("反映质量或性能不足", "Says that the device falls short", codes=YES_NO, about=Label("为是则构成投诉", "Yes makes it a complaint"))
    ]
    inspection: Annotated[str | None, F("检验单号", "Inspection", search=True, in_list=False)]
    findings: Annotated[str | None, F("检验结果", "Findings", in_list=False, long=True)]
    disposition: Annotated[str | None, F("处置", "Disposition", codes=DISPOSITIONS)]
    credit: Annotated[Decimal | None, F("退款", "Credit", rules=(NOT_NEGATIVE,), in_list=False)]
    complaint: Annotated[str | None, F("投诉", "Complaint", ref=Ref("complaint"), search=True)]
    recall: Annotated[str | None, F("召回", "Recall", ref=Ref("recall"), in_list=False)]
    return_order: Annotated[str | None, F("ERP 退货单", "Return in the ERP", ref=Ref("return_order"), in_list=False)]
