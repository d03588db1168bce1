from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("nc.held", "不合格批次族已冻结", "Lots of a nonconformance put on hold", "quality"),
    EventType("nc.contained", "不合格品已隔离", "Nonconformance contained", "quality"),
    EventType("nc.investigating", "不合格品调查开始", "Nonconformance under investigation", "quality"),
    EventType("nc.dispositioned", "不合格品处置已批准", "Nonconformance dispositioned", "quality"),
    EventType("nc.verified", "不合格品处置已复验", "Nonconformance verified", "quality"),
    EventType("nc.closed", "不合格品已关闭", "Nonconformance closed", "quality"),
    EventType("nc.proposed", "建议开不合格品", "Nonconformance proposed", "quality"),
    EventType(
        "nc.trend_exceeded", "不合格趋势超限", "Trend of nonconformances exceeded", "quality",
        source="three of one defect code and item within 90 days",
    ),
)
STATES = (
    State("opened", "已开单", "Opened"),
    State("contained", "已隔离", "Contained"),
    State("investigating", "调查中", "Under investigation"),
    State("mrb", "MRB 评审", "Before the board"),
    State("disposition_approved", "处置已批准", "Disposition approved"),
    State("executing", "执行中", "Being carried out"),
    State("verified", "已复验", "Verified"),
    State("closed", "已关闭", "Closed"),
    State("void", "作废", "Void"),
)
TRANSITIONS = (
    Transition(
        action="hold_lots", zh="冻结批次族", en="Hold the lots", from_=("opened",), to="opened", by="qc|qa|whs", emits="nc.held",
        evidence=Label("所列批次及其全部下游批次一并冻结", "the lots listed and all that were made of them are put on hold together"),
    ),
    Transition(
        action="contain", zh="确认隔离", en="Contain", from_=("opened",), to="contained", by="qc|whs", meaning=Meaning.PERFORMED,
        asks=("containment",), guards=("lots_listed", "lots_on_hold", "family_on_hold"), emits="nc.contained",
        evidence=Label("批次已冻结、移位、标识;已沿谱系查全下游批次", "lots held, moved and labelled; the whole family searched along the genealogy"),
    ),
    Transition(
        action="void", zh="作废", en="Void", from_=("opened",), to="void", by="qa", meaning=Meaning.REJECTED, reason=True,
        evidence=Label("重复,或并非不合格", "a duplicate, or no nonconformance"),
    ),
    Transition(
        action="investigate", zh="调查", en="Investigate", from_=("contained",), to="investigating", by="qa", meaning=Meaning.REVIEWED,
        asks=("severity", "delivered"), emits="nc.investigating", evidence=Label("严重度与是否已交付已判定", "severity and whether delivered are judged"),
    ),
    Transition(
        action="convene", zh="召集 MRB", en="Convene the board", from_=("investigating",), to="mrb", by="qa", meaning=Meaning.REVIEWED,
        asks=("facts_and_risk",), evidence=Label("事实与风险已备", "facts and risk are laid out"),
    ),
    Transition(
        action="dispose_simply", zh="简易处置", en="Simple disposition", from_=("investigating",), to="disposition_approved", by="qa",
        meaning=Meaning.APPROVED, guards=("disposition_is_simple", "dispositions_cover_lots"), emits="nc.dispositioned",
        evidence=Label("轻微,且只报废、退货或降级", "minor, and only scrap, return or regrade"),
    ),
    Transition(
        action="decide", zh="MRB 决定", en="Decide", from_=("mrb",), to="disposition_approved", by="eng_mgr+qa_mgr+prod_mgr",
        meaning=Meaning.APPROVED, asks=("mrb_minutes",), guards=("dispositions_cover_lots", "concession_approved"), emits="nc.dispositioned",
        evidence=Label("研发、质量、生产一致同意;让步须有法规符合的批准", "R&D, quality and production agree; use as is has an approved concession"),
    ),
    Transition(
        action="execute", zh="执行处置", en="Carry out", from_=("disposition_approved",), to="executing", by="prod|whs", meaning=Meaning.PERFORMED,
        guards=("rework_is_instructed",), evidence=Label("返工指令按原文件方式批准,不利影响已评价", "rework by an approved instruction, its adverse effect judged"),
    ),
    Transition(
        action="verify_again", zh="复验", en="Verify again", from_=("executing",), to="verified", by="qc", meaning=Meaning.VERIFIED,
        guards=("dispositions_executed", "rework_reinspected"), emits="nc.verified",
        evidence=Label("按原准则复检合格", "inspected again by the original criteria"),
    ),
    Transition(
        action="refuse_result", zh="复验不合格", en="Refuse the result", from_=("executing",), to="mrb", by="qc", meaning=Meaning.REJECTED, reason=True,
    ),
    Transition(
        action="close", zh="关闭", en="Close", from_=("verified",), to="closed", by="qa", meaning=Meaning.CLOSED,
        asks=("capa_decision", "capa_reason"), guards=("quantities_balance", "capa_decided"), emits="nc.closed",
        evidence=Label("数量平衡,CAPA 决定已记录", "quantities balance, the CAPA decision is recorded"),
    ),
)
NONCONFORMANCE = Process(
    name="nonconformance",
    zh="不合格品与 MRB 处置",
    en="Nonconformance and material review",
    states=STATES,
    initial=("opened",),
    terminal=("closed", "void"),
    transitions=TRANSITIONS,
    duties=(Duty("contain", "decide"), Duty("execute", "verify_again"), Duty("execute", "close"), Duty("dispose_simply", "verify_again")),
    clocks=(
        Clock(
            name="contain", zh="隔离时限", en="Contain", span="24 h", until=("contained", "void"), basis="ISO 13485:2016 8.3.1; company default",
            warn=("12 h",), escalate="qa_mgr",
        ),
        Clock(
            name="board", zh="MRB 时限", en="Board decision", span="5 d", since="mrb", until=("disposition_approved",),
            basis="ISO 13485:2016 8.3.2; company default", warn=("1 d",), escalate="qa_mgr",
        ),
        Clock(
            name="delivered", zh="已交付品升级", en="Delivered product escalated", span="24 h", since="investigating",
            until=("mrb", "disposition_approved"), when=(("delivered", "True"),), basis="ISO 13485:2016 8.3.3; company default", escalate="mr",
        ),
        Clock(
            name="close", zh="关闭时限", en="Close", span="30 d", until=("closed", "void"), basis="ISO 13485:2016 8.3.1; company default",
            warn=("7 d",), escalate="qa_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 8.3.1", "ISO 13485:2016 8.3.2", "ISO 13485:2016 8.3.3", "ISO 13485:2016 8.3.4", "21 CFR 820.10", "GMP 2025 质量控制与产品放行"),
)
