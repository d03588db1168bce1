"""What must hold before a document moves on."""

from medthread.model import Guard

REVIEWED = Guard(
    name="document_reviewed",
    zh="提交后已由审核职能审核",
    en="the reviewing function reviewed it since it was submitted",
    takes=("id", "doc_no", "doc_rev"),
    blocks="""
        select 'document/' || cast(:doc_no as text) || '/' || cast(:doc_rev as text) as record, '尚无审核签名 / no review is signed' as detail
        where not exists (
            select 1 from medthread.process_step as r
            where r.entity = 'document' and r.record = cast(:id as text) and r.action = 'review' and not r.void
                and r.id > (select max(s.id) from medthread.process_step as s
                    where s.entity = 'document' and s.record = r.record and s.action = 'submit'))""",
    clause="ISO 13485:2016 4.2.4 a",
)
SAME_FUNCTION = Guard(
    name="document_reviewed_by_same_function",
    zh="由上一版的审核职能审核,否则写明对等理由",
    en="the function that reviewed the last revision reviews this one, or it is said why another is its equal",
    takes=("doc_no", "supersedes", "function", "function_reason"),
    blocks="""
        select 'document/' || d.doc_no || '/' || d.doc_rev as record, '上一版由 ' || d.function || ' 审核 / was reviewed by ' || d.function as detail
        from native.document as d
        where d.doc_no = cast(:doc_no as text) and d.doc_rev = cast(:supersedes as text)
            and d.function <> cast(:function as text) and cast(:function_reason as text) is null
        union all
        select 'document/' || d.doc_no || '/' || d.doc_rev, '有效版本未列为被取代版本 / the effective revision is not named as superseded'
        from native.document as d
        join medthread.process_case as c on c.entity = 'document' and c.record = d.id
        where d.doc_no = cast(:doc_no as text) and c.state = 'effective' and d.doc_rev is distinct from cast(:supersedes as text)""",
    clause="ISO 13485:2016 4.2.4 b",
)
DISTRIBUTED = Guard(
    name="document_has_distribution",
    zh="有发放清单",
    en="there is a distribution list",
    takes=("doc_no", "doc_rev"),
    blocks="""
        select 'document/' || cast(:doc_no as text) || '/' || cast(:doc_rev as text) as record, '未列发放对象 / nobody is on the list' as detail
        where not exists (
            select 1 from native.document_distribution as d where d.doc_no = cast(:doc_no as text) and d.doc_rev = cast(:doc_rev as text))""",
    clause="ISO 13485:2016 4.2.4 d",
)
NO_TRAINING_NEEDED = Guard(
    name="document_needs_no_training",
    zh="没有岗位须就该文件培训",
    en="no job must be trained on the document",
    takes=("doc_no",),
    blocks="""
        select 'training_requirement/' || q.job || '/' || q.subject as record, '须先培训 / must be trained first' as detail
        from native.training_requirement as q
        where q.document = cast(:doc_no as text) and q.status = 'active' and q.blocks_work""",
    clause="ISO 13485:2016 6.2",
)
TRAINING_COMPLETE = Guard(
    name="document_training_complete",
    zh="必训岗位的在岗人员均已就本版本培训合格,或宽限已过而停岗",
    en="everybody in a job that may not work untrained is trained on this revision, or grace has ended and they may not work",
    takes=("doc_no", "doc_rev"),
    blocks="""
        select 'training_requirement/' || q.job || '/' || q.subject as record, j.person || ' 尚未培训合格 / is not trained yet' as detail
        from native.training_requirement as q
        join native.job_assignment as j on j.job = q.job and (j.ended_on is null or j.ended_on > :today)
        where q.document = cast(:doc_no as text) and q.status = 'active' and q.blocks_work and not exists (
            select 1 from native.training_record as t
            join medthread.process_case as c on c.entity = 'training_record' and c.record = t.id
            where t.person = j.person and t.job = q.job and t.subject = q.subject and t.doc_rev = cast(:doc_rev as text)
                and (c.state in ('passed', 'waived') or (c.state in ('assigned', 'done') and t.due_on + cast(q.grace_days as integer) < :today)))""",
    clause="ISO 13485:2016 6.2; 21 CFR 11.10(i)",
)
CHANGE_IN_EFFECT = Guard(
    name="change_of_document_in_effect",
    zh="随变更生效的文件不先于变更生效",
    en="a document that belongs to a change does not take effect before the change",
    takes=("change_order",),
    blocks="""
        select 'change_order/' || o.eco_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.change_order as o
        join medthread.process_case as c on c.entity = 'change_order' and c.record = o.id
        where o.eco_no = cast(:change_order as text) and c.state not in ('effective', 'closed')""",
    clause="ISO 13485:2016 7.3.9",
)
RETAINED = Guard(
    name="document_retention_set",
    zh="保留类别在有效的保留规则中,已发副本均已收回",
    en="a retention rule in force covers its class, and every copy is recalled",
    takes=("doc_no", "doc_rev", "retention_class"),
    blocks="""
        select 'retention_rule/' || coalesce(cast(:retention_class as text), '?') as record, '没有生效的保留规则 / no rule in force' as detail
        where not exists (
            select 1 from native.retention_rule as r
            join medthread.process_case as c on c.entity = 'retention_rule' and c.record = r.id
            where r.class_code = cast(:retention_class as text) and c.state = 'in_force')
        union all
        select 'document_distribution/' || d.doc_no || '/' || d.doc_rev || '/' || d.holder, '副本尚未收回 / copy not recalled'
        from native.document_distribution as d
        where d.doc_no = cast(:doc_no as text) and d.doc_rev = cast(:doc_rev as text) and d.issued_on is not null and d.recalled_on is null""",
    clause="ISO 13485:2016 4.2.4 h, 4.2.5",
)
NO_REFERENCE = Guard(
    name="document_not_referred_to",
    zh="没有仍在使用的引用",
    en="nothing in use refers to it",
    takes=("doc_no",),
    blocks="""
        select 'training_requirement/' || q.job || '/' || q.subject as record, '培训要求仍引用 / a training requirement refers to it' as detail
        from native.training_requirement as q where q.document = cast(:doc_no as text) and q.status = 'active'
        union all
        select 'routing_operation/' || r.item || '/' || r.routing_rev || '/' || r.operation_no, '工艺路线的作业指导书 / is the instruction of an operation'
        from native.routing_operation as r
        join medthread.process_case as c on c.entity = 'routing_operation' and c.record = r.id
        where r.instruction = cast(:doc_no as text) and c.state <> 'obsolete'
        union all
        select 'inspection_plan/' || p.plan_no, '检验方案的规程 / is the procedure of a plan'
        from native.inspection_plan as p
        join medthread.process_case as c on c.entity = 'inspection_plan' and c.record = p.id
        where p.document = cast(:doc_no as text) and c.state not in ('superseded', 'withdrawn')
        union all
        select 'supplier_qualification/' || s.qualification_no, '供方质量协议 / is the agreement with a supplier'
        from native.supplier_qualification as s
        join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = s.id
        where s.agreement = cast(:doc_no as text) and c.closed_at is null
        union all
        select 'change_order/' || o.eco_no, '变更的验证方案 / is the protocol of a change'
        from native.change_order as o
        join medthread.process_case as c on c.entity = 'change_order' and c.record = o.id
        where o.protocol = cast(:doc_no as text) and c.closed_at is null""",
    clause="ISO 13485:2016 4.2.4",
)
