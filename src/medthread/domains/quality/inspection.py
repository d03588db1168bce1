from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.codes import DEFECTS, INSPECTION_SEVERITIES, STAGES
from medthread.domains.quality.inspection_process import INSPECTION
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

QUALITATIVE = {"conforming": Label("符合", "Conforming"), "nonconforming": Label("不符合", "Nonconforming")}
KEPT = Retention(years=10, basis="ISO 13485:2016 8.2.6")
ACCEPT_BELOW_REJECT = Rule(
    name="accept_below_reject",
    about=Label("接收数须小于拒收数", "the acceptance number is below the rejection number"),
    broken="accept_no >= reject_no",
    needs=("accept_no", "reject_no"),
    dimension=Dimension.CONSISTENCY,
)
ONE_VALUE = Rule(
    name="one_value",
    about=Label("读数要么是数值,要么是代码", "a reading is a number or a code"),
    broken="(value is null) = (value_code is null)",
    needs=(),
    dimension=Dimension.CONSISTENCY,
)


class Inspection(Entity):
    """A lot judged at one stage by a plan: the readings decide, two persons sign."""

    about = About(
        "检验",
        "Inspection",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="inspection_no",
        meaning=Label("按方案对一个批次的检验;由读数判定,两人签名", "A lot judged by a plan: the readings decide, two persons sign"),
        retain=KEPT,
        rules=(ACCEPT_BELOW_REJECT,),
        synonyms=("检验单", "IQC", "FQC"),
        process=INSPECTION,
    )
    inspection_no: Annotated[str, F("检验号", "Inspection no.", key=True, series="INS", search=True)]
    plan: Annotated[str, F("检验方案", "Plan", ref=Ref("inspection_plan"))]
    stage: Annotated[str, F("阶段", "Stage", codes=STAGES)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    supplier: Annotated[str | None, F("供应商", "Supplier", ref=Ref("supplier"), in_list=False)]
    receipt: Annotated[str | None, F("到货单", "Receipt", search=True, in_list=False)]
    lot_quantity: Annotated[Decimal, F("批量", "Lot size", rules=(NOT_NEGATIVE,))]
    severity: Annotated[str, F("检验严格度", "Severity of inspection", codes=INSPECTION_SEVERITIES, default="normal", standard="ISO 2859-1:1999 9")]
    sample_quantity: Annotated[int, F("样本数", "Sample size", rules=(NOT_NEGATIVE,))]
    accept_no: Annotated[int, F("接收数 Ac", "Acceptance number", rules=(NOT_NEGATIVE,))]
    reject_no: Annotated[int, F("拒收数 Re", "Rejection number", rules=(NOT_NEGATIVE,))]
    defect_code: Annotated[str | None, F("主要缺陷", "Main defect", codes=DEFECTS)]
    investigation: Annotated[str | None, F("超标一阶段调查结论", "Outcome of the phase-1 investigation", long=True, in_list=False)]
    partial_of: Annotated[str | None, F("分批检验自", "Part of inspection", ref=Ref("inspection"), in_list=False)]


class InspectionResult(Entity):
    """One reading of one characteristic on one sample, by which gauge: what a look-back goes through (ISO 13485:2016, 7.6)."""

    about = About(
        "检验结果",
        "Inspection result",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="characteristic",
        meaning=Label("某样本某特性的一次读数及所用量具", "One reading of a characteristic on a sample, and the gauge it was taken with"),
        retain=KEPT,
        rules=(ONE_VALUE,),
        part_of="inspection",
    )
    inspection: Annotated[str, F("检验", "Inspection", key=True, ref=Ref("inspection"), search=True)]
    characteristic: Annotated[str, F("特性", "Characteristic", key=True, search=True)]
    sample_no: Annotated[int, F("样本号", "Sample", key=True)]
    reading_no: Annotated[int, F("读数号", "Reading", key=True, default="1")]
    value: Annotated[Decimal | None, F("数值", "Value")]
    value_code: Annotated[str | None, F("定性结果", "Qualitative result", codes=QUALITATIVE)]
    gauge: Annotated[str | None, F("量具", "Gauge", ref=Ref("equipment"), search=True)]
    measured_at: Annotated[datetime, F("测量时间", "Measured at", default="now")]
    measured_by: Annotated[str, F("测量人", "Measured by", default="me")]
    invalid_reason: Annotated[str | None, F("作废理由", "Why invalid", in_list=False)]
