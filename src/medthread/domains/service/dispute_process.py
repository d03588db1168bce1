from medthread.model import Clock, EventType, Guard, Label, Meaning, Process, State, Transition

PRESERVED = EventType("dispute.preserved", "纠纷证据已保全", "Dispute: evidence preserved", "service")
CLOSED = EventType("dispute.closed", "纠纷已结案", "Dispute closed", "service")
RECORDS_LISTED = Guard(
    name="dispute_records_listed",
    zh="已列出要保全的记录",
    en="the records to be preserved are listed",
    takes=("dispute_no",),
    blocks="""
        select 'dispute/' || cast(:dispute_no as text) as record, '未列出任何记录 / no record is listed' as detail
        where not exists (select 1 from native.dispute_record as r where r.dispute = cast(:dispute_no as text))""",
)
NO_LEGAL_HOLD = Guard(
    name="no_legal_hold",
    zh="该记录没有因纠纷而保全",
    en="no dispute preserves the record",
    takes=("entity", "record"),
    blocks="""
        select 'legal_hold/' || h.hold_no as record, '纠纷 / dispute ' || h.cause_no as detail
        from native.legal_hold as h
        join medthread.process_case as c on c.entity = 'legal_hold' and c.record = h.id and c.state = 'standing'
        join native.dispute_record as r on r.dispute = h.cause_no and h.cause_entity = 'dispute'
        where r.entity = cast(:entity as text) and r.record = cast(:record as text)""",
    clause="ISO 13485:2016 4.2.5",
)

DISPUTE = Process(
    name="dispute",
    zh="纠纷处理",
    en="Dispute",
    states=(
        State("open", "已提出", "Open"),
        State("evidence", "证据保全", "Evidence preserved"),
        State("negotiating", "协商中", "Negotiating"),
        State("litigation", "诉讼或仲裁", "In court or arbitration"),
        State("settled", "已了结", "Settled"),
        State("closed", "已结案", "Closed"),
    ),
    initial=("open",),
    terminal=("closed",),
    opened_by="exec|mr|qa_mgr|ra|svc",
    transitions=(
        Transition(
            action="preserve", zh="保全证据", en="Preserve the evidence", from_=("open",), to="evidence", by="orig|qa_mgr", meaning=Meaning.PERFORMED,
            guards=(RECORDS_LISTED.name,), emits=PRESERVED.name, evidence=Label("相关记录已列出并保全", "The records are listed and preserved"),
        ),
        Transition(action="negotiate", zh="协商", en="Negotiate", from_=("evidence",), to="negotiating", by="orig|exec"),
        Transition(action="litigate", zh="进入诉讼", en="Go to court", from_=("evidence", "negotiating"), to="litigation", by="exec", meaning=Meaning.APPROVED),
        Transition(
            action="settle", zh="了结", en="Settle", from_=("negotiating", "litigation"), to="settled", by="exec", meaning=Meaning.APPROVED,
            asks=("outcome", "settled_on"), evidence=Label("和解、判决或撤回的内容", "What was agreed, judged or withdrawn"),
        ),
        Transition(
            action="close", zh="结案", en="Close", from_=("settled",), to="closed", by="mr", meaning=Meaning.CLOSED, emits=CLOSED.name,
            evidence=Label("结果已记录;保全由两人另行解除", "The outcome is recorded; two persons lift the hold by an act of its own"),
        ),
    ),
    clocks=(Clock(name="preservation", zh="证据保全时限", en="Preservation of evidence", span="2 wd", since="opened", until=("evidence",), escalate="mr"),),
    clauses=("ISO 13485:2016 4.2.5",),
)
