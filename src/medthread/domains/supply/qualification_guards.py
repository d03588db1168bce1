"""What must hold before a source moves on, and before anything is bought from it or received. Suppliers are golden ids."""

from medthread.model import Guard

CERTIFICATES_VALID = Guard(
    name="supplier_certificates_valid",
    zh="供方证照均在有效期内,且覆盖所购物料",
    en="every certificate of the supplier is valid, and one covers the item",
    takes=("supplier", "item"),
    blocks="""
        with held as (
            select k.*, k.expires_on is null or k.expires_on >= :today as valid from native.supplier_certificate as k
            where k.supplier = cast(:supplier as text) and (k.issued_on is null or k.issued_on <= :today) and coalesce(k.status, 'valid') <> 'revoked'),
        scoped as (
            select s.kind, s.cert_no, s.item from native.supplier_certificate_scope as s where s.supplier = cast(:supplier as text))
        select 'supplier_certificate/' || h.supplier || '/' || h.kind || '/' || h.cert_no as record,
            h.kind || ' ' || h.cert_no || ' 已于 ' || h.expires_on || ' 到期 / ran out on ' || h.expires_on as detail
        from held as h
        where not h.valid and not exists (select 1 from held as newer where newer.kind = h.kind and newer.valid)
        union all
        select 'supplier/' || cast(:supplier as text), '没有登记任何证照 / holds no certificate'
        where not exists (select 1 from held)
        union all
        select 'supplier/' || cast(:supplier as text), '没有有效证照覆盖该物料 / no valid certificate covers the item ' || cast(:item as text)
        where exists (select 1 from scoped) and exists (select 1 from held) and not exists (
            select 1 from held as h join scoped as s on s.kind = h.kind and s.cert_no = h.cert_no where h.valid and s.item = cast(:item as text))""",
    clause="ISO 13485:2016 7.4.1; GMP 2025 采购与原材料管理",
)
ONE_ENTRY = Guard(
    name="supplier_source_is_new",
    zh="该供应商、物料、产地没有其他未结束的准入",
    en="no other entry is open for the supplier, item and site",
    takes=("id", "supplier", "item", "site"),
    blocks="""
        select 'supplier_qualification/' || q.qualification_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.supplier_qualification as q
        join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = q.id
        where q.supplier = cast(:supplier as text) and q.item = cast(:item as text) and q.site = cast(:site as text)
            and q.id <> cast(:id as text) and c.closed_at is null""",
)
AUDIT_CALLED_FOR = Guard(
    name="site_audit_called_for",
    zh="A 类物料、外包过程或新场地才须现场审核",
    en="class A, an outsourced process or a new site calls for a site audit",
    takes=("qualification_no", "item_class", "outsourced", "new_site"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '可作文件审核 / a desk approval will do' as detail
        where cast(:item_class as text) <> 'A' and not cast(:outsourced as boolean) and not cast(:new_site as boolean)""",
)
DESK_WILL_DO = Guard(
    name="desk_approval_will_do",
    zh="A 类物料、外包过程和新场地须现场审核",
    en="class A, an outsourced process and a new site take a site audit",
    takes=("qualification_no", "item_class", "outsourced", "new_site"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '须现场审核 / a site audit is needed' as detail
        where cast(:item_class as text) = 'A' or cast(:outsourced as boolean) or cast(:new_site as boolean)""",
    clause="ISO 13485:2016 7.4.1, 4.1.5",
)
LOW_RISK = Guard(
    name="source_of_low_risk",
    zh="仅 C 类、非外包物料可免样品与试用",
    en="only a class C item that is no outsourced process goes without samples and trials",
    takes=("qualification_no", "item_class", "outsourced"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '物料分级为 ' || cast(:item_class as text) || ' / its class' as detail
        where cast(:item_class as text) <> 'C' or cast(:outsourced as boolean)""",
    clause="ISO 13485:2016 7.4.1",
)
AUDIT_PASSED = Guard(
    name="supplier_audit_passed",
    zh="供方审核已报告,且没有未关闭的致命发现",
    en="an audit of the supplier is reported, and no critical finding is open",
    takes=("supplier",),
    blocks="""
        select 'supplier/' || cast(:supplier as text) as record, '没有已报告的供方审核 / no audit of it is reported' as detail
        where not exists (
            select 1 from native.audit as a
            join medthread.process_case as c on c.entity = 'audit' and c.record = a.id
            where a.kind = 'supplier' and a.supplier = cast(:supplier as text) and c.state in ('reported', 'follow_up', 'closed'))
        union all
        select 'audit_finding/' || f.audit || '/' || f.finding_no, '致命发现尚未关闭 / a critical finding is open'
        from native.audit_finding as f
        join native.audit as a on a.audit_no = f.audit and a.kind = 'supplier' and a.supplier = cast(:supplier as text)
        join medthread.process_case as c on c.entity = 'audit_finding' and c.record = f.id
        where f.grade = 'critical' and c.state not in ('verified', 'closed')""",
    clause="ISO 13485:2016 7.4.1",
)
AUDIT_IN_TIME = Guard(
    name="supplier_audit_in_time",
    zh="供方审核没有逾期",
    en="the audit of the supplier is not overdue",
    takes=("qualification_no", "audit_due"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '审核应于 ' || cast(:audit_due as date) || ' 前完成 / was due' as detail
        where cast(:audit_due as date) < :today""",
    clause="ISO 13485:2016 7.4.1",
)
SAMPLE_PASSED = Guard(
    name="supplier_sample_accepted",
    zh="最近一份样品检验合格",
    en="the last sample was accepted",
    takes=("qualification_no",),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '没有合格样品 / no sample was accepted' as detail
        where coalesce((
            select t.result from native.supplier_trial as t
            where t.qualification = cast(:qualification_no as text) and t.kind = 'sample'
            order by t.judged_on desc, t._created_at desc limit 1), 'none') <> 'accepted'""",
    clause="ISO 13485:2016 7.4.1",
)
SAMPLE_FAILED_TWICE = Guard(
    name="supplier_sample_failed_twice",
    zh="样品已两次不合格",
    en="two samples were rejected",
    takes=("qualification_no",),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '不合格样品只有 ' || count(*) || ' 份 / rejected samples so far' as detail
        from native.supplier_trial as t
        where t.qualification = cast(:qualification_no as text) and t.kind = 'sample' and t.result = 'rejected'
        having count(*) < 2""",
)
TRIALS_ACCEPTED = Guard(
    name="supplier_trial_lots_accepted",
    zh="试用批已达到要求数量且无不合格",
    en="the required number of trial lots was accepted, and none rejected",
    takes=("qualification_no", "trial_lots_required"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record,
            '合格试用批 ' || count(*) || '/' || cast(:trial_lots_required as bigint) || ' / accepted trial lots' as detail
        from native.supplier_trial as t
        where t.qualification = cast(:qualification_no as text) and t.kind = 'trial_lot' and t.result = 'accepted'
        having count(*) < cast(:trial_lots_required as bigint)
        union all
        select 'supplier_trial/' || t.qualification || '/' || t.lot_no, '试用批不合格 / trial lot rejected'
        from native.supplier_trial as t
        where t.qualification = cast(:qualification_no as text) and t.kind = 'trial_lot' and t.result = 'rejected'""",
    clause="ISO 13485:2016 7.4.1, 7.4.3",
)
AGREEMENT_EFFECTIVE = Guard(
    name="quality_agreement_effective",
    zh="A 类物料和外包过程须有生效的质量协议,且含变更通知条款",
    en="class A and outsourced processes have an effective quality agreement with a change-notice clause",
    takes=("qualification_no", "item_class", "outsourced", "agreement"),
    blocks="""
        select 'document/' || coalesce(cast(:agreement as text), '?') as record, '没有生效且含变更通知条款的协议 / no effective agreement with the clause' as detail
        where (cast(:item_class as text) = 'A' or cast(:outsourced as boolean)) and not exists (
            select 1 from native.document as d
            join medthread.process_case as c on c.entity = 'document' and c.record = d.id
            where d.doc_no = cast(:agreement as text) and d.kind = 'agreement' and c.state = 'effective' and d.change_notice_clause)""",
    clause="ISO 13485:2016 4.1.5, 7.4.2",
)
NOT_GRADED_D = Guard(
    name="supplier_not_graded_d",
    zh="最近一次公布的评价不是 D 级",
    en="its last published grade is not D",
    takes=("supplier",),
    blocks="""
        select 'supplier_evaluation/' || e.supplier || '/' || e.period as record, '评价为 D 级 / graded D' as detail
        from (
            select v.*, row_number() over (order by v.period desc) as nth from native.supplier_evaluation as v
            join medthread.process_case as c on c.entity = 'supplier_evaluation' and c.record = v.id
            where v.supplier = cast(:supplier as text) and c.state = 'published') as e
        where e.nth = 1 and e.grade = 'D'""",
    clause="ISO 13485:2016 7.4.1",
)
NO_CRITICAL = Guard(
    name="no_critical_nonconformance_of_source",
    zh="该供方该物料没有未关闭的致命不合格",
    en="no critical nonconformance of the supplier's item is open",
    takes=("supplier", "item"),
    blocks="""
        select 'nonconformance/' || n.ncr_no as record, '致命不合格尚未关闭 / critical, and not closed' as detail
        from native.nonconformance as n
        join medthread.process_case as c on c.entity = 'nonconformance' and c.record = n.id
        where n.supplier = cast(:supplier as text) and n.item = cast(:item as text) and n.severity = 'critical' and c.closed_at is null""",
    clause="ISO 13485:2016 8.3.1",
)
TRIALS_INSPECTED = Guard(
    name="trial_inspections_accepted",
    zh="在本系统检验的样品和试用批,其检验单已接收",
    en="where a sample or trial lot was inspected here, the inspection was accepted",
    takes=("qualification_no",),
    blocks="""
        select 'inspection/' || i.inspection_no as record, t.lot_no || ':' || c.state || ' / is not accepted' as detail
        from native.supplier_trial as t
        join native.inspection as i on i.inspection_no = t.inspection
        join medthread.process_case as c on c.entity = 'inspection' and c.record = i.id
        where t.qualification = cast(:qualification_no as text) and t.result = 'accepted' and c.state <> 'accepted'""",
    clause="ISO 13485:2016 7.4.3, 8.2.6",
)
ACTIONS_CLOSED = Guard(
    name="supplier_actions_closed",
    zh="对该供方该物料的整改要求均已关闭",
    en="every corrective action asked of the supplier for the item is closed",
    takes=("supplier", "item"),
    blocks="""
        select 'supplier_corrective_action/' || s.scar_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.supplier_corrective_action as s
        join medthread.process_case as c on c.entity = 'supplier_corrective_action' and c.record = s.id
        where s.supplier = cast(:supplier as text) and s.item = cast(:item as text) and c.closed_at is null""",
    clause="ISO 13485:2016 7.4.1, 8.3",
)
WAS_APPROVED = Guard(
    name="source_was_fully_approved",
    zh="冻结前已完全认可;有条件认可的恢复为有条件",
    en="it was fully approved before the hold; a conditional source goes back to conditional",
    takes=("id", "qualification_no"),
    blocks="""
        select 'supplier_qualification/' || cast(:qualification_no as text) as record, '此前仅有条件认可 / was only conditional' as detail
        where not exists (
            select 1 from medthread.process_step as s
            where s.entity = 'supplier_qualification' and s.record = cast(:id as text) and s.to_state = 'approved')""",
)
