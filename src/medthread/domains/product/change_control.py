from medthread.domains.product.change_guards import (
    ALL_ANSWERED,
    DOCUMENTS_READY,
    ENDORSED,
    MAJOR_IS_MAJOR,
    NEEDS_AUTHORITY,
    NEEDS_NO_AUTHORITY,
    ONLY_MINOR,
    PROTOCOL_APPROVED,
    REQUESTED,
    STOCK_DISPOSED,
    SUPPLIERS_TOLD,
    TRAINED,
)
from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("change.requested", "变更已申请", "Change requested", "product"),
    EventType("change.rejected", "变更未获批准", "Change rejected", "product"),
    EventType("change.accepted", "变更申请已受理", "Change accepted for assessment", "product"),
    EventType("change.assessed", "变更影响评估完成", "Change assessed", "product"),
    EventType("change.approved", "变更已批准", "Change approved", "product"),
    EventType("change.regulatory_submitted", "变更注册已申报", "Change submitted to the authority", "product"),
    EventType("change.regulatory_approved", "变更注册已批准", "Change approved by the authority", "product"),
    EventType("change.effective", "变更已生效", "Change effective", "product"),
    EventType("change.closed", "变更已关闭", "Change closed", "product"),
)
STATES = (
    State("ecr_draft", "申请草稿", "Request in draft"),
    State("ecr_submitted", "申请已提交", "Request submitted"),
    State("ecr_rejected", "申请已退回", "Request rejected"),
    State("impact_assessment", "影响评估", "Impact assessment"),
    State("eco_review", "变更评审", "In review"),
    State("approved", "已批准", "Approved"),
    State("verification", "验证确认", "Verification"),
    State("regulatory_wait", "等待注册", "Waiting for the authority"),
    State("implementing", "实施中", "Being implemented"),
    State("effective", "已生效", "Effective"),
    State("closed", "已关闭", "Closed"),
    State("cancelled", "已取消", "Cancelled"),
)
TO_APPROVAL = (
    Transition(
        action="submit", zh="提交申请", en="Submit the request", from_=("ecr_draft",), to="ecr_submitted", by="orig", meaning=Meaning.AUTHORED,
        guards=(REQUESTED.name,), emits="change.requested", evidence=Label("理由与受影响对象", "The reason and the affected objects"),
    ),
    Transition(
        action="reject", zh="不予受理", en="Reject the request", from_=("ecr_submitted",), to="ecr_rejected", by="eng_mgr|qa", meaning=Meaning.REJECTED,
        reason=True, emits="change.rejected",
    ),
    Transition(
        action="accept", zh="受理", en="Accept the request", from_=("ecr_submitted",), to="impact_assessment", by="qa", meaning=Meaning.REVIEWED,
        asks=("change_class",), emits="change.accepted", evidence=Label("变更等级", "The class of the change"),
    ),
    Transition(
        action="assess", zh="完成影响评估", en="Conclude the assessment", from_=("impact_assessment",), to="eco_review", by="eng|ra|qa|prod_mgr|purch",
        meaning=Meaning.REVIEWED, asks=("regulatory_route", "udi_trigger"), guards=(ALL_ANSWERED.name, MAJOR_IS_MAJOR.name), emits="change.assessed",
        evidence=Label("各职能答复齐全,含风险文档、注册路径与 UDI-DI 触发", "Every function answered, risk file, registration and UDI-DI trigger included"),
    ),
    Transition(
        action="endorse", zh="管理者代表批准", en="Approve as management representative", from_=("eco_review",), to="eco_review", by="mr",
        meaning=Meaning.APPROVED, evidence=Label("重大变更对体系无不利影响", "A major change does the quality system no harm"),
    ),
    Transition(
        action="approve", zh="批准", en="Approve", from_=("eco_review",), to="approved", by="eng_mgr+qa_mgr", meaning=Meaning.APPROVED,
        guards=(ALL_ANSWERED.name, ENDORSED.name), emits="change.approved", evidence=Label("全部评估均已签名", "All assessments are signed"),
    ),
    Transition(
        action="return", zh="退回评估", en="Send back to assessment", from_=("eco_review",), to="impact_assessment", by="qa_mgr",
        meaning=Meaning.REJECTED, reason=True,
    ),
    Transition(action="cancel", zh="取消", en="Cancel", from_=("ecr_draft",), to="cancelled", by="orig", reason=True),
    Transition(
        action="cancel", zh="取消", en="Cancel", from_=("eco_review",), to="cancelled", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
        emits="change.rejected",
    ),
)
TO_EFFECT = (
    Transition(
        action="start_verification", zh="开始验证", en="Start verification", from_=("approved",), to="verification", by="eng", meaning=Meaning.PERFORMED,
        asks=("protocol",), guards=(PROTOCOL_APPROVED.name,), evidence=Label("已批准的验证方案", "The approved protocol"),
    ),
    Transition(
        action="skip_verification", zh="免于验证", en="Go without verification", from_=("approved",), to="implementing", by="qa", meaning=Meaning.REVIEWED,
        asks=("no_verification_reason",), guards=(ONLY_MINOR.name, NEEDS_NO_AUTHORITY.name),
        evidence=Label("书面理由;仅限微小变更", "The written reason; minor changes only"),
    ),
    Transition(
        action="fail_verification", zh="验证未通过", en="Verification failed", from_=("verification",), to="eco_review", by="qa", meaning=Meaning.REJECTED,
        asks=("verification_report",), reason=True,
    ),
    Transition(
        action="submit_to_authority", zh="提交注册申报", en="Submit to the authority", from_=("verification",), to="regulatory_wait", by="ra",
        meaning=Meaning.REVIEWED, asks=("verification_report", "submission_no"), guards=(NEEDS_AUTHORITY.name,), emits="change.regulatory_submitted",
        evidence=Label("路径为备案或注册", "The route is a filing or a registration"),
    ),
    Transition(
        action="pass_verification", zh="验证通过", en="Verification passed", from_=("verification",), to="implementing", by="qa", meaning=Meaning.REVIEWED,
        asks=("verification_report",), guards=(NEEDS_NO_AUTHORITY.name,), evidence=Label("验证与确认记录", "Records of verification and validation"),
    ),
    Transition(
        action="receive_approval", zh="取得批件", en="Approval received", from_=("regulatory_wait",), to="implementing", by="ra", meaning=Meaning.VERIFIED,
        asks=("approval_no",), emits="change.regulatory_approved", evidence=Label("批件或备案号", "The certificate or filing number"),
    ),
    Transition(
        action="make_effective", zh="生效", en="Make effective", from_=("implementing",), to="effective", by="doc|qa", meaning=Meaning.RELEASED,
        asks=("effectivity", "effective_from"), guards=(DOCUMENTS_READY.name, TRAINED.name, STOCK_DISPOSED.name, SUPPLIERS_TOLD.name),
        emits="change.effective", evidence=Label("文件、培训、库存、供方、生效方式", "Documents, training, stock, suppliers, effectivity"),
    ),
    Transition(
        action="close", zh="关闭", en="Close", from_=("effective",), to="closed", by="qa_mgr", meaning=Meaning.CLOSED, asks=("check_after",),
        emits="change.closed", evidence=Label("首批产品上的实施后确认", "What the check on the first lots showed"),
    ),
)

