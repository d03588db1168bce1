from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.compliance.training_process import TRAINING
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention, between

METHODS = {
    "read": Label("自学阅读", "Read and understand"),
    "class": Label("授课", "Class"),
    "ojt": Label("岗位带教", "On the job"),
    "exam": Label("考试", "Examination"),
    "practical": Label("实操考核", "Practical test"),
}
STATUS = {"active": Label("有效", "Active"), "retired": Label("停用", "Retired")}
PERCENT = between(0, 100, Label("0 到 100", "0 to 100"))
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 6.2 e")


class JobAssignment(Entity):
    """That a person holds a job in a function for a time: what training requirements and audit independence look at."""

    about = About(
        "岗位任职",
        "Job assignment",
        domain="compliance",
        group="people",
        owner="hr",
        home=Home.NATIVE,
        written_by="steward|mr|eng_mgr|prod_mgr|purch_mgr|qa_mgr|qc_mgr",
        title="person",
        meaning=Label("某人在一段时间内担任的岗位", "A job that a person holds for a time"),
        retain=KEPT,
        synonyms=("岗位", "任命"),
    )
    person: Annotated[str, F("人员账号", "Person (account)", key=True, search=True)]
    job: Annotated[str, F("岗位", "Job", key=True, search=True, example="注塑操作工")]
    organisation: Annotated[str | None, F("部门", "Function", ref=Ref("organisation"), search=True)]
    started_on: Annotated[date, F("到岗日期", "Since", default="today")]
    ended_on: Annotated[date | None, F("离岗日期", "Until", kept_from="close")]


class TrainingRequirement(Entity):
    """What somebody in a job must be able to do or have read (ISO 13485:2016, 6.2)."""

    about = About(
        "培训要求",
        "Training requirement",
        domain="compliance",
        group="people",
        owner="quality",
        home=Home.NATIVE,
        written_by="qa|qa_mgr|doc|mr",
        title="subject",
        meaning=Label("某岗位须掌握的内容及其有效期", "What somebody in a job must know, and for how long it holds"),
        retain=KEPT,
        synonyms=("上岗要求", "培训矩阵"),
    )
    job: Annotated[str, F("岗位", "Job", key=True, search=True)]
    subject: Annotated[str, F("内容", "Subject", key=True, search=True)]
    document: Annotated[str | None, F("文件号", "Document", search=True, about=Label("新版本须重新培训", "A new revision is trained anew"))]
    operation: Annotated[str | None, F("工序", "Operation", search=True, about=Label("未培训者不得执行的工序名称", "The operation that the untrained may not do"))]
    method: Annotated[str, F("方式", "Method", codes=METHODS, default="read")]
    pass_mark: Annotated[Decimal | None, F("及格线", "Pass mark", unit="%", in_list=False, rules=(PERCENT,))]
    valid_months: Annotated[int | None, F("有效期", "Valid for", unit="mo", rules=(NOT_NEGATIVE,))]
    due_days: Annotated[int, F("完成期限", "To be done within", unit="d", default="14", rules=(NOT_NEGATIVE,))]
    grace_days: Annotated[int, F("宽限", "Grace", unit="d", default="0", rules=(NOT_NEGATIVE,))]
    blocks_work: Annotated[bool, F("未培训不得上岗", "May not work untrained")]
    trainer_job: Annotated[str | None, F("培训人岗位", "Trainer's job", in_list=False)]
    effect_check: Annotated[str | None, F("有效性评价方式", "How its effect is checked", in_list=False, standard="ISO 13485:2016 6.2 d")]
    status: Annotated[str, F("状态", "Status", codes=STATUS, default="active")]


class TrainingRecord(Entity):
    """One attempt of one person at one requirement: a repeat is a new record."""

    about = About(
        "培训记录",
        "Training record",
        domain="compliance",
        group="people",
        owner="quality",
        home=Home.NATIVE,
        title="person",
        meaning=Label("某人就一项培训要求的一次培训", "One attempt of a person at a training requirement"),
        retain=KEPT,
        process=TRAINING,
    )
    person: Annotated[str, F("人员账号", "Person (account)", key=True, search=True)]
    job: Annotated[str, F("岗位", "Job", key=True, search=True)]
    subject: Annotated[
        str, F("内容", "Subject", key=True, ref=Ref("training_requirement", along=(("job", "job"),)), search=True)
    ]
    attempt: Annotated[int, F("次数", "Attempt", key=True)]
    document: Annotated[str | None, F("文件号", "Document", search=True)]
    doc_rev: Annotated[str | None, F("文件版本", "Revision read")]
    assigned_on: Annotated[date, F("指派日期", "Assigned on", default="today")]
    due_on: Annotated[date, F("期限", "Due on")]
    done_on: Annotated[date | None, F("完成日期", "Done on")]
    score: Annotated[Decimal | None, F("成绩", "Score", unit="%", rules=(PERCENT,))]
    evidence: Annotated[str | None, F("证据", "Evidence", in_list=False)]
    expires_on: Annotated[date | None, F("有效期至", "Valid until")]
