"""Design control: the stages of a project and the approval of what hangs on it (ISO 13485:2016, 7.3)."""

from medthread.model import Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("design.verified", "设计验证完成", "Design verified", "product"),
    EventType("design.validated", "设计确认完成", "Design validated", "product"),
    EventType("design.transferred", "设计已转换", "Design transferred", "product"),
)
# Latest versions that stand, by element number.
LATEST = """
    select distinct on (e.element_no) e.*, c.state from native.design_element as e
    join medthread.process_case as c on c.entity = 'design_element' and c.record = e.id
    where e.project = cast(:project_no as text) and c.state <> 'superseded'
    order by e.element_no, e.element_rev desc"""


def _stage(name: str, zh: str, en: str, kind: str, clause: str) -> Guard:
    """Elements of a kind are there, and all of them approved."""
    return Guard(
        name=name, zh=zh, en=en, takes=("project_no",), clause=clause,
        blocks=f"""
            with latest as ({LATEST})
            select 'design_element/' || l.element_no || '/' || l.element_rev as record, '尚未批准 / not approved yet' as detail
            from latest as l where l.kind = '{kind}' and l.state <> 'approved'
            union all
            select 'design_project/' || cast(:project_no as text), '没有此类设计元素 / there is none of this kind'
            where not exists (select 1 from latest as l where l.kind = '{kind}')""",
    )


def _followed(name: str, zh: str, en: str, *, kind: str, by: str, clause: str) -> Guard:
    """Every element of a kind is traced to by an approved one of another kind that passed."""
    return Guard(
        name=name, zh=zh, en=en, takes=("project_no",), clause=clause,
        blocks=f"""
            with latest as ({LATEST})
            select 'design_element/' || l.element_no || '/' || l.element_rev as record, '{zh}:缺失 / missing' as detail
            from latest as l where l.kind = '{kind}' and not exists (
                select 1 from latest as v
                join native.design_trace as t on t.element_no = v.element_no and t.element_rev = v.element_rev
                where v.kind = '{by}' and v.state = 'approved' and coalesce(v.result, 'pass') = 'pass' and t.traces_to = l.element_no)""",
    )


INPUTS = _stage("design_inputs_approved", "设计输入均已批准", "all design inputs are approved", "input", "ISO 13485:2016 7.3.3")
OUTPUTS = _stage("design_outputs_approved", "设计输出均已批准", "all design outputs are approved", "output", "ISO 13485:2016 7.3.4")
REVIEWED = _stage("design_review_approved", "设计评审已批准", "a design review is approved", "review", "ISO 13485:2016 7.3.5")
TRANSFERRED = _stage("design_transfer_approved", "设计转换已批准", "the design transfer is approved", "transfer", "ISO 13485:2016 7.3.8")
ANSWERED = _followed("inputs_have_outputs", "每条输入都有输出", "every input has an output", kind="input", by="output", clause="ISO 13485:2016 7.3.4")
VERIFIED = _followed("inputs_are_verified", "每条输入都已验证通过", "every input is verified", kind="input", by="verification", clause="ISO 13485:2016 7.3.6")
VALIDATED = _followed("needs_are_validated", "每条用户需求都已确认通过", "every user need is validated", kind="user_need", by="validation", clause="ISO 13485:2016 7.3.7")
RISKS_ACCEPTED = Guard(
    name="risks_of_model_accepted",
    zh="该型号的剩余风险均已接受",
    en="every residual risk of the model is accepted",
    takes=("device_model",),
    blocks="""
        select 'risk_item/' || r.risk_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.risk_item as r
        join medthread.process_case as c on c.entity = 'risk_item' and c.record = r.id
        where r.device_model = cast(:device_model as text) and c.state <> 'residual_accepted'""",
    clause="ISO 14971:2019 7.4, 8",
)
INPUT_IS_TESTABLE = Guard(
    name="input_has_acceptance",
    zh="设计输入写明接受准则;验证与确认写明结论和样本量依据",
    en="an input has acceptance criteria; a verification or validation its result and sample rationale",
    takes=("element_no", "kind", "acceptance", "result", "sample_rationale"),
    blocks="""
        select 'design_element/' || cast(:element_no as text) as record, wanting.detail from (values
            (cast(:kind as text) = 'input' and cast(:acceptance as text) is null, '缺接受准则 / no acceptance criteria'),
            (cast(:kind as text) in ('verification', 'validation') and cast(:result as text) is null, '缺结论 / no result'),
            (cast(:kind as text) in ('verification', 'validation') and cast(:sample_rationale as text) is null, '缺样本量依据 / no sample rationale')
        ) as wanting(holds, detail) where wanting.holds""",
    clause="ISO 13485:2016 7.3.3, 7.3.6, 7.3.7",
)


