from medthread.model import Guard

IS_UNPLANNED = Guard(
    name="deviation_is_unplanned",
    zh="非计划偏差才直接分级",
    en="only an unplanned deviation is classified at once",
    takes=("deviation_no", "kind"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, '是计划偏差,走事前申请 / it is planned: request it' as detail
        where cast(:kind as text) <> 'unplanned'""",
    clause="GMP 2025 生产管理",
)
IS_PLANNED = Guard(
    name="deviation_is_planned",
    zh="计划偏差才走事前申请",
    en="only a planned deviation is requested beforehand",
    takes=("deviation_no", "kind"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, '是非计划偏差,直接分级 / it is unplanned: classify it' as detail
        where cast(:kind as text) <> 'planned'""",
    clause="GMP 2025 生产管理",
)
BOUNDED = Guard(
    name="planned_deviation_is_bounded",
    zh="计划偏差列明批次,截止时间在将来,批数不超限",
    en="a planned deviation lists its lots, ends in the future, keeps to its lot limit",
    takes=("deviation_no", "planned_until", "max_lots"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, '没有列出批次 / no lot is listed' as detail
        where not exists (select 1 from native.deviation_lot where deviation = cast(:deviation_no as text))
        union all
        select 'deviation/' || cast(:deviation_no as text), '截止时间不在将来 / it does not end in the future'
        where cast(:planned_until as timestamptz) <= cast(:now as timestamptz)
        union all
        select 'deviation/' || cast(:deviation_no as text), '批数超过限批 / more lots than its limit: ' || count(*)
        from native.deviation_lot where deviation = cast(:deviation_no as text)
        having count(*) > cast(:max_lots as bigint)""",
    clause="GMP 2025 生产管理",
)
BEFORE_THE_FACT = Guard(
    name="planned_before_the_fact",
    zh="计划偏差在事前申请:所列批次尚未投料",
    en="it is requested before the fact: nothing was made of the lots listed under it",
    takes=("deviation_no",),
    blocks="""
        select 'batch_record/' || b.item || '|' || b.lot_no as record, '已开始生产 / its production has begun' as detail
        from native.deviation_lot as l
        join native.batch_record as b on b.item = l.item and b.lot_no = l.lot_no
        where l.deviation = cast(:deviation_no as text) and exists (
            select 1 from native.batch_record_step as s where s.item = b.item and s.lot_no = b.lot_no and s.started_at is not null)
        order by 1""",
    clause="GMP 2025 生产管理",
)
WITHIN_SPECIFICATION = Guard(
    name="within_registered_specification",
    zh="计划偏差不得触及注册规格",
    en="a planned deviation never leaves the registered specification",
    takes=("deviation_no", "specification_affected"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, '触及注册规格,须走变更 / it touches the registered specification: make it a change' as detail
        where coalesce(cast(cast(:specification_affected as text) as boolean), true)""",
    clause="医疗器械注册与备案管理办法; GMP 2025 生产管理",
)
UNUSED = Guard(
    name="planned_deviation_unused",
    zh="没有批次使用过计划偏差",
    en="no lot was made under the planned deviation",
    takes=("deviation_no",),
    blocks="""
        select 'lot/' || item || '|' || lot_no as record, '已使用 / was made under it' as detail
        from native.deviation_lot where deviation = cast(:deviation_no as text) and used""",
    clause="GMP 2025 生产管理",
)
IS_MINOR = Guard(
    name="deviation_is_minor",
    zh="轻微且不影响产品的才可直接认定",
    en="only a minor one without effect on product is settled at once",
    takes=("deviation_no", "grade", "product_affected"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, '须调查 / it is investigated: ' || coalesce(cast(:grade as text), '?') as detail
        where coalesce(cast(:grade as text), '') <> 'minor' or coalesce(cast(cast(:product_affected as text) as boolean), true)""",
    clause="GMP 2025 质量保证",
)
LOTS_DECIDED = Guard(
    name="deviation_lots_decided",
    zh="偏差涉及的每个批次都有决定",
    en="every lot that the deviation touches is decided",
    takes=("deviation_no",),
    blocks="""
        select 'lot/' || item || '|' || lot_no as record, '尚未决定 / is not decided' as detail
        from native.deviation_lot where deviation = cast(:deviation_no as text) and (decision is null or decision_reason is null) order by 1""",
    clause="ISO 13485:2016 8.3.1; GMP 2025 生产管理",
)
NEEDS_NO_CAPA = Guard(
    name="deviation_needs_no_capa",
    zh="重大、致命或 90 天内第三次的偏差须转 CAPA",
    en="a major or critical one, or the third of its cause at its place within 90 days, goes to a CAPA",
    takes=("deviation_no", "grade", "place", "cause_code", "detected_at"),
    blocks="""
        select 'deviation/' || cast(:deviation_no as text) as record, cast(:grade as text) || ' 须转 CAPA / it goes to a CAPA' as detail
        where cast(:grade as text) in ('major', 'critical')
        union all
        select 'deviation/' || cast(:deviation_no as text), '90 天内同处同因第 ' || count(*) || ' 次 / times within 90 days'
        from native.deviation
        where place = cast(:place as text) and cause_code = cast(:cause_code as text)
            and detected_at between cast(:detected_at as timestamptz) - interval '90 days' and cast(:detected_at as timestamptz)
        having count(*) >= 3""",
    clause="ISO 13485:2016 8.5.2",
)
CAPA_ACCEPTED = Guard(
    name="capa_of_deviation_accepted",
    zh="所转 CAPA 已受理或已有理由地退回",
    en="the CAPA is accepted, or was rejected with its reason",
    takes=("deviation_no", "capa"),
    blocks="""
        select coalesce('capa/' || k.capa_no, 'deviation/' || cast(:deviation_no as text)) as record,
            coalesce('尚未筛选 / not screened: ' || c.state, '没有关联的 CAPA / no CAPA is linked') as detail
        from (select 1) as always
        left join native.capa as k on k.capa_no = cast(:capa as text)
        left join medthread.process_case as c on c.entity = 'capa' and c.record = k.id
        where k.capa_no is null or c.state = 'proposed'""",
    clause="ISO 13485:2016 8.5.2",
)
NO_OPEN_DEVIATION = Guard(
    name="no_open_deviation",
    zh="批次没有未关闭的偏差",
    en="no open deviation touches the lot",
    takes=("item", "lot_no"),
    blocks="""
        select 'deviation/' || d.deviation_no as record, '未关闭 / open: ' || c.state as detail
        from native.deviation as d
        join medthread.process_case as c on c.entity = 'deviation' and c.record = d.id and c.closed_at is null
        join native.deviation_lot as l on l.deviation = d.deviation_no
        where l.item = cast(:item as text) and l.lot_no = cast(:lot_no as text)
        order by 1""",
    clause="ISO 13485:2016 8.2.6; GMP 2025 质量控制与产品放行",
)
NOT_REJECTED_BY_DEVIATION = Guard(
    name="lot_not_rejected_by_deviation",
    zh="没有偏差决定拒收、返工或重检而未了结的",
    en="no deviation decided to reject the lot",
    takes=("item", "lot_no"),
    blocks="""
        select 'deviation/' || deviation as record, '决定 / decided: ' || decision as detail
        from native.deviation_lot where item = cast(:item as text) and lot_no = cast(:lot_no as text) and decision = 'reject' order by 1""",
    clause="ISO 13485:2016 8.2.6",
)
