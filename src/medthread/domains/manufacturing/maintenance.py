from datetime import date, datetime
from typing import Annotated

from medthread.domains.manufacturing.maintenance_process import MAINTENANCE
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule, between

TRIGGERS = {
    "calendar": Label("日历", "Calendar"),
    "runtime": Label("运行时间", "Running time"),
    "cycles": Label("次数", "Cycles"),
    "condition": Label("状态", "Condition"),
}
KINDS = {
    "preventive": Label("预防", "Preventive"),
    "corrective": Label("故障维修", "Corrective"),
    "predictive": Label("预测", "Predictive"),
    "inspection": Label("点检", "Inspection"),
}
SYMPTOMS = {
    "stopped": Label("停机", "Stopped"),
    "noise": Label("异响", "Noise"),
    "vibration": Label("振动", "Vibration"),
    "leak": Label("泄漏", "Leak"),
    "temperature": Label("温度异常", "Temperature"),
    "pressure": Label("压力异常", "Pressure"),
    "electrical": Label("电气", "Electrical"),
    "control": Label("控制或软件", "Control or software"),
    "accuracy": Label("精度不足", "Accuracy"),
    "wear": Label("磨损", "Wear"),
    "due": Label("到期", "Due"),
    "predicted": Label("预测到的失效", "Failure predicted"),
}
LOT_DECISIONS = {
    "none_affected": Label("无受影响批次", "No lot affected"),
    "decided": Label("受影响批次已决定", "Lots affected are decided"),
    "nonconformance": Label("已开不合格品", "A nonconformance is open"),
}
KEPT = Retention(years=10, anchor="close", basis="GMP 2025 设备")


class MaintenancePlan(Entity):
    """What is to be done on a machine, how often, and whether it stands still when that is late."""

    about = About(
        "维护保养计划",
        "Maintenance plan",
        domain="manufacturing",
        group="equipment",
        owner="engineering",
        home=Home.NATIVE,
        written_by="maint|eng|eng_mgr",
        title="plan_no",
        meaning=Label("设备做什么保养、多久一次、超期是否停用", "What is done on a machine, how often, and whether it stands still when late"),
        retain=KEPT,
        synonyms=("保养", "PM"),
    )
    equipment: Annotated[str, F("设备", "Equipment", ref=Ref("equipment"), search=True)]
    plan_no: Annotated[str, F("计划号", "Plan no.", key=True, series="MP", search=True)]
    trigger: Annotated[str, F("触发", "Trigger", codes=TRIGGERS)]
    interval_days: Annotated[int | None, F("周期", "Interval", unit="d", rules=(between(1, 3650, Label("1 到 3650 天", "1 to 3,650 days")),))]
    tasks: Annotated[str, F("项目", "Tasks", long=True, in_list=False)]
    estimated_minutes: Annotated[int | None, F("工时", "Estimated time", unit="min", rules=(NOT_NEGATIVE,))]
    blocks_use_when_late: Annotated[bool, F("超期停用", "Blocks use when late")]
    next_due: Annotated[date, F("下次", "Next due")]
    active: Annotated[bool, F("启用", "Active", default="true")]


class MaintenanceOrder(Entity):
    """One piece of work on a machine, from the report to the hand-over that its users accept."""

    about = About(
        "维护工单",
        "Maintenance order",
        domain="manufacturing",
        group="equipment",
        owner="engineering",
        home=Home.NATIVE,
        title="mo_no",
        meaning=Label("从报修到使用部门验收的一次维护", "One piece of work on a machine, until its users accept it"),
        retain=KEPT,
        rules=(
            Rule(
                name="down_in_order", about=Label("停机止不能早于停机起", "a stop ends after it began"), broken="down_to < down_from",
                needs=("down_from", "down_to"), dimension=Dimension.CONSISTENCY,
            ),
        ),
        synonyms=("报修", "维修", "保养"),
        process=MAINTENANCE,
    )
    mo_no: Annotated[str, F("维护单号", "Order no.", key=True, series="MO", search=True)]
    equipment: Annotated[str, F("设备", "Equipment", ref=Ref("equipment"), search=True)]
    plan: Annotated[str | None, F("保养计划", "Plan", ref=Ref("maintenance_plan"))]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    symptom: Annotated[str, F("现象代码", "Symptom", codes=SYMPTOMS)]
    description: Annotated[str, F("描述", "Description", long=True, in_list=False)]
    item: Annotated[str | None, F("在制物料", "Item being made", ref=Ref("item"), in_list=False)]
    lot_no: Annotated[str | None, F("在制批", "Lot being made", ref=THE_LOT, in_list=False)]
    down_from: Annotated[datetime | None, F("停机起", "Down from")]
    down_to: Annotated[datetime | None, F("停机止", "Down to")]
    last_good_lot: Annotated[str | None, F("最后合格批", "Last good lot", mentions=THE_LOT, in_list=False)]
    failure_mode: Annotated[str | None, F("失效模式", "Failure mode", in_list=False)]
    work_done: Annotated[str | None, F("所做工作与更换件", "Work done, parts changed", long=True, in_list=False)]
    test_result: Annotated[str | None, F("试机结果", "Test", long=True, in_list=False)]
    touches_validated_state: Annotated[bool | None, F("触及已确认状态", "Touches the validated state")]
    requalification: Annotated[str | None, F("再确认记录", "Requalification", ref=Ref("process_validation"), in_list=False)]
    first_piece: Annotated[str | None, F("首件结果", "First piece", long=True, in_list=False)]
    affected_lots: Annotated[str | None, F("受影响批次决定", "Lots affected", codes=LOT_DECISIONS)]
