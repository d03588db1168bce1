from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import (
    NOT_NEGATIVE,
    About,
    Classification,
    Dimension,
    Entity,
    F,
    Label,
    LegalBasis,
    Purpose,
    Ref,
    Retention,
    Rule,
    pattern,
)

EQUIPMENT_CODE = pattern(
    r"[A-Z]{1,4}-?[0-9]{1,6}", Label("设备编号形如 EQ-01", "an equipment code looks like EQ-01"), name="form"
)
PARAMETERS = {
    "temperature": Label("温度", "Temperature"),
    "pressure": Label("压力", "Pressure"),
    "humidity": Label("湿度", "Humidity"),
}
IMPLAUSIBLE = Rule(
    name="implausible",
    about=Label(
        "读数超出该参数的物理可能范围(仪器缺省值 -999、9999 等)",
        "the reading is physically impossible for its parameter (placeholders such as -999 or 9999)",
    ),
    broken=(
        "value < -900 or (parameter = 'temperature' and value > 2000)"
        " or (parameter = 'humidity' and (value < 0 or value > 100))"
        " or (parameter = 'pressure' and (value < 0 or value > 5000))"
    ),
    needs=("value", "parameter"),
    dimension=Dimension.ACCURACY,
)
MADE_BY = Purpose("生产记录须可追溯到操作人", "records of production name who did what", basis=LegalBasis.DUTY)


class WorkOrderOperation(Entity):
    """One step of a work order as it was done: when, on what, by whom."""

    about = About(
        "工单工序",
        "Work-order operation",
        domain="manufacturing",
        group="production",
        owner="production",
        title="name",
        meaning=Label("工单实际执行的一道工序", "One step of a work order as it was done"),
        retain=Retention(years=10, anchor="close", basis="GMP 2025 art. 81"),
    )
    work_order: Annotated[str, F("工单", "Work order", key=True, ref=Ref("work_order"), search=True)]
    operation_no: Annotated[int, F("工序号", "Operation", key=True)]
    name: Annotated[str | None, F("工序名称", "Name")]
    equipment: Annotated[str | None, F("设备", "Equipment", search=True, rules=(EQUIPMENT_CODE,))]
    operator: Annotated[str | None, F("操作人", "Operator", classification=Classification.PERSONAL, purpose=MADE_BY)]
    started_at: Annotated[datetime | None, F("开始", "Started at")]
    ended_at: Annotated[datetime | None, F("结束", "Ended at", kept_from="close")]


class MaterialIssue(Entity):
    """Material issued to a work order: what went in."""

    about = About(
        "投料",
        "Material issue",
        domain="manufacturing",
        group="production",
        owner="production",
        title="issue_no",
        meaning=Label("发给工单的物料批次", "Material issued to a work order"),
        retain=Retention(years=10, anchor="close", basis="GMP 2025 art. 82"),
        synonyms=("领料",),
    )
    issue_no: Annotated[str, F("领料单号", "Issue no.", key=True, search=True)]
    work_order: Annotated[str, F("工单", "Work order", ref=Ref("work_order"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    quantity: Annotated[Decimal | None, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    issued_at: Annotated[datetime | None, F("领料时间", "Issued at", kept_from="close")]


class ProcessReading(Entity):
    """A parameter measured while a work order ran."""

    about = About(
        "工艺读数",
        "Process reading",
        domain="manufacturing",
        group="production",
        owner="production",
        title="parameter",
        meaning=Label("工单执行中测得的工艺参数", "A parameter measured while a work order ran"),
        retain=Retention(years=10),
        rules=(IMPLAUSIBLE,),
    )
    reading_no: Annotated[str, F("读数号", "Reading no.", key=True, search=True)]
    work_order: Annotated[str | None, F("工单", "Work order", search=True)]
    equipment: Annotated[str | None, F("设备", "Equipment", search=True)]
    parameter: Annotated[str, F("参数", "Parameter", codes=PARAMETERS)]
    value: Annotated[Decimal, F("数值", "Value")]
    unit: Annotated[str | None, F("单位", "Unit")]
    read_at: Annotated[datetime | None, F("时间", "Read at", kept_from="creation")]
