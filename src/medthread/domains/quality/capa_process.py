from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("capa.proposed", "建议 CAPA", "CAPA proposed", "quality"),
    EventType("capa.opened", "CAPA 已立项", "CAPA opened", "quality"),
    EventType("capa.rejected", "CAPA 未立项", "CAPA rejected", "quality"),
    EventType("capa.plan_approved", "CAPA 计划已批准", "CAPA plan approved", "quality"),
    EventType("capa.implemented", "CAPA 措施已完成", "CAPA implemented", "quality"),
    EventType("capa.verified", "CAPA 措施已验证", "CAPA verified", "quality"),
    EventType("capa.measured", "CAPA 有效性已测量", "CAPA measured", "quality"),
    EventType("capa.closed", "CAPA 有效关闭", "CAPA closed as effective", "quality"),
    EventType("capa.not_effective", "CAPA 无效", "CAPA not effective", "quality"),
    EventType("capa.reopened", "CAPA 重新调查", "CAPA reopened", "quality"),
)
STATES = (
    State("proposed", "已提出", "Proposed"),
    State("screened", "已筛选", "Screened"),
    State("investigating", "根因分析", "Under investigation"),
    State("plan_review", "计划评审", "Plan under review"),
    State("implementing", "实施中", "Being implemented"),
    State("verifying", "验证中", "Being verified"),
    State("effectiveness", "有效性观察", "Watched for effect"),
    State("closed_effective", "有效关闭", "Closed, effective"),
    State("not_effective", "无效", "Not effective"),
    State("rejected", "未立项", "Rejected"),
)
TRANSITIONS = (
    Transition(
        action="screen", zh="筛选", en="Screen", from_=("proposed",), to="screened", by="qa", meaning=Meaning.REVIEWED,
        asks=("risk_class", "duplicate_search"), emits="capa.opened", evidence=Label("风险分级,已查重复", "risk class given, duplicates searched"),
    ),
    Transition(
        action="reject", zh="不立项", en="Reject", from_=("proposed",), to="rejected", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
        emits="capa.rejected", evidence=Label("理由与来源单一同保存", "the justification is kept with the source record"),
    ),
    Transition(
        action="assign", zh="指派", en="Assign", from_=("screened",), to="investigating", by="qa_mgr", meaning=Meaning.APPROVED,
        asks=("responsible", "due_on"), guards=("corrections_done",), evidence=Label("责任人与期限;纠偏已完成", "responsible and due day; the correction is done"),
    ),
    Transition(
        action="propose_plan", zh="提出计划", en="Propose plan", from_=("investigating",), to="plan_review", by="orig|eng|prod_mgr", meaning=Meaning.AUTHORED,
        asks=("root_cause_method", "cause_code", "root_cause", "metric", "target", "window_days", "least_sample", "no_adverse_check"),
        guards=("capa_has_actions", "metric_is_complete"),
        evidence=Label("根因有证据;措施;有效性指标、目标与窗口现在定下", "root cause with evidence, actions; metric, target and window are fixed now"),
    ),
    Transition(
        action="return_plan", zh="退回计划", en="Return", from_=("plan_review",), to="investigating", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
    ),
    Transition(
        action="approve_plan", zh="批准计划", en="Approve plan", from_=("plan_review",), to="implementing", by="qa_mgr", meaning=Meaning.APPROVED,
        guards=("capa_has_actions", "metric_is_complete"), emits="capa.plan_approved",
        evidence=Label("措施不产生不利影响,不需注册变更或已关联变更", "the actions do no harm and need no registration change, or name the change"),
    ),
    Transition(
        action="complete", zh="完成措施", en="Complete", from_=("implementing",), to="verifying", by="orig|eng|prod_mgr", meaning=Meaning.PERFORMED,
        guards=("capa_actions_done", "criteria_unchanged"), emits="capa.implemented", evidence=Label("每项措施有证据", "each action has its evidence"),
    ),
    Transition(
        action="find_incomplete", zh="验证未完成", en="Incomplete", from_=("verifying",), to="implementing", by="qa", meaning=Meaning.REJECTED, reason=True,
    ),
    Transition(
        action="verify", zh="验证", en="Verify", from_=("verifying",), to="effectiveness", by="qa", meaning=Meaning.VERIFIED,
        asks=("verification",), guards=("capa_actions_verified", "criteria_unchanged"), emits="capa.verified",
        evidence=Label("措施到位,无不利影响", "the actions are in place and do no harm"),
    ),
    Transition(
        action="measure", zh="测量", en="Measure", from_=("effectiveness",), to="effectiveness", by="qa|qa_mgr|system", emits="capa.measured",
    ),
    Transition(
        action="close_effective", zh="有效关闭", en="Close as effective", from_=("effectiveness",), to="closed_effective", by="qa_mgr", meaning=Meaning.CLOSED,
        guards=(
            "criteria_unchanged", "effectiveness_window_over", "effectiveness_measured", "effectiveness_met_ncr_rate", "effectiveness_met_lot_reject_rate",
            "effectiveness_met_complaint_rate", "effectiveness_met_supplier_reject_ppm",
        ),
        emits="capa.closed", evidence=Label("窗口内由数据算出的指标达到目标", "the metric, computed from data over the window, meets the target"),
    ),
    Transition(
        action="judge_not_effective", zh="判为无效", en="Not effective", from_=("effectiveness",), to="not_effective", by="qa_mgr", meaning=Meaning.REJECTED,
        reason=True, guards=("effectiveness_measured",), emits="capa.not_effective", evidence=Label("指标数值", "the figure of the metric"),
    ),
    Transition(
        action="reopen", zh="重新调查", en="Reopen", from_=("not_effective",), to="investigating", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
        emits="capa.reopened", evidence=Label("新一轮根因分析", "a new round of root-cause analysis"),
    ),
)
CAPA = Process(
    name="capa",
    zh="纠正与预防措施",
    en="Corrective and preventive action",
    states=STATES,
    initial=("proposed",),
    terminal=("closed_effective", "rejected"),
    transitions=TRANSITIONS,
    duties=(Duty("propose_plan", "approve_plan"), Duty("complete", "verify"), Duty("complete", "close_effective")),
    clocks=(
        Clock(
            name="screen", zh="筛选时限", en="Screen", span="5 d", until=("screened", "rejected"), basis="ISO 13485:2016 8.5.2; company default",
            warn=("1 d",), escalate="qa_mgr",
        ),
        Clock(
            name="plan", zh="计划时限", en="Plan", span="30 d", since="investigating", until=("plan_review",),
            basis="ISO 13485:2016 8.5.2; company default", warn=("7 d",), escalate="qa_mgr",
        ),
        Clock(
            name="implement", zh="实施时限", en="Implement", span="90 d", since="implementing", until=("verifying",),
            basis="ISO 13485:2016 8.5.2; company default", warn=("14 d", "3 d"), escalate="qa_mgr",
        ),
        Clock(
            name="judge", zh="窗口结束后判定时限", en="Judge after the window", span="14 d", since="window_to", until=("closed_effective", "not_effective"),
            basis="ISO 13485:2016 8.5.2 f); company default", escalate="mr",
        ),
    ),
    clauses=("ISO 13485:2016 8.5.2", "ISO 13485:2016 8.5.3", "ISO 13485:2016 8.4", "21 CFR 820.10(a)", "GMP 2025 质量保证"),
)
