from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.capa_process import CAPA
from medthread.domains.quality.codes import CAUSES, DEFECTS
from medthread.domains.quality.effectiveness import METRICS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention, between

KINDS = {"corrective": Label("纠正措施", "Corrective"), "preventive": Label("预防措施", "Preventive")}
RISKS = {"high": Label("高", "High"), "medium": Label("中", "Medium"), "low": Label("低", "Low")}
METHODS = {
    "five_why": Label("五问法", "Five whys"),
    "fishbone": Label("鱼骨图", "Fishbone"),
    "fta": Label("故障树", "Fault tree"),
    "eight_d": Label("8D", "8D"),
    "other": Label("其他", "Other"),
}
ACTION_KINDS = {
    "containment": Label("遏制", "Containment"),
    "corrective": Label("纠正措施", "Corrective"),
    "preventive": Label("预防措施", "Preventive"),
}
SOURCES = {
    "nonconformance": Label("不合格品", "Nonconformance"),
    "deviation": Label("偏差", "Deviation"),
    "complaint": Label("投诉", "Complaint"),
    "adverse_event": Label("不良事件", "Adverse event"),
    "audit_finding": Label("审核发现", "Audit finding"),
    "calibration_record": Label("校准", "Calibration"),
    "recall": Label("召回", "Recall"),
    "trend": Label("趋势", "Trend"),
    "management_review": Label("管理评审", "Management review"),
}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 8.5.2")


class Capa(Entity):
    """The removal of a cause: of something that happened, or of something that might (ISO 13485:2016, 8.5.2, 8.5.3)."""

    about = About(
        "CAPA",
        "CAPA",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="capa_no",
        meaning=Label("消除已发生或可能发生问题的原因,并用数据证明有效", "The removal of a cause, proven effective by data"),
        retain=KEPT,
        synonyms=("纠正预防措施", "改进"),
        process=CAPA,
    )
    capa_no: Annotated[str, F("CAPA 号", "CAPA no.", key=True, series="CAPA", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    problem: Annotated[str, F("问题陈述", "Problem", long=True, search=True)]
    risk_class: Annotated[str | None, F("风险", "Risk", codes=RISKS)]
    responsible: Annotated[str | None, F("责任人", "Responsible", ref=Ref("person"))]
    due_on: Annotated[date | None, F("期限", "Due on")]
    duplicate_search: Annotated[str | None, F("重复检索结论", "Search for duplicates", long=True, in_list=False)]
    root_cause_method: Annotated[str | None, F("分析方法", "Method", codes=METHODS, in_list=False)]
    cause_code: Annotated[str | None, F("根因代码", "Cause code", codes=CAUSES)]
    root_cause: Annotated[str | None, F("根因与证据", "Root cause, with evidence", long=True, in_list=False)]
    metric: Annotated[str | None, F("有效性指标", "Effectiveness metric", codes=METRICS)]
    metric_item: Annotated[str | None, F("指标物料", "Item measured", ref=Ref("item"), in_list=False)]
    metric_code: Annotated[str | None, F("指标代码", "Code measured", in_list=False, about=Label("缺陷代码或问题编码", "a defect code or a problem code"), example=next(iter(DEFECTS)))]
    metric_supplier: Annotated[str | None, F("指标供方", "Supplier measured", ref=Ref("supplier"), in_list=False)]
    target: Annotated[Decimal | None, F("目标(不大于)", "Target, at most", rules=(NOT_NEGATIVE,))]
    window_days: Annotated[int | None, F("观察窗口", "Window", unit="d", default="90", rules=(between(7, 730, Label("7 到 730 天", "7 to 730 days")),))]
    least_sample: Annotated[int | None, F("最小样本", "Least sample", rules=(NOT_NEGATIVE,), in_list=False, about=Label("窗口内至少要有的批数或台数", "how many lots or units the window must hold to prove anything"))]
    no_adverse_check: Annotated[str | None, F("不利影响与注册影响判断", "No adverse effect, registration untouched", long=True, in_list=False, standard="ISO 13485:2016 8.5.2 e)")]
    change_request: Annotated[str | None, F("关联变更申请", "Change request", in_list=False)]
    verification: Annotated[str | None, F("验证结论", "Verification", long=True, in_list=False)]
    window_from: Annotated[datetime | None, F("窗口起", "Window from", in_list=False)]
    window_to: Annotated[datetime | None, F("窗口止", "Window to")]
    reopened_from: Annotated[str | None, F("前一 CAPA", "Earlier CAPA", ref=Ref("capa"), in_list=False)]


class CapaSource(Entity):
    """A record that a CAPA came from."""

    about = About(
        "CAPA 来源",
        "Source of a CAPA",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="source_no",
        meaning=Label("引起 CAPA 的记录", "A record that a CAPA came from"),
        retain=KEPT,
        part_of="capa",
    )
    capa: Annotated[str, F("CAPA", "CAPA", key=True, ref=Ref("capa"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    source_entity: Annotated[str, F("来源类别", "Kind of source", codes=SOURCES)]
    source_no: Annotated[str, F("来源单号", "Record", search=True, names="source_entity")]


class CapaAction(Entity):
    """One thing to be done, by whom, until when, with what to show for it."""

    about = About(
        "CAPA 措施",
        "CAPA action",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="what",
        meaning=Label("一项措施:谁、何时、凭何证据", "One thing to be done: by whom, until when, with what evidence"),
        retain=KEPT,
        part_of="capa",
    )
    capa: Annotated[str, F("CAPA", "CAPA", key=True, ref=Ref("capa"), search=True)]
    action_no: Annotated[int, F("序号", "No.", key=True)]
    kind: Annotated[str, F("类型", "Kind", codes=ACTION_KINDS)]
    what: Annotated[str, F("内容", "What", long=True)]
    responsible: Annotated[str, F("责任人", "Responsible", ref=Ref("person"))]
    due_on: Annotated[date, F("期限", "Due on")]
    extended: Annotated[int, F("延期次数", "Extensions", default="0", rules=(between(0, 2, Label("最多延期两次", "extended twice at most")),))]
    extension_reason: Annotated[str | None, F("延期理由", "Why extended", in_list=False)]
    done_on: Annotated[date | None, F("完成日", "Done on")]
    evidence: Annotated[str | None, F("证据", "Evidence", long=True, in_list=False)]
    verified_by: Annotated[str | None, F("验证人", "Verified by", ref=Ref("person"))]


class CapaMeasurement(Entity):
    """What the metric came to when it was measured: computed, kept beside the CAPA for whoever signs."""

    about = About(
        "CAPA 有效性测量",
        "Measurement of a CAPA",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="measured_at",
        meaning=Label("由数据算出的有效性数值", "The figure of effectiveness, computed from data"),
        retain=KEPT,
        part_of="capa",
    )
    capa: Annotated[str, F("CAPA", "CAPA", key=True, ref=Ref("capa"), search=True)]
    measured_at: Annotated[datetime, F("测量时间", "Measured at", key=True)]
    metric: Annotated[str, F("指标", "Metric", codes=METRICS)]
    events: Annotated[Decimal, F("事件数", "Events")]
    exposure: Annotated[Decimal, F("基数", "Out of")]
    value: Annotated[Decimal | None, F("数值", "Value")]
    target: Annotated[Decimal | None, F("目标", "Target")]
