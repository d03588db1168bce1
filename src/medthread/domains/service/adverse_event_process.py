from medthread.domains.service.vigilance_clocks import DECISION, STATUTORY
from medthread.model import Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("ae.reportable", "不良事件应上报", "Adverse event is reportable", "service"),
    EventType("ae.not_reportable", "不良事件不上报", "Adverse event is not reportable", "service"),
    EventType("ae.reported", "不良事件已上报", "Adverse event reported", "service"),
    EventType("ae.followed_up", "不良事件已跟踪报告", "Adverse event followed up", "service"),
    EventType("ae.evaluated", "不良事件已评价", "Adverse event evaluated", "service"),
    EventType("ae.closed", "不良事件已关闭", "Adverse event closed", "service"),
)
REPORTED_AFTER_AWARE = Guard(
    name="reported_after_aware",
    zh="首次报告时间在知悉之后、现在之前",
    en="it was first reported after it was known and before now",
    takes=("ae_no", "aware_at", "submitted_at"),
    blocks="""
        select 'adverse_event/' || cast(:ae_no as text) as record, '报告时间 / reported at ' || cast(:submitted_at as timestamptz) as detail
        where cast(:submitted_at as timestamptz) not between cast(:aware_at as timestamptz) and cast(:now as timestamptz)""",
)
FOLLOW_UP_WRITTEN = Guard(
    name="follow_up_written",
    zh="每次跟踪都有一份跟踪报告",
    en="each follow-up has its report",
    takes=("ae_no",),
    blocks="""
        select 'adverse_event/' || e.ae_no as record, '跟踪报告少于跟踪次数 / there are fewer follow-up reports than follow-ups' as detail
        from native.adverse_event as e
        where e.ae_no = cast(:ae_no as text)
            and (select count(*) from native.ae_follow_up as f where f.adverse_event = e.ae_no) <= (
                select count(*) from medthread.process_step as p
                where p.entity = 'adverse_event' and p.record = e.id and p.action = 'new_facts' and not p.void)""",
)
MEASURE_NAMED = Guard(
    name="measure_names_its_record",
    zh="采取的控制措施有单号可查",
    en="a control measure that was decided on has its record",
    takes=("ae_no", "control_measure", "control_reference"),
    blocks="""
        select 'adverse_event/' || cast(:ae_no as text) as record, '未写控制措施的单号 / the record of the measure is not named' as detail
        where coalesce(cast(:control_measure as text), 'none') <> 'none' and cast(:control_reference as text) is null""",
    clause="ISO 13485:2016 8.2.3",
)

ADVERSE_EVENT = Process(
    name="adverse_event",
    zh="不良事件报告",
    en="Adverse event reporting",
    states=(
        State("assessing", "评估中", "Being assessed"),
        State("not_reportable", "不上报", "Not reportable"),
        State("reportable", "应上报", "Reportable"),
        State("reported", "已上报", "Reported"),
        State("follow_up", "跟踪中", "Being followed up"),
        State("evaluated", "已评价", "Evaluated"),
        State("closed", "已关闭", "Closed"),
    ),
    initial=("assessing",),
    terminal=("closed",),
    rest=("not_reportable",),
    opened_by="pms|qa|qa_mgr",
    transitions=(
        Transition(
            action="decide_no", zh="判为不上报", en="Decide not to report", from_=("assessing",), to="not_reportable", by="pms+qa_mgr",
            meaning=Meaning.APPROVED, asks=("decision_reason",), emits="ae.not_reportable",
            evidence=Label("两人签字,写明理由", "Two signers, with the reason"),
        ),
        Transition(
            action="re_assess", zh="重新评估", en="Assess again", from_=("not_reportable",), to="assessing", by="pms", meaning=Meaning.REVIEWED,
            asks=("aware_at",), reason=True, evidence=Label("新情况;时限自知悉新情况起算", "New facts; the clock runs from when they were known"),
        ),
        Transition(
            action="decide_yes", zh="判为应上报", en="Decide to report", from_=("assessing",), to="reportable", by="pms", meaning=Meaning.REVIEWED,
            asks=("decision_reason",), emits="ae.reportable", evidence=Label("法域、严重度与时限", "Jurisdiction, severity and time limit"),
        ),
        Transition(
            action="submit", zh="提交报告", en="Submit", from_=("reportable",), to="reported", by="pms", meaning=Meaning.APPROVED,
            asks=("submitted_at", "regulator_no"), guards=("reported_after_aware",), emits="ae.reported",
            evidence=Label("监管部门的回执号", "The authority's receipt number"),
        ),
        Transition(
            action="new_facts", zh="跟踪报告", en="Follow up", from_=("reported", "follow_up"), to="follow_up", by="pms", meaning=Meaning.PERFORMED,
            guards=("follow_up_written",), emits="ae.followed_up", evidence=Label("跟踪报告", "The follow-up report"),
        ),
        Transition(
            action="evaluate", zh="评价", en="Evaluate", from_=("reported", "follow_up"), to="evaluated", by="qa_mgr", meaning=Meaning.APPROVED,
            asks=("causality", "cause_code", "risk_benefit"), emits="ae.evaluated", evidence=Label("原因与风险受益", "Cause, and risk against benefit"),
        ),
        Transition(
            action="close", zh="关闭", en="Close", from_=("evaluated",), to="closed", by="mr", meaning=Meaning.CLOSED, asks=("control_measure",),
            guards=("measure_names_its_record",), emits="ae.closed",
            evidence=Label("控制措施已决定:召回、CAPA 或说明书", "Control measures are decided: recall, CAPA or instructions"),
        ),
    ),
    duties=(Duty("decide_yes", "close"), Duty("submit", "close")),
    clocks=(*STATUTORY, DECISION),
    clauses=("ISO 13485:2016 8.2.3", "SAMR Order 1 (2018)", "Regulation (EU) 2017/745 Art. 87-88", "21 CFR 803", "GMP 2025 销售和售后服务"),
)
