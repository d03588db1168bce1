"""Meetings of the data governance committee, and what they decide: minutes are signed by those who answer for them, a quorum being there."""

from medthread.model import Duty, Guard, Label, Meaning, Process, State, Transition

ACTING = "eng|eng_mgr|ra|qa|qa_mgr|mr|qc_mgr|prod_mgr|purch_mgr|doc|exec"
QUORUM = Guard(
    name="governance_quorum",
    zh="过半数委员到会",
    en="more than half of the members were there",
    takes=("meeting_no",),
    blocks="""
        select 'governance_meeting/' || cast(:meeting_no as text) as record, '到会 / present ' || a.there || ' / ' || a.members as detail
        from (select count(*) filter (where t.present) as there, count(*) as members from native.governance_attendee as t
              where t.meeting = cast(:meeting_no as text) and t.capacity in ('chair', 'member')) as a
        where a.there * 2 <= a.members""",
    clause="GB/T 34960.5-2018",
)
AGENDA_DEALT_WITH = Guard(
    name="governance_agenda_dealt_with",
    zh="每项议程都有结果",
    en="every item of the agenda has an outcome",
    takes=("meeting_no",),
    blocks="""
        select 'governance_agenda_item/' || i.meeting || '|' || i.line_no as record, '尚无结果 / no outcome' as detail
        from native.governance_agenda_item as i where i.meeting = cast(:meeting_no as text) and i.outcome is null""",
)
MEETING = Process(
    name="governance_meeting",
    zh="治理委员会会议",
    en="Meeting of the governance committee",
    states=(State("planned", "已安排", "Planned"), State("held", "已召开", "Held"), State("signed", "纪要已签署", "Minutes signed"), State("cancelled", "已取消", "Cancelled")),
    initial=("planned",),
    terminal=("signed", "cancelled"),
    opened_by="mr|qa_mgr|exec",
    transitions=(
        Transition(action="hold", zh="记录召开", en="Record as held", from_=("planned",), to="held", by="mr|qa_mgr|exec", meaning=Meaning.AUTHORED, asks=("minutes",), guards=("governance_quorum",)),
        Transition(action="cancel", zh="取消", en="Cancel", from_=("planned",), to="cancelled", by="mr|qa_mgr|exec", meaning=Meaning.REJECTED, reason=True),
        Transition(action="return_minutes", zh="退回纪要", en="Return the minutes", from_=("held",), to="planned", by="mr|exec", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="sign_minutes", zh="签署纪要", en="Sign the minutes", from_=("held",), to="signed", by="mr|exec", meaning=Meaning.APPROVED, guards=("governance_agenda_dealt_with",)),
    ),
    duties=(Duty("hold", "sign_minutes"),),  # whoever writes the minutes does not approve them
    clauses=("GB/T 34960.5-2018",),
)
ACTIONS_CLOSED = Guard(
    name="governance_actions_closed",
    zh="决议的行动均已验证或撤销",
    en="every action of the decision is verified or dropped",
    takes=("decision_no",),
    blocks="""
        select 'governance_action/' || a.action_no as record, '为 ' || c.state || ' / is ' || c.state as detail
        from native.governance_action as a join medthread.process_case as c on c.entity = 'governance_action' and c.record = a.id
        where a.decision = cast(:decision_no as text) and c.state in ('open', 'done')""",
)
DECISION = Process(
    name="governance_decision",
    zh="治理决议",
    en="Decision of the governance committee",
    states=(
        State("proposed", "待决", "Proposed"), State("decided", "已决定", "Decided"), State("carried_out", "已落实", "Carried out"), State("dropped", "不予采纳", "Not taken"),
    ),
    initial=("proposed",),
    terminal=("carried_out", "dropped"),
    opened_by=ACTING,
    transitions=(
        Transition(action="decide", zh="作出决定", en="Decide", from_=("proposed",), to="decided", by="mr+exec", meaning=Meaning.APPROVED, asks=("decision", "effective_on")),
        Transition(action="drop", zh="不予采纳", en="Not take", from_=("proposed",), to="dropped", by="mr|exec", meaning=Meaning.REJECTED, reason=True),
        Transition(action="carry_out", zh="确认落实", en="Confirm as carried out", from_=("decided",), to="carried_out", by="mr|qa_mgr", meaning=Meaning.VERIFIED, guards=("governance_actions_closed",)),
    ),
    clauses=("GB/T 34960.5-2018",),
)
RESPONSIBLE_DOES = Guard(
    name="governance_action_by_responsible",
    zh="由责任人完成",
    en="whoever is responsible does it",
    takes=("action_no", "responsible", "actor"),
    blocks="""
        select 'governance_action/' || cast(:action_no as text) as record, '责任人为 / is for ' || cast(:responsible as text) as detail
        where cast(:responsible as text) <> cast(:actor as text)""",
)
ACTION = Process(
    name="governance_action",
    zh="治理行动",
    en="Action of the governance committee",
    states=(State("open", "进行中", "Open"), State("done", "待验证", "Done"), State("verified", "已验证", "Verified"), State("dropped", "已撤销", "Dropped")),
    initial=("open",),
    terminal=("verified", "dropped"),
    opened_by=ACTING,
    transitions=(
        Transition(
            action="finish", zh="完成", en="Finish", from_=("open",), to="done", by=ACTING, meaning=Meaning.PERFORMED, asks=("done_on", "result"), guards=("governance_action_by_responsible",)),
        Transition(action="refuse", zh="退回", en="Return", from_=("done",), to="open", by="mr|qa_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(action="verify", zh="验证", en="Verify", from_=("done",), to="verified", by="mr|qa_mgr", meaning=Meaning.VERIFIED),
        Transition(action="drop", zh="撤销", en="Drop", from_=("open",), to="dropped", by="mr|exec", meaning=Meaning.REJECTED, reason=True),
    ),
    duties=(Duty("finish", "verify"),),
)
HAS_KEY_RESULTS = Guard(
    name="objective_has_key_results",
    zh="至少有一项关键结果",
    en="there is a key result at least",
    takes=("objective_no",),
    blocks="""
        select 'objective/' || cast(:objective_no as text) as record, '没有关键结果 / no key result' as detail
        where not exists (select 1 from native.key_result as k where k.objective = cast(:objective_no as text))""",
)
OBJECTIVE = Process(
    name="objective",
    zh="治理目标",
    en="Objective of the governance committee",
    states=(State("draft", "草拟", "Draft"), State("agreed", "进行中", "Agreed"), State("concluded", "已总结", "Concluded"), State("dropped", "已放弃", "Dropped")),
    initial=("draft",),
    terminal=("concluded", "dropped"),
    opened_by=ACTING,
    transitions=(
        Transition(action="agree", zh="批准", en="Agree", from_=("draft",), to="agreed", by="mr|exec", meaning=Meaning.APPROVED, guards=("objective_has_key_results",)),
        Transition(action="conclude", zh="总结", en="Conclude", from_=("agreed",), to="concluded", by="mr|exec", meaning=Meaning.REVIEWED, asks=("conclusion",)),
        Transition(action="drop", zh="放弃", en="Drop", from_=("draft", "agreed"), to="dropped", by="mr|exec", meaning=Meaning.REJECTED, reason=True),
    ),
)
CAPACITIES = {"chair": Label("主任委员", "Chair"), "member": Label("委员", "Member"), "guest": Label("列席", "Guest")}
