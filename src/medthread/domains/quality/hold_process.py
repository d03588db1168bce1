from medthread.model import Decision, EventType, Guard, Meaning, Process, State, Transition

EVENTS = (EventType("hold.lifted", "冻结已解除", "Hold lifted", "quality"),)
CAUSE_IS_OVER = Guard(
    name="cause_of_hold_is_over",
    zh="引起冻结的记录已关闭",
    en="the record that caused the hold is closed",
    takes=("cause_entity", "cause_no"),
    blocks="""
        select cause.entity || '/' || cause.no as record, '尚未关闭 / not closed: ' || c.state as detail from (
            select 'nonconformance' as entity, ncr_no as no, id from native.nonconformance
            union all select 'deviation', deviation_no, id from native.deviation
            union all select 'calibration_record', cal_no, id from native.calibration_record
            union all select 'recall', recall_no, id from native.recall
        ) as cause
        join medthread.process_case as c on c.entity = cause.entity and c.record = cause.id
        where cause.entity = cast(:cause_entity as text) and cause.no = cast(:cause_no as text) and c.closed_at is null""",
    clause="ISO 13485:2016 8.3.1",
)
HOLD = Process(
    name="hold",
    zh="冻结",
    en="Hold",
    version=2,
    states=(State("standing", "冻结中", "Standing"), State("lifted", "已解除", "Lifted")),
    initial=("standing",),
    terminal=("lifted",),
    binding=("standing",),
    transitions=(
        Transition(
            action="lift", zh="解除", en="Lift", from_=("standing",), to="lifted", by="qa|qa_mgr|system", meaning=Meaning.APPROVED,
            asks=("lifted_reason",), guards=("cause_of_hold_is_over",), emits="hold.lifted",
        ),
    ),
    clauses=("ISO 13485:2016 8.3.1", "GMP 2025 质量控制与产品放行"),
)
NO_HELD_ANCESTOR = Guard(
    name="no_held_ancestor",
    zh="批次及其全部上游批次均无冻结",
    en="neither the lot nor any lot that went into it is on hold",
    takes=("item", "lot_no"),
    walk="up",
    blocks="""
        select 'hold/' || h.hold_no as record, h.item || ' / ' || h.lot_no || ' ' || h.reason || coalesce(' ' || h.cause_no, '') as detail
        from native.hold as h
        join medthread.process_case as c on c.entity = 'hold' and c.record = h.id and c.state = 'standing'
        where h.item || '|' || h.lot_no = any(:walked)
        order by h.hold_no""",
    clause="ISO 13485:2016 8.3.1, 8.2.6",
)
NOT_DISPOSED_OF = Guard(
    name="lot_not_disposed_of",
    zh="批次没有被处置为报废或退回",
    en="the lot was not scrapped or returned whole",
    takes=("item", "lot_no"),
    blocks="""
        select 'nonconformance/' || l.nonconformance as record, '整批已报废或退回 / scrapped or returned whole' as detail
        from native.nonconformance_lot as l
        join native.nonconformance_disposition as d on d.nonconformance = l.nonconformance and d.item = l.item and d.lot_no = l.lot_no
        where l.item = cast(:item as text) and l.lot_no = cast(:lot_no as text) and d.disposition in ('scrap', 'return') and d.executed_on is not null
        group by l.nonconformance, l.quantity having sum(d.quantity) >= l.quantity""",
    clause="ISO 13485:2016 8.3.2",
)
MAY_CONSUME = Decision(
    name="may_consume",
    zh="这个批次可以投料吗",
    en="May this lot be consumed?",
    takes=("item", "lot_no"),
    guards=("no_held_ancestor", "lot_not_disposed_of", "no_open_inspection", "lot_not_expired"),
)
