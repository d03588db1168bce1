from medthread.domains.quality.effectiveness import MEASURES
from medthread.model import Guard

HAS_ACTIONS = Guard(
    name="capa_has_actions",
    zh="计划至少有一项措施",
    en="the plan has an action",
    takes=("capa_no",),
    blocks="""
        select 'capa/' || cast(:capa_no as text) as record, '没有措施 / no action' as detail
        where not exists (select 1 from native.capa_action where capa = cast(:capa_no as text))""",
    clause="ISO 13485:2016 8.5.2 c)",
)
NEEDED = " union all ".join(
    f"select '{name}' as metric, '{field}' as field, cast(:{field} as text) as given" for name, m in MEASURES.items() for field in m.needs
)
METRIC_IS_COMPLETE = Guard(
    name="metric_is_complete",
    zh="有效性指标写明了对象",
    en="the metric says what it measures",
    takes=("capa_no", "metric", "metric_item", "metric_code", "metric_supplier"),
    blocks=f"""
        select 'capa/' || cast(:capa_no as text) as record, '缺少 / missing: ' || n.field as detail
        from ({NEEDED}) as n where n.metric = cast(:metric as text) and n.given is null""",
    clause="ISO 13485:2016 8.5.2 d)",
)
# The signature on the plan holds what was shown; the record of today is compared with that.
CRITERIA_UNCHANGED = Guard(
    name="criteria_unchanged",
    zh="指标、目标与窗口和批准计划时签名的一致",
    en="metric, target and window are those of the signature on the plan",
    takes=("capa_no", "record", "metric", "metric_item", "metric_code", "metric_supplier", "target", "window_days", "least_sample"),
    blocks="""
        select 'capa/' || cast(:capa_no as text) as record,
            coalesce('批准后改动 / changed after it was approved: ' || changed.field || ' ' || coalesce(changed.was, '-') || ' -> ' || coalesce(changed.now, '-'),
                     '没有批准计划的签名 / no signature on the plan') as detail
        from (select 1) as always
        left join lateral (
            select s.content -> 'values' as v from medthread.signature as s
            where s.entity = 'capa' and s.record = cast(:record as text) and s.action = 'approve_plan' order by s.signed_at desc limit 1
        ) as signed on true
        left join lateral (
            select f.field, f.was, f.now from (values
                ('metric', signed.v ->> 'metric', cast(:metric as text)),
                ('metric_item', signed.v ->> 'metric_item', cast(:metric_item as text)),
                ('metric_code', signed.v ->> 'metric_code', cast(:metric_code as text)),
                ('metric_supplier', signed.v ->> 'metric_supplier', cast(:metric_supplier as text)),
                ('target', trim_scale((signed.v ->> 'target')::numeric)::text, trim_scale(cast(:target as numeric))::text),
                ('window_days', signed.v ->> 'window_days', cast(cast(:window_days as bigint) as text)),
                ('least_sample', signed.v ->> 'least_sample', cast(cast(:least_sample as bigint) as text))
            ) as f (field, was, now) where f.was is distinct from f.now
        ) as changed on true
        where signed.v is null or changed.field is not null""",
    clause="ISO 13485:2016 8.5.2; 21 CFR 11.70",
)
ACTIONS_DONE = Guard(
    name="capa_actions_done",
    zh="每项措施已完成并有证据",
    en="every action is done, with evidence",
    takes=("capa_no",),
    blocks="""
        select 'capa/' || capa || '#' || action_no as record, '未完成或缺证据 / not done, or without evidence' as detail
        from native.capa_action where capa = cast(:capa_no as text) and (done_on is null or evidence is null) order by action_no""",
    clause="ISO 13485:2016 8.5.2 d)",
)
ACTIONS_VERIFIED = Guard(
    name="capa_actions_verified",
    zh="每项措施由责任人以外的人验证",
    en="every action is verified by somebody other than who was responsible",
    takes=("capa_no",),
    blocks="""
        select 'capa/' || capa || '#' || action_no as record,
            case when verified_by is null then '未验证 / not verified' else '验证人就是责任人 / verified by who was responsible' end as detail
        from native.capa_action where capa = cast(:capa_no as text) and (verified_by is null or verified_by = responsible) order by action_no""",
    clause="ISO 13485:2016 8.5.2 e)",
)
CORRECTIONS_DONE = Guard(
    name="corrections_done",
    zh="针对来源单的纠偏已完成",
    en="corrections of its sources are done",
    takes=("capa_no",),
    blocks="""
        select 'correction/' || k.correction_no as record, '尚未执行 / not carried out' as detail
        from native.correction as k
        join medthread.process_case as c on c.entity = 'correction' and c.record = k.id and c.state = 'ordered'
        where (k.cause_entity, k.cause_no) in (
            select source_entity, source_no from native.capa_source where capa = cast(:capa_no as text)
            union all select 'capa', cast(:capa_no as text))
        order by 1""",
    clause="ISO 13485:2016 8.3.1, 8.5.2",
)
