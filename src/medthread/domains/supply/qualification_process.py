from medthread.domains.supply.qualification_guards import (
    ACTIONS_CLOSED,
    AGREEMENT_EFFECTIVE,
    AUDIT_CALLED_FOR,
    AUDIT_IN_TIME,
    AUDIT_PASSED,
    CERTIFICATES_VALID,
    DESK_WILL_DO,
    LOW_RISK,
    NO_CRITICAL,
    NOT_GRADED_D,
    ONE_ENTRY,
    SAMPLE_FAILED_TWICE,
    SAMPLE_PASSED,
    TRIALS_ACCEPTED,
    TRIALS_INSPECTED,
    WAS_APPROVED,
)
from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("supplier.proposed", "供方已提出", "Source proposed", "supply"),
    EventType("supplier.conditional", "供方有条件认可", "Source approved conditionally", "supply"),
    EventType("supplier.approved", "供方已认可", "Source approved", "supply"),
    EventType("supplier.held", "供方已冻结", "Source held", "supply"),
    EventType("supplier.disqualified", "供方已取消资格", "Source disqualified", "supply"),
    EventType("supplier.exited", "供方已退出", "Source given up", "supply"),
)
CAUSE_CLOSED = (CERTIFICATES_VALID.name, NOT_GRADED_D.name, AUDIT_IN_TIME.name, ACTIONS_CLOSED.name, NO_CRITICAL.name)
ADMISSION = (
    Transition(
        action="propose", zh="提出", en="Propose", from_=("proposed",), to="survey", by="purch", meaning=Meaning.AUTHORED, guards=(ONE_ENTRY.name,),
        emits="supplier.proposed", evidence=Label("需求与物料分级", "The need and the class of the item"),
    ),
    Transition(
        action="require_audit", zh="安排现场审核", en="Require a site audit", from_=("survey",), to="audit", by="sqe", meaning=Meaning.REVIEWED,
        asks=("survey",), guards=(AUDIT_CALLED_FOR.name,),
    ),
    Transition(
        action="approve_on_desk", zh="文件审核通过", en="Approve on the desk", from_=("survey",), to="sample", by="sqe", meaning=Meaning.REVIEWED,
        asks=("survey",), guards=(CERTIFICATES_VALID.name, DESK_WILL_DO.name), evidence=Label("证照有效且范围覆盖物料", "Certificates valid, their scope covers the item"),
    ),
    Transition(
        action="approve_low_risk", zh="低风险认可", en="Approve as of low risk", from_=("survey",), to="approved", by="sqe", meaning=Meaning.APPROVED,
        asks=("survey", "low_risk_reason", "valid_to"), guards=(LOW_RISK.name, CERTIFICATES_VALID.name), emits="supplier.approved",
    ),
    Transition(
        action="pass_audit", zh="现场审核通过", en="Audit passed", from_=("audit",), to="sample", by="sqe", meaning=Meaning.REVIEWED, asks=("audit_due",),
        guards=(AUDIT_PASSED.name, CERTIFICATES_VALID.name), evidence=Label("没有未关闭的致命发现", "No critical finding is open"),
    ),
    Transition(
        action="fail_audit", zh="现场审核未通过", en="Audit failed", from_=("audit",), to="disqualified", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
        emits="supplier.disqualified",
    ),
    Transition(
        action="pass_sample", zh="样品合格", en="Sample accepted", from_=("sample",), to="trial", by="qc", meaning=Meaning.PERFORMED,
        guards=(SAMPLE_PASSED.name, TRIALS_INSPECTED.name), evidence=Label("检验报告", "The inspection report"),
    ),
    Transition(
        action="fail_samples", zh="样品两次不合格", en="Samples failed twice", from_=("sample",), to="disqualified", by="sqe", meaning=Meaning.REJECTED,
        reason=True, guards=(SAMPLE_FAILED_TWICE.name,), emits="supplier.disqualified",
    ),
    Transition(
        action="accept_trial_lots", zh="试用批合格", en="Trial lots accepted", from_=("trial",), to="conditional", by="qa", meaning=Meaning.APPROVED,
        asks=("valid_to",), guards=(TRIALS_ACCEPTED.name, TRIALS_INSPECTED.name, CERTIFICATES_VALID.name), emits="supplier.conditional",
    ),
    Transition(
        action="approve", zh="认可", en="Approve", from_=("trial", "conditional"), to="approved", by="qa_mgr", meaning=Meaning.APPROVED, asks=("valid_to",),
        guards=(TRIALS_ACCEPTED.name, TRIALS_INSPECTED.name, AGREEMENT_EFFECTIVE.name, CERTIFICATES_VALID.name), emits="supplier.approved",
        evidence=Label("试用批合格,质量协议含变更通知条款", "Trial lots accepted, the agreement has a change-notice clause"),
    ),
)
UPKEEP = (
    Transition(
        action="hold", zh="冻结", en="Hold", from_=("approved", "conditional"), to="on_hold", by="qa|system", meaning=Meaning.REJECTED, reason=True,
        asks=("held_for",), emits="supplier.held",
    ),
    Transition(
        action="lift_hold", zh="解除冻结", en="Lift the hold", from_=("on_hold",), to="approved", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
        asks=("lift_evidence", "valid_to"), guards=(WAS_APPROVED.name, *CAUSE_CLOSED), emits="supplier.approved",
        evidence=Label("冻结原因已消除", "What it was held for is closed"),
    ),
    Transition(
        action="resume_conditional", zh="恢复有条件认可", en="Resume as conditional", from_=("on_hold",), to="conditional", by="qa_mgr",
        meaning=Meaning.APPROVED, reason=True, asks=("lift_evidence", "valid_to"), guards=CAUSE_CLOSED, emits="supplier.conditional",
    ),
    Transition(
        action="disqualify", zh="取消资格", en="Disqualify", from_=("on_hold",), to="disqualified", by="qa_mgr+purch_mgr", meaning=Meaning.APPROVED,
        reason=True, asks=("alternative_source",), emits="supplier.disqualified",
    ),
    Transition(
        action="exit", zh="退出", en="Give up", from_=("approved", "on_hold"), to="exited", by="purch_mgr", meaning=Meaning.APPROVED, reason=True,
        asks=("last_lot",), emits="supplier.exited", evidence=Label("最后一批已用完或有保障", "The last lot is used up or covered"),
    ),
)