def _gate(action: str, zh: str, en: str, from_: str, to: str, *guards: Guard, emits: str | None = None, asks: tuple[str, ...] = ()) -> Transition:
    return Transition(
        action=action, zh=zh, en=en, from_=(from_,), to=to, by="eng_mgr", meaning=Meaning.APPROVED, guards=tuple(g.name for g in guards), emits=emits,
        asks=asks)


RUNNING = ("planned", "input", "output", "verification", "validation", "transfer")
DESIGN_PROJECT = Process(
    name="design_project",
    zh="设计开发",
    en="Design and development",
    states=(
        State("planned", "策划", "Planned"),
        State("input", "设计输入", "Input"),
        State("output", "设计输出", "Output"),
        State("verification", "设计验证", "Verification"),
        State("validation", "设计确认", "Validation"),
        State("transfer", "设计转换", "Transfer"),
        State("closed", "已完成", "Closed"),
        State("stopped", "已终止", "Stopped"),
    ),
    initial=("planned",),
    terminal=("closed", "stopped"),
    transitions=(
        _gate("approve_plan", "批准计划", "Approve the plan", "planned", "input", asks=("plan", "risk_plan", "independent_reviewer")),
        _gate("freeze_input", "冻结输入", "Freeze the inputs", "input", "output", INPUTS),
        _gate("freeze_output", "冻结输出", "Freeze the outputs", "output", "verification", OUTPUTS, ANSWERED),
        _gate("conclude_verification", "完成验证", "Conclude verification", "verification", "validation", VERIFIED, REVIEWED, emits="design.verified"),
        _gate("conclude_validation", "完成确认", "Conclude validation", "validation", "transfer", VALIDATED, RISKS_ACCEPTED, emits="design.validated"),
        Transition(
            action="transfer", zh="完成转换", en="Transfer", from_=("transfer",), to="closed", by="eng_mgr+prod_mgr+qa_mgr", meaning=Meaning.APPROVED,
            asks=("transfer_report",), guards=(TRANSFERRED.name,), emits="design.transferred",
            evidence=Label("输出已转为生产规范并验证适于制造", "The outputs are verified as suitable for manufacture"),
        ),
        *(
            Transition(action=f"reopen_{to}", zh=f"退回{zh}", en=f"Back to {to}", from_=(from_,), to=to, by="eng_mgr", meaning=Meaning.REJECTED, reason=True)
            for from_, to, zh in (("verification", "output", "输出"), ("validation", "output", "输出"))
        ),
        Transition(action="stop", zh="终止", en="Stop", from_=RUNNING, to="stopped", by="eng_mgr", meaning=Meaning.REJECTED, reason=True),
    ),
    clauses=(
        "ISO 13485:2016 7.3.2", "ISO 13485:2016 7.3.3", "ISO 13485:2016 7.3.4", "ISO 13485:2016 7.3.5", "ISO 13485:2016 7.3.6",
        "ISO 13485:2016 7.3.7", "ISO 13485:2016 7.3.8", "GMP 2025 设计开发",
    ),
)
DESIGN_ELEMENT = Process(
    name="design_element",
    zh="设计元素批准",
    en="Approval of a design element",
    states=(
        State("draft", "草稿", "Draft"),
        State("reviewed", "已评审", "Reviewed"),
        State("approved", "已批准", "Approved"),
        State("superseded", "已被取代", "Superseded"),
    ),
    initial=("draft",),
    terminal=("superseded",),
    rest=("approved",),
    transitions=(
        Transition(
            action="review", zh="评审", en="Review", from_=("draft",), to="reviewed", by="eng|ra|qa", meaning=Meaning.REVIEWED,
            guards=(INPUT_IS_TESTABLE.name,),
        ),
        Transition(action="send_back", zh="退回", en="Send back", from_=("reviewed",), to="draft", by="eng_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(action="approve", zh="批准", en="Approve", from_=("reviewed",), to="approved", by="eng_mgr", meaning=Meaning.APPROVED),
        Transition(
            action="supersede", zh="由新版本取代", en="Superseded by a newer version", from_=("approved", "draft"), to="superseded", by="eng_mgr|eng",
            meaning=Meaning.PERFORMED, reason=True,
        ),
    ),
    duties=(Duty("review", "approve"),),
    clauses=("ISO 13485:2016 7.3.3", "ISO 13485:2016 7.3.4", "ISO 13485:2016 7.3.5"),
)
