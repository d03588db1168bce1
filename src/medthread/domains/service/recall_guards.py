"""What must hold before a recall goes on: asked of its lots, its lines and its unresolved ends."""

from medthread.model import Guard

# Holds that a recall placed and nobody lifted yet: `no`, `item`, `lot_no`, `recall`.
STOPPED = """
    select h.hold_no as no, h.item, h.lot_no, h.cause_no as recall from native.hold as h
    join medthread.process_case as c on c.entity = 'hold' and c.record = h.id and c.state = 'standing'
    where h.cause_entity = 'recall'"""
NO_STOP_SHIP = Guard(
    name="no_stop_ship",
    zh="该批没有召回停发",
    en="no recall has stopped shipping of the lot",
    takes=("item", "lot_no"),
    blocks=f"""
        select 'hold/' || h.no as record, '召回停发 / stop-ship of recall ' || h.recall as detail
        from ({STOPPED}) as h where h.item = cast(:item as text) and h.lot_no = cast(:lot_no as text)""",
    clause="CFDA Order 29 (2017); ISO 13485:2016 8.3.3",
)
SCOPE_NAMED = Guard(
    name="recall_scope_named",
    zh="至少指定一个涉及批次",
    en="at least one lot is named",
    takes=("recall_no",),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record, '未指定任何批次 / no lot is named' as detail
        where not exists (select 1 from native.recall_scope_lot as l where l.recall = cast(:recall_no as text))""",
)
STOP_SHIP_IN_FORCE = Guard(
    name="stop_ship_in_force",
    zh="范围内每个批次均已停发",
    en="shipping of every lot in scope is stopped",
    takes=("recall_no",),
    blocks=f"""
        select 'recall_scope_lot/' || l.item || ' ' || l.lot_no as record, '未停发 / shipping is not stopped' as detail
        from native.recall_scope_lot as l
        where l.recall = cast(:recall_no as text) and not exists (
            select 1 from ({STOPPED}) as h where h.item = l.item and h.lot_no = l.lot_no and h.recall = l.recall)""",
    clause="CFDA Order 29 (2017)",
)
SCOPE_SNAPSHOT = Guard(
    name="scope_snapshot_taken",
    zh="已按一个发布追溯并保存范围快照",
    en="the scope was traced over a release and kept",
    takes=("recall_no", "scoped_at"),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record, '尚无范围快照 / the scope was not taken yet' as detail
        where cast(:scoped_at as timestamptz) is null""",
    clause="ISO 13485:2016 8.3.3",
)
NO_DRILL = Guard(
    name="recall_is_actual",
    zh="演练不通知任何单位",
    en="a drill notifies nobody",
    takes=("recall_no", "purpose"),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record, '这是演练 / it is a drill' as detail where cast(:purpose as text) = 'mock'""",
)
DRILL = Guard(
    name="recall_is_mock",
    zh="只有演练可以这样结束",
    en="only a drill ends so",
    takes=("recall_no", "purpose"),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record, '这是实际召回 / it is an actual recall' as detail where cast(:purpose as text) <> 'mock'""",
)
LINES_LISTED = Guard(
    name="recall_lines_listed",
    zh="已按追溯列出收货单位,数量与范围一致",
    en="the consignees are listed from the trace, and their quantities add up to the scope's",
    takes=("recall_no", "units_shipped"),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record,
            '明细合计 / lines ' || coalesce(sum(l.quantity_shipped), 0) || ', 范围 / scope ' || coalesce(cast(cast(:units_shipped as numeric) as text), '?') as detail
        from native.recall_line as l where l.recall = cast(:recall_no as text)
        having coalesce(sum(l.quantity_shipped), 0) is distinct from cast(:units_shipped as numeric)""",
)
LINES_NOTIFIED = Guard(
    name="recall_lines_notified",
    zh="每个收货单位均已通知",
    en="every consignee was notified",
    takes=("recall_no",),
    blocks="""
        select 'recall_line/' || coalesce(l.consignee_name, l.consignee) || ' ' || l.lot_no as record, '未通知 / not notified' as detail
        from native.recall_line as l
        where l.recall = cast(:recall_no as text) and (l.status = 'to_notify' or l.notified_at is null)""",
    clause="CFDA Order 29 (2017) 第十五条",
)
NOBODY_NOTIFIED = Guard(
    name="drill_notified_nobody",
    zh="演练中没有通知过任何单位",
    en="nobody was notified in the drill",
    takes=("recall_no",),
    blocks="""
        select 'recall_line/' || coalesce(l.consignee_name, l.consignee) || ' ' || l.lot_no as record, '演练中已通知 / notified in a drill' as detail
        from native.recall_line as l
        where l.recall = cast(:recall_no as text) and (l.notified_at is not null or l.status in ('notified', 'acknowledged', 'unreachable'))""",
)
ACKNOWLEDGED = Guard(
    name="recall_acknowledged",
    zh="至少一个单位已确认",
    en="at least one consignee acknowledged",
    takes=("recall_no",),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record, '尚无确认 / nobody acknowledged yet' as detail
        where exists (select 1 from native.recall_line as l where l.recall = cast(:recall_no as text))
            and not exists (select 1 from native.recall_line as l where l.recall = cast(:recall_no as text) and l.acknowledged_at is not null)""",
)
LINES_ACTIONED = Guard(
    name="recall_lines_actioned",
    zh="每个单位均已确认并处置;联系不上的至少通知过三次",
    en="every consignee acknowledged and acted; one that cannot be reached was tried three times",
    takes=("recall_no",),
    blocks="""
        select 'recall_line/' || coalesce(l.consignee_name, l.consignee) || ' ' || l.lot_no as record, l.status || ', ' || coalesce(l.attempts, 0) || ' x' as detail
        from native.recall_line as l
        where l.recall = cast(:recall_no as text)
            and not (l.status in ('actioned', 'reconciled') and l.acknowledged_at is not null)
            and not (l.status = 'unreachable' and coalesce(l.attempts, 0) >= 3)""",
    clause="21 CFR 7.49",
)
LINES_BALANCE = Guard(
    name="recall_lines_balance",
    zh="每一行:已发 = 已退 + 已用 + 已毁 + 尚存,无不明数量",
    en="on every line shipped = returned + used + destroyed + outstanding, nothing unexplained",
    takes=("recall_no",),
    blocks="""
        with counted as (
            select l.*, l.quantity_shipped - coalesce(l.quantity_returned, 0) - coalesce(l.quantity_used, 0)
                - coalesce(l.quantity_destroyed, 0) - coalesce(l.quantity_outstanding, 0) as unexplained
            from native.recall_line as l where l.recall = cast(:recall_no as text))
        select 'recall_line/' || coalesce(consignee_name, consignee) || ' ' || lot_no as record,
            case when quantity_outstanding is null then '尚存未点清 / what is still there was not counted'
                else '不明数量 / unexplained ' || trim_scale(unexplained) end as detail
        from counted where unexplained <> 0 or quantity_outstanding is null""",
    clause="ISO 13485:2016 8.3.3",
)
ENDS_DECIDED = Guard(
    name="recall_ends_decided",
    zh="追溯的断点逐个作出决定并有依据",
    en="every unresolved end of the trace is decided on, with evidence",
    takes=("recall_no",),
    blocks="""
        select 'recall_unresolved_end/' || e.end_no as record, '未决定 / not decided: ' || e.after as detail
        from native.recall_unresolved_end as e
        where e.recall = cast(:recall_no as text) and (e.decision is null or e.evidence is null)""",
)
EFFECTIVE = Guard(
    name="recall_effective",
    zh="有效性达到该级别的目标",
    en="it is as effective as its depth asks",
    takes=("recall_no", "effectiveness", "effectiveness_target"),
    blocks="""
        select 'recall/' || cast(:recall_no as text) as record,
            cast(cast(:effectiveness as numeric) as text) || ' % < ' || cast(cast(:effectiveness_target as numeric) as text) || ' %' as detail
        where cast(:effectiveness as numeric) < cast(:effectiveness_target as numeric)""",
    clause="21 CFR 7.49; CFDA Order 29 (2017)",
)
