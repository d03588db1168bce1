from decimal import Decimal
from typing import Annotated

from medthread.model import (
    NOT_NEGATIVE,
    About,
    Dimension,
    Duty,
    Entity,
    EventType,
    F,
    Guard,
    Home,
    Label,
    Meaning,
    Process,
    Ref,
    Retention,
    Rule,
    State,
    Transition,
)

EVENTS = (EventType("routing.effective", "工序生效", "Operation in force", "manufacturing"),)
KEPT = Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 7.5.1")
ONE_OPERATION = Guard(
    name="only_operation_in_force",
    zh="同一产品同一工序只有一个在效版本",
    en="no other revision of the operation is in force",
    takes=("item", "routing_rev", "operation_no"),
    blocks="""
        select 'routing_operation/' || o.item || '|' || o.routing_rev || '|' || o.operation_no as record, '在效,先作废 / is in force: retire it first' as detail
        from native.routing_operation as o
        join medthread.process_case as c on c.entity = 'routing_operation' and c.record = o.id and c.state = 'effective'
        where o.item = cast(:item as text) and o.operation_no = cast(:operation_no as bigint) and o.routing_rev <> cast(:routing_rev as text)""",
    clause="ISO 13485:2016 4.2.4",
)
ROUTING = Process(
    name="routing_operation",
    zh="工艺路线工序",
    en="Routing operation",
    states=(
        State("draft", "草稿", "Draft"),
        State("in_review", "审核中", "In review"),
        State("effective", "在效", "In force"),
        State("obsolete", "已作废", "Obsolete"),
    ),
    initial=("draft",),
    terminal=("obsolete",),
    rest=("effective",),
    transitions=(
        Transition(action="submit", zh="提交", en="Submit", from_=("draft",), to="in_review", by="eng|orig", meaning=Meaning.AUTHORED),
        Transition(action="send_back", zh="退回", en="Send back", from_=("in_review",), to="draft", by="qa|eng_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="approve", zh="批准生效", en="Put in force", from_=("in_review",), to="effective", by="qa_mgr|eng_mgr", meaning=Meaning.APPROVED,
            guards=("only_operation_in_force",), emits="routing.effective",
        ),
        Transition(action="retire", zh="作废", en="Retire", from_=("effective",), to="obsolete", by="qa_mgr|eng_mgr", meaning=Meaning.APPROVED, reason=True),
    ),
    duties=(Duty("submit", "approve"),),
    clauses=("ISO 13485:2016 7.5.1", "ISO 13485:2016 4.2.4", "GMP 2025 生产管理"),
)


class RoutingOperation(Entity):
    """One operation of making an item: where, by which instruction, whether its result can only be known by validation."""

    about = About(
        "工艺路线工序",
        "Routing operation",
        domain="manufacturing",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="name",
        meaning=Label("制造某产品的一道工序", "One operation of making an item"),
        retain=KEPT,
        synonyms=("工艺", "工序", "routing"),
        process=ROUTING,
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    routing_rev: Annotated[str, F("工艺版本", "Routing revision", key=True)]
    operation_no: Annotated[int, F("工序号", "Operation", key=True)]
    name: Annotated[str, F("名称", "Name", search=True)]
    work_centre: Annotated[str | None, F("工作中心", "Work centre", search=True)]
    equipment: Annotated[str | None, F("设备", "Equipment", ref=Ref("equipment"))]
    special_process: Annotated[bool, F("特殊过程", "Special process", standard="ISO 13485:2016 7.5.6", default="false")]
    key_process: Annotated[bool, F("关键工序", "Key process", default="false")]
    needs_clearance: Annotated[bool, F("须清场", "Needs line clearance", default="false")]
    instruction: Annotated[str, F("作业指导书", "Instruction", search=True, example="WI-0231")]
    instruction_rev: Annotated[str, F("文件版本", "Revision of the instruction", example="B")]
    standard_minutes: Annotated[Decimal | None, F("标准工时", "Standard time", unit="min", rules=(NOT_NEGATIVE,))]
    clean_class: Annotated[str | None, F("洁净级别", "Clean class", standard="ISO 14644-1", in_list=False)]


class RoutingParameter(Entity):
    """A parameter of an operation with the limits that it is run within."""

    about = About(
        "工艺参数",
        "Process parameter",
        domain="manufacturing",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="parameter",
        meaning=Label("工序的参数及限值", "A parameter of an operation with its limits"),
        retain=KEPT,
        rules=(
            Rule(
                name="limits_in_order", about=Label("下限不能大于上限", "the lower limit is not above the upper"),
                broken="lower_limit > upper_limit", needs=("lower_limit", "upper_limit"), dimension=Dimension.CONSISTENCY,
            ),
        ),
        part_of="operation_no",
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    routing_rev: Annotated[str, F("工艺版本", "Routing revision", key=True)]
    operation_no: Annotated[
        int, F("工序号", "Operation", key=True, ref=Ref("routing_operation", along=(("item", "item"), ("routing_rev", "routing_rev"))))
    ]
    parameter: Annotated[str, F("参数", "Parameter", key=True, search=True)]
    lower_limit: Annotated[Decimal | None, F("下限", "Lower limit", critical=True)]
    upper_limit: Annotated[Decimal | None, F("上限", "Upper limit", critical=True)]
    uom: Annotated[str | None, F("单位", "Unit")]
