from datetime import date, datetime
from typing import Annotated

from medthread.domains.compliance.governance_meeting_process import ACTION, CAPACITIES, DECISION, MEETING
from medthread.model import About, Entity, F, Home, Label, Ref, Retention

KEPT = Retention(years=10, anchor="close", basis="GB/T 34960.5-2018")
TREATMENTS = {"inform": Label("通报", "For information"), "discuss": Label("讨论", "For discussion"), "decide": Label("决定", "For decision")}
SUBJECTS = {
    "data_incident": Label("数据质量事件", "Data incident"), "management_review_item": Label("管理评审事项", "Management review item"),
    "audit_finding": Label("审核发现", "Audit finding"), "governance_decision": Label("治理决议", "Governance decision"),
}


class GovernanceMeeting(Entity):
    """A meeting of the data governance committee, with its minutes."""

    about = About(
        "治理委员会会议", "Governance meeting", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="subject",
        meaning=Label("数据治理委员会的一次会议:议程、到会人员与签署的纪要", "A meeting of the data governance committee: agenda, who was there, minutes that are signed"),
        retain=KEPT, process=MEETING, synonyms=("数据治理委员会", "committee"),
    )
    meeting_no: Annotated[str, F("会议号", "Meeting no.", key=True, search=True, series="GM")]
    subject: Annotated[str, F("主题", "Subject", search=True)]
    held_at: Annotated[datetime, F("时间", "Time")]
    place: Annotated[str | None, F("地点", "Place", in_list=False)]
    chair: Annotated[str, F("主持人账号", "Chair (account)", default="me")]
    minutes: Annotated[str | None, F("纪要", "Minutes", long=True, in_list=False)]


class GovernanceAgendaItem(Entity):
    """A matter on the agenda of a meeting, and what came of it."""

    about = About(
        "会议议程", "Agenda item", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="matter",
        meaning=Label("会议的一项议程及其结果", "A matter on the agenda of a meeting, and its outcome"), retain=KEPT, part_of="meeting",
    )
    meeting: Annotated[str, F("会议", "Meeting", key=True, ref=Ref("governance_meeting"), search=True)]
    line_no: Annotated[int, F("序号", "No.", key=True)]
    matter: Annotated[str, F("事项", "Matter", search=True)]
    treatment: Annotated[str, F("处理方式", "Treatment", codes=TREATMENTS)]
    presenter: Annotated[str | None, F("汇报人账号", "Presenter (account)")]
    record_kind: Annotated[str | None, F("来源类别", "Kind of record", codes=SUBJECTS, in_list=False)]
    record_no: Annotated[str | None, F("来源单号", "Record", names="record_kind")]
    outcome: Annotated[str | None, F("结果", "Outcome", long=True)]


class GovernanceAttendee(Entity):
    """Who is asked to a meeting, in which capacity, and whether they came."""

    about = About(
        "参会者", "Attendee", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="member",
        meaning=Label("会议的一名参会者", "Somebody who is asked to a meeting"), retain=KEPT, part_of="meeting",
    )
    meeting: Annotated[str, F("会议", "Meeting", key=True, ref=Ref("governance_meeting"), search=True)]
    member: Annotated[str, F("账号", "Account", key=True, search=True)]
    capacity: Annotated[str, F("身份", "Capacity", codes=CAPACITIES)]
    present: Annotated[bool, F("到会", "Present", default="false")]


class GovernanceDecision(Entity):
    """Something that the committee decides: on whose word, from when, about which change, incident or metric."""

    about = About(
        "治理决议", "Governance decision", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="subject",
        meaning=Label("数据治理委员会的一项决议", "Something that the data governance committee decides"), retain=KEPT, process=DECISION,
    )
    decision_no: Annotated[str, F("决议号", "Decision no.", key=True, search=True, series="GD")]
    subject: Annotated[str, F("议题", "Subject", search=True)]
    proposal: Annotated[str, F("提案", "Proposal", long=True, in_list=False)]
    meeting: Annotated[str | None, F("会议", "Meeting", ref=Ref("governance_meeting"), search=True)]
    metric: Annotated[str | None, F("指标", "Metric", about=Label("指标的技术名称,如 complaint_rate", "the technical name of a metric"), example="complaint_rate", in_list=False)]
    change: Annotated[str | None, F("口径变更", "Change of definitions", about=Label("口径变更的提议号", "the number of a proposed change of definitions"), example="def-20260105-1a2b3c4d", in_list=False)]
    record_kind: Annotated[str | None, F("相关记录类别", "Kind of record", codes=SUBJECTS, in_list=False)]
    record_no: Annotated[str | None, F("相关记录", "Record", names="record_kind", in_list=False)]
    decision: Annotated[str | None, F("决定", "Decision", long=True)]
    effective_on: Annotated[date | None, F("生效日", "Effective on")]


class GovernanceAction(Entity):
    """What has to be done for a decision, by whom and until when."""

    about = About(
        "治理行动", "Governance action", domain="compliance", group="compliance", owner="compliance", home=Home.NATIVE, title="what",
        meaning=Label("为落实决议要做的事:由谁、何时完成", "What has to be done for a decision: by whom, until when"), retain=KEPT, process=ACTION,
    )
    action_no: Annotated[str, F("行动号", "Action no.", key=True, search=True, series="GA")]
    decision: Annotated[str, F("决议", "Decision", ref=Ref("governance_decision"), search=True)]
    what: Annotated[str, F("内容", "What", long=True, search=True)]
    responsible: Annotated[str, F("责任人账号", "Responsible (account)", default="me", search=True)]
    due_on: Annotated[date, F("期限", "Due on")]
    done_on: Annotated[date | None, F("完成日", "Done on")]
    result: Annotated[str | None, F("结果", "Result", long=True, in_list=False)]
