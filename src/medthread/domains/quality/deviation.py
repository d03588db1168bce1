from datetime import datetime
from typing import Annotated

from medthread.domains.quality.codes import CAUSES, LOT_DECISIONS, SEVERITIES
from medthread.domains.quality.deviation_process import DEVIATION
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

KINDS = {"unplanned": Label("非计划", "Unplanned"), "planned": Label("计划", "Planned")}
SOURCES = {
    "production": Label("生产", "Production"),
    "inspection": Label("检验", "Inspection"),
    "equipment": Label("设备", "Equipment"),
    "environment": Label("环境", "Environment"),
    "spc": Label("统计过程控制", "Statistical process control"),
    "storage": Label("仓储", "Storage"),
    "document": Label("文件", "Document"),
}
KEPT = Retention(years=10, anchor="close", basis="GMP 2025 生产管理")
REPORTED_IN_TIME = Rule(
    name="reported_within_a_day",
    about=Label("发现后 24 小时内报告;迟报须写明原因", "reported within 24 hours of being found; a late report says why"),
    broken="reported_at > detected_at + interval 24 hour and late_reason is null",
    needs=("detected_at", "reported_at"),
    dimension=Dimension.TIMELINESS,
)
FOUND_BEFORE = Rule(
    name="found_before_reported",
    about=Label("发现时间不能晚于报告时间", "it was found before it was reported"),
    broken="kind = 'unplanned' and detected_at > reported_at",
    needs=("kind", "detected_at", "reported_at"),
    dimension=Dimension.CONSISTENCY,
)


class Deviation(Entity):
    """A departure from what is laid down: found after the fact, or planned before it and approved."""

    about = About(
        "偏差",
        "Deviation",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="deviation_no",
        meaning=Label("对规定的偏离:事后发现的,或事前计划并批准的", "A departure from what is laid down: found afterwards, or planned and approved before"),
        retain=KEPT,
        rules=(REPORTED_IN_TIME, FOUND_BEFORE),
        synonyms=("偏离", "DEV"),
        process=DEVIATION,
    )
    deviation_no: Annotated[str, F("偏差号", "Deviation no.", key=True, series="DEV", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    source: Annotated[str, F("来源", "Source", codes=SOURCES)]
    source_no: Annotated[str | None, F("来源单号", "Record of the source", search=True, in_list=False)]
    place: Annotated[str, F("工序或区域", "Operation or area", search=True)]
    expected: Annotated[str, F("应为", "Laid down", long=True, in_list=False)]
    actual: Annotated[str, F("实际", "What happened", long=True, in_list=False)]
    detected_at: Annotated[datetime, F("发现时间", "Found at", default="now")]
    reported_at: Annotated[datetime, F("报告时间", "Reported at", default="now")]
    late_reason: Annotated[str | None, F("迟报原因", "Why reported late", in_list=False)]
    immediate_action: Annotated[str | None, F("紧急措施", "Immediate action", long=True, in_list=False)]
    grade: Annotated[str | None, F("分级", "Grade", codes=SEVERITIES)]
    cause_code: Annotated[str | None, F("根因代码", "Cause code", codes=CAUSES)]
    root_cause: Annotated[str | None, F("根因", "Root cause", long=True, in_list=False)]
    impact: Annotated[str | None, F("影响评估", "Impact", long=True, in_list=False)]
    product_affected: Annotated[bool | None, F("影响产品", "Product affected")]
    specification_affected: Annotated[bool | None, F("涉及注册规格", "Touches the registered specification", in_list=False)]
    control_measures: Annotated[str | None, F("计划偏差控制措施", "Control measures while planned", long=True, in_list=False)]
    planned_until: Annotated[datetime | None, F("计划偏差截止", "Planned until")]
    max_lots: Annotated[int | None, F("限批数", "Lot limit", rules=(NOT_NEGATIVE,), in_list=False)]
    capa: Annotated[str | None, F("CAPA", "CAPA", ref=Ref("capa"))]


class DeviationLot(Entity):
    """A lot that a deviation touches, and what was decided about it."""

    about = About(
        "偏差批次",
        "Lot of a deviation",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("偏差涉及的批次及其决定", "A lot that a deviation touches, and what was decided about it"),
        retain=KEPT,
        part_of="deviation",
    )
    deviation: Annotated[str, F("偏差", "Deviation", key=True, ref=Ref("deviation"), search=True)]
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=THE_LOT, search=True)]
    used: Annotated[bool | None, F("已使用计划偏差", "Made under the planned deviation")]
    decision: Annotated[str | None, F("决定", "Decision", codes=LOT_DECISIONS)]
    decision_reason: Annotated[str | None, F("决定理由", "Reason", long=True, in_list=False)]