CHANGE_CONTROL = Process(
    name="change_control",
    zh="设计与工程变更",
    en="Change control",
    version=2,
    states=STATES,
    initial=("ecr_draft",),
    terminal=("ecr_rejected", "closed", "cancelled"),
    transitions=TO_APPROVAL + TO_EFFECT,
    contributors=("whs",),  # disposes of the stock that a change affects
    duties=(Duty("submit", "approve"), Duty("submit", "endorse"), Duty("assess", "approve"), Duty("start_verification", "close")),
    clocks=(
        Clock(name="assessment", zh="影响评估时限", en="Assessment", span="10 d", since="impact_assessment", until=("eco_review",), warn=("3 d",)),
        Clock(
            name="emergency_approval", zh="应急批准时限", en="Emergency approval", span="24 h", since="ecr_submitted", when=(("urgency", "emergency"),),
            until=("approved", "ecr_rejected", "cancelled"), warn=("4 h",),
        ),
        Clock(
            name="emergency_record", zh="应急变更补全记录", en="Full record of an emergency change", span="3 d", since="approved",
            when=(("urgency", "emergency"),), until=("implementing", "regulatory_wait", "eco_review"), warn=("1 d",),
        ),
        Clock(
            name="open", zh="变更周期", en="Change kept open", span="90 d", since="opened", until=("effective", "closed", "ecr_rejected", "cancelled"),
            warn=("30 d", "7 d"), escalate="eng_mgr",
        ),
    ),
    clauses=(
        "ISO 13485:2016 7.3.9", "ISO 13485:2016 7.3.10", "ISO 13485:2016 4.1.4", "ISO 14971:2019 10", "21 CFR 820.10(c)",
        "GMP 2025 质量保证", "GMP 2025 设计开发", "NMPA 变更注册与备案",
    ),
)
