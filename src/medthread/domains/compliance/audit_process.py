"""Audits and their findings: auditors are independent of what they audit, and findings closed before the audit is."""

from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("audit.reported", "审核已报告", "Audit reported", "compliance"),
    EventType("audit.closed", "审核已关闭", "Audit closed", "compliance"),
    EventType("audit.finding_raised", "审核发现已提出", "Finding raised", "compliance"),
    EventType("audit.finding_closed", "审核发现已关闭", "Finding closed", "compliance"),
)
INDEPENDENT = Guard(
    name="auditors_independent",
    zh="组长和组员均不属于受审部门",
    en="neither lead nor team belongs to the audited function",
    takes=("audit_no", "auditee", "lead"),
    blocks="""
        select 'job_assignment/' || j.person || '/' || j.job as record, j.person || ' 属于受审部门 / belongs to the audited function' as detail
        from native.job_assignment as j
        where j.organisation = cast(:auditee as text) and (j.ended_on is null or j.ended_on > :today)
            and j.person in (select t.member from native.audit_team as t where t.audit = cast(:audit_no as text) union select cast(:lead as text))""",
    clause="ISO 13485:2016 8.2.4",
)
AUDITED_NAMED = Guard(
    name="audited_party_named",
    zh="写明受审部门或受审供应商",
    en="the audited function or supplier is named",
    takes=("audit_no", "kind", "auditee", "supplier"),
    blocks="""
        select 'audit/' || cast(:audit_no as text) as record, '未写明受审方 / nobody is named as audited' as detail
        where (cast(:kind as text) = 'supplier' and cast(:supplier as text) is null)
            or (cast(:kind as text) <> 'supplier' and cast(:auditee as text) is null)""",
    clause="ISO 13485:2016 8.2.4",
)
FINDINGS_ISSUED = Guard(
    name="audit_findings_issued",
    zh="所有发现均已发出",
    en="every finding has been issued",
    takes=("audit_no",),
    blocks="""
        select 'audit_finding/' || f.audit || '/' || f.finding_no as record, '尚未发出 / not issued yet' as detail
        from native.audit_finding as f
        join medthread.process_case as c on c.entity = 'audit_finding' and c.record = f.id
        where f.audit = cast(:audit_no as text) and c.state = 'open'""",
)
FINDINGS_CLOSED = Guard(
    name="audit_findings_closed",
    zh="所有发现均已关闭",
    en="every finding is closed",
    takes=("audit_no",),
    blocks="""
        select 'audit_finding/' || f.audit || '/' || f.finding_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.audit_finding as f
        join medthread.process_case as c on c.entity = 'audit_finding' and c.record = f.id
        where f.audit = cast(:audit_no as text) and c.state <> 'closed'""",
    clause="ISO 13485:2016 8.2.4",
)
OWNER_ANSWERS = Guard(
    name="finding_answered_by_owner",
    zh="由责任人答复",
    en="its owner answers",
    takes=("audit", "finding_no", "owner", "actor"),
    blocks="""
        select 'audit_finding/' || cast(:audit as text) || '/' || cast(:finding_no as bigint) as record, '须由 ' || cast(:owner as text) || ' 答复 / is for them to answer' as detail
        where cast(:owner as text) <> cast(:actor as text)""",
)
NOT_THE_OWNER = Guard(
    name="finding_verified_by_other",
    zh="由责任人以外的审核组成员验证",
    en="a member of the audit team other than the owner verifies it",
    takes=("audit", "finding_no", "owner", "actor"),
    blocks="""
        select 'audit_finding/' || cast(:audit as text) || '/' || cast(:finding_no as bigint) as record,
            cast(:actor as text) || ' 不是审核组成员或为责任人 / is not of the team, or owns the finding' as detail
        where cast(:owner as text) = cast(:actor as text) or not exists (
            select 1 from native.audit as a
            left join native.audit_team as t on t.audit = a.audit_no
            where a.audit_no = cast(:audit as text) and cast(:actor as text) in (a.lead, t.member))""",
    clause="ISO 13485:2016 8.2.4",
)
CAPA_FOR_GRAVE = Guard(
    name="grave_finding_has_capa",
    zh="致命和严重发现须有 CAPA",
    en="a critical or major finding has a CAPA",
    takes=("audit", "finding_no", "grade", "capa"),
    blocks="""
        select 'audit_finding/' || cast(:audit as text) || '/' || cast(:finding_no as bigint) as record, '未关联 CAPA / names no CAPA' as detail
        where cast(:grade as text) in ('critical', 'major') and cast(:capa as text) is null""",
    clause="ISO 13485:2016 8.5.2",
)
AUDITORS = "qa|qa_mgr|mr|sqe|ra"
OWNERS = "eng|eng_mgr|ra|qa|qa_mgr|qc_mgr|prod_mgr|purch|purch_mgr|sqe|doc|maint|metro|svc|whs"

