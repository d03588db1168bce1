from medthread.model import Guard

LISTED = Guard(
    name="lots_listed",
    zh="不合格单列明了批次与数量",
    en="the nonconformance lists its lots with quantities",
    takes=("ncr_no",),
    blocks="""
        select 'nonconformance/' || cast(:ncr_no as text) as record, '没有列出批次 / no lot is listed' as detail
        where not exists (select 1 from native.nonconformance_lot where nonconformance = cast(:ncr_no as text))""",
    clause="ISO 13485:2016 8.3.1",
)
ON_HOLD = Guard(
    name="lots_on_hold",
    zh="所列批次都已冻结",
    en="every lot listed is on hold",
    takes=("ncr_no",),
    blocks="""
        select 'lot/' || l.item || '|' || l.lot_no as record, '没有有效的冻结 / no hold stands' as detail
        from native.nonconformance_lot as l
        where l.nonconformance = cast(:ncr_no as text) and not exists (
            select 1 from native.hold as h
            join medthread.process_case as c on c.entity = 'hold' and c.record = h.id and c.state = 'standing'
            where h.item = l.item and h.lot_no = l.lot_no
        )
        order by 1""",
    clause="ISO 13485:2016 8.3.1",
)
FAMILY_ON_HOLD = Guard(
    name="family_on_hold",
    zh="由发现批做成的全部批次都已冻结",
    en="every lot made of the lot it was found on is on hold",
    takes=("item", "lot_no"),
    walk="down",
    blocks="""
        select 'lot/' || w.lot as record, '没有有效的冻结 / no hold stands' as detail
        from unnest(cast(:walked as text[])) as w (lot)
        where not exists (
            select 1 from native.hold as h
            join medthread.process_case as c on c.entity = 'hold' and c.record = h.id and c.state = 'standing'
            where h.item || '|' || h.lot_no = w.lot
        )
        order by 1""",
    clause="ISO 13485:2016 8.3.1, 7.5.9",
)
SIMPLE = Guard(
    name="disposition_is_simple",
    zh="轻微,且只有报废、退货或降级",
    en="minor, and nothing but scrap, return or regrade",
    takes=("ncr_no", "severity"),
    blocks="""
        select 'nonconformance/' || cast(:ncr_no as text) as record, '须经 MRB / the board decides: ' || coalesce(cast(:severity as text), '?') as detail
        where coalesce(cast(:severity as text), '') <> 'minor'
        union all
        select 'nonconformance/' || d.nonconformance || '#' || d.line_no, '须经 MRB / the board decides: ' || d.disposition
        from native.nonconformance_disposition as d
        where d.nonconformance = cast(:ncr_no as text) and d.disposition not in ('scrap', 'return', 'regrade')""",
    clause="ISO 13485:2016 8.3.2",
)
DECIDED = """
        select coalesce(l.item, d.item) as item, coalesce(l.lot_no, d.lot_no) as lot_no, coalesce(l.quantity, 0) as listed, coalesce(d.quantity, 0) as decided
        from (select item, lot_no, quantity from native.nonconformance_lot where nonconformance = cast(:ncr_no as text)) as l
        full join (
            select item, lot_no, sum(quantity) as quantity from native.nonconformance_disposition
            where nonconformance = cast(:ncr_no as text) {only} group by item, lot_no
        ) as d on d.item = l.item and d.lot_no = l.lot_no"""
BALANCE = """
        select 'lot/' || b.item || '|' || b.lot_no as record,
            '不合格 / nonconforming ' || trim_scale(b.listed) || ', {words} ' || trim_scale(b.decided) as detail
        from (""" + DECIDED + """) as b
        where b.listed <> b.decided order by 1"""
