from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import PROBLEMS, YES_NO
from medthread.domains.service.service_order_process import SERVICE_ORDER
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention

KINDS = {
    "install": Label("安装", "Installation"),
    "repair": Label("维修", "Repair"),
    "preventive": Label("预防性维护", "Preventive maintenance"),
    "upgrade": Label("升级", "Upgrade"),
    "field_action": Label("现场纠正", "Field action"),
    "training": Label("培训", "Training"),
}
WARRANTY = {"in": Label("保修内", "In warranty"), "out": Label("保修外", "Out of warranty"), "goodwill": Label("善意免费", "Goodwill")}
KEPT = Retention(years=15, anchor="close", basis="21 CFR 820.35(b); ISO 13485:2016 7.5.4")


class ServiceOrder(Entity):
    """Work on a device at a customer's: which device, its identification, when, who, what was done, what was measured."""

    about = About(
        "服务单",
        "Service order",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        title="service_no",
        meaning=Label("对已交付器械的安装、维修、维护或升级", "Installation, repair, maintenance or upgrade of a delivered device"),
        retain=KEPT,
        synonyms=("维修单", "repair order"),
        process=SERVICE_ORDER,
    )
    service_no: Annotated[str, F("服务单号", "Service no.", key=True, search=True, series="SV")]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS, default="repair")]
    reported_at: Annotated[datetime, F("报修时间", "Reported at", default="now")]
    customer: Annotated[str, F("客户", "Customer", ref=Ref("customer"), search=True)]
    device_model: Annotated[str | None, F("器械型号", "Device", ref=Ref("device_model"), search=True, standard="21 CFR 820.35(b)(1)")]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True, standard="21 CFR 820.35(b)(2)")]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    udi: Annotated[str | None, F("UDI", "UDI as scanned", search=True, in_list=False, standard="21 CFR 820.35(b)(2)")]
    problem_code: Annotated[str | None, F("现象编码", "Problem code", codes=PROBLEMS, standard="IMDRF AET annex A")]
    symptom: Annotated[str, F("现象", "Symptom", in_list=False, long=True)]
    engineer: Annotated[str | None, F("工程师", "Engineer", search=True, standard="21 CFR 820.35(b)(4)")]
    serviced_on: Annotated[date | None, F("服务日期", "Serviced on", standard="21 CFR 820.35(b)(3)")]
    work_done: Annotated[str | None, F("服务内容", "Service performed", in_list=False, long=True, standard="21 CFR 820.35(b)(5)")]
    test_data: Annotated[str | None, F("检测数据", "Test and inspection data", in_list=False, long=True, standard="21 CFR 820.35(b)(6)")]
    software_version: Annotated[str | None, F("服务后软件版本", "Software afterwards", in_list=False)]
    warranty: Annotated[str | None, F("保修判定", "Warranty", codes=WARRANTY)]
    accepted_by: Annotated[str | None, F("客户验收部门", "Accepted by", in_list=False, about=Label("写部门或职务", "The department or function, no person's name"))]
    is_complaint: Annotated[str | None, F("是否构成投诉", "Is it a complaint", codes=YES_NO)]
    complaint: Annotated[str | None, F("投诉", "Complaint", ref=Ref("complaint"), search=True)]
    recall: Annotated[str | None, F("所属召回", "Recall it belongs to", ref=Ref("recall"), in_list=False)]


class ServicePart(Entity):
    """A part that was changed: what came out, what went in."""

    about = About(
        "换件",
        "Replaced part",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        title="item",
        meaning=Label("服务中更换的部件:换下的与换上的批号、序列号", "A part changed in service: lot or serial number of the old and of the new"),
        retain=KEPT,
        part_of="service_order",
    )
    service_order: Annotated[str, F("服务单", "Service order", key=True, ref=Ref("service_order"))]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    removed_lot_no: Annotated[str | None, F("换下批号", "Lot taken out", mentions=THE_LOT, search=True)]
    removed_serial_no: Annotated[str | None, F("换下序列号", "Serial no. taken out", search=True)]
    fitted_lot_no: Annotated[str | None, F("换上批号", "Lot fitted", mentions=THE_LOT, search=True)]
    fitted_serial_no: Annotated[str | None, F("换上序列号", "Serial no. fitted", search=True)]
