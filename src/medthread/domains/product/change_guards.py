"""What must hold before a change moves on. A change names its documents by their number: `document.change_order` leads back."""

from medthread.model import Guard

REQUESTED = Guard(
    name="change_names_request_and_objects",
    zh="至少有一条变更申请和一个受影响对象",
    en="there is a request, and at least one affected object",
    takes=("eco_no",),
    blocks="""
        select 'change_order/' || cast(:eco_no as text) as record, '没有变更申请 / no request' as detail
        where not exists (select 1 from native.change_request as r where r.change_order = cast(:eco_no as text))
        union all
        select 'change_order/' || cast(:eco_no as text), '没有受影响对象 / no affected object'
        where not exists (select 1 from native.change_affected as a where a.change_order = cast(:eco_no as text))""",
    clause="ISO 13485:2016 7.3.9",
)
ALL_ANSWERED = Guard(
    name="change_impact_answered",
    zh="每一行影响评估都已由其职能答复并签名",
    en="every impact line is answered and signed by its function",
    takes=("eco_no",),
    blocks="""
        select 'change_impact/' || i.change_order || '/' || i.aspect as record, '待 ' || i.function || ' 答复 / waits for ' || i.function as detail
        from native.change_impact as i
        join medthread.process_case as c on c.entity = 'change_impact' and c.record = i.id
        where i.change_order = cast(:eco_no as text) and c.state = 'open'
        union all
        select 'change_order/' || cast(:eco_no as text), '没有影响评估 / no impact was asked for'
        where not exists (select 1 from native.change_impact as i where i.change_order = cast(:eco_no as text))""",
    clause="ISO 13485:2016 7.3.9; ISO 14971:2019 10",
)
MAJOR_IS_MAJOR = Guard(
    name="change_class_fits_impact",
    zh="任一职能评为重大影响的,变更等级须为重大",
    en="where a function sees a major impact, the change is of the major class",
    takes=("eco_no", "change_class"),
    blocks="""
        select 'change_impact/' || i.change_order || '/' || i.aspect as record, '评为重大影响 / is a major impact' as detail
        from native.change_impact as i
        where i.change_order = cast(:eco_no as text) and i.impact = 'major' and cast(:change_class as text) is distinct from 'major'""",
    clause="ISO 13485:2016 4.1.4",
)
ENDORSED = Guard(
    name="major_change_endorsed",
    zh="重大变更须先由管理者代表批准",
    en="a major change is approved by the management representative first",
    takes=("id", "eco_no", "change_class"),
    blocks="""
        select 'change_order/' || cast(:eco_no as text) as record, '管理者代表尚未签署 / the management representative has not signed' as detail
        where cast(:change_class as text) = 'major' and not exists (
            select 1 from medthread.process_step as e
            where e.entity = 'change_order' and e.record = cast(:id as text) and e.action = 'endorse' and not e.void
                and e.id > (select max(r.id) from medthread.process_step as r
                    where r.entity = 'change_order' and r.record = e.record and r.to_state = 'eco_review' and r.action <> 'endorse'))""",
    clause="ISO 13485:2016 4.1.4, 5.5.2",
)
PROTOCOL_APPROVED = Guard(
    name="change_protocol_approved",
    zh="验证方案已批准",
    en="the verification protocol is approved",
    takes=("protocol",),
    blocks="""
        select 'document/' || coalesce(cast(:protocol as text), '?') as record, '没有已批准的版本 / has no approved revision' as detail
        where not exists (
            select 1 from native.document as d
            join medthread.process_case as c on c.entity = 'document' and c.record = d.id
            where d.doc_no = cast(:protocol as text) and c.state in ('approved', 'training', 'effective'))""",
    clause="ISO 13485:2016 7.3.6",
)
ONLY_MINOR = Guard(
    name="only_minor_change_unverified",
    zh="只有微小变更可以免验证",
    en="only a minor change goes without verification",
    takes=("eco_no", "change_class"),
    blocks="""
        select 'change_order/' || cast(:eco_no as text) as record, '等级为 ' || coalesce(cast(:change_class as text), '?') || ' / its class' as detail
        where cast(:change_class as text) is distinct from 'minor'""",
    clause="ISO 13485:2016 7.3.9",
)
NEEDS_AUTHORITY = Guard(
    name="change_needs_authority",
    zh="注册影响为变更备案、变更注册或重新注册",
    en="the route is a filing, a change of registration or a new one",
    takes=("eco_no", "regulatory_route"),
    blocks="""
        select 'change_order/' || cast(:eco_no as text) as record, '路径为 ' || coalesce(cast(:regulatory_route as text), '?') || ' / its route' as detail
        where coalesce(cast(:regulatory_route as text), 'none') in ('none', 'internal_record')""",
    clause="医疗器械注册与备案管理办法 (总局令第47号)",
)
NEEDS_NO_AUTHORITY = Guard(
    name="change_needs_no_authority",
    zh="须备案或注册的变更先取得批件",
    en="a change that takes a filing or registration waits for it",
    takes=("eco_no", "regulatory_route"),
    blocks="""
        select 'change_order/' || cast(:eco_no as text) as record, '须先取得注册或备案 / the authority decides first: ' || cast(:regulatory_route as text) as detail
        where coalesce(cast(:regulatory_route as text), 'none') not in ('none', 'internal_record')""",
    clause="医疗器械注册与备案管理办法 (总局令第47号)",
)
DOCUMENTS_READY = Guard(
    name="change_documents_ready",
    zh="变更涉及的文件新版本均已批准",
    en="the new revision of every document that the change touches is approved",
    takes=("eco_no",),
    blocks="""
        select 'document/' || d.doc_no || '/' || d.doc_rev as record, '尚为 ' || c.state || ' / is still ' || c.state as detail
        from native.document as d
        join medthread.process_case as c on c.entity = 'document' and c.record = d.id
        where d.change_order = cast(:eco_no as text) and c.state in ('draft', 'in_review')
        union all
        select 'document/' || a.object_no, '没有为此变更编制的新版本 / no revision was written for this change'
        from native.change_affected as a
        where a.change_order = cast(:eco_no as text) and a.kind = 'document' and not exists (
            select 1 from native.document as d
            join medthread.process_case as c on c.entity = 'document' and c.record = d.id
            where d.doc_no = a.object_no and d.change_order = a.change_order and c.state <> 'withdrawn')""",
    clause="ISO 13485:2016 4.2.4, 7.3.10",
)
TRAINED = Guard(
    name="change_training_complete",
    zh="变更文件的必训岗位均已培训",
    en="every job that may not work untrained is trained on the change's documents",
    takes=("eco_no",),
    blocks="""
        select 'training_record/' || t.person || '/' || t.subject as record, '新版本 ' || t.doc_rev || ' 尚未培训 / not yet trained on it' as detail
        from native.document as d
        join native.training_record as t on t.document = d.doc_no and t.doc_rev = d.doc_rev
        join medthread.process_case as c on c.entity = 'training_record' and c.record = t.id
        join native.training_requirement as q on q.job = t.job and q.subject = t.subject
        where d.change_order = cast(:eco_no as text) and q.blocks_work and c.state in ('assigned', 'done')""",
    clause="ISO 13485:2016 6.2",
)
STOCK_DISPOSED = Guard(
    name="change_stock_disposed",
    zh="旧版本库存已决定并完成处置",
    en="what becomes of the old revision's stock is decided and booked",
    takes=("eco_no",),
    blocks="""
        select 'change_affected/' || a.change_order || '/' || a.line_no as record,
            case when a.disposition is null then '未决定库存处置 / stock not decided' else '处置尚未过账 / not booked yet: ' || a.disposition end as detail
        from native.change_affected as a
        where a.change_order = cast(:eco_no as text) and a.kind = 'item'
            and (a.disposition is null or (a.disposition in ('rework', 'scrap', 'hold') and a.disposed_on is null))""",
    clause="ISO 13485:2016 7.3.9",
)
SUPPLIERS_TOLD = Guard(
    name="change_suppliers_told",
    zh="对供方有影响的变更已通知供方",
    en="suppliers are told of a change that touches them",
    takes=("eco_no", "supplier_told_on"),
    blocks="""
        select 'change_impact/' || i.change_order || '/supplier' as record, '未记录通知供方的日期 / no date on which suppliers were told' as detail
        from native.change_impact as i
        where i.change_order = cast(:eco_no as text) and i.aspect = 'supplier' and i.impact in ('minor', 'major')
            and cast(:supplier_told_on as date) is null""",
    clause="ISO 13485:2016 7.4.2",
)