COVERED = Guard(
    name="dispositions_cover_lots",
    zh="每个批次的处置数量等于不合格数量",
    en="what is decided on each lot adds up to what is nonconforming",
    takes=("ncr_no",),
    blocks=BALANCE.format(words="已决定 / decided", only=""),
    clause="ISO 13485:2016 8.3.2",
)
EXECUTED = Guard(
    name="dispositions_executed",
    zh="每项处置都已执行",
    en="every disposition is carried out",
    takes=("ncr_no",),
    blocks="""
        select 'nonconformance/' || d.nonconformance || '#' || d.line_no as record, d.disposition || ' 尚未执行 / is not carried out' as detail
        from native.nonconformance_disposition as d
        where d.nonconformance = cast(:ncr_no as text) and d.executed_on is null order by d.line_no""",
    clause="ISO 13485:2016 8.3.2",
)
BALANCED = Guard(
    name="quantities_balance",
    zh="数量平衡:不合格 = 返工 + 返修 + 报废 + 退货 + 降级 + 让步",
    en="quantities balance: nonconforming = reworked + repaired + scrapped + returned + regraded + conceded",
    takes=("ncr_no",),
    blocks=BALANCE.format(words="已执行 / carried out", only="and executed_on is not null"),
    clause="ISO 13485:2016 8.3.2",
)
REWORK_INSTRUCTED = Guard(
    name="rework_is_instructed",
    zh="返工返修有批准的指令,并评价了不利影响",
    en="rework and repair have an instruction and a judgement of their adverse effect",
    takes=("ncr_no",),
    blocks="""
        select 'nonconformance/' || d.nonconformance || '#' || d.line_no as record, '缺指令或不利影响评价 / instruction or adverse effect is missing' as detail
        from native.nonconformance_disposition as d
        where d.nonconformance = cast(:ncr_no as text) and d.disposition in ('rework', 'repair')
            and (d.rework_instruction is null or d.adverse_effect is null)
        order by d.line_no""",
    clause="ISO 13485:2016 8.3.4",
)
REWORK_REINSPECTED = Guard(
    name="rework_reinspected",
    zh="返工返修后按原准则检验并接收",
    en="what was reworked or repaired was inspected again and accepted",
    takes=("ncr_no",),
    blocks="""
        select 'nonconformance/' || d.nonconformance || '#' || d.line_no as record, '复检未接收 / not accepted: ' || coalesce(d.reinspection, '-') as detail
        from native.nonconformance_disposition as d
        left join native.inspection as i on i.inspection_no = d.reinspection and i.item = d.item
        left join medthread.process_case as c on c.entity = 'inspection' and c.record = i.id
        where d.nonconformance = cast(:ncr_no as text) and d.disposition in ('rework', 'repair') and c.state is distinct from 'accepted'
        order by d.line_no""",
    clause="ISO 13485:2016 8.3.4",
)
CAPA_DECIDED = Guard(
    name="capa_decided",
    zh="说已关联 CAPA 的,写明是哪一件",
    en="a CAPA that is said to be linked is named and is there",
    takes=("ncr_no", "capa_decision", "capa"),
    blocks="""
        select 'nonconformance/' || cast(:ncr_no as text) as record, '没有这件 CAPA / no such CAPA: ' || coalesce(cast(:capa as text), '-') as detail
        where cast(:capa_decision as text) = 'linked' and not exists (select 1 from native.capa where capa_no = cast(:capa as text))""",
    clause="ISO 13485:2016 8.5.2",
)
NO_OPEN_NONCONFORMANCE = Guard(
    name="no_open_nonconformance",
    zh="批次没有未关闭的不合格品",
    en="no open nonconformance is about the lot",
    takes=("item", "lot_no"),
    blocks="""
        select distinct 'nonconformance/' || n.ncr_no as record, '未关闭 / open: ' || c.state as detail
        from native.nonconformance as n
        join medthread.process_case as c on c.entity = 'nonconformance' and c.record = n.id and c.closed_at is null
        left join native.nonconformance_lot as l on l.nonconformance = n.ncr_no
        where (l.item = cast(:item as text) and l.lot_no = cast(:lot_no as text)) or (n.item = cast(:item as text) and n.lot_no = cast(:lot_no as text))
        order by 1""",
    clause="ISO 13485:2016 8.2.6, 8.3",
)
