from datetime import date
from typing import Annotated

from medthread.domains.compliance.audit_process import AUDIT, FINDING
from medthread.model import About, Entity, F, Home, Label, Ref, Retention

KINDS = {
    "internal": Label("内部审核", "Internal"),
    "supplier": Label("供方审核", "Supplier"),
    "customer": Label("客户审核", "Customer"),
    "notified_body": Label("公告机构审核", "Notified body"),
    "nmpa": Label("药监检查", "NMPA inspection"),
    "fda": Label("FDA 检查", "FDA inspection"),
    "self": Label("自查", "Self-inspection"),
}
GRADES = {
    "critical": Label("致命", "Critical"),
    "major": Label("严重", "Major"),
    "minor": Label("一般", "Minor"),
    "observation": Label("观察项", "Observation"),
}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 8.2.4")


class Audit(Entity):
    """An audit or inspection, of ourselves, of a supplier, or by others (ISO 13485:2016, 8.2.4)."""

    about = About(
        "审核",
        "Audit",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="scope",
        meaning=Label("一次内部、供方或外部的审核或检查", "An audit or inspection, internal, of a supplier, or by an outside party"),
        retain=KEPT,
        process=AUDIT,
        synonyms=("内审", "检查", "飞检"),
    )
    audit_no: Annotated[str, F("审核号", "Audit no.", key=True, search=True, series="AUD")]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    scope: Annotated[str, F("范围", "Scope", search=True, long=True)]
    criteria: Annotated[str, F("依据", "Criteria", in_list=False, example="ISO 13485:2016 7.4")]
    auditee: Annotated[str | None, F("受审部门", "Audited function", ref=Ref("organisation"), search=True)]
    supplier: Annotated[str | None, F("受审供应商", "Audited supplier", ref=Ref("supplier"), search=True)]
    lead: Annotated[str, F("组长", "Lead auditor", default="me")]
    starts_on: Annotated[date, F("开始日期", "Starts on")]
    ends_on: Annotated[date | None, F("结束日期", "Ends on")]
    report: Annotated[str | None, F("报告", "Report", in_list=False, about=Label("文件号", "A document number"))]
    conclusion: Annotated[str | None, F("结论", "Conclusion", long=True, in_list=False)]
    response_due: Annotated[date | None, F("回复期限", "Response due", about=Label("FDA 483 为 15 个工作日", "15 working days after a Form 483"))]


class AuditTeam(Entity):
    """A member of an audit's team: nobody audits the function they belong to."""

    about = About(
        "审核组成员",
        "Audit team member",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="member",
        meaning=Label("审核组的一名成员", "A member of an audit team"),
        retain=KEPT,
        part_of="audit",
    )
    audit: Annotated[str, F("审核", "Audit", key=True, ref=Ref("audit"), search=True)]
    member: Annotated[str, F("组员账号", "Member (account)", key=True, search=True)]
    qualification: Annotated[str | None, F("审核员资格", "Qualification")]


class AuditFinding(Entity):
    """What an audit found against a clause, and what came of it."""

    about = About(
        "审核发现",
        "Audit finding",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="statement",
        meaning=Label("审核中对某条款的一项发现及其整改", "What an audit found against a clause, and its correction"),
        retain=KEPT,
        part_of="audit",
        process=FINDING,
        synonyms=("不符合项", "483 observation"),
    )
    audit: Annotated[str, F("审核", "Audit", key=True, ref=Ref("audit"), search=True)]
    finding_no: Annotated[int, F("序号", "Finding no.", key=True)]
    grade: Annotated[str, F("等级", "Grade", codes=GRADES)]
    clause: Annotated[str, F("条款", "Clause", search=True)]
    statement: Annotated[str, F("事实陈述", "Statement of fact", long=True)]
    evidence: Annotated[str, F("证据", "Evidence", long=True, in_list=False)]
    owner: Annotated[str, F("责任人账号", "Owner (account)", search=True)]
    due_on: Annotated[date, F("期限", "Due on")]
    correction: Annotated[str | None, F("纠正", "Correction", long=True, in_list=False)]
    cause: Annotated[str | None, F("原因", "Cause", long=True, in_list=False)]
    capa: Annotated[str | None, F("CAPA 号", "CAPA", search=True)]
    verified_by_evidence: Annotated[str | None, F("验证证据", "What verification saw", long=True, in_list=False)]
