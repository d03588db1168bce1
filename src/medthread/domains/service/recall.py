from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import YES_NO
from medthread.domains.service.recall_process import RECALL
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention, between

PURPOSES = {"actual": Label("实际召回", "Actual recall"), "mock": Label("模拟召回(演练)", "Mock recall (drill)")}
CLASSES = {"1": Label("一级", "Class 1"), "2": Label("二级", "Class 2"), "3": Label("三级", "Class 3")}
ACTIONS = {
    "remove": Label("收回", "Removal"),
    "repair": Label("修理", "Repair"),
    "relabel": Label("重新标签", "Relabelling"),
    "ifu": Label("修改说明书", "Change of the instructions"),
    "software": Label("软件升级", "Software update"),
    "inspect": Label("检查", "Inspection"),
    "destroy": Label("销毁", "Destruction"),
}
ORIGINS = {"named": Label("指定", "Named"), "traced": Label("追溯得出", "Met by tracing")}
LINE_STATUS = {
    "to_notify": Label("待通知", "To be notified"),
    "notified": Label("已通知", "Notified"),
    "acknowledged": Label("已确认", "Acknowledged"),
    "actioned": Label("已处置", "Actioned"),
    "unreachable": Label("联系不上", "Unreachable"),
    "reconciled": Label("已核对", "Reconciled"),
}
METHODS = {
    "letter": Label("信函", "Letter"),
    "mail": Label("邮件", "Mail"),
    "phone": Label("电话", "Telephone"),
    "visit": Label("上门", "Visit"),
    "none": Label("未通知(演练)", "Not notified (drill)"),
}
END_DECISIONS = {
    "inside": Label("按受影响处理", "Treated as affected"),
    "outside": Label("有证据在范围之外", "Outside the scope, with evidence"),
}
PERCENT = between(0, 100, Label("0 到 100", "0 to 100"), name="percent")
KEPT = Retention(years=15, anchor="close", basis="CFDA Order 29 (2017); 21 CFR 806.20")


class Recall(Entity):
    """Taking back or putting right devices that are with customers, or exercising it (CFDA Order 29; MDR Art. 2(62), 87)."""

    about = About(
        "召回",
        "Recall",
        domain="service",
        group="sales",
        owner="quality",
        home=Home.NATIVE,
        title="recall_no",
        meaning=Label("对已上市器械的收回、纠正或通知,或其演练", "Taking back or putting right devices with customers, or exercising it"),
        retain=KEPT,
        synonyms=("现场安全纠正", "FSCA", "field action", "模拟召回"),
        process=RECALL,
    )
    recall_no: Annotated[str, F("召回号", "Recall no.", key=True, search=True, series="RC")]
    purpose: Annotated[str, F("性质", "Purpose", codes=PURPOSES, default="actual")]
    title: Annotated[str, F("名称", "Title", search=True)]
    cause: Annotated[str, F("原因", "Cause", in_list=False, long=True)]
    adverse_event: Annotated[str | None, F("触发的不良事件", "Adverse event behind it", ref=Ref("adverse_event"), in_list=False)]
    nonconformance: Annotated[str | None, F("触发的不合格", "Nonconformance behind it", search=True, in_list=False)]
    evaluation_team: Annotated[str | None, F("健康危害评估组", "Health hazard evaluation team", in_list=False)]
    hazard_evaluation: Annotated[str | None, F("健康危害评估", "Health hazard evaluation", in_list=False, long=True)]
    evaluation_document: Annotated[str | None, F("评估文件号", "Evaluation document", search=True, in_list=False)]
    recall_class: Annotated[str | None, F("召回级别", "Class", codes=CLASSES)]
    action: Annotated[str | None, F("方式", "Manner", codes=ACTIONS)]
    in_cn: Annotated[str | None, F("涉及中国市场", "Reaches China", codes=YES_NO, in_list=False)]
    in_eu: Annotated[str | None, F("涉及欧盟市场", "Reaches the EU", codes=YES_NO, in_list=False)]
    in_us: Annotated[str | None, F("涉及美国市场", "Reaches the US", codes=YES_NO, in_list=False)]
    release: Annotated[
        str | None,
        F("追溯所依据的发布", "Release it was traced over", in_list=False, about=Label("按同一发布重问,答案相同", "Asked again over the same release, the answer is the same")),
    ]
    stopped_at: Annotated[datetime | None, F("停发时间", "Shipping stopped at")]
    lots_stopped: Annotated[int | None, F("停发批数", "Lots stopped", in_list=False)]
    scoped_at: Annotated[datetime | None, F("范围得出时间", "Scope known at")]
    units_shipped: Annotated[Decimal | None, F("已发数量", "Units shipped", rules=(NOT_NEGATIVE,))]
    consignees: Annotated[int | None, F("收货单位数", "Consignees")]
    plan: Annotated[str | None, F("召回计划", "Recall plan", search=True, in_list=False)]
    authority_no: Annotated[str | None, F("监管报告号", "The authority's number", search=True, in_list=False)]
    effectiveness_target: Annotated[Decimal | None, F("有效性目标", "Effectiveness target", unit="%", rules=(PERCENT,), in_list=False)]
    effectiveness: Annotated[Decimal | None, F("有效性", "Effectiveness", unit="%", rules=(PERCENT,))]
    drill_conclusion: Annotated[str | None, F("演练结论", "What the drill showed", in_list=False, long=True)]
    summary_report: Annotated[str | None, F("总结报告", "Summary report", search=True, in_list=False)]
    capa: Annotated[str | None, F("CAPA 号", "CAPA", search=True, in_list=False)]
    disposal_witness: Annotated[str | None, F("退回品处置见证人", "Witness of the disposal", in_list=False)]


