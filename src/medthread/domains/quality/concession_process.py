from medthread.model import Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("concession.approved", "让步已批准", "Concession approved", "quality"),
    EventType("concession.refused", "让步被拒绝", "Concession refused", "quality"),
)
REGULATION_MET = Guard(
    name="concession_meets_regulation",
    zh="法规要求得到满足;不满足的不得让步",
    en="regulatory requirements are met; without that there is no concession",
    takes=("concession_no", "regulatory_ok"),
    blocks="""
        select 'concession/' || cast(:concession_no as text) as record, '法规符合判为否 / said not to meet regulation' as detail
        where not coalesce(cast(cast(:regulatory_ok as text) as boolean), false)""",
    clause="ISO 13485:2016 8.3.2",
)
# Read from the readings, not from what somebody ticked.
REQUIREMENT_MET = Guard(
    name="technical_requirement_met",
    zh="注册的产品技术要求得到满足",
    en="the registered technical requirement is met",
    takes=("nonconformance",),
    blocks="""
        select 'inspection/' || r.inspection || '#' || r.characteristic || '-' || r.sample_no as record,
            '产品技术要求 / technical requirement ' || r.requirement_clause || ': ' || coalesce(trim_scale(r.value)::text, r.value_code, '?')
            || ' [' || coalesce(trim_scale(r.lower_limit)::text, '-') || ', ' || coalesce(trim_scale(r.upper_limit)::text, '-') || ']' as detail
        from native.nonconformance_reading as r
        join native.nonconformance as n on n.ncr_no = r.nonconformance
        where r.nonconformance = cast(:nonconformance as text) and r.requirement_clause is not null
        order by r.line_no""",
    clause="ISO 13485:2016 8.3.2; 医疗器械监督管理条例(国务院令第739号)",
)
IN_LIMITS = Guard(
    name="concession_within_limits",
    zh="限量不超过该批不合格数量,有效期未过",
    en="its quantity is no more than what is nonconforming, its last day is not past",
    takes=("concession_no", "nonconformance", "item", "lot_no", "max_quantity", "valid_to"),
    blocks="""
        select 'concession/' || cast(:concession_no as text) as record, '有效期已过 / past: ' || cast(:valid_to as date) as detail
        where cast(:valid_to as date) < cast(:today as date)
        union all
        select 'lot/' || cast(:item as text) || '|' || cast(:lot_no as text), '限量大于不合格数量 / more than is nonconforming: ' || cast(:max_quantity as numeric)
        where cast(:max_quantity as numeric) > coalesce((
            select quantity from native.nonconformance_lot
            where nonconformance = cast(:nonconformance as text) and item = cast(:item as text) and lot_no = cast(:lot_no as text)), 0)""",
    clause="ISO 13485:2016 8.3.2",
)
CONCESSION = Process(
    name="concession",
    zh="让步接收",
    en="Concession",
    states=(
        State("draft", "草稿", "Draft"),
        State("board_review", "MRB 评审", "Before the board"),
        State("approved", "已批准", "Approved"),
        State("refused", "已拒绝", "Refused"),
        State("used_up", "已用完", "Used up"),
        State("expired", "已过期", "Expired"),
    ),
    initial=("draft",),
    terminal=("refused", "used_up", "expired"),
    rest=("approved",),
    transitions=(
        Transition(
            action="submit", zh="提交评审", en="Submit", from_=("draft",), to="board_review", by="orig", meaning=Meaning.AUTHORED,
            evidence=Label("理由、风险评估、限量与期限", "justification, risk assessment, limits"),
        ),
        Transition(
            action="approve", zh="批准", en="Approve", from_=("board_review",), to="approved", by="eng_mgr+qa_mgr", meaning=Meaning.APPROVED,
            guards=("concession_meets_regulation", "technical_requirement_met", "concession_within_limits"), emits="concession.approved",
            evidence=Label("批准人身份留存;法规与产品技术要求满足", "who authorised it is on record; regulation and technical requirement are met"),
        ),
        Transition(
            action="refuse", zh="拒绝", en="Refuse", from_=("board_review",), to="refused", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
            emits="concession.refused",
        ),
        Transition(action="use_up", zh="用完", en="Used up", from_=("approved",), to="used_up", by="qa|whs", meaning=Meaning.ACKNOWLEDGED),
        Transition(action="expire", zh="到期", en="Expire", from_=("approved",), to="expired", by="qa|system", reason=True),
    ),
    duties=(Duty("submit", "approve"), Duty("submit", "refuse")),
    clauses=("ISO 13485:2016 8.3.2", "GMP 2025 质量控制与产品放行"),
)
CONCESSION_APPROVED = Guard(
    name="concession_approved",
    zh="让步、原样使用与返修有批准、在效、足量的让步",
    en="use as is, concession and repair rest on an approved concession that is in force and large enough",
    takes=("ncr_no",),
    blocks="""
        select 'nonconformance/' || d.nonconformance || '#' || min(d.line_no) as record,
            d.item || ' / ' || d.lot_no || ' 没有足量的已批准让步 / no approved concession over ' || trim_scale(sum(d.quantity)) as detail
        from native.nonconformance_disposition as d
        where d.nonconformance = cast(:ncr_no as text) and d.disposition in ('concession', 'use_as_is', 'repair')
        group by d.nonconformance, d.item, d.lot_no
        having sum(d.quantity) > coalesce((
            select sum(k.max_quantity) from native.concession as k
            join medthread.process_case as c on c.entity = 'concession' and c.record = k.id and c.state = 'approved'
            where k.nonconformance = d.nonconformance and k.item = d.item and k.lot_no = d.lot_no
                and k.regulatory_ok and k.valid_to >= cast(:today as date)), 0)""",
    clause="ISO 13485:2016 8.3.2",
)
