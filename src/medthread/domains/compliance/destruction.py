"""May this record be destroyed: asked before anything goes, by people and by the machine alike."""

from medthread.model import Decision, Guard

NO_STANDING_LEGAL_HOLD = Guard(
    name="no_standing_legal_hold",
    zh="该记录不在证据保全范围内",
    en="no legal hold stands over the record, its lot or its kind",
    takes=("entity", "record", "item", "lot_no"),
    blocks="""
        select 'legal_hold/' || h.hold_no as record, h.matter as detail
        from native.legal_hold as h
        join medthread.process_case as c on c.entity = 'legal_hold' and c.record = h.id
        where c.closed_at is null and (
            (h.cause_entity = cast(:entity as text) and h.cause_no = cast(:record as text))
            or exists (select from native.legal_hold_scope as s where s.hold_no = h.hold_no and (
                (s.kind = 'entity' and s.entity = cast(:entity as text))
                or (s.kind = 'record' and s.entity = cast(:entity as text) and s.record = cast(:record as text))
                or (s.kind = 'lot' and s.lot_no = cast(:lot_no as text) and coalesce(s.item = cast(:item as text), true)))))""",
    clause="ISO 13485:2016 4.2.5",
)
NO_LONGER_RULE = Guard(
    name="no_longer_rule",
    zh="没有要求保存更久的有效保留规则",
    en="no rule in force keeps records of the kind for longer",
    takes=("entity", "creation", "release", "expiry", "last_ship", "close", "device_life"),
    blocks="""
        with rule as (
            select r.class_code || '/' || r.jurisdiction || '/' || r.version_no as name, r.years, greatest(r.years, r.at_least) as longest,
                case when r.with_device_life then cast(:device_life as text) else '0' end as life,
                case r.anchor when 'creation' then cast(:creation as text) when 'release' then cast(:release as text) when 'expiry' then cast(:expiry as text)
                    when 'last_ship' then cast(:last_ship as text) else cast(:close as text) end as anchored
            from native.retention_rule as r
            join medthread.process_case as c on c.entity = 'retention_rule' and c.record = r.id
            where c.state = 'in_force' and r.class_code = cast(:entity as text)),
        ending as (
            select name, years, cast(cast(anchored as date) + make_interval(months => cast(longest * 12 as int) + cast(life as int)) as date) as ends from rule)
        select 'retention_rule/' || name as record, coalesce('保留至 / kept until ' || ends, '永久保留或起算日不明 / for ever, or its moment is not known') as detail
        from ending where years is null or ends is null or ends >= :today""",
    clause="ISO 13485:2016 4.2.5; GMP 2025 art. 45",
)
MAY_DESTROY = Decision(
    name="may_destroy",
    zh="可以销毁该记录吗",
    en="May this record be destroyed?",
    takes=("entity", "record", "item", "lot_no", "creation", "release", "expiry", "last_ship", "close", "device_life"),
    optional=("item", "lot_no", "creation", "release", "expiry", "last_ship", "close", "device_life"),
    guards=("no_legal_hold", NO_STANDING_LEGAL_HOLD.name, NO_LONGER_RULE.name),
)