class RecallScopeLot(Entity):
    """A lot that the recall reaches: one that was named, or one met by following the genealogy down from it."""

    about = About(
        "召回范围批次",
        "Lot in a recall's scope",
        domain="service",
        group="sales",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("召回涉及的一个批次:指定的,或由其向下追溯得出的", "A lot the recall reaches: named, or met by tracing down from one"),
        retain=KEPT,
        part_of="recall",
    )
    recall: Annotated[str, F("召回", "Recall", key=True, ref=Ref("recall"))]
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, search=True)]
    origin: Annotated[str, F("来由", "Origin", codes=ORIGINS, default="named")]
    quantity: Annotated[Decimal | None, F("批量", "Quantity made", rules=(NOT_NEGATIVE,))]


class RecallLine(Entity):
    """What one consignee received of one lot, and where it is now: shipped = returned + used + destroyed + outstanding."""

    about = About(
        "召回对象",
        "Recall line",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        title="consignee_name",
        meaning=Label("一个收货单位的一个批次:已发 = 已退 + 已用 + 已毁 + 尚存", "One consignee and lot: shipped = returned + used + destroyed + outstanding"),
        retain=KEPT,
        part_of="recall",
    )
    recall: Annotated[str, F("召回", "Recall", key=True, ref=Ref("recall"))]
    consignee: Annotated[str, F("收货单位", "Consignee", key=True, ref=Ref("customer"), search=True)]
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, search=True)]
    consignee_name: Annotated[str | None, F("单位名称", "Name", search=True)]
    status: Annotated[str, F("状态", "Status", codes=LINE_STATUS, default="to_notify")]
    quantity_shipped: Annotated[Decimal, F("已发", "Shipped", rules=(NOT_NEGATIVE,))]
    quantity_returned: Annotated[Decimal | None, F("已退", "Returned", rules=(NOT_NEGATIVE,))]
    quantity_used: Annotated[Decimal | None, F("已用", "Used", rules=(NOT_NEGATIVE,))]
    quantity_destroyed: Annotated[Decimal | None, F("已毁", "Destroyed", rules=(NOT_NEGATIVE,))]
    quantity_outstanding: Annotated[
        Decimal | None, F("尚存", "Outstanding", rules=(NOT_NEGATIVE,), about=Label("点清仍在该处的数量,不由差额推出", "Counted to be still there, never worked out as the difference"))
    ]
    notified_at: Annotated[datetime | None, F("通知时间", "Notified at", in_list=False)]
    method: Annotated[str | None, F("通知方式", "Method", codes=METHODS, in_list=False)]
    attempts: Annotated[int | None, F("通知次数", "Attempts", in_list=False)]
    acknowledged_at: Annotated[datetime | None, F("确认时间", "Acknowledged at", in_list=False)]
    onward: Annotated[str | None, F("下游流向", "Passed on to", in_list=False, long=True)]


class RecallUnresolvedEnd(Entity):
    """Where the genealogy below the scope breaks off: goods may be there that nobody can see."""

    about = About(
        "召回断点",
        "Unresolved end",
        domain="service",
        group="sales",
        owner="quality",
        home=Home.NATIVE,
        title="activity",
        meaning=Label("追溯到此中断的一端,须逐个作出决定", "An end at which tracing breaks off; each is decided on"),
        retain=KEPT,
        part_of="recall",
    )
    recall: Annotated[str, F("召回", "Recall", key=True, ref=Ref("recall"))]
    end_no: Annotated[str, F("断点", "End", key=True, search=True)]
    after: Annotated[str, F("断在何物之后", "What it comes after")]
    activity: Annotated[str | None, F("活动单号", "Activity no.", search=True)]
    quantity: Annotated[Decimal | None, F("数量", "Quantity")]
    decision: Annotated[str | None, F("决定", "Decision", codes=END_DECISIONS)]
    evidence: Annotated[str | None, F("依据", "Evidence", in_list=False, long=True)]
