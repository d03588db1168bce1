from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.calibration_process import CALIBRATION
from medthread.domains.quality.codes import LOT_DECISIONS
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

KINDS = {"internal": Label("内部校准", "Internal"), "external": Label("外部校准", "External"), "verification": Label("强制检定", "Mandatory verification")}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 7.6")


class CalibrationRecord(Entity):
    """One calibration of one gauge, with what was found before it was adjusted, and what follows when that was out (ISO 13485:2016, 7.6)."""

    about = About(
        "校准记录",
        "Calibration record",
        domain="quality",
        group="equipment",
        owner="quality",
        home=Home.NATIVE,
        title="cal_no",
        meaning=Label("一次校准:调前值、调后值,失准时的追溯", "One calibration: as found, as left, and the look-back when it was out"),
        retain=KEPT,
        synonyms=("检定", "计量", "calibration"),
        process=CALIBRATION,
    )
    cal_no: Annotated[str, F("校准号", "Calibration no.", key=True, series="CAL", search=True)]
    equipment: Annotated[str, F("量具", "Gauge", ref=Ref("equipment"), search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    due_at: Annotated[datetime, F("到期", "Due")]
    lab: Annotated[str | None, F("校准机构", "Laboratory", in_list=False)]
    standards: Annotated[str | None, F("标准器与溯源", "Standards used, with traceability", long=True, in_list=False)]
    performed_on: Annotated[date | None, F("校准日期", "Performed on")]
    certificate: Annotated[str | None, F("证书号", "Certificate no.", search=True)]
    surroundings: Annotated[str | None, F("环境条件", "Surroundings", in_list=False)]
    usable_from: Annotated[Decimal | None, F("限用下限", "Usable from", in_list=False)]
    usable_to: Annotated[Decimal | None, F("限用上限", "Usable to", in_list=False)]
    next_due: Annotated[date | None, F("下次到期", "Next due")]
    lookback_from: Annotated[date | None, F("追溯起(上次合格校准)", "Look back from, the last good calibration")]
    lookback_readings: Annotated[int | None, F("追溯到的读数", "Readings found", rules=(NOT_NEGATIVE,))]
    delivered: Annotated[bool | None, F("涉及已交付批次", "Delivered lots among them")]
    conclusion: Annotated[str | None, F("追溯结论", "Conclusion", long=True, in_list=False)]


class CalibrationPoint(Entity):
    """A point of the range: what the gauge showed as found and as left, and how far it may be off."""

    about = About(
        "校准点",
        "Calibration point",
        domain="quality",
        group="equipment",
        owner="quality",
        home=Home.NATIVE,
        title="nominal",
        meaning=Label("一个校准点的调前值、调后值与允差", "As found, as left and tolerance at one point"),
        retain=KEPT,
        rules=(
            Rule(
                name="tolerance_positive", about=Label("允差须大于零", "the tolerance is above zero"), broken="tolerance <= 0",
                needs=("tolerance",), dimension=Dimension.VALIDITY,
            ),
        ),
        part_of="calibration",
    )
    calibration: Annotated[str, F("校准", "Calibration", key=True, ref=Ref("calibration_record"), search=True)]
    point_no: Annotated[int, F("序号", "Point", key=True)]
    nominal: Annotated[Decimal, F("标称值", "Nominal")]
    as_found: Annotated[Decimal, F("调前示值", "As found")]
    as_left: Annotated[Decimal, F("调后示值", "As left")]
    tolerance: Annotated[Decimal, F("允差", "Tolerance")]
    uncertainty: Annotated[Decimal | None, F("不确定度 U(k=2)", "Uncertainty U (k=2)", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit")]


class CalibrationLookback(Entity):
    """A reading taken with the gauge since its last good calibration, its lot, and what was decided about it. Delivered lots come first."""

    about = About(
        "失准追溯",
        "Look-back",
        domain="quality",
        group="equipment",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("失准量具测过的读数与批次及其决定", "A reading taken with a gauge that was out, its lot, and what was decided"),
        retain=KEPT,
        part_of="calibration",
    )
    calibration: Annotated[str, F("校准", "Calibration", key=True, ref=Ref("calibration_record"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    inspection: Annotated[str, F("检验", "Inspection", ref=Ref("inspection"), search=True)]
    characteristic: Annotated[str, F("特性", "Characteristic")]
    sample_no: Annotated[int, F("样本号", "Sample")]
    reading_no: Annotated[int, F("读数号", "Reading")]
    value: Annotated[Decimal | None, F("数值", "Value")]
    measured_at: Annotated[datetime, F("测量时间", "Measured at")]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    delivered: Annotated[bool, F("已交付", "Delivered")]
    decision: Annotated[str | None, F("决定", "Decision", codes=LOT_DECISIONS)]
    decision_reason: Annotated[str | None, F("决定理由", "Reason", long=True, in_list=False)]
