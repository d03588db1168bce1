from datetime import date, datetime
from typing import Annotated

from medthread.domains.service.adverse_event_process import ADVERSE_EVENT
from medthread.domains.service.codes import CAUSES, JURISDICTIONS
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

SEVERITIES = {
    "death": Label("死亡", "Death"),
    "serious": Label("严重伤害", "Serious injury"),
    "potential": Label("可能导致严重伤害或死亡", "Might cause serious injury or death"),
    "group": Label("群体事件", "Cluster"),
    "threat": Label("严重公共卫生威胁", "Serious public-health threat"),
    "other": Label("其他", "Other"),
}
CAUSALITY = {
    "related": Label("有关", "Related"),
    "possible": Label("可能有关", "Possibly related"),
    "unlikely": Label("可能无关", "Unlikely"),
    "unknown": Label("无法评价", "Cannot be told"),
}
PLACES = {"domestic": Label("该法域内", "Inside the jurisdiction"), "abroad": Label("境外", "Abroad")}
MEASURES = {
    "none": Label("不需要", "None needed"),
    "ifu": Label("修改说明书", "Change of the instructions"),
    "capa": Label("CAPA", "CAPA"),
    "recall": Label("召回", "Recall"),
    "design": Label("设计变更", "Design change"),
}
REPORTS = {
    "initial": Label("首次报告", "Initial report"),
    "follow_up": Label("跟踪报告", "Follow-up report"),
    "case": Label("逐例报告", "Report of a case"),
    "self_check": Label("自查报告", "Report of the self-check"),
    "evaluation": Label("评价报告", "Evaluation report"),
    "final": Label("总结报告", "Final report"),
}
REPORTED = Purpose("不良事件评价与上报", "to assess and report the adverse event", basis=LegalBasis.DUTY)
SENSITIVE = Classification.PERSONAL_SENSITIVE
KNOWN_BY_NOW = Rule(
    name="known_by_now",
    about=Label("知悉时间不晚于现在", "it is known by now"),
    broken="aware_at > cast(now() as timestamp) + interval 5 minute",  # clocks differ a little
    needs=("aware_at",),
    dimension=Dimension.VALIDITY,
)


class AdverseEvent(Entity):
    """One event before one authority: the same event is a row for each jurisdiction, with that one's clocks."""

    about = About(
        "不良事件",
        "Adverse event",
        domain="service",
        group="sales",
        owner="post_market",
        home=Home.NATIVE,
        region="jurisdiction",
        title="ae_no",
        meaning=Label("一起事件在一个法域的上报评估与报告", "One event assessed and reported in one jurisdiction"),
        retain=Retention(years=15, anchor="close", basis="SAMR Order 1 (2018); Regulation (EU) 2017/745 Art. 10(8)"),
        synonyms=("警戒报告", "vigilance", "MDR report"),
        process=ADVERSE_EVENT,
        rules=(KNOWN_BY_NOW,),
    )
    ae_no: Annotated[str, F("报告号", "Report no.", key=True, search=True, series="AE")]
    complaint: Annotated[str, F("来源投诉", "Complaint", ref=Ref("complaint"), search=True)]
    jurisdiction: Annotated[str, F("法域", "Jurisdiction", codes=JURISDICTIONS)]
    place: Annotated[str, F("发生地", "Place", codes=PLACES, default="domestic")]
    severity: Annotated[str, F("严重度", "Severity", codes=SEVERITIES)]
    aware_at: Annotated[datetime, F("知悉时间", "Aware since", about=Label("任一员工最早得知的时间", "When any employee first knew"))]
    occurred_on: Annotated[date | None, F("发生日期", "Happened on")]
    device_model: Annotated[str | None, F("型号", "Device model", ref=Ref("device_model"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"))]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True)]
    patient: Annotated[
        str | None,
        F("患者情况", "Patient", classification=SENSITIVE, mask=Mask.FULL, in_list=False, about=Label("以代号记录,不写姓名", "By a code, never by name"), purpose=REPORTED),
    ]
    outcome: Annotated[str | None, F("患者结局", "Outcome for the patient", classification=SENSITIVE, mask=Mask.FULL, in_list=False, purpose=REPORTED)]
    causality: Annotated[str | None, F("关联性", "Causality", codes=CAUSALITY)]
    decision_reason: Annotated[str | None, F("上报或不上报的理由", "Why it is reported, or not", in_list=False, long=True)]
    submitted_at: Annotated[datetime | None, F("首次报告时间", "First reported at")]
    regulator_no: Annotated[str | None, F("监管回执号", "The authority's number", search=True)]
    cause_code: Annotated[str | None, F("原因编码", "Cause code", codes=CAUSES)]
    risk_benefit: Annotated[str | None, F("风险与受益评价", "Risk against benefit", in_list=False, long=True)]
    control_measure: Annotated[str | None, F("控制措施", "Control measure", codes=MEASURES)]
    control_reference: Annotated[str | None, F("控制措施单号", "Record of the measure", search=True, in_list=False)]


class AeFollowUp(Entity):
    """A further report to the same authority about the same event."""

    about = About(
        "不良事件跟踪报告",
        "Follow-up report",
        domain="service",
        group="sales",
        owner="post_market",
        home=Home.NATIVE,
        title="adverse_event",
        meaning=Label("首次报告之后向同一监管部门提交的报告", "What was reported to the same authority after the first report"),
        retain=Retention(years=15, anchor="close", basis="SAMR Order 1 (2018)"),
        part_of="adverse_event",
    )
    adverse_event: Annotated[str, F("不良事件", "Adverse event", key=True, ref=Ref("adverse_event"))]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("报告类型", "Kind", codes=REPORTS, default="follow_up")]
    reported_at: Annotated[datetime, F("报告时间", "Reported at", default="now")]
    regulator_no: Annotated[str | None, F("监管回执号", "The authority's number", search=True)]
    facts: Annotated[str, F("新情况", "New facts", in_list=False, long=True)]
