from datetime import date
from typing import Annotated

from medthread.model import (
    About,
    Clock,
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
    State,
    Transition,
)

EVENTS = (EventType("validation.valid", "确认有效", "Validation in force", "quality"), EventType("validation.failed", "确认未通过", "Validation failed", "quality"))
KINDS = {
    "iq": Label("安装确认 IQ", "Installation qualification"),
    "oq": Label("运行确认 OQ", "Operational qualification"),
    "pq": Label("性能确认 PQ", "Performance qualification"),
    "process": Label("过程确认", "Process"),
    "sterilisation": Label("灭菌确认", "Sterilisation"),
    "cleaning": Label("清洁确认", "Cleaning"),
    "test_method": Label("检验方法确认", "Test method"),
    "software": Label("软件确认", "Software"),
    "transport": Label("运输确认", "Transport"),
}
RESULTS = {"pass": Label("通过", "Pass"), "conditional": Label("有条件通过", "Conditional"), "fail": Label("不通过", "Fail")}
RESULT_ALLOWS = Guard(
    name="validation_result_allows",
    zh="确认结论不是不通过",
    en="the validation did not fail",
    takes=("validation_no", "result"),
    blocks="""
        select 'process_validation/' || cast(:validation_no as text) as record, '结论为不通过 / its result is fail' as detail
        where coalesce(cast(:result as text), 'fail') = 'fail'""",
    clause="ISO 13485:2016 7.5.6",
)
VALIDATION = Process(
    name="process_validation",
    zh="过程与设备确认",
    en="Validation",
    states=(
        State("planned", "已计划", "Planned"),
        State("protocol_approved", "方案已批准", "Protocol approved"),
        State("executing", "执行中", "Being carried out"),
        State("report_review", "报告评审", "Report in review"),
        State("valid", "有效", "In force"),
        State("expired", "已失效", "Expired"),
        State("failed", "未通过", "Failed"),
    ),
    initial=("planned",),
    terminal=("expired", "failed"),
    rest=("valid",),
    transitions=(
        Transition(
            action="approve_protocol", zh="批准方案", en="Approve protocol", from_=("planned",), to="protocol_approved", by="qa_mgr", meaning=Meaning.APPROVED,
            asks=("protocol",),
        ),
        Transition(action="start", zh="开始执行", en="Start", from_=("protocol_approved",), to="executing", by="eng|maint", meaning=Meaning.PERFORMED),
        Transition(
            action="report", zh="提交报告", en="Report", from_=("executing",), to="report_review", by="eng|maint", meaning=Meaning.AUTHORED,
            asks=("report", "result", "locked_parameters"),
        ),
        Transition(
            action="approve_report", zh="批准报告", en="Approve report", from_=("report_review",), to="valid", by="qa_mgr", meaning=Meaning.APPROVED,
            asks=("valid_to",), guards=("validation_result_allows",), emits="validation.valid",
        ),
        Transition(
            action="fail", zh="判不通过", en="Fail", from_=("report_review",), to="failed", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
            emits="validation.failed",
        ),
        Transition(action="expire", zh="失效", en="Expire", from_=("valid",), to="expired", by="qa|system", meaning=Meaning.REJECTED, reason=True),
    ),
    duties=(Duty("report", "approve_report"), Duty("start", "approve_protocol")),
    clocks=(
        Clock(
            name="carry_out", zh="执行时限", en="Carry out", span="3 mo", since="protocol_approved", until=("report_review",),
            basis="ISO 13485:2016 7.5.6; company default", warn=("14 d",), escalate="qa_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 7.5.6", "ISO 13485:2016 7.5.7", "ISO 13485:2016 4.1.6", "GMP 2025 验证与确认"),
)


class ProcessValidation(Entity):
    """Proof that a process, machine, method or program does what it must, until a day or a trigger (ISO 13485:2016, 7.5.6)."""

    about = About(
        "验证与确认",
        "Validation",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="validation_no",
        meaning=Label("过程、设备、方法或软件满足要求的证明", "Proof that a process, machine, method or program does what it must"),
        retain=Retention(years=15, anchor="close", basis="GMP 2025 验证与确认"),
        synonyms=("验证", "IQ", "OQ", "PQ"),
        process=VALIDATION,
    )
    validation_no: Annotated[str, F("确认号", "Validation no.", key=True, series="VAL", search=True)]
    revision: Annotated[int, F("版本", "Revision", default="1")]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    subject: Annotated[str, F("对象", "Subject", search=True, about=Label("工序、系统或方法", "an operation, system or method"))]
    equipment: Annotated[str | None, F("设备", "Equipment", ref=Ref("equipment"), search=True)]
    item: Annotated[str | None, F("产品", "Item", ref=Ref("item"))]
    operation_no: Annotated[int | None, F("工序号", "Operation")]
    protocol: Annotated[str | None, F("方案文件", "Protocol", in_list=False)]
    report: Annotated[str | None, F("报告文件", "Report", in_list=False)]
    worst_case: Annotated[str | None, F("最差条件", "Worst case", long=True, in_list=False)]
    locked_parameters: Annotated[str | None, F("锁定参数窗口", "Locked window of parameters", long=True, in_list=False)]
    revalidation_triggers: Annotated[str | None, F("再确认触发", "Triggers of revalidation", long=True, in_list=False)]
    result: Annotated[str | None, F("结论", "Result", codes=RESULTS)]
    valid_to: Annotated[date | None, F("再确认期", "Valid to")]
    cause_no: Annotated[str | None, F("起因单号", "Record of the cause", search=True, in_list=False)]
