from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.product.change_control import CHANGE_CONTROL
from medthread.domains.product.change_impact import ASPECTS, CHANGE_IMPACT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention

CLASSES = {"major": Label("重大", "Major"), "moderate": Label("中等", "Moderate"), "minor": Label("微小", "Minor")}
URGENCIES = {"normal": Label("一般", "Normal"), "urgent": Label("紧急", "Urgent"), "emergency": Label("应急", "Emergency")}
ROUTES = {
    "none": Label("不涉及", "None"),
    "internal_record": Label("内部记录", "Kept on file"),
    "filing_change": Label("变更备案", "Change filing"),
    "registration_change": Label("变更注册", "Change of registration"),
    "new_registration": Label("重新注册", "New registration"),
}
UDI_TRIGGERS = {
    "none": Label("不变", "No change"),
    "new_version": Label("新数据版本", "New version of the record"),
    "new_di": Label("新 DI", "New device identifier"),
}
EFFECTIVITIES = {"date": Label("按日期", "By date"), "lot": Label("按批号", "By lot"), "serial": Label("按序列号", "By serial number")}
ORIGINS = {
    "capa": Label("CAPA", "CAPA"),
    "complaint": Label("投诉", "Complaint"),
    "adverse_event": Label("不良事件", "Adverse event"),
    "supplier": Label("供方", "Supplier"),
    "regulatory": Label("法规", "Regulation"),
    "cost": Label("成本", "Cost"),
    "design": Label("设计", "Design"),
    "audit": Label("审核", "Audit"),
    "other": Label("其他", "Other"),
}
AFFECTED = {
    "item": Label("物料", "Item"),
    "bom": Label("物料清单", "Bill of materials"),
    "routing": Label("工艺路线", "Routing"),
    "document": Label("文件", "Document"),
    "design_element": Label("设计元素", "Design element"),
    "software": Label("软件", "Software"),
    "equipment": Label("设备或工装", "Equipment or tooling"),
}
DISPOSITIONS = {
    "use_up": Label("用完为止", "Use up"),
    "rework": Label("返工", "Rework"),
    "scrap": Label("报废", "Scrap"),
    "hold": Label("冻结", "Hold"),
    "none": Label("无库存", "No stock"),
}
IMPACTS = {"none": Label("无影响", "No impact"), "minor": Label("轻微影响", "Minor impact"), "major": Label("重大影响", "Major impact")}
KEPT = Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 7.3.9, 7.3.10")


class ChangeOrder(Entity):
    """A change from its request to its effect: one record, whose first states are the request (ISO 13485:2016, 7.3.9).

    Request and order are one record because duties bind persons on a record: who asked may not approve. What asked for
    it are its `change_request` lines, several where requests are merged.
    """

    about = About(
        "变更单",
        "Change order",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="title",
        meaning=Label("从申请、评估、批准到生效的一项设计或工程变更", "A design or engineering change, from its request to its effect"),
        retain=KEPT,
        process=CHANGE_CONTROL,
        synonyms=("ECO", "ECN", "工程变更"),
    )
    eco_no: Annotated[str, F("变更号", "Change no.", key=True, search=True, series="ECO")]
    title: Annotated[str, F("标题", "Title", search=True)]
    urgency: Annotated[str, F("紧急度", "Urgency", codes=URGENCIES, default="normal")]
    change_class: Annotated[str | None, F("变更等级", "Class", codes=CLASSES)]
    regulatory_route: Annotated[str | None, F("注册影响判定", "Regulatory route", codes=ROUTES)]
    udi_trigger: Annotated[str | None, F("UDI-DI 影响", "UDI-DI trigger", codes=UDI_TRIGGERS, in_list=False)]
    jurisdictions: Annotated[str | None, F("涉及法域", "Jurisdictions", in_list=False, example="CN, EU")]
    protocol: Annotated[str | None, F("验证方案", "Verification protocol", in_list=False, about=Label("文件号,须已批准", "A document number; must be approved"))]
    verification_report: Annotated[str | None, F("验证确认报告", "Verification report", in_list=False)]
    no_verification_reason: Annotated[str | None, F("免验证理由", "Why no verification is needed", long=True, in_list=False)]
    submission_no: Annotated[str | None, F("注册申报号", "Submission no.", in_list=False)]
    approval_no: Annotated[str | None, F("批件或备案号", "Approval or filing no.", in_list=False)]
    effectivity: Annotated[str | None, F("生效方式", "Effectivity", codes=EFFECTIVITIES, in_list=False)]
    effective_from: Annotated[date | None, F("生效日期", "Effective from")]
    effective_lot: Annotated[str | None, F("起始批号或序列号", "From lot or serial no.", in_list=False)]
    supplier_told_on: Annotated[date | None, F("通知供方日期", "Suppliers told on", in_list=False)]
    check_after: Annotated[str | None, F("实施后确认", "Check after implementation", long=True, in_list=False, about=Label("首批产品上的结果", "What the first lots showed"))]


