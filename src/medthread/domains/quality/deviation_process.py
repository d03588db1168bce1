from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("deviation.classified", "偏差已分级", "Deviation classified", "quality"),
    EventType("deviation.planned_requested", "计划偏差已申请", "Planned deviation requested", "quality"),
    EventType("deviation.planned_active", "计划偏差已生效", "Planned deviation in force", "quality"),
    EventType("deviation.assessed", "偏差影响已评定", "Deviation assessed", "quality"),
    EventType("deviation.closed", "偏差已关闭", "Deviation closed", "quality"),
)
STATES = (
    State("reported", "已报告", "Reported"),
    State("classified", "已分级", "Classified"),
    State("planned_review", "计划偏差评审", "Planned, under review"),
    State("planned_active", "计划偏差生效", "Planned, in force"),
    State("investigating", "调查中", "Under investigation"),
    State("impact_decided", "影响已决定", "Impact decided"),
    State("capa_linked", "已转 CAPA", "CAPA linked"),
    State("closed", "已关闭", "Closed"),
    State("rejected", "未批准", "Rejected"),
    State("expired", "未使用到期", "Expired unused"),
)
TRANSITIONS = (
    Transition(
        action="classify", zh="分级", en="Classify", from_=("reported",), to="classified", by="qa", meaning=Meaning.REVIEWED,
        asks=("immediate_action", "grade"), guards=("deviation_is_unplanned",), emits="deviation.classified",
        evidence=Label("紧急措施已采取,已分级", "immediate action is done, the grade is given"),
    ),
    Transition(
        action="request_planned", zh="申请计划偏差", en="Request planned", from_=("reported",), to="planned_review", by="prod_mgr", meaning=Meaning.AUTHORED,
        asks=("control_measures", "planned_until", "specification_affected"),
        guards=("deviation_is_planned", "planned_deviation_is_bounded", "planned_before_the_fact"), emits="deviation.planned_requested",
        evidence=Label("事前列明范围、批次、截止与控制措施", "scope, lots, end and control measures, before the fact"),
    ),
    Transition(
        action="approve_planned", zh="批准计划偏差", en="Approve planned", from_=("planned_review",), to="planned_active", by="qa_mgr+eng_mgr",
        meaning=Meaning.APPROVED, asks=("impact",), guards=("within_registered_specification", "planned_deviation_is_bounded"),
        emits="deviation.planned_active", evidence=Label("风险已评估,不触及注册规格", "risk is assessed, the registered specification is not touched"),
    ),
    Transition(
        action="refuse", zh="不批准", en="Refuse", from_=("planned_review",), to="rejected", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
    ),
    Transition(
        action="expire_unused", zh="未使用到期", en="Expire unused", from_=("planned_active",), to="expired", by="system", guards=("planned_deviation_unused",),
    ),
    Transition(action="end_planned", zh="到期或批数用尽", en="End", from_=("planned_active",), to="investigating", by="system"),
    Transition(
        action="investigate", zh="调查", en="Investigate", from_=("classified",), to="investigating", by="qa|prod_mgr", meaning=Meaning.PERFORMED,
        evidence=Label("原因分析;轻微的可只做趋势", "cause analysis; a minor one may be kept for the trend alone"),
    ),
    Transition(
        action="settle_minor", zh="轻微偏差认定", en="Settle as minor", from_=("classified",), to="impact_decided", by="qa", meaning=Meaning.APPROVED,
        asks=("cause_code", "impact", "product_affected"), guards=("deviation_is_minor",), emits="deviation.assessed",
        evidence=Label("轻微,原因已知,不影响产品", "minor, its cause known, no effect on product"),
    ),
    Transition(
        action="decide_impact", zh="决定影响", en="Decide impact", from_=("investigating",), to="impact_decided", by="qa", meaning=Meaning.APPROVED,
        asks=("root_cause", "cause_code", "impact", "product_affected"), emits="deviation.assessed",
        evidence=Label("受影响批次及其决定", "the lots affected and what is decided of each"),
    ),
    Transition(
        action="open_capa", zh="转 CAPA", en="Open a CAPA", from_=("impact_decided",), to="capa_linked", by="qa", meaning=Meaning.REVIEWED, emits="capa.proposed",
        evidence=Label("重大、致命,或 90 天内重复三次", "major or critical, or the third within 90 days"),
    ),
    Transition(
        action="close", zh="关闭", en="Close", from_=("impact_decided",), to="closed", by="qa_mgr", meaning=Meaning.CLOSED,
        guards=("deviation_lots_decided", "deviation_needs_no_capa"), emits="deviation.closed",
        evidence=Label("所有受影响批次已决定", "every lot it touches is decided"),
    ),
    Transition(
        action="close", zh="关闭", en="Close", from_=("capa_linked",), to="closed", by="qa_mgr", meaning=Meaning.CLOSED,
        guards=("deviation_lots_decided", "capa_of_deviation_accepted"), emits="deviation.closed",
        evidence=Label("CAPA 已受理,其有效性另行验证", "the CAPA is accepted; its effectiveness runs on"),
    ),
)
OPEN_ENDS = ("closed", "rejected", "expired")
DEVIATION = Process(
    name="deviation",
    zh="偏差",
    en="Deviation",
    states=STATES,
    initial=("reported",),
    terminal=OPEN_ENDS,
    transitions=TRANSITIONS,
    duties=(Duty("request_planned", "approve_planned"), Duty("investigate", "close")),
    clocks=(
        Clock(
            name="classify", zh="分级时限", en="Classify", span="1 d", until=("classified", "planned_review"),
            basis="GMP 2025 质量保证; company default", escalate="qa_mgr",
        ),
        Clock(
            name="close_minor", zh="轻微偏差关闭时限", en="Close, minor", span="15 d", until=OPEN_ENDS, when=(("grade", "minor"),),
            basis="GMP 2025 生产管理; company default", warn=("3 d",), escalate="qa_mgr",
        ),
        Clock(
            name="close_major", zh="重大偏差关闭时限", en="Close, major", span="30 d", until=OPEN_ENDS, when=(("grade", "major"),),
            basis="GMP 2025 生产管理; company default", warn=("7 d",), escalate="qa_mgr",
        ),
        Clock(
            name="close_critical", zh="致命偏差关闭时限", en="Close, critical", span="30 d", until=OPEN_ENDS, when=(("grade", "critical"),),
            basis="GMP 2025 生产管理; company default", warn=("7 d",), escalate="mr",
        ),
        Clock(
            name="planned_end", zh="计划偏差截止", en="End of the planned deviation", span="1 min", since="planned_until",
            until=("investigating", "expired", "rejected", "classified"), basis="GMP 2025 生产管理", escalate="qa",
            then=("expire_unused", "end_planned"),
        ),
    ),
    clauses=("ISO 13485:2016 7.5.1", "ISO 13485:2016 8.2.5", "ISO 13485:2016 8.3.1", "21 CFR 820.10", "GMP 2025 质量保证", "GMP 2025 生产管理"),
)
