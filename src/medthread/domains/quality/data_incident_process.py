from medthread.model import Clock, Duty, EventType, Meaning, Process, State, Transition, Watch

WHO = "qa|qc_mgr|eng"
CLOCK = "rules tried by runs"
EVENTS = (
    EventType("data_rule.broken", "数据质量规则不成立", "A rule of data quality is broken", "quality", source=CLOCK),
    EventType("data_rule.held", "数据质量规则恢复成立", "A rule of data quality holds again", "quality", source=CLOCK),
)

DATA_INCIDENT = Process(
    name="data_incident",
    zh="数据质量事件处理",
    en="Handling of a data incident",
    states=(
        State("open", "未处理", "Open"),
        State("acknowledged", "已知悉", "Acknowledged"),
        State("in_work", "处理中", "In work"),
        State("resolved", "已恢复", "Resolved"),
        State("accepted", "接受现状关闭", "Closed as accepted"),
    ),
    initial=("open",),
    terminal=("accepted",),
    rest=("resolved",),
    opened_by=WHO,
    transitions=(
        Transition(action="acknowledge", zh="知悉", en="Acknowledge", from_=("open",), to="acknowledged", by=WHO, meaning=Meaning.ACKNOWLEDGED),
        Transition(action="take_up", zh="开始处理", en="Take up", from_=("open", "acknowledged"), to="in_work", by=WHO, asks=("finding",)),
        Transition(action="resolve", zh="已处理", en="Resolve", from_=("in_work",), to="resolved", by=WHO, meaning=Meaning.PERFORMED, asks=("resolution",)),
        Transition(action="hold_again", zh="规则恢复成立", en="Holds again", from_=("open", "acknowledged", "in_work"), to="resolved", by="system"),
        Transition(action="break_again", zh="再次不成立", en="Broken again", from_=("resolved",), to="open", by="system"),
        Transition(action="reopen", zh="重开", en="Reopen", from_=("resolved",), to="open", by=WHO, reason=True),
        Transition(
            action="accept", zh="接受现状并关闭", en="Close as accepted", from_=("open", "acknowledged", "in_work", "resolved"), to="accepted",
            by="qa|qa_mgr", meaning=Meaning.APPROVED, reason=True,
        ),
    ),
    duties=(Duty("take_up", "accept"),),  # whoever looks for the cause does not say that it may stay
    clocks=(
        Clock(name="acknowledgement", zh="知悉时限", en="Acknowledgement", span="2 wd", since="opened", until=("acknowledged", "in_work", "resolved", "accepted"), warn=("1 wd",)),
        Clock(name="resolution", zh="处理时限", en="Resolution", span="10 wd", since="opened", until=("resolved", "accepted"), warn=("3 wd",)),
    ),
    clauses=("ISO 8000-61:2016 5.3", "ISO 13485:2016 8.4"),
)

# Of each rule and asset the last verdict; an earlier one says nothing any more.
LAST = """
    (select distinct on (v.rule, v.asset) v.* from medthread.rule_verdict as v where v.own and v.corrected = 0 order by v.rule, v.asset, v.at desc) as v"""
RULE_BROKEN = Watch(
    name="data_rule_broken",
    zh="数据质量规则不成立",
    en="a rule of data quality is broken",
    event="data_rule.broken",
    finds=f"""
        select 'data_incident' as entity, v.rule || '@' || v.asset as record, cast(v.at as text) as due, v.rule, v.zh || ' / ' || v.en as rule_label,
            v.asset, coalesce(v.cause, v.asset) as cause, v.owner, v.severity, v.version, v.checked, v.broken
        from {LAST} where v.state in ('broken', 'failed')""",
)
RULE_HELD = Watch(
    name="data_rule_held",
    zh="数据质量规则恢复成立",
    en="a rule of data quality holds again",
    event="data_rule.held",
    finds=f"""
        select 'data_incident' as entity, v.rule || '@' || v.asset as record, cast(v.at as text) as due, v.rule, v.asset, v.checked, v.broken
        from {LAST}
        join native.data_incident as i on i.rule = v.rule and i.asset = v.asset
        join medthread.process_case as c on c.entity = 'data_incident' and c.record = i.id
        where v.state in ('holds', 'tolerated') and c.state in ('open', 'acknowledged', 'in_work')""",
)
