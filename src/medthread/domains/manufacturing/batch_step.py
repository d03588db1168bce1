from medthread.model import Duty, Guard, Label, Meaning, Process, State, Transition

IN_LIMITS = Guard(
    name="step_in_limits",
    zh="数值在限,或有偏差(含生效的计划偏差)说明",
    en="the value is within limits, or a deviation that lists the lot accounts for it",
    takes=("item", "lot_no", "operation_no", "step_no", "value", "lower_limit", "upper_limit", "deviation"),
    blocks="""
        select 'batch_record_step/' || cast(:item as text) || '|' || cast(:lot_no as text) || '|' || cast(:operation_no as bigint) || '-' || cast(:step_no as bigint) as record,
            trim_scale(cast(:value as numeric)) || ' [' || coalesce(trim_scale(cast(:lower_limit as numeric))::text, '-') || ', '
            || coalesce(trim_scale(cast(:upper_limit as numeric))::text, '-') || ']' as detail
        where (cast(:value as numeric) < cast(:lower_limit as numeric) or cast(:value as numeric) > cast(:upper_limit as numeric))
            and not exists (
                select 1 from native.deviation as d
                join medthread.process_case as c on c.entity = 'deviation' and c.record = d.id and c.state not in ('rejected', 'expired', 'planned_review')
                join native.deviation_lot as l on l.deviation = d.deviation_no and l.item = cast(:item as text) and l.lot_no = cast(:lot_no as text)
                where d.deviation_no = cast(:deviation as text))""",
    clause="ISO 13485:2016 7.5.1; GMP 2025 生产管理",
)
SPECIAL_VALIDATED = Guard(
    name="special_process_validated",
    zh="特殊过程有有效的确认,设备的再确认已完成",
    en="a special process has a validation in force, and no requalification is open on its machine",
    takes=("item", "operation_no", "equipment"),
    blocks="""
        select 'routing_operation/' || o.item || '|' || o.routing_rev || '|' || o.operation_no as record, '没有有效的过程确认 / no validation is in force' as detail
        from native.routing_operation as o
        join medthread.process_case as c on c.entity = 'routing_operation' and c.record = o.id and c.state = 'effective'
        where o.item = cast(:item as text) and o.operation_no = cast(:operation_no as bigint) and o.special_process and not exists (
            select 1 from native.process_validation as v
            join medthread.process_case as k on k.entity = 'process_validation' and k.record = v.id and k.state = 'valid'
            where v.item = o.item and v.operation_no = o.operation_no and v.valid_to >= cast(:today as date))
        union all
        select 'process_validation/' || v.validation_no, v.equipment || ': ' || k.state
        from native.process_validation as v
        join medthread.process_case as k on k.entity = 'process_validation' and k.record = v.id and k.state in ('planned', 'protocol_approved', 'executing', 'report_review')
        where v.equipment = cast(:equipment as text) and v.cause_no is not null""",
    clause="ISO 13485:2016 7.5.6; GMP 2025 验证与确认",
)
LINE_CLEARED = Guard(
    name="line_cleared",
    zh="须清场的工序在有效期内清过场",
    en="where the operation asks for it, the area was cleared for this lot and the clearance has not run out",
    takes=("item", "lot_no", "operation_no", "area"),
    blocks="""
        select 'routing_operation/' || o.item || '|' || o.routing_rev || '|' || o.operation_no as record, '没有有效的清场 / no clearance is in force: ' || coalesce(cast(:area as text), '-') as detail
        from native.routing_operation as o
        join medthread.process_case as c on c.entity = 'routing_operation' and c.record = o.id and c.state = 'effective'
        where o.item = cast(:item as text) and o.operation_no = cast(:operation_no as bigint) and o.needs_clearance and not exists (
            select 1 from native.line_clearance as l
            join medthread.process_case as k on k.entity = 'line_clearance' and k.record = l.id and k.state = 'cleared'
            where l.area = cast(:area as text) and l.next_item = cast(:item as text) and l.next_lot = cast(:lot_no as text)
                and k.state_since + l.valid_hours * interval '1 hour' >= cast(:now as timestamptz))""",
    clause="GMP 2025 生产管理; 21 CFR 820.45",
)
# New lots follow the revision in force; a lot that was begun under the one before may be finished under it.
INSTRUCTION_IN_FORCE = Guard(
    name="instruction_in_force",
    zh="作业文件是现行版本,或开批时的现行版本",
    en="the instruction is the revision in force, or was when the batch was opened",
    takes=("item", "lot_no", "instruction", "instruction_rev"),
    blocks="""
        select 'document/' || cast(:instruction as text) || '|' || cast(:instruction_rev as text) as record,
            coalesce(c.state, '没有这个版本 / no such revision') as detail
        from native.batch_record as b
        left join native.document as d on d.doc_no = cast(:instruction as text) and d.doc_rev = cast(:instruction_rev as text)
        left join medthread.process_case as c on c.entity = 'document' and c.record = d.id
        where b.item = cast(:item as text) and b.lot_no = cast(:lot_no as text)
            and exists (select 1 from native.document where doc_no = cast(:instruction as text))
            and (c.state is null or c.state <> 'effective') and not exists (
                select 1 from medthread.process_step as s
                where s.entity = 'document' and s.record = d.id and s.from_state = 'effective' and s.at > b._created_at)""",
    clause="ISO 13485:2016 4.2.4, 7.5.1",
)
BY_ITS_OPERATOR = Guard(
    name="step_by_its_operator",
    zh="由本人开始自己执行的步骤",
    en="whoever does the step starts it themselves",
    takes=("person", "actor"),
    blocks="""
        select 'account/' || cast(:person as text) as record, '不是操作人本人 / is not who acts' as detail
        where cast(:person as text) is distinct from cast(:actor as text)""",
    clause="21 CFR 11.10(i); GMP 2025 机构与人员",
)
BATCH_STEP = Process(
    name="batch_record_step",
    zh="批记录步骤",
    en="Batch record step",
    states=(
        State("ready", "待执行", "Ready"),
        State("running", "执行中", "Running"),
        State("done", "已执行", "Done"),
        State("verified", "已复核", "Verified"),
        State("failed", "失败", "Failed"),
        State("not_applicable", "不适用", "Not applicable"),
    ),
    initial=("ready",),
    terminal=("verified", "failed", "not_applicable"),
    transitions=(
        Transition(
            action="start", zh="开始", en="Start", from_=("ready",), to="running", by="prod", asks=("person", "started_at"),
            guards=("step_by_its_operator", "operator_trained", "instruction_in_force", "no_held_ancestor", "equipment_calibrated", "equipment_maintained", "special_process_validated", "line_cleared"),
        ),
        Transition(
            action="perform", zh="执行", en="Perform", from_=("running",), to="done", by="prod", meaning=Meaning.PERFORMED, asks=("ended_at",),
            guards=("step_in_limits",), evidence=Label("数值与限值,超限须有偏差", "the value and its limits; outside them, a deviation"),
        ),
        Transition(action="verify", zh="复核", en="Verify", from_=("done",), to="verified", by="prod|prod_mgr|qa", meaning=Meaning.VERIFIED),
        Transition(action="fail", zh="判失败", en="Fail", from_=("running",), to="failed", by="prod|prod_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(action="fail", zh="判失败", en="Fail", from_=("done",), to="failed", by="prod_mgr|qa", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="skip", zh="不适用", en="Not applicable", from_=("ready",), to="not_applicable", by="prod_mgr", meaning=Meaning.APPROVED, reason=True,
        ),
    ),
    duties=(Duty("perform", "verify"),),
    clauses=("ISO 13485:2016 7.5.1", "21 CFR 820.35", "GMP 2025 生产管理"),
)
