from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.compliance.governance_meeting_process import OBJECTIVE
from medthread.model import About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule
from medthread.model.pursuit import Pursuit

KEPT = Retention(years=10, anchor="close", basis="GB/T 34960.5-2018")
PERIODS = {
    "month_to_date": Label("本月至今", "Month to date"), "quarter_to_date": Label("本季至今", "Quarter to date"), "year_to_date": Label("本年至今", "Year to date"),
    "trailing_3_months": Label("最近三个月", "Last three months"), "trailing_12_months": Label("最近十二个月", "Last twelve months"),
    "now": Label("现状(不分期间的指标)", "As it stands (metrics without periods)"),
}
CONFIDENCES = {"high": Label("有把握", "Confident"), "unsure": Label("没把握", "Not sure"), "low": Label("难以实现", "Unlikely")}
DUE_AFTER_START = Rule(
    name="due_after_start", about=Label("期限晚于起始日", "the due day is after the first"), broken="due_on <= starts_on", needs=("starts_on", "due_on"), dimension=Dimension.CONSISTENCY)
SOMETHING_TO_REACH = Rule(
    name="something_to_reach", about=Label("目标值与起点不同", "the target differs from the start"), broken="start_value = target_value", needs=("start_value", "target_value"),
    dimension=Dimension.CONSISTENCY)


class Objective(Entity):
    """What the committee wants to reach, with key results that say whether it did."""

    about = About(
        "治理目标", "Objective", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="aim",
        meaning=Label("数据治理的一个目标,以关键结果衡量", "An aim of data governance, measured by key results"), retain=KEPT, process=OBJECTIVE, synonyms=("OKR",),
    )
    objective_no: Annotated[str, F("目标号", "Objective no.", key=True, search=True, series="OBJ")]
    aim: Annotated[str, F("目标", "Aim", search=True)]
    owner: Annotated[str, F("负责人账号", "Owner (account)", default="me", search=True)]
    cycle: Annotated[str, F("周期", "Cycle", example="2026 Q1")]
    decision: Annotated[str | None, F("决议", "Decision", ref=Ref("governance_decision"), in_list=False)]
    conclusion: Annotated[str | None, F("总结", "Conclusion", long=True, in_list=False)]


class KeyResult(Entity):
    """A metric that is to come from one figure to another within a time; where it stands is computed from the metric."""

    about = About(
        "关键结果", "Key result", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="metric",
        meaning=Label("目标的一项关键结果:某指标在期限内从起点到目标值", "A key result of an objective: a metric that is to come from a start to a target in time"),
        retain=KEPT, part_of="objective", rules=(DUE_AFTER_START, SOMETHING_TO_REACH),
        pursues=Pursuit(metric="metric", period="period", start="start_value", target="target_value", since="starts_on", due="due_on"),
    )
    objective: Annotated[str, F("目标", "Objective", key=True, ref=Ref("objective"), search=True)]
    line_no: Annotated[int, F("序号", "No.", key=True)]
    metric: Annotated[str, F("指标", "Metric", search=True, about=Label("指标的技术名称,如 complaint_rate", "the technical name of a metric"), example="complaint_rate")]
    period: Annotated[str, F("取数期间", "Period", codes=PERIODS)]
    start_value: Annotated[Decimal, F("起点", "Start")]
    target_value: Annotated[Decimal, F("目标值", "Target")]
    starts_on: Annotated[date, F("起始日", "Starts on")]
    due_on: Annotated[date, F("期限", "Due on")]


class CheckIn(Entity):
    """What is said of an objective on a day: how sure its owner is, and why."""

    about = About(
        "目标跟进", "Check-in", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="comment",
        meaning=Label("对目标进展的一次说明", "What is said of an objective on a day"), retain=KEPT, part_of="objective",
    )
    objective: Annotated[str, F("目标", "Objective", key=True, ref=Ref("objective"), search=True)]
    said_on: Annotated[date, F("日期", "Day", key=True)]
    confidence: Annotated[str, F("把握", "Confidence", codes=CONFIDENCES)]
    comment: Annotated[str, F("说明", "Comment", long=True, search=True)]