class ChangeRequest(Entity):
    """Why a change is wanted, and by whom; a change may answer several requests."""

    about = About(
        "变更申请",
        "Change request",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="ecr_no",
        meaning=Label("提出变更的一项理由和建议", "A reason for a change, and what is proposed"),
        retain=KEPT,
        part_of="change_order",
        synonyms=("ECR",),
    )
    change_order: Annotated[str, F("变更单", "Change order", key=True, ref=Ref("change_order"), search=True)]
    ecr_no: Annotated[str, F("申请号", "Request no.", key=True, search=True, series="ECR")]
    origin: Annotated[str, F("来源", "Origin", codes=ORIGINS)]
    origin_ref: Annotated[str | None, F("来源单号", "Origin's record", search=True)]
    reason: Annotated[str, F("原因", "Reason", long=True)]
    proposal: Annotated[str, F("建议", "Proposal", long=True, in_list=False)]
    requester: Annotated[str, F("申请人", "Requester", default="me")]
    requested_on: Annotated[date, F("申请日期", "Requested on", default="today")]


class ChangeAffected(Entity):
    """An object that the change touches, with its revision before and after, and what becomes of old stock."""

    about = About(
        "变更受影响对象",
        "Affected object of a change",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="object_no",
        meaning=Label("变更所涉及的物料、清单、工艺或文件,及其旧新版本", "An item, structure, routing or document that a change touches"),
        retain=KEPT,
        part_of="change_order",
    )
    change_order: Annotated[str, F("变更单", "Change order", key=True, ref=Ref("change_order"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("对象类别", "Kind", codes=AFFECTED)]
    object_no: Annotated[str, F("对象编号", "Object no.", search=True, about=Label("文件填文件号,物料填物料", "A document's number, an item"))]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    old_rev: Annotated[str | None, F("旧版本", "Old revision")]
    new_rev: Annotated[str | None, F("新版本", "New revision")]
    disposition: Annotated[str | None, F("旧库存处置", "Old stock", codes=DISPOSITIONS)]
    stock_quantity: Annotated[Decimal | None, F("旧库存数量", "Old stock quantity", in_list=False, rules=(NOT_NEGATIVE,))]
    disposed_on: Annotated[date | None, F("处置完成", "Disposed on", about=Label("库存处置过账日期", "When the stock decision was booked"))]


class ChangeImpact(Entity):
    """One question to one function: what the change does to its side. The function answers and signs its line."""

    about = About(
        "变更影响评估",
        "Impact line of a change",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="aspect",
        meaning=Label("由对应职能答复并签名的一行影响评估", "One aspect of a change, answered and signed by its function"),
        retain=KEPT,
        part_of="change_order",
        process=CHANGE_IMPACT,
    )
    change_order: Annotated[str, F("变更单", "Change order", key=True, ref=Ref("change_order"), search=True)]
    aspect: Annotated[str, F("评估方面", "Aspect", key=True, codes=ASPECTS)]
    function: Annotated[str, F("负责职能", "Function", about=Label("答复并签名的角色", "The role that answers and signs"))]
    impact: Annotated[str | None, F("影响", "Impact", codes=IMPACTS)]
    assessment: Annotated[str | None, F("评估说明", "Assessment", long=True)]
    action: Annotated[str | None, F("所需措施", "What must be done", long=True, in_list=False)]
