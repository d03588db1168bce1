"""Risk management of one item: analysed, controlled, accepted, and opened again when the field says otherwise (ISO 14971:2019)."""

from medthread.model import Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (EventType("risk.reopened", "风险项已重新打开", "Risk reopened", "product"), EventType("risk.accepted", "剩余风险已接受", "Residual risk accepted", "product"))
ACCEPTABLE = 4  # severity times probability that needs no further reason
CONTROLS_WORK = Guard(
    name="risk_controls_verified",
    zh="每项控制措施都有已批准的实施与有效性验证",
    en="every control is carried out and shown to work by approved design elements",
    takes=("risk_no",),
    blocks="""
        select 'risk_control/' || k.risk || '/' || k.line_no as record,
            '未落实或未验证:' || n.role || ' / not carried out or not verified' as detail
        from native.risk_control as k
        cross join lateral (values ('element_no', k.element_no), ('verification', k.verification)) as n(role, element_no)
        where k.risk = cast(:risk_no as text) and not exists (
            select 1 from native.design_element as e
            join medthread.process_case as c on c.entity = 'design_element' and c.record = e.id
            where e.element_no = n.element_no and c.state = 'approved' and (n.role = 'element_no' or coalesce(e.result, 'fail') = 'pass'))
        union all
        select 'risk_item/' || cast(:risk_no as text), '没有控制措施 / there is no control'
        where not exists (select 1 from native.risk_control as k where k.risk = cast(:risk_no as text))""",
    clause="ISO 14971:2019 7.2",
)
RESIDUAL_OK = Guard(
    name="residual_risk_acceptable",
    zh="剩余风险在可接受范围内,或有受益风险分析",
    en="the residual risk is acceptable, or its benefit is shown to outweigh it",
    takes=("risk_no", "residual_severity", "residual_probability", "benefit_risk"),
    blocks=f"""
        select 'risk_item/' || cast(:risk_no as text) as record,
            '剩余风险 ' || cast(:residual_severity as bigint) * cast(:residual_probability as bigint) || ' > {ACCEPTABLE},缺受益风险分析 / no benefit-risk analysis' as detail
        where cast(:residual_severity as bigint) * cast(:residual_probability as bigint) > {ACCEPTABLE} and cast(:benefit_risk as text) is null""",
    clause="ISO 14971:2019 7.3, 7.4",
)

RISK = Process(
    name="risk_management",
    zh="风险管理",
    en="Risk management",
    states=(
        State("identified", "已识别", "Identified"),
        State("analysed", "已分析", "Analysed"),
        State("controlled", "已控制", "Controlled"),
        State("residual_accepted", "剩余风险已接受", "Residual risk accepted"),
        State("reopened", "已重新打开", "Reopened"),
        State("withdrawn", "已撤销", "Withdrawn"),
    ),
    initial=("identified",),
    terminal=("withdrawn",),
    rest=("residual_accepted",),
    transitions=(
        Transition(
            action="analyse", zh="分析", en="Analyse", from_=("identified", "reopened"), to="analysed", by="eng", meaning=Meaning.PERFORMED,
            asks=("severity", "probability"),
        ),
        Transition(
            action="control", zh="落实控制", en="Put under control", from_=("analysed",), to="controlled", by="eng", meaning=Meaning.PERFORMED,
            asks=("residual_severity", "residual_probability"), guards=(CONTROLS_WORK.name,),
        ),
        Transition(
            action="accept_residual", zh="接受剩余风险", en="Accept the residual risk", from_=("controlled",), to="residual_accepted", by="eng_mgr+qa_mgr",
            meaning=Meaning.APPROVED, guards=(CONTROLS_WORK.name, RESIDUAL_OK.name), emits="risk.accepted",
            evidence=Label("控制措施有效,剩余风险可接受", "The controls work and the residual risk is acceptable"),
        ),
        Transition(
            action="reopen", zh="重新打开", en="Reopen", from_=("controlled", "residual_accepted"), to="reopened", by="qa|pms|eng|system",
            meaning=Meaning.REVIEWED, reason=True, emits="risk.reopened",
        ),
        Transition(
            action="withdraw", zh="撤销", en="Withdraw", from_=("identified",), to="withdrawn", by="eng_mgr", meaning=Meaning.REJECTED, reason=True,
        ),
    ),
    duties=(Duty("control", "accept_residual"),),
    clauses=("ISO 14971:2019 5", "ISO 14971:2019 6", "ISO 14971:2019 7", "ISO 14971:2019 8", "ISO 14971:2019 10", "ISO 13485:2016 7.1"),
)
