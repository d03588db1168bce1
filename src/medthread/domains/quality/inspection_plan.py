from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.codes import STAGES
from medthread.domains.quality.inspection_plan_process import INSPECTION_PLAN
from medthread.methods.sampling import AQLS, LEVELS
from medthread.model import About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

CLASSES = {"critical": Label("致命", "Critical"), "major": Label("严重", "Major"), "minor": Label("轻微", "Minor")}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 8.2.6")
LIMITS_IN_ORDER = Rule(
    name="limits_in_order",
    about=Label("下限不能大于上限", "the lower limit is not above the upper"),
    broken="lower_limit > upper_limit",
    needs=("lower_limit", "upper_limit"),
    dimension=Dimension.CONSISTENCY,
)


class InspectionPlan(Entity):
    """How lots of an item are judged at a stage: what is looked at, within which limits, on how many."""

    about = About(
        "检验方案",
        "Inspection plan",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="plan_no",
        meaning=Label("某物料在某阶段检什么、限值与抽样", "What is looked at on an item at a stage, within which limits, on how many"),
        retain=KEPT,
        synonyms=("检验规程", "IQC", "抽样方案"),
        process=INSPECTION_PLAN,
    )
    plan_no: Annotated[str, F("方案号", "Plan no.", key=True, series="QP", search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    stage: Annotated[str, F("阶段", "Stage", codes=STAGES)]
    revision: Annotated[int, F("版本", "Revision", default="1")]
    document: Annotated[str, F("检验规程", "Procedure", search=True, example="WI-QC-012")]
    aql: Annotated[str, F("AQL", "AQL", codes={a: Label(a, a) for a in AQLS}, standard="ISO 2859-1:1999 / GB/T 2828.1-2012")]
    level: Annotated[str, F("检验水平", "Inspection level", codes={n: Label(n, n) for n in LEVELS}, default="II", standard="ISO 2859-1:1999 table 1")]
    destructive: Annotated[bool | None, F("破坏性", "Destructive")]
    spc: Annotated[bool | None, F("做统计过程控制", "Charted (SPC)")]


class InspectionCharacteristic(Entity):
    """One thing that is looked at, with its limits. `requirement_clause` says that the registration demands it."""

    about = About(
        "检验特性",
        "Characteristic",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="characteristic",
        meaning=Label("一项检验内容及限值", "One thing that is looked at, with its limits"),
        retain=KEPT,
        rules=(LIMITS_IN_ORDER,),
        part_of="plan",
    )
    plan: Annotated[str, F("方案", "Plan", key=True, ref=Ref("inspection_plan"), search=True)]
    characteristic: Annotated[str, F("特性", "Characteristic", key=True, search=True)]
    grade: Annotated[str, F("特性分级", "Class", codes=CLASSES)]
    method: Annotated[str | None, F("方法", "Method")]
    gauge_kind: Annotated[str | None, F("量具类型", "Kind of gauge", in_list=False)]
    uom: Annotated[str | None, F("单位", "Unit")]
    lower_limit: Annotated[Decimal | None, F("下限", "Lower limit", critical=True)]
    upper_limit: Annotated[Decimal | None, F("上限", "Upper limit", critical=True)]
    requirement_clause: Annotated[str | None, F("产品技术要求条款", "Clause of the technical requirement", standard="医疗器械产品技术要求", example="2.3.1")]
