from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("inspection.out_of_spec", "检验读数超标", "Reading out of specification", "quality"),
    EventType("inspection.failed", "检验不合格", "Inspection failed", "quality"),
    EventType("inspection.accepted", "检验已接收", "Inspection accepted", "quality"),
    EventType("inspection.rejected", "检验已拒收", "Inspection rejected", "quality"),
)
# A reading outside its limits. Whoever asks for bad readings asks by this, so that all agree.
OUT_OF_LIMITS = "(r.value < k.lower_limit or r.value > k.upper_limit or r.value_code = 'nonconforming')"
READINGS = """
        from native.inspection as i
        join native.inspection_characteristic as k on k.plan = i.plan
        left join native.inspection_result as r on r.inspection = i.inspection_no and r.characteristic = k.characteristic and r.invalid_reason is null
        where i.inspection_no = cast(:inspection_no as text)"""
PLAN_IN_FORCE = Guard(
    name="inspection_plan_in_force",
    zh="检验方案在效,且是该物料该阶段的",
    en="the plan is in force, for this item and stage",
    takes=("plan", "item", "stage"),
    blocks="""
        select 'inspection_plan/' || cast(:plan as text) as record, '不在效或不适用 / not in force, or for something else' as detail
        where not exists (
            select 1 from native.inspection_plan as p
            join medthread.process_case as c on c.entity = 'inspection_plan' and c.record = p.id and c.state = 'effective'
            where p.plan_no = cast(:plan as text) and p.item = cast(:item as text) and p.stage = cast(:stage as text))""",
    clause="ISO 13485:2016 8.2.6",
)
TIGHTENED = Guard(
    name="conditional_source_is_tightened",
    zh="有条件认可的供方按加严检验",
    en="lots of a conditionally approved source are inspected tightened",
    takes=("item", "supplier", "stage", "severity"),
    blocks="""
        select 'supplier_qualification/' || q.qualification_no as record, '检验严格度 / severity: ' || cast(:severity as text) as detail
        from native.supplier_qualification as q
        join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = q.id and c.state = 'conditional'
        where q.supplier = cast(:supplier as text) and q.item = cast(:item as text) and cast(:stage as text) = 'incoming'
            and cast(:severity as text) <> 'tightened'
        order by 1""",
    clause="ISO 13485:2016 7.4.1, 7.4.3",
)
COMPLETE = Guard(
    name="readings_complete",
    zh="每项特性都测满样本数",
    en="every characteristic is read on the whole sample",
    takes=("inspection_no", "sample_quantity"),
    blocks=f"""
        select 'inspection/' || i.inspection_no || '#' || k.characteristic as record,
            '样本 / samples ' || count(distinct r.sample_no) || ' < ' || cast(:sample_quantity as bigint) as detail
        {READINGS}
        group by i.inspection_no, k.characteristic having count(distinct r.sample_no) < cast(:sample_quantity as bigint)
        order by 1""",
    clause="ISO 13485:2016 8.2.6",
)
ACCEPTABLE = Guard(
    name="sample_is_acceptable",
    zh="不合格样本数不超过接收数,致命特性无不合格",
    en="no more nonconforming samples than the acceptance number, none on a critical characteristic",
    takes=("inspection_no", "accept_no"),
    blocks=f"""
        with bad as (select r.sample_no, k.characteristic, k.grade {READINGS} and {OUT_OF_LIMITS})
        select 'inspection/' || cast(:inspection_no as text) as record,
            '不合格样本 / nonconforming samples ' || count(distinct sample_no) || ' > Ac ' || cast(:accept_no as bigint) as detail
        from bad having count(distinct sample_no) > cast(:accept_no as bigint)
        union all
        select 'inspection/' || cast(:inspection_no as text) || '#' || characteristic, '致命特性不合格 / a critical characteristic fails'
        from bad where grade = 'critical' group by characteristic""",
    clause="ISO 2859-1:1999 11.1",
)
SHOWS_DEFECT = Guard(
    name="readings_show_a_defect",
    zh="判不合格须有超出限值的读数",
    en="who judges it failed has a reading outside its limits",
    takes=("inspection_no",),
    blocks=f"""
        select 'inspection/' || cast(:inspection_no as text) as record, '没有超限的有效读数 / no valid reading is outside its limits' as detail
        where not exists (select 1 {READINGS} and {OUT_OF_LIMITS})""",
    clause="ISO 13485:2016 8.2.6",
)
GAUGES_FIT = Guard(
    name="gauges_in_calibration",
    zh="读数所用量具在校准有效期内,未失准、未停用",
    en="every gauge read with is in calibration, not out of tolerance, not blocked",
    takes=("inspection_no",),
    blocks="""
        select distinct 'equipment/' || e.asset_no as record, '校准到期 / calibration was due ' || e.calibration_due as detail
        from native.inspection_result as r join native.equipment as e on e.asset_no = r.gauge
        where r.inspection = cast(:inspection_no as text) and r.invalid_reason is null and e.calibration_due < r.measured_at::date
        union
        select 'calibration_record/' || k.cal_no, r.gauge || ': ' || c.state
        from native.inspection_result as r
        join native.calibration_record as k on k.equipment = r.gauge
        join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id
            and c.state in ('blocked', 'out_of_tolerance', 'lookback')
        where r.inspection = cast(:inspection_no as text) and r.invalid_reason is null
        union
        select 'inspection/' || r.inspection || '#' || r.characteristic || '-' || r.sample_no, '定量读数没有量具 / a number was read without a gauge'
        from native.inspection_result as r
        where r.inspection = cast(:inspection_no as text) and r.invalid_reason is null and r.value is not null and r.gauge is null
        order by 1""",
    clause="ISO 13485:2016 7.6",
)
OUTSIDE_USABLE_RANGE = Guard(
    name="gauges_within_usable_range",
    zh="限用量具只在其可用范围内使用",
    en="a gauge of limited use is used within its range",
    takes=("inspection_no",),
    blocks="""
        select 'calibration_record/' || latest.cal_no as record, r.gauge || ': ' || trim_scale(r.value) as detail
        from native.inspection_result as r
        join lateral (
            select k.cal_no, k.usable_from, k.usable_to from native.calibration_record as k
            join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id and c.state in ('limited', 'closed')
            where k.equipment = r.gauge and k.performed_on <= r.measured_at::date order by k.performed_on desc, k.cal_no desc limit 1
        ) as latest on true
        where r.inspection = cast(:inspection_no as text) and r.invalid_reason is null
            and (r.value < latest.usable_from or r.value > latest.usable_to)
        order by 1""",
    clause="ISO 13485:2016 7.6",
)
PHASE_ONE_DONE = Guard(
    name="out_of_spec_investigated",
    zh="读数作废须先有超标一阶段调查结论",
    en="a reading is made invalid only after the phase-1 investigation",
    takes=("inspection_no", "investigation"),
    blocks="""
        select 'inspection/' || r.inspection || '#' || r.characteristic || '-' || r.sample_no as record, '没有调查结论 / no investigation' as detail
        from native.inspection_result as r
        where r.inspection = cast(:inspection_no as text) and r.invalid_reason is not null and cast(:investigation as text) is null order by 1""",
    clause="GMP 2025 质量控制与产品放行",
)
JUDGING = ("readings_complete", "gauges_in_calibration", "gauges_within_usable_range", "out_of_spec_investigated")
INSPECTION = Process(
    name="inspection",
    zh="检验",
    en="Inspection",
    states=(
        State("pending", "待检", "Pending"),
        State("measuring", "检验中", "Being measured"),
        State("out_of_spec", "超标调查", "Out of specification, investigated"),
        State("passed", "判合格", "Judged passed"),
        State("failed", "判不合格", "Judged failed"),
        State("accepted", "接收", "Accepted"),
        State("rejected", "拒收", "Rejected"),
        State("cancelled", "已取消", "Cancelled"),
    ),
    initial=("pending",),
    terminal=("accepted", "rejected", "cancelled"),
    transitions=(
        Transition(action="start", zh="开始", en="Start", from_=("pending",), to="measuring", by="qc", guards=("inspection_plan_in_force", "conditional_source_is_tightened")),
        Transition(action="cancel", zh="取消", en="Cancel", from_=("pending",), to="cancelled", by="qc_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="report_out_of_spec", zh="报告超标", en="Report out of specification", from_=("measuring",), to="out_of_spec", by="qc",
            meaning=Meaning.PERFORMED, guards=("readings_show_a_defect",), emits="inspection.out_of_spec",
            evidence=Label("判定之前;调查前不得复测", "before judgement; nothing is tested again until it is investigated"),
        ),
        Transition(
            action="investigate", zh="一阶段调查", en="Investigate", from_=("out_of_spec",), to="measuring", by="qc_mgr", meaning=Meaning.REVIEWED,
            asks=("investigation",), evidence=Label("实验室差错有无及依据", "whether the laboratory erred, and how that is known"),
        ),
        Transition(
            action="judge_passed", zh="判合格", en="Judge passed", from_=("measuring",), to="passed", by="qc", meaning=Meaning.PERFORMED,
            guards=(*JUDGING, "sample_is_acceptable"),
        ),
        Transition(
            action="judge_failed", zh="判不合格", en="Judge failed", from_=("measuring",), to="failed", by="qc", meaning=Meaning.PERFORMED,
            asks=("defect_code",), guards=("readings_show_a_defect", "out_of_spec_investigated"), emits="inspection.failed",
            evidence=Label("该批及其下游批次随即冻结", "the lot and all that was made of it go on hold at once"),
        ),
        Transition(
            action="review", zh="复核", en="Review", from_=("passed",), to="accepted", by="qc_mgr", meaning=Meaning.REVIEWED,
            guards=("gauges_in_calibration",), emits="inspection.accepted",
        ),
        Transition(action="send_back", zh="退回", en="Send back", from_=("passed",), to="measuring", by="qc_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="review", zh="复核", en="Review", from_=("failed",), to="rejected", by="qc_mgr", meaning=Meaning.REVIEWED, emits="inspection.rejected",
        ),
    ),
    duties=(Duty("judge_passed", "review"), Duty("judge_failed", "review"), Duty("report_out_of_spec", "investigate")),
    clocks=(
        Clock(
            name="investigate", zh="超标调查时限", en="Phase-1 investigation", span="2 wd", since="out_of_spec", until=("measuring",),
            basis="GMP 2025 质量控制与产品放行; company default", escalate="qc_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 8.2.6", "ISO 13485:2016 7.4.3", "ISO 13485:2016 7.6", "GMP 2025 质量控制与产品放行"),
)
NO_OPEN_INSPECTION = Guard(
    name="no_open_inspection",
    zh="批次没有未了结或拒收的检验",
    en="no inspection of the lot is open or rejected",
    takes=("item", "lot_no"),
    blocks="""
        select 'inspection/' || i.inspection_no as record, c.state as detail
        from native.inspection as i
        join medthread.process_case as c on c.entity = 'inspection' and c.record = i.id and c.state not in ('accepted', 'cancelled')
        where i.item = cast(:item as text) and i.lot_no = cast(:lot_no as text)
            and not exists (  -- inspected again by the original criteria after rework
                select 1 from native.inspection as later
                join medthread.process_case as l on l.entity = 'inspection' and l.record = later.id and l.state = 'accepted'
                where c.state = 'rejected' and later.item = i.item and later.lot_no = i.lot_no and later.stage = i.stage and l.opened_at > c.closed_at)
        order by 1""",
    clause="ISO 13485:2016 7.4.3, 8.2.6",
)
FINAL_ACCEPTED = Guard(
    name="final_inspection_accepted",
    zh="成品或放行检验已接收",
    en="a final or release inspection of the lot is accepted",
    takes=("item", "lot_no"),
    blocks="""
        select 'lot/' || cast(:item as text) || '|' || cast(:lot_no as text) as record, '没有已接收的成品检验 / no accepted final inspection' as detail
        where not exists (
            select 1 from native.inspection as i
            join medthread.process_case as c on c.entity = 'inspection' and c.record = i.id and c.state = 'accepted'
            where i.item = cast(:item as text) and i.lot_no = cast(:lot_no as text) and i.stage in ('final', 'release'))""",
    clause="ISO 13485:2016 8.2.6",
)
NOT_EXPIRED = Guard(
    name="lot_not_expired",
    zh="批次未过有效期",
    en="the lot is not past its expiry",
    takes=("item", "lot_no"),
    over="release",
    blocks="""
        select 'lot/' || l.lot_no as record, '有效期至 / expires ' || cast(l.expires_on as text) as detail
        from golden.lot as l left join golden.item as i on i.id = l.item
        where (coalesce(i.code, l.item__code) = :item or l.item = :item) and l.lot_no = :lot_no and l.expires_on < :today""",
    clause="ISO 13485:2016 7.5.11",
)
