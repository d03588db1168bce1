"""The impact line's own small process: open until its function answers, answered while the change goes on."""

from medthread.model import EventType, Guard, Label, Meaning, Process, State, Transition

ASPECTS = {
    "safety": Label("安全与性能", "Safety and performance"),
    "risk_file": Label("风险管理文档", "Risk management file"),
    "registration": Label("注册路径", "Registration route"),
    "udi": Label("UDI-DI 触发", "UDI-DI trigger"),
    "validation": Label("验证与确认", "Verification and validation"),
    "stock": Label("库存", "Stock"),
    "wip": Label("在制品", "Work in progress"),
    "shipped": Label("已交付产品", "Shipped product"),
    "documents": Label("文件", "Documents"),
    "training": Label("培训", "Training"),
    "supplier": Label("供方", "Suppliers"),
}
# Who answers for which aspect; the roles are those that may assess a change.
FUNCTIONS = {
    "safety": "eng",
    "risk_file": "eng",
    "registration": "ra",
    "udi": "ra",
    "validation": "qa",
    "stock": "purch",
    "wip": "prod_mgr",
    "shipped": "qa",
    "documents": "qa",
    "training": "prod_mgr",
    "supplier": "purch",
}
ASSESSORS = "|".join(dict.fromkeys(FUNCTIONS.values()))
ANSWERED = EventType("change.impact_answered", "影响评估已答复", "Impact line answered", "product")
CHANGE_IS_ASSESSED = Guard(
    name="change_is_under_assessment",
    zh="变更处于申请或影响评估阶段",
    en="the change is requested or under assessment",
    takes=("change_order",),
    blocks="""
        select 'change_order/' || o.eco_no as record, '已是 ' || c.state || ' / is ' || c.state as detail
        from native.change_order as o
        join medthread.process_case as c on c.entity = 'change_order' and c.record = o.id
        where o.eco_no = cast(:change_order as text) and c.state not in ('ecr_submitted', 'impact_assessment')""",
)

CHANGE_IMPACT = Process(
    name="change_impact",
    zh="变更影响评估",
    en="Impact of a change",
    states=(State("open", "待答复", "Open"), State("answered", "已答复", "Answered"), State("dropped", "不再需要", "Dropped")),
    initial=("open",),
    terminal=("dropped",),
    rest=("answered",),
    transitions=(
        Transition(
            action="answer", zh="答复", en="Answer", from_=("open",), to="answered", by=ASSESSORS,
            role_in="function", meaning=Meaning.REVIEWED, asks=("impact", "assessment"), guards=("change_is_under_assessment",),
            emits="change.impact_answered", evidence=Label("本职能的影响评估", "What the change does to this function's side"),
        ),
        Transition(
            action="reopen", zh="重新评估", en="Reopen", from_=("answered",), to="open", by=ASSESSORS, role_in="function",
            reason=True, guards=("change_is_under_assessment",),
        ),
        Transition(action="drop", zh="取消", en="Drop", from_=("open", "answered"), to="dropped", by="system"),
    ),
    clauses=("ISO 13485:2016 7.3.9", "ISO 14971:2019 10"),
)
