from medthread.domains.manufacturing.batch_release import PRODUCTION_RELEASE
from medthread.model import Decision, Guard

# The last attempt at each step is the one that counts.
LATEST = """
        select distinct on (s.operation_no, s.step_no) s.operation_no, s.step_no, s.attempt, c.state
        from native.batch_record_step as s
        join medthread.process_case as c on c.entity = 'batch_record_step' and c.record = s.id
        where s.item = cast(:item as text) and s.lot_no = cast(:lot_no as text)
        order by s.operation_no, s.step_no, s.attempt desc"""
STEPS_COMPLETE = Guard(
    name="steps_complete",
    zh="在效工艺的每道工序都有步骤,且每步已复核或说明不适用",
    en="every operation in force has its steps, each verified or not applicable",
    takes=("item", "lot_no"),
    blocks=f"""
        with latest as ({LATEST})
        select 'batch_record_step/' || cast(:item as text) || '|' || cast(:lot_no as text) || '|' || operation_no || '-' || step_no as record, state as detail
        from latest where state not in ('verified', 'not_applicable')
        union all
        select 'routing_operation/' || o.item || '|' || o.routing_rev || '|' || o.operation_no, '没有步骤 / has no step: ' || o.name
        from native.batch_record as b
        join native.routing_operation as o on o.item = b.item and o.routing_rev = b.routing_rev
        join medthread.process_case as c on c.entity = 'routing_operation' and c.record = o.id and c.state in ('effective', 'obsolete')
        where b.item = cast(:item as text) and b.lot_no = cast(:lot_no as text) and o.operation_no not in (select operation_no from latest)
        union all
        select 'batch_record/' || cast(:item as text) || '|' || cast(:lot_no as text), '没有任何步骤 / has no step at all'
        where not exists (select 1 from latest)
        order by 1""",
    clause="ISO 13485:2016 7.5.1",
)
RECONCILED = Guard(
    name="materials_reconciled",
    zh="物料与标签平衡:发出 = 使用 + 退回 + 取样 + 销毁",
    en="materials and labels are reconciled: issued = used + returned + sampled + destroyed",
    takes=("item", "lot_no"),
    blocks="""
        select 'batch_reconciliation/' || r.item || '|' || r.lot_no || '#' || r.line_no as record,
            r.what || ': ' || trim_scale(r.issued) || ' <> ' || trim_scale(r.used + r.returned + r.sampled + r.destroyed) as detail
        from native.batch_reconciliation as r
        where r.item = cast(:item as text) and r.lot_no = cast(:lot_no as text) and r.issued <> r.used + r.returned + r.sampled + r.destroyed
        union all
        select 'batch_record/' || cast(:item as text) || '|' || cast(:lot_no as text), '没有平衡' || k.zh || ' / not reconciled: ' || k.en
        from (values ('material', '物料', 'materials'), ('label', '标签', 'labels')) as k (kind, zh, en)
        where not exists (
            select 1 from native.batch_reconciliation as r where r.item = cast(:item as text) and r.lot_no = cast(:lot_no as text) and r.kind = k.kind)
        order by 1""",
    clause="ISO 13485:2016 7.5.1; 21 CFR 820.45; GMP 2025 生产管理",
)
EXCEPTIONS_EXPLAINED = Guard(
    name="exceptions_explained",
    zh="算出的例外已说明",
    en="the exceptions computed are explained",
    takes=("item", "lot_no", "exceptions_explained"),
    blocks="""
        select 'batch_exception/' || item || '|' || lot_no || '#' || line_no as record, kind || ': ' || detail as detail
        from native.batch_exception
        where item = cast(:item as text) and lot_no = cast(:lot_no as text) and cast(:exceptions_explained as text) is null order by line_no""",
    clause="GMP 2025 质量控制与产品放行",
)
SPECIAL_VALIDATED = Guard(
    name="special_processes_validated",
    zh="批次所经特殊过程都有有效的确认",
    en="every special process that the lot went through has a validation in force",
    takes=("item", "lot_no"),
    blocks="""
        select 'routing_operation/' || o.item || '|' || o.routing_rev || '|' || o.operation_no as record, '没有有效的过程确认 / no validation is in force' as detail
        from native.batch_record as b
        join native.routing_operation as o on o.item = b.item and o.routing_rev = b.routing_rev and o.special_process
        where b.item = cast(:item as text) and b.lot_no = cast(:lot_no as text) and not exists (
            select 1 from native.process_validation as v
            join medthread.process_case as k on k.entity = 'process_validation' and k.record = v.id and k.state = 'valid'
            where v.item = o.item and v.operation_no = o.operation_no and v.valid_to >= cast(:today as date))
        order by 1""",
    clause="ISO 13485:2016 7.5.6",
)
STERILISED = Guard(
    name="sterilisation_accepted",
    zh="无菌批次有已接受的灭菌批,且没有被拒的",
    en="a sterile lot has an accepted sterilisation load, and no rejected or open one",
    takes=("item", "lot_no"),
    blocks="""
        with loads as (
            select l.steriliser || '|' || l.load_no as load, c.state
            from native.sterilisation_load_lot as x
            join native.sterilisation_load as l on l.steriliser = x.steriliser and l.load_no = x.load_no
            join medthread.process_case as c on c.entity = 'sterilisation_load' and c.record = l.id
            where x.item = cast(:item as text) and x.lot_no = cast(:lot_no as text))
        select 'sterilisation_load/' || load as record, state as detail from loads where state <> 'accepted'
        union all
        select 'batch_record/' || b.item || '|' || b.lot_no, '没有已接受的灭菌批 / no accepted sterilisation load'
        from native.batch_record as b
        where b.item = cast(:item as text) and b.lot_no = cast(:lot_no as text) and b.sterile and not exists (select 1 from loads where state = 'accepted')
        order by 1""",
    clause="ISO 13485:2016 7.5.5, 7.5.7",
)
AUTHORISATION_VALID = Guard(
    name="authorisation_valid",
    zh="上市法域的注册证有效",
    en="the market authorisation is in force",
    takes=("jurisdiction", "certificate_no"),
    blocks="""
        select 'registration_certificate/' || cast(:jurisdiction as text) || '|' || cast(:certificate_no as text) as record,
            coalesce(r.status || coalesce(', 有效期至 / expires ' || r.expires_on, ''), '没有登记这张注册证 / not on record') as detail
        from (select 1) as always
        left join native.registration_certificate as r
            on r.jurisdiction = cast(:jurisdiction as text) and r.certificate_no = cast(:certificate_no as text)
        where r.id is null or r.status not in ('approved', 'renewing') or r.expires_on < cast(:today as date) or r.approved_on > cast(:today as date)""",
    clause="医疗器械监督管理条例(国务院令第739号); ISO 13485:2016 8.2.6",
)
COVERS_MODEL = Guard(
    name="authorisation_covers_model",
    zh="型号属于这张注册证",
    en="the model is under this authorisation",
    takes=("model_no", "certificate_no"),
    over="release",
    blocks="""
        select 'device_model/' || :model_no as record, coalesce('属于 / is under ' || m.certificate_no, '发布的主数据中没有此型号及其注册证 / no such model with an authorisation in the release') as detail
        from (select 1 as always) as one
        left join golden.device_model as m on m.model_no = :model_no
        where m.certificate_no is null or m.certificate_no <> :certificate_no""",
    clause="医疗器械注册与备案管理办法",
)
UDI_AS_PUBLISHED = Guard(
    name="udi_as_published",
    zh="标签上的 UDI-DI 就是公布的",
    en="the UDI-DI as printed is the one published",
    takes=("model_no", "printed_di"),
    over="release",
    blocks="""
        with published as (
            select di from golden.udi_di
            where model_no = :model_no and coalesce(level, 'primary') = 'primary' and (published_on is null or published_on <= :today))
        select 'udi_di/' || coalesce((select min(di) from published), '-') as record, '标签 / printed ' || coalesce(:printed_di, '-') as detail
        where not exists (select 1 from published where di = :printed_di)""",
    clause="医疗器械唯一标识系统规则; 21 CFR 820.45",
)
NO_CHANGE_WAITS = Guard(
    name="no_change_awaits_authority",
    zh="产品没有等待注册批准的变更",
    en="no change of the item waits for its authority",
    takes=("item",),
    blocks="""
        select 'change_order/' || e.eco_no as record, '等待注册批准 / waits for the authority' as detail
        from native.change_order as e
        join medthread.process_case as c on c.entity = 'change_order' and c.record = e.id and c.state = 'regulatory_wait'
        join native.change_affected as a on a.change_order = e.eco_no
        where a.item = cast(:item as text) order by 1""",
    clause="ISO 13485:2016 7.3.9; 医疗器械注册与备案管理办法",
)
SHELF_LIFE = Guard(
    name="shelf_life_left",
    zh="批次未过有效期",
    en="the batch is not past its expiry",
    takes=("item", "lot_no", "expires_on"),
    blocks="""
        select 'batch_record/' || cast(:item as text) || '|' || cast(:lot_no as text) as record, '有效期至 / expires ' || coalesce(cast(:expires_on as date)::text, '?') as detail
        where coalesce(cast(:expires_on as date) <= cast(:today as date), true)""",
    clause="ISO 13485:2016 7.5.11",
)
MARKET_RELEASED = Guard(
    name="lot_market_released",
    zh="批次已上市放行",
    en="the lot is released to the market",
    takes=("item", "lot_no"),
    blocks="""
        select 'batch_record/' || cast(:item as text) || '|' || cast(:lot_no as text) as record, coalesce(c.state, '没有批记录 / no batch record') as detail
        from (select 1) as always
        left join native.batch_record as b on b.item = cast(:item as text) and b.lot_no = cast(:lot_no as text)
        left join medthread.process_case as c on c.entity = 'batch_record' and c.record = b.id
        where c.state is distinct from 'market_released'""",
    clause="ISO 13485:2016 8.2.6; GMP 2025 质量控制与产品放行",
)
MAY_RELEASE = Decision(
    name="may_release",
    zh="这个批次可以生产放行吗",
    en="May this lot be released from production?",
    takes=("item", "lot_no"),
    guards=PRODUCTION_RELEASE,
)
MAY_SHIP = Decision(
    name="may_ship",
    zh="这个批次可以发货吗",
    en="May this lot be shipped?",
    takes=("item", "lot_no"),
    guards=("no_held_ancestor", "lot_not_disposed_of", "lot_market_released", "lot_not_expired"),
)
