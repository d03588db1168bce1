from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Opening, Process, State, Transition

EVENTS = (
    EventType("maintenance.due", "维护已到期排程", "Maintenance scheduled", "manufacturing"),
    EventType("equipment.down", "设备故障", "Equipment down", "manufacturing"),
    EventType("equipment.requalification_needed", "设备需再确认", "Requalification needed", "manufacturing"),
    EventType("equipment.requalified", "设备已再确认", "Equipment requalified", "manufacturing"),
    EventType("equipment.available", "设备可用", "Equipment available", "manufacturing"),
    EventType("equipment.failure_predicted", "预测到设备失效", "Equipment failure predicted", "manufacturing", source="model over readings and maintenance history"),
)
SKIP_ALLOWED = Guard(
    name="plan_does_not_block",
    zh="超期停用的计划不能跳过",
    en="a plan that blocks use when late is not skipped",
    takes=("plan",),
    blocks="""
        select 'maintenance_plan/' || plan_no as record, '超期即停用 / blocks use when late' as detail
        from native.maintenance_plan where plan_no = cast(:plan as text) and blocks_use_when_late""",
    clause="ISO 13485:2016 6.3",
)
VALIDATED_STATE_UNTOUCHED = Guard(
    name="validated_state_untouched",
    zh="触及已确认状态的须先再确认",
    en="work that touched the validated state is requalified first",
    takes=("mo_no", "touches_validated_state"),
    blocks="""
        select 'maintenance_order/' || cast(:mo_no as text) as record, '触及已确认状态 / it touched the validated state' as detail
        where coalesce(cast(cast(:touches_validated_state as text) as boolean), true)""",
    clause="ISO 13485:2016 7.5.6",
)
REQUALIFIED = Guard(
    name="requalification_in_force",
    zh="再确认记录有效,且是这台设备的",
    en="the requalification is in force, and is this machine's",
    takes=("requalification", "equipment"),
    blocks="""
        select 'process_validation/' || coalesce(cast(:requalification as text), '-') as record, '无效或不是这台设备的 / not in force, or another machine''s' as detail
        where not exists (
            select 1 from native.process_validation as v
            join medthread.process_case as c on c.entity = 'process_validation' and c.record = v.id and c.state = 'valid'
            where v.validation_no = cast(:requalification as text) and v.equipment = cast(:equipment as text))""",
    clause="ISO 13485:2016 7.5.6; GMP 2025 验证与确认",
)
MAINTENANCE = Process(
    name="equipment_maintenance",
    zh="设备维护",
    en="Equipment maintenance",
    states=(
        State("due", "到期", "Due"),
        State("reported", "已报修", "Reported"),
        State("assigned", "已派工", "Assigned"),
        State("in_work", "维护中", "In work"),
        State("requalification", "再确认", "Requalification"),
        State("handover", "待验收", "Handed over"),
        State("closed", "已关闭", "Closed"),
        State("cancelled", "已取消", "Cancelled"),
    ),
    initial=("due", "reported"),
    opens=(Opening("reported", "kind", "corrective"),),
    terminal=("closed", "cancelled"),
    transitions=(
        Transition(action="schedule", zh="排程", en="Schedule", from_=("due",), to="assigned", by="maint", emits="maintenance.due"),
        Transition(
            action="accept", zh="接修", en="Accept", from_=("reported",), to="assigned", by="maint", asks=("down_from",), emits="equipment.down",
            evidence=Label("设备停止使用", "the machine is blocked for use"),
        ),
        Transition(
            action="skip", zh="跳过", en="Skip", from_=("due",), to="cancelled", by="qa", meaning=Meaning.APPROVED, reason=True, guards=("plan_does_not_block",),
        ),
        Transition(
            action="start", zh="开始", en="Start", from_=("assigned",), to="in_work", by="maint", meaning=Meaning.PERFORMED, asks=("last_good_lot",),
            evidence=Label("已上锁挂牌,最后合格批已记录", "locked out; the last good lot is noted"),
        ),
        Transition(
            action="need_requalification", zh="转再确认", en="Needs requalification", from_=("in_work",), to="requalification", by="maint",
            meaning=Meaning.PERFORMED, asks=("work_done", "test_result"), emits="equipment.requalification_needed",
            evidence=Label("更换件或设置属于再确认触发", "parts or settings are among the triggers of revalidation"),
        ),
        Transition(
            action="finish", zh="完工", en="Finish", from_=("in_work",), to="handover", by="maint", meaning=Meaning.PERFORMED,
            asks=("work_done", "test_result", "touches_validated_state"), guards=("validated_state_untouched",),
            evidence=Label("项目、更换件、试机", "tasks, parts, test"),
        ),
        Transition(
            action="requalify", zh="再确认合格", en="Requalified", from_=("requalification",), to="handover", by="qa", meaning=Meaning.APPROVED,
            asks=("requalification",), guards=("requalification_in_force",), emits="equipment.requalified",
            evidence=Label("OQ、PQ 相应部分已重做", "the parts of OQ and PQ concerned are repeated"),
        ),
        Transition(
            action="refuse", zh="拒收", en="Refuse", from_=("handover",), to="in_work", by="user_dept", meaning=Meaning.REJECTED, reason=True,
        ),
        Transition(
            action="accept_handover", zh="验收", en="Accept hand-over", from_=("handover",), to="closed", by="user_dept", meaning=Meaning.VERIFIED,
            asks=("first_piece", "affected_lots"), emits="equipment.available", evidence=Label("首件合格,受影响批次已决定", "first piece good, lots affected decided"),
        ),
    ),
    # `finish` and `requalify` lie on two branches; `refuse` joins them, so both can fall on one order.
    duties=(Duty("start", "accept_handover"), Duty("finish", "requalify")),
    clocks=(
        Clock(
            name="grace", zh="保养宽限", en="Grace of preventive work", span="7 d", since="due", until=("assigned", "cancelled"),
            basis="ISO 13485:2016 6.3; company default", warn=("2 d",), escalate="prod_mgr",
        ),
        Clock(
            name="breakdown_accept", zh="接修时限", en="Accept a breakdown", span="2 h", since="reported", until=("assigned",),
            basis="ISO 13485:2016 6.3; company default", escalate="prod_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 6.3", "ISO 13485:2016 7.5.1", "ISO 13485:2016 7.5.6", "GMP 2025 设备", "GMP 2025 验证与确认"),
)
NOT_DOWN = """
        select 'maintenance_order/' || m.mo_no as record, m.equipment || ': ' || c.state as detail
        from native.maintenance_order as m
        join medthread.process_case as c on c.entity = 'maintenance_order' and c.record = m.id
            and c.state in ('reported', 'assigned', 'in_work', 'requalification', 'handover')
        where m.equipment = cast(:equipment as text) and (m.kind = 'corrective' or c.state in ('in_work', 'requalification', 'handover'))
        union all
        select 'maintenance_plan/' || p.plan_no, p.equipment || ' 保养超期 / is late since ' || p.next_due
        from native.maintenance_plan as p
        where p.equipment = cast(:equipment as text) and p.active and p.blocks_use_when_late and p.next_due < cast(:today as date)"""
EQUIPMENT_MAINTAINED = Guard(
    name="equipment_maintained",
    zh="设备没有在修、待再确认或超期停用",
    en="the machine is not down, not awaiting requalification, not late for a plan that blocks it",
    takes=("equipment",),
    blocks=NOT_DOWN,
    clause="ISO 13485:2016 6.3, 7.5.6",
)
