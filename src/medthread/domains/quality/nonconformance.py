from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.codes import DEFECTS, DISPOSITIONS, SEVERITIES
from medthread.domains.quality.nonconformance_process import NONCONFORMANCE
from medthread.masters.item import UNITS
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention

SOURCES = {
    "incoming": Label("来料", "Incoming"),
    "in_process": Label("过程", "In process"),
    "final": Label("成品", "Final"),
    "stock": Label("库存", "Stock"),
    "return": Label("退货", "Return"),
    "audit": Label("审核", "Audit"),
    "calibration": Label("校准追溯", "Calibration look-back"),
    "sterilisation": Label("灭菌", "Sterilisation"),
    "complaint": Label("投诉", "Complaint"),
    "label": Label("标签", "Label"),
}
CAPA_DECISIONS = {
    "not_needed": Label("不需要", "Not needed"),
    "linked": Label("已关联", "Linked"),
    "proposed": Label("已提出", "Proposed"),
}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3")
WHOLE = Ref("nonconformance")


class Nonconformance(Entity):
    """Product that does not meet its requirement, and what is decided about it (ISO 13485:2016, 8.3)."""

    about = About(
        "不合格品",
        "Nonconformance",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="ncr_no",
        meaning=Label("不符合要求的产品及其处置", "Product that does not meet its requirement, and what is decided about it"),
        retain=KEPT,
        synonyms=("NCR", "不合格", "MRB"),
        process=NONCONFORMANCE,
    )
    ncr_no: Annotated[str, F("不合格单号", "NCR no.", key=True, series="NC", search=True)]
    source: Annotated[str, F("来源", "Source", codes=SOURCES)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("发现批", "Lot it was found on", ref=THE_LOT, search=True)]
    defect_code: Annotated[str, F("缺陷代码", "Defect code", codes=DEFECTS, search=True)]
    description: Annotated[str, F("事实描述", "What was found", long=True, in_list=False)]
    inspection: Annotated[str | None, F("检验单", "Inspection", ref=Ref("inspection"), search=True)]
    supplier: Annotated[str | None, F("供应商", "Supplier", ref=Ref("supplier"), in_list=False)]
    found_at: Annotated[datetime, F("发现时间", "Found at", default="now")]
    severity: Annotated[str | None, F("严重度", "Severity", codes=SEVERITIES)]
    delivered: Annotated[bool | None, F("是否已交付", "Delivered", standard="ISO 13485:2016 8.3.3")]
    containment: Annotated[str | None, F("隔离措施", "Containment", long=True, in_list=False)]
    facts_and_risk: Annotated[str | None, F("事实与风险", "Facts and risk", long=True, in_list=False)]
    mrb_minutes: Annotated[str | None, F("MRB 纪要", "MRB minutes", long=True, in_list=False)]
    capa_decision: Annotated[str | None, F("CAPA 决定", "CAPA decision", codes=CAPA_DECISIONS)]
    capa_reason: Annotated[str | None, F("CAPA 决定理由", "Reason of the CAPA decision", long=True, in_list=False)]
    capa: Annotated[str | None, F("CAPA", "CAPA", ref=Ref("capa"))]


class NonconformanceLot(Entity):
    """A lot that a nonconformance is about, with the quantity that is."""

    about = About(
        "不合格批次",
        "Nonconforming lot",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("不合格单涉及的批次及数量", "A lot that a nonconformance is about, with the quantity that is"),
        retain=KEPT,
        part_of="nonconformance",
    )
    nonconformance: Annotated[str, F("不合格单", "Nonconformance", key=True, ref=WHOLE, search=True)]
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=THE_LOT, search=True)]
    quantity: Annotated[Decimal, F("不合格数量", "Nonconforming quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]


class NonconformanceReading(Entity):
    """A reading that lay outside its limits when the nonconformance was opened: the evidence, as it was."""

    about = About(
        "不合格读数",
        "Nonconforming reading",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="characteristic",
        meaning=Label("开单时超出限值的读数(证据)", "A reading outside its limits when the nonconformance was opened"),
        retain=KEPT,
        part_of="nonconformance",
    )
    nonconformance: Annotated[str, F("不合格单", "Nonconformance", key=True, ref=WHOLE, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    inspection: Annotated[str, F("检验单", "Inspection", ref=Ref("inspection"))]
    characteristic: Annotated[str, F("特性", "Characteristic", search=True)]
    sample_no: Annotated[int, F("样本号", "Sample")]
    value: Annotated[Decimal | None, F("数值", "Value")]
    value_code: Annotated[str | None, F("定性结果", "Qualitative result")]
    lower_limit: Annotated[Decimal | None, F("下限", "Lower limit")]
    upper_limit: Annotated[Decimal | None, F("上限", "Upper limit")]
    requirement_clause: Annotated[str | None, F("产品技术要求条款", "Clause of the technical requirement", standard="医疗器械产品技术要求")]
    gauge: Annotated[str | None, F("量具", "Gauge", ref=Ref("equipment"))]


class NonconformanceDisposition(Entity):
    """What is done with a quantity of a nonconforming lot. Decided by the board, carried out, and counted at the end."""

    about = About(
        "不合格处置",
        "Disposition",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="disposition",
        meaning=Label("对不合格批次某一数量的处置", "What is done with a quantity of a nonconforming lot"),
        retain=KEPT,
        part_of="nonconformance",
    )
    nonconformance: Annotated[str, F("不合格单", "Nonconformance", key=True, ref=WHOLE, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"))]
    lot_no: Annotated[str, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    disposition: Annotated[str, F("处置", "Disposition", codes=DISPOSITIONS)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    rework_instruction: Annotated[str | None, F("返工返修指令", "Instruction of rework", standard="ISO 13485:2016 8.3.4", in_list=False)]
    adverse_effect: Annotated[str | None, F("返工不利影响评价", "Adverse effect of rework", long=True, in_list=False)]
    executed_on: Annotated[date | None, F("执行日期", "Carried out on")]
    witness: Annotated[str | None, F("见证人", "Witness", in_list=False)]
    reinspection: Annotated[str | None, F("复检单", "Inspection afterwards", ref=Ref("inspection"))]
