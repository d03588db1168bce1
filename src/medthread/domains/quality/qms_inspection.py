from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.model import About, Entity, F, Label, Ref, Retention, between

STAGES = {
    "incoming": Label("来料", "Incoming"),
    "in_process": Label("过程", "In process"),
    "final": Label("成品", "Final"),
    "release": Label("放行", "Release"),
}
RESULTS = {"pass": Label("合格", "Pass"), "fail": Label("不合格", "Fail"), "conditional": Label("让步", "Conditional")}
PLAUSIBLE = between(
    -900,
    None,
    Label("低于 -900 的读数是仪器的缺省值", "a reading below -900 is an instrument's placeholder"),
    name="placeholder",
)


class QmsInspection(Entity):
    """A lot judged at one stage, as the quality system told it."""

    about = About(
        "检验单(QMS)",
        "Inspection (QMS)",
        domain="quality",
        group="production",
        owner="quality",
        title="inspection_no",
        meaning=Label("对一个批次在某阶段的检验", "A lot judged at one stage"),
        retain=Retention(years=10, basis="ISO 13485:2016 8.2.6"),
        synonyms=("IQC", "检验"),
    )
    inspection_no: Annotated[str, F("检验单号", "Inspection no.", key=True, search=True)]
    stage: Annotated[str | None, F("阶段", "Stage", codes=STAGES)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", search=True)]
    sample_quantity: Annotated[int | None, F("样本数", "Sample size")]
    defects: Annotated[int | None, F("不合格数", "Defects")]
    result: Annotated[str | None, F("结论", "Result", codes=RESULTS)]
    judged_at: Annotated[datetime | None, F("判定时间", "Judged at", kept_from="creation")]


class QmsInspectionResult(Entity):
    """One reading of one characteristic."""

    about = About(
        "检验读数(QMS)",
        "Inspection reading (QMS)",
        domain="quality",
        group="production",
        owner="quality",
        title="characteristic",
        meaning=Label("某特性的一次读数", "One reading of one characteristic"),
        retain=Retention(years=10),
        synonyms=("测量值",),
    )
    inspection: Annotated[str, F("检验单", "Inspection", key=True, ref=Ref("qms_inspection"), search=True)]
    characteristic: Annotated[str, F("特性", "Characteristic", key=True, search=True)]
    sample_no: Annotated[int, F("样本号", "Sample", key=True)]
    value: Annotated[Decimal | None, F("数值", "Value", rules=(PLAUSIBLE,))]
    uom: Annotated[str | None, F("单位", "Unit")]
