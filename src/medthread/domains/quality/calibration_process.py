from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("calibration.due", "量具送校", "Gauge sent for calibration", "quality"),
    EventType("calibration.passed", "校准合格", "Calibration passed", "quality"),
    EventType("calibration.limited", "量具限用", "Gauge limited in use", "quality"),
    EventType("calibration.oot", "量具失准", "Gauge out of tolerance", "quality"),
    EventType("calibration.lookback_closed", "失准追溯已结论", "Look-back concluded", "quality"),
    EventType("equipment.blocked", "设备停用", "Equipment blocked", "quality"),
)
HAS_POINTS = Guard(
    name="calibration_has_points",
    zh="校准记录有校准点",
    en="the calibration has its points",
    takes=("cal_no",),
    blocks="""
        select 'calibration_record/' || cast(:cal_no as text) as record, '没有校准点 / no point' as detail
        where not exists (select 1 from native.calibration_point where calibration = cast(:cal_no as text))""",
    clause="ISO 13485:2016 7.6",
)
FOUND_WITHIN = Guard(
    name="as_found_within_tolerance",
    zh="每个校准点的调前示值都在允差内",
    en="as found, every point is within tolerance",
    takes=("cal_no",),
    blocks="""
        select 'calibration_record/' || calibration || '#' || point_no as record,
            '调前 / as found ' || trim_scale(as_found) || ', ' || trim_scale(nominal) || ' ± ' || trim_scale(tolerance) as detail
        from native.calibration_point
        where calibration = cast(:cal_no as text) and abs(as_found - nominal) > tolerance order by point_no""",
    clause="ISO 13485:2016 7.6",
)
FOUND_OUTSIDE = Guard(
    name="as_found_outside_tolerance",
    zh="至少一个校准点的调前示值超差",
    en="as found, a point is outside its tolerance",
    takes=("cal_no",),
    blocks="""
        select 'calibration_record/' || cast(:cal_no as text) as record, '没有超差的校准点 / no point is outside' as detail
        where not exists (
            select 1 from native.calibration_point where calibration = cast(:cal_no as text) and abs(as_found - nominal) > tolerance)""",
    clause="ISO 13485:2016 7.6",
)
LEFT_WITHIN = Guard(
    name="as_left_within_range",
    zh="可用范围内每个校准点的调后示值都在允差内",
    en="as left, every point of the usable range is within tolerance",
    takes=("cal_no", "usable_from", "usable_to"),
    blocks="""
        select 'calibration_record/' || calibration || '#' || point_no as record,
            '调后 / as left ' || trim_scale(as_left) || ', ' || trim_scale(nominal) || ' ± ' || trim_scale(tolerance) as detail
        from native.calibration_point
        where calibration = cast(:cal_no as text) and abs(as_left - nominal) > tolerance
            and nominal >= coalesce(cast(:usable_from as numeric), nominal) and nominal <= coalesce(cast(:usable_to as numeric), nominal)
        order by point_no""",
    clause="ISO 13485:2016 7.6",
)
LOOKED_BACK = Guard(
    name="lookback_is_complete",
    zh="上次合格校准以来用该量具的每个读数都已列出",
    en="every reading taken with the gauge since its last good calibration is listed",
    takes=("cal_no", "equipment", "lookback_from"),
    blocks="""
        select 'inspection/' || r.inspection || '#' || r.characteristic || '-' || r.sample_no || '-' || r.reading_no as record, '没有列入追溯 / is not in the look-back' as detail
        from native.inspection_result as r
        where r.gauge = cast(:equipment as text) and (cast(:lookback_from as date) is null or r.measured_at >= cast(:lookback_from as date))
            and not exists (
                select 1 from native.calibration_lookback as l
                where l.calibration = cast(:cal_no as text) and l.inspection = r.inspection and l.characteristic = r.characteristic
                    and l.sample_no = r.sample_no and l.reading_no = r.reading_no)
        order by 1""",
    clause="ISO 13485:2016 7.6",
)
LOTS_DECIDED = Guard(
    name="lookback_lots_decided",
    zh="追溯到的每个批次都有决定,已交付的也是",
    en="every lot found is decided, those delivered too",
    takes=("cal_no",),
    blocks="""
        select 'lot/' || item || '|' || lot_no as record, case when bool_or(delivered) then '已交付,' else '' end || '尚未决定 / is not decided' as detail
        from native.calibration_lookback
        where calibration = cast(:cal_no as text) and (decision is null or decision_reason is null)
        group by item, lot_no order by bool_or(delivered) desc, 1""",
    clause="ISO 13485:2016 7.6",
)
TRANSITIONS = (
    Transition(
        action="send", zh="送校", en="Send", from_=("due",), to="sent", by="metro", meaning=Meaning.PERFORMED, asks=("lab",), emits="calibration.due",
        evidence=Label("已识别,标识已更换", "identified, its label changed"),
    ),
    Transition(action="block", zh="超期停用", en="Block", from_=("due",), to="blocked", by="system", emits="equipment.blocked"),
    Transition(
        action="send", zh="送校", en="Send", from_=("blocked",), to="sent", by="metro", meaning=Meaning.PERFORMED, asks=("lab",),
        evidence=Label("已识别,标识已更换", "identified, its label changed"),
    ),
    Transition(
        action="enter_certificate", zh="录入证书", en="Enter certificate", from_=("sent",), to="reported", by="metro", meaning=Meaning.PERFORMED,
        asks=("performed_on", "certificate", "standards"), guards=("calibration_has_points",),
        evidence=Label("逐点调前、调后值与不确定度", "as found, as left and uncertainty, point by point"),
    ),
    Transition(
        action="accept", zh="接受", en="Accept", from_=("reported",), to="passed", by="metro|qc_mgr", meaning=Meaning.VERIFIED,
        guards=("as_found_within_tolerance", "as_left_within_range"), emits="calibration.passed",
    ),
    Transition(
        action="limit_use", zh="限用", en="Limit use", from_=("reported",), to="limited", by="qc_mgr", meaning=Meaning.APPROVED,
        asks=("usable_from", "usable_to"), guards=("as_found_within_tolerance", "as_left_within_range"), emits="calibration.limited",
        evidence=Label("可用范围已写明并标识", "the usable range is stated and labelled"),
    ),
    Transition(
        action="find_out_of_tolerance", zh="判失准", en="Find out of tolerance", from_=("reported",), to="out_of_tolerance", by="metro",
        meaning=Meaning.PERFORMED, guards=("as_found_outside_tolerance",), emits="calibration.oot",
        evidence=Label("任一校准点调前超差", "a point is outside, as found"),
    ),
    Transition(
        action="start_lookback", zh="启动追溯", en="Start look-back", from_=("out_of_tolerance",), to="lookback", by="qa", meaning=Meaning.REVIEWED,
        guards=("lookback_is_complete",), emits="nc.proposed",
        evidence=Label("上次合格校准以来该量具的全部读数", "every reading taken with it since the last good calibration"),
    ),
    Transition(
        action="conclude", zh="结论", en="Conclude", from_=("lookback",), to="closed", by="qa_mgr", meaning=Meaning.APPROVED,
        asks=("conclusion", "next_due"), guards=("lookback_is_complete", "lookback_lots_decided", "as_left_within_range"),
        emits="calibration.lookback_closed", evidence=Label("每个受影响批次已决定,含已交付的", "every lot is decided, those delivered too"),
    ),
    Transition(
        action="return_to_use", zh="恢复使用", en="Return to use", from_=("passed",), to="closed", by="metro", meaning=Meaning.RELEASED,
        asks=("next_due",), emits="equipment.available", evidence=Label("下次到期已定", "the next due day is set"),
    ),
    Transition(
        action="return_to_use", zh="恢复使用", en="Return to use", from_=("limited",), to="closed", by="metro", meaning=Meaning.RELEASED,
        asks=("next_due",), emits="equipment.available", evidence=Label("下次到期已定", "the next due day is set"),
    ),
)
CALIBRATION = Process(
    name="equipment_calibration",
    zh="校准与失准追溯",
    en="Calibration and look-back",
    states=(
        State("due", "待校", "Due"),
        State("blocked", "超期停用", "Blocked, overdue"),
        State("sent", "已送校", "Sent"),
        State("reported", "证书已录入", "Certificate in"),
        State("passed", "合格", "Passed"),
        State("limited", "限用", "Limited"),
        State("out_of_tolerance", "失准", "Out of tolerance"),
        State("lookback", "追溯中", "Looking back"),
        State("closed", "已关闭", "Closed"),
    ),
    initial=("due",),
    terminal=("closed",),
    transitions=TRANSITIONS,
    duties=(Duty("enter_certificate", "conclude"), Duty("find_out_of_tolerance", "conclude")),
    clocks=(
        Clock(
            name="send", zh="送校提前期", en="Send before it is due", span="30 d", until=("sent", "blocked"), basis="ISO 13485:2016 7.6; company default",
            warn=("7 d",), escalate="qc_mgr",
        ),
        Clock(
            name="due", zh="到期停用", en="Blocked when due", span="1 min", since="due_at", until=("sent", "blocked"), basis="ISO 13485:2016 7.6; 计量法(强检器具)",
            escalate="metro", then=("block",),
        ),
        Clock(
            name="lookback", zh="追溯时限", en="Look-back", span="10 d", since="out_of_tolerance", until=("closed",),
            basis="ISO 13485:2016 7.6; company default", warn=("3 d",), escalate="qa_mgr",
        ),
        Clock(
            name="lookback_delivered", zh="已交付批次追溯时限", en="Look-back, delivered lots", span="48 h", since="out_of_tolerance", until=("closed",),
            when=(("delivered", "True"),), basis="ISO 13485:2016 7.6, 8.3.3; company default", warn=("12 h",), escalate="mr",
        ),
    ),
    clauses=("ISO 13485:2016 7.6", "GMP 2025 设备", "GMP 2025 质量控制与产品放行", "计量法(强检器具)"),
)
EQUIPMENT_CALIBRATED = Guard(
    name="equipment_calibrated",
    zh="设备在校准有效期内,未失准、未停用",
    en="the equipment is in calibration, not out of tolerance, not blocked",
    takes=("equipment",),
    blocks="""
        select 'equipment/' || asset_no as record, '校准到期 / calibration was due ' || calibration_due as detail
        from native.equipment where asset_no = cast(:equipment as text) and calibration_due < cast(:today as date)
        union all
        select 'calibration_record/' || k.cal_no, k.equipment || ': ' || c.state
        from native.calibration_record as k
        join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id and c.state in ('blocked', 'sent', 'reported', 'out_of_tolerance', 'lookback')
        where k.equipment = cast(:equipment as text)""",
    clause="ISO 13485:2016 7.6",
)
READ_BY_SOUND_GAUGES = Guard(
    name="lot_read_by_sound_gauges",
    zh="批次检验所用量具没有未了结的失准",
    en="no gauge that the lot was read with is out of tolerance and undecided",
    takes=("item", "lot_no"),
    blocks="""
        select distinct 'calibration_record/' || k.cal_no as record, k.equipment || ': ' || c.state as detail
        from native.inspection as i
        join native.inspection_result as r on r.inspection = i.inspection_no and r.invalid_reason is null
        join native.calibration_record as k on k.equipment = r.gauge
        join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id and c.state in ('out_of_tolerance', 'lookback')
        where i.item = cast(:item as text) and i.lot_no = cast(:lot_no as text)
        order by 1""",
    clause="ISO 13485:2016 7.6, 8.2.6",
)
