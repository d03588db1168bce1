from datetime import date, datetime
from typing import Annotated

from medthread.domains.service.codes import CAUSES, HARMS, JURISDICTIONS, PROBLEMS, YES_NO
from medthread.domains.service.complaint_process import COMPLAINT
from medthread.model import (
    About,
    Classification,
    Dimension,
    Entity,
    F,
    Home,
    Label,
    LegalBasis,
    Mask,
    Purpose,
    Ref,
    Retention,
    Rule,
)

CHANNELS = {
    "phone": Label("电话", "Telephone"),
    "mail": Label("邮件", "Mail"),
    "visit": Label("拜访", "Visit"),
    "portal": Label("网站", "Portal"),
    "service": Label("维修服务", "Service work"),
    "return": Label("退货", "Return"),
    "distributor": Label("经销商转达", "Through a distributor"),
    "authority": Label("监管部门", "Authority"),
    "crm": Label("CRM", "CRM"),
    "literature": Label("文献或网络", "Literature or the web"),
}
IDENTIFICATION = {
    "read": Label("已读取", "Read"),
    "not_on_device": Label("器械上没有", "Not on the device"),
    "not_available": Label("无法取得", "Cannot be had"),
}
REPORTABILITY = {
    "yes": Label("应评估上报", "May have to be reported"),
    "no": Label("不涉及上报", "Not reportable"),
    "unclear": Label("尚不明确(按应评估处理)", "Unclear: assessed as if it were"),
}
CONFIRMED = {"yes": Label("属实", "Confirmed"), "no": Label("不属实", "Not confirmed"), "open": Label("无法确认", "Could not be told")}
CAPA = {"opened": Label("已开 CAPA", "CAPA opened"), "linked": Label("并入已有 CAPA", "Joined to a CAPA"), "none": Label("不需要", "None needed")}
KNOWN_AFTER_RECEIPT = Rule(
    name="aware_after_receipt",
    about=Label("知悉时间不能晚于登记收到的时间", "nobody learns of it after it was received"),
    broken="aware_at > received_at",
    needs=("aware_at", "received_at"),
    dimension=Dimension.CONSISTENCY,
)
HEARD = Purpose("处理投诉并回复投诉人", "to handle the complaint and answer who made it", basis=LegalBasis.DUTY)
WRITTEN_TO = Purpose("回寄与答复", "to write back", basis=LegalBasis.CONSENT)
PERSONAL = Classification.PERSONAL


class Complaint(Entity):
    """A report that a device on the market falls short (ISO 13485:2016, 3.4 and 8.2.2; 21 CFR 820.35(a)).

    `aware_at` is when any employee first knew: all statutory clocks count from it.
    """

    about = About(
        "投诉",
        "Complaint",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        title="complaint_no",
        meaning=Label("对已上市器械在质量、性能、安全上不足的反映", "A report that a device on the market falls short in quality, performance or safety"),
        retain=Retention(years=15, anchor="close", basis="ISO 13485:2016 8.2.2; 21 CFR 820.35(a)"),
        synonyms=("客诉", "质量投诉"),
        process=COMPLAINT,
        rules=(KNOWN_AFTER_RECEIPT,),
    )
    complaint_no: Annotated[str, F("投诉号", "Complaint no.", key=True, search=True, series="CP")]
    received_at: Annotated[datetime, F("收到时间", "Received at", default="now")]
    aware_at: Annotated[
        datetime,
        F("知悉时间", "Aware since", default="now", about=Label("公司任一员工最早得知的时间,法定时限由此起算", "When any employee first knew; statutory clocks count from it")),
    ]
    channel: Annotated[str, F("渠道", "Channel", codes=CHANNELS, default="phone")]
    customer: Annotated[str | None, F("客户", "Customer", ref=Ref("customer"), search=True)]
    complainant: Annotated[str | None, F("投诉人", "Complainant", classification=PERSONAL, mask=Mask.PARTIAL, in_list=False, purpose=HEARD)]
    phone: Annotated[str | None, F("电话", "Phone", classification=PERSONAL, mask=Mask.PARTIAL, in_list=False, purpose=HEARD)]
    address: Annotated[str | None, F("地址", "Address", classification=PERSONAL, mask=Mask.FULL, in_list=False, purpose=WRITTEN_TO)]
    occurred_in: Annotated[str, F("发生地法域", "Occurred in", codes=JURISDICTIONS, default="CN")]
    event_on: Annotated[date | None, F("事件日期", "Happened on")]
    description: Annotated[str, F("描述", "Description", in_list=False, long=True)]
    device_model: Annotated[str | None, F("型号", "Device model", ref=Ref("device_model"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    udi: Annotated[str | None, F("UDI", "UDI as scanned", search=True, in_list=False)]
    udi_state: Annotated[str | None, F("UDI 可得性", "Whether the UDI could be read", codes=IDENTIFICATION, in_list=False)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True)]
    problem_code: Annotated[str | None, F("问题编码", "Problem code", codes=PROBLEMS, standard="IMDRF AET annex A")]
    harm: Annotated[str | None, F("伤害", "Harm", codes=HARMS)]
    specification_failed: Annotated[
        str | None, F("可能未满足标示规格", "May fail a labelled specification", codes=YES_NO, in_list=False, standard="21 CFR 820.35(a)")
    ]
    reportability: Annotated[str | None, F("是否可能上报", "Reportability", codes=REPORTABILITY)]
    sample_returned: Annotated[str | None, F("样品已退回", "Sample came back", codes=YES_NO, in_list=False)]
    investigation: Annotated[str | None, F("调查记录", "Investigation", in_list=False, long=True)]
    confirmed: Annotated[str | None, F("是否属实", "Confirmed", codes=CONFIRMED)]
    cause_code: Annotated[str | None, F("原因编码", "Cause code", codes=CAUSES)]
    correction: Annotated[str | None, F("纠正", "Correction", in_list=False, long=True)]
    risk_file_checked: Annotated[
        str | None, F("风险文件核对", "Risk file compared", in_list=False, about=Label("与风险文件核对的结论", "What comparing with the risk file showed"))
    ]
    similar_complaint: Annotated[str | None, F("已调查的同类投诉", "Similar complaint, investigated", ref=Ref("complaint"), in_list=False)]
    no_investigation_reason: Annotated[str | None, F("不调查理由", "Why it is not investigated", in_list=False, long=True)]
    reply: Annotated[str | None, F("回复内容", "Reply", in_list=False, long=True)]
    no_reply_reason: Annotated[str | None, F("不回复理由", "Why there is no reply", in_list=False)]
    capa_decision: Annotated[str | None, F("CAPA 决定", "CAPA decision", codes=CAPA, in_list=False)]
    capa: Annotated[str | None, F("CAPA 号", "CAPA", search=True, in_list=False)]
    crm_complaint: Annotated[str | None, F("CRM 投诉号", "CRM complaint", ref=Ref("crm_complaint"), in_list=False)]
    service_order: Annotated[str | None, F("服务单", "Service order", search=True, in_list=False)]
    rma: Annotated[str | None, F("退货授权", "Return authorisation", search=True, in_list=False)]
