"""Evidence looked at by a second person, and stale once what it shows has changed."""

from medthread.model import EventType, Guard, Meaning, Process, State, Transition

EVENTS = (EventType("evidence.verified", "证据已核验", "Evidence verified", "compliance"), EventType("evidence.stale", "证据已失效", "Evidence stale", "compliance"))
NOT_THE_COLLECTOR = Guard(
    name="evidence_verified_by_other",
    zh="由采集者以外的人核验",
    en="somebody else than its collector verifies it",
    takes=("record_ref", "collected_by", "actor"),
    blocks="""
        select 'evidence_link/' || cast(:record_ref as text) as record, '由 ' || cast(:collected_by as text) || ' 采集 / was collected by them' as detail
        where cast(:collected_by as text) = cast(:actor as text)""",
    clause="ISO 13485:2016 4.2.5",
)

EVIDENCE = Process(
    name="evidence",
    zh="证据核验",
    en="Verification of evidence",
    states=(
        State("collected", "已采集", "Collected"),
        State("verified", "已核验", "Verified"),
        State("rejected", "不采纳", "Rejected"),
        State("stale", "已失效", "Stale"),
    ),
    initial=("collected",),
    terminal=("rejected", "stale"),
    rest=("verified",),
    transitions=(
        Transition(
            action="verify", zh="核验", en="Verify", from_=("collected",), to="verified", by="qa|qa_mgr|ra", meaning=Meaning.VERIFIED, guards=(NOT_THE_COLLECTOR.name,), emits="evidence.verified",
        ),
        Transition(action="reject", zh="不采纳", en="Reject", from_=("collected",), to="rejected", by="qa|qa_mgr|ra", meaning=Meaning.REJECTED, reason=True),
        Transition(action="expire", zh="失效", en="Set stale", from_=("collected", "verified"), to="stale", by="qa|system", reason=True, emits="evidence.stale"),
    ),
    clauses=("ISO 13485:2016 4.2.5",),
)
