from medthread.domains.compliance.document_guards import (
    CHANGE_IN_EFFECT,
    DISTRIBUTED,
    NO_REFERENCE,
    NO_TRAINING_NEEDED,
    RETAINED,
    REVIEWED,
    SAME_FUNCTION,
    TRAINING_COMPLETE,
)
from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("document.submitted", "文件已提交审核", "Document submitted", "compliance"),
    EventType("document.approved", "文件已批准", "Document approved", "compliance"),
    EventType("document.effective", "文件已生效", "Document effective", "compliance"),
    EventType("document.superseded", "文件已被取代", "Document superseded", "compliance"),
    EventType("document.obsolete", "文件已作废", "Document obsolete", "compliance"),
    EventType("training.assigned", "培训已指派", "Training assigned", "compliance"),
)
FUNCTIONS = "eng|ra|qa|qc_mgr|prod_mgr|purch|svc"

DOCUMENT_RELEASE = Process(
    name="document_release",
    zh="文件发布",
    en="Document release",
    states=(
        State("draft", "草稿", "Draft"),
        State("in_review", "审核中", "In review"),
        State("approved", "已批准", "Approved"),
        State("training", "培训中", "In training"),
        State("effective", "有效", "Effective"),
        State("superseded", "已被取代", "Superseded"),
        State("obsolete", "已作废", "Obsolete"),
        State("withdrawn", "已撤回", "Withdrawn"),
    ),
    initial=("draft",),
    terminal=("obsolete", "withdrawn"),
    transitions=(
        Transition(
            action="submit", zh="提交审核", en="Submit", from_=("draft",), to="in_review", by="orig", meaning=Meaning.AUTHORED,
            asks=("file_name", "sha256"), emits="document.submitted", evidence=Label("内容哈希已固定", "The hash of the content is fixed"),
        ),
        Transition(
            action="review", zh="审核", en="Review", from_=("in_review",), to="in_review", by=FUNCTIONS, role_in="function", meaning=Meaning.REVIEWED,
            evidence=Label("内容充分、适宜", "The content is adequate"),
        ),
        Transition(action="send_back", zh="退回", en="Send back", from_=("in_review",), to="draft", by="qa", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="approve", zh="批准", en="Approve", from_=("in_review",), to="approved", by="qa_mgr", meaning=Meaning.APPROVED,
            guards=(REVIEWED.name, SAME_FUNCTION.name), emits="document.approved",
            evidence=Label("由上一版的审核职能或其对等职能审核", "Reviewed by the function of the last revision, or its equal"),
        ),
        Transition(
            action="publish_for_training", zh="发布培训", en="Publish for training", from_=("approved",), to="training", by="doc", meaning=Meaning.PERFORMED,
            guards=(DISTRIBUTED.name,), emits="training.assigned", evidence=Label("发放清单", "The distribution list"),
        ),
        Transition(
            action="make_effective", zh="生效", en="Make effective", from_=("approved",), to="effective", by="doc|system", meaning=Meaning.RELEASED,
            asks=("effective_on", "no_training_reason"), guards=(NO_TRAINING_NEEDED.name, CHANGE_IN_EFFECT.name), emits="document.effective",
            evidence=Label("无需培训", "No training is needed"),
        ),
        Transition(
            action="make_effective", zh="生效", en="Make effective", from_=("training",), to="effective", by="doc|system", meaning=Meaning.RELEASED,
            asks=("effective_on",), guards=(TRAINING_COMPLETE.name, CHANGE_IN_EFFECT.name), emits="document.effective",
            evidence=Label("必训岗位均已培训,或宽限已过而未训人员停岗", "Every job that must be trained is, or grace has ended and the untrained may not work"),
        ),
        Transition(
            action="review_again", zh="定期复审", en="Review again", from_=("effective",), to="effective", by="qa|doc", meaning=Meaning.REVIEWED,
            asks=("review_due",), evidence=Label("内容仍然适用", "The content still holds"),
        ),
        Transition(
            action="supersede", zh="由新版取代", en="Supersede", from_=("effective",), to="superseded", by="system", emits="document.superseded",
        ),
        Transition(
            action="archive", zh="归档作废", en="Archive", from_=("superseded",), to="obsolete", by="doc", meaning=Meaning.PERFORMED,
            asks=("retention_class",), guards=(RETAINED.name,), emits="document.obsolete", evidence=Label("旧版已收回,保留类别已定", "Old copies recalled, retention set"),
        ),
        Transition(
            action="retire", zh="停用作废", en="Retire", from_=("effective",), to="obsolete", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
            asks=("retention_class",), guards=(NO_REFERENCE.name, RETAINED.name), emits="document.obsolete",
        ),
        Transition(action="withdraw", zh="撤回", en="Withdraw", from_=("draft",), to="withdrawn", by="orig", reason=True),
    ),
    duties=(Duty("submit", "review"), Duty("submit", "approve"), Duty("approve", "make_effective")),
    clocks=(
        Clock(name="review", zh="审核时限", en="Review", span="10 d", since="in_review", until=("approved", "draft"), warn=("3 d",)),
        Clock(name="training", zh="培训时限", en="Training", span="14 d", since="training", until=("effective",), warn=("7 d", "3 d"), escalate="prod_mgr"),
        Clock(
            name="periodic_review", zh="定期复审", en="Periodic review", span="36 mo", since="effective", until=("superseded", "obsolete"),
            warn=("90 d", "30 d"), escalate="doc",
        ),
    ),
    clauses=("ISO 13485:2016 4.2.4", "ISO 13485:2016 4.2.5", "21 CFR 820.35", "21 CFR 11.10(k)", "GMP 2025 文件和数据管理"),
)
