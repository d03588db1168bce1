from medthread.model import Duty, EventType, Guard, Meaning, Process, State, Transition

EVENTS = (EventType("inspection_plan.effective", "检验方案生效", "Inspection plan in force", "quality"),)
HAS_CHARACTERISTICS = Guard(
    name="plan_has_characteristics",
    zh="方案有检验特性,定量特性有限值",
    en="the plan has characteristics",
    takes=("plan_no",),
    blocks="""
        select 'inspection_plan/' || cast(:plan_no as text) as record, '没有检验特性 / no characteristic' as detail
        where not exists (select 1 from native.inspection_characteristic where plan = cast(:plan_no as text))""",
    clause="ISO 13485:2016 8.2.6",
)
ONLY_ONE = Guard(
    name="only_plan_in_force",
    zh="同一物料同一阶段只有一个在效方案",
    en="no other plan is in force for the item and stage",
    takes=("plan_no", "item", "stage"),
    blocks="""
        select 'inspection_plan/' || p.plan_no as record, '在效,先作替代 / is in force: supersede it first' as detail
        from native.inspection_plan as p
        join medthread.process_case as c on c.entity = 'inspection_plan' and c.record = p.id and c.state = 'effective'
        where p.item = cast(:item as text) and p.stage = cast(:stage as text) and p.plan_no <> cast(:plan_no as text)""",
    clause="ISO 13485:2016 4.2.4",
)
INSPECTION_PLAN = Process(
    name="inspection_plan",
    zh="检验方案",
    en="Inspection plan",
    states=(
        State("draft", "草稿", "Draft"),
        State("in_review", "审核中", "In review"),
        State("effective", "在效", "In force"),
        State("superseded", "已替代", "Superseded"),
        State("withdrawn", "已撤回", "Withdrawn"),
    ),
    initial=("draft",),
    terminal=("superseded", "withdrawn"),
    rest=("effective",),
    transitions=(
        Transition(
            action="submit", zh="提交", en="Submit", from_=("draft",), to="in_review", by="orig|qc_mgr|qa", meaning=Meaning.AUTHORED,
            guards=("plan_has_characteristics",),
        ),
        Transition(action="send_back", zh="退回", en="Send back", from_=("in_review",), to="draft", by="qa_mgr|qc_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="approve", zh="批准生效", en="Put in force", from_=("in_review",), to="effective", by="qa_mgr|qc_mgr", meaning=Meaning.APPROVED,
            guards=("plan_has_characteristics", "only_plan_in_force"), emits="inspection_plan.effective",
        ),
        Transition(action="withdraw", zh="撤回", en="Withdraw", from_=("draft",), to="withdrawn", by="orig|qa_mgr", reason=True),
        Transition(action="supersede", zh="替代", en="Supersede", from_=("effective",), to="superseded", by="qa_mgr|qc_mgr", meaning=Meaning.APPROVED, reason=True),
    ),
    duties=(Duty("submit", "approve"),),
    clauses=("ISO 13485:2016 8.2.6", "ISO 13485:2016 4.2.4", "GMP 2025 质量控制与产品放行"),
)