AUDIT = Process(
    name="audit",
    zh="审核",
    en="Audit",
    states=(
        State("planned", "已计划", "Planned"),
        State("prepared", "已准备", "Prepared"),
        State("in_progress", "进行中", "In progress"),
        State("reported", "已报告", "Reported"),
        State("follow_up", "跟踪整改", "Followed up"),
        State("closed", "已关闭", "Closed"),
        State("cancelled", "已取消", "Cancelled"),
    ),
    initial=("planned",),
    terminal=("closed", "cancelled"),
    transitions=(
        Transition(
            action="prepare", zh="批准审核计划", en="Approve the plan", from_=("planned",), to="prepared", by="qa_mgr|mr", meaning=Meaning.APPROVED,
            guards=(AUDITED_NAMED.name, INDEPENDENT.name), evidence=Label("范围、依据、独立的审核组", "Scope, criteria, an independent team"),
        ),
        Transition(action="start", zh="开始", en="Start", from_=("prepared",), to="in_progress", by=AUDITORS, meaning=Meaning.PERFORMED, guards=(INDEPENDENT.name,)),
        Transition(
            action="report", zh="报告", en="Report", from_=("in_progress",), to="reported", by=AUDITORS, meaning=Meaning.AUTHORED,
            asks=("report", "conclusion", "ends_on"), guards=(FINDINGS_ISSUED.name,), emits="audit.reported",
        ),
        Transition(action="follow_up", zh="跟踪整改", en="Follow up", from_=("reported",), to="follow_up", by=AUDITORS, meaning=Meaning.REVIEWED),
        Transition(
            action="close", zh="关闭", en="Close", from_=("reported", "follow_up"), to="closed", by="qa_mgr|mr", meaning=Meaning.CLOSED,
            guards=(FINDINGS_CLOSED.name,), emits="audit.closed",
        ),
        Transition(action="cancel", zh="取消", en="Cancel", from_=("planned", "prepared"), to="cancelled", by="qa_mgr|mr", meaning=Meaning.REJECTED, reason=True),
    ),
    duties=(Duty("report", "close"),),
    clocks=(
        Clock(name="report", zh="报告时限", en="Report", span="10 wd", since="in_progress", until=("reported",), warn=("3 d",)),
        Clock(
            name="fda_response", zh="FDA 483 回复", en="Response to Form 483", span="15 wd", since="reported", when=(("kind", "fda"),), until=("follow_up", "closed"),
            statutory=True, basis="FDA 483 response, 74 FR 40211", warn=("7 d", "3 d"), escalate="mr",
        ),
    ),
    clauses=("ISO 13485:2016 8.2.4", "21 CFR 820.10", "GMP 2025 自查"),
)
FINDING = Process(
    name="audit_finding",
    zh="审核发现整改",
    en="Audit finding",
    states=(
        State("open", "已记录", "Recorded"),
        State("response_due", "待整改", "Response due"),
        State("accepted", "整改计划已接受", "Plan accepted"),
        State("verified", "已验证", "Verified"),
        State("closed", "已关闭", "Closed"),
    ),
    initial=("open",),
    terminal=("closed",),
    transitions=(
        Transition(
            action="issue", zh="发出", en="Issue", from_=("open",), to="response_due", by=AUDITORS, meaning=Meaning.AUTHORED, emits="audit.finding_raised",
        ),
        Transition(
            action="respond", zh="答复", en="Respond", from_=("response_due",), to="accepted", by=OWNERS, meaning=Meaning.PERFORMED,
            asks=("correction", "cause"), guards=(OWNER_ANSWERS.name,), evidence=Label("纠正、原因和措施", "Correction, cause and action"),
        ),
        Transition(
            action="refuse", zh="退回答复", en="Refuse the response", from_=("accepted",), to="response_due", by=AUDITORS, meaning=Meaning.REJECTED, reason=True,
        ),
        Transition(
            action="verify", zh="验证", en="Verify", from_=("accepted",), to="verified", by=AUDITORS, meaning=Meaning.VERIFIED,
            asks=("verified_by_evidence",), guards=(NOT_THE_OWNER.name, CAPA_FOR_GRAVE.name),
        ),
        Transition(action="close", zh="关闭", en="Close", from_=("verified",), to="closed", by="qa_mgr|mr", meaning=Meaning.CLOSED, emits="audit.finding_closed"),
    ),
    duties=(Duty("respond", "verify"), Duty("respond", "close")),
    clocks=(Clock(name="response", zh="答复时限", en="Response", span="15 d", since="response_due", until=("accepted",), warn=("3 d",)),),
    clauses=("ISO 13485:2016 8.2.4", "ISO 13485:2016 8.5.2"),
)