QUALIFICATION = Process(
    name="supplier_qualification",
    zh="供应商准入与维持",
    en="Supplier qualification",
    states=(
        State("proposed", "拟定", "Proposed"),
        State("survey", "调查", "Survey"),
        State("audit", "现场审核", "Site audit"),
        State("sample", "样品", "Sample"),
        State("trial", "试用", "Trial"),
        State("conditional", "有条件认可", "Conditional"),
        State("approved", "已认可", "Approved"),
        State("on_hold", "已冻结", "On hold"),
        State("disqualified", "已取消资格", "Disqualified"),
        State("exited", "已退出", "Given up"),
    ),
    initial=("proposed",),
    terminal=("disqualified", "exited"),
    transitions=ADMISSION + UPKEEP,
    duties=(
        Duty("propose", "approve"), Duty("propose", "lift_hold"), Duty("propose", "resume_conditional"), Duty("propose", "approve_low_risk"),
        Duty("accept_trial_lots", "approve"),
    ),
    clocks=(
        Clock(
            name="re_evaluation", zh="再评价", en="Re-evaluation", span="12 mo", since="evaluated_at", until=("disqualified", "exited"),
            warn=("90 d", "30 d", "7 d"), escalate="sqe",
        ),
        Clock(
            name="class_a_audit", zh="A 类供方审核", en="Audit of a class A source", span="24 mo", since="approved", when=(("item_class", "A"),),
            until=("disqualified", "exited"), warn=("90 d", "30 d"), escalate="sqe",
        ),
    ),
    clauses=(
        "ISO 13485:2016 7.4.1", "ISO 13485:2016 7.4.2", "ISO 13485:2016 7.4.3", "ISO 13485:2016 4.1.5", "GMP 2025 采购与原材料管理",
        "GMP 2025 委托生产与外协加工", "NMPA 供应商审核指南",
    ),
    opened_by="purch|purch_mgr|sqe",
)
