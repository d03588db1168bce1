from medthread.domains.service import recall_guards
from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("recall.evaluating", "召回评估开始", "Recall under evaluation", "service"),
    EventType("recall.no_action", "决定不召回", "Recall not needed", "service"),
    EventType("recall.decided", "召回已决定", "Recall decided", "service"),
    EventType("recall.notified", "召回已通知", "Recall notified", "service"),
    EventType("recall.mock_done", "召回演练完成", "Mock recall done", "service"),
    EventType("recall.terminated", "召回已终止", "Recall terminated", "service"),
    EventType("recall.closed", "召回已关闭", "Recall closed", "service"),
)
CN_RECALL = "《医疗器械召回管理办法》(CFDA Order 29, 2017)"
TOLD = ("notifying", "mock_done")


def _notice(level: str, span: str, warn: tuple[str, ...]) -> Clock:
    """The time in which users must know, by class."""
    zh = {"1": "一", "2": "二", "3": "三"}[level]
    return Clock(
        name=f"cn_class{level}_notice", zh=f"{zh}级召回通知", en=f"CN: notice of a class {level} recall", span=span, since="decided", until=TOLD,
        when=(("purpose", "actual"), ("in_cn", "yes"), ("recall_class", level)), basis=f"{CN_RECALL} 第十五条", statutory=True, warn=warn, escalate="mr",
    )


RECALL = Process(
    name="recall",
    zh="召回",
    en="Recall",
    states=(
        State("signal", "信号", "Signal"),
        State("evaluating", "评估中", "Under evaluation"),
        State("no_action", "不召回", "No action"),
        State("decided", "已决定", "Decided"),
        State("notifying", "通知中", "Notifying"),
        State("executing", "执行中", "Executing"),
        State("effectiveness", "有效性检查", "Effectiveness check"),
        State("terminated", "已终止", "Terminated"),
        State("closed", "已关闭", "Closed"),
        State("mock_done", "演练完成", "Drill done"),
    ),
    initial=("signal",),
    terminal=("no_action", "closed", "mock_done"),
    opened_by="qa|qa_mgr|pms|ra",
    transitions=(
        Transition(
            action="open", zh="启动评估", en="Open the evaluation", from_=("signal",), to="evaluating", by="qa", meaning=Meaning.REVIEWED,
            asks=("evaluation_team",), guards=(recall_guards.SCOPE_NAMED.name,), emits="recall.evaluating",
            evidence=Label("评估组已指定;范围批次随即停发", "The team is named; shipping of the lots in scope stops with this act"),
        ),
        Transition(
            action="no_action", zh="不召回", en="No action", from_=("evaluating",), to="no_action", by="recall_board", meaning=Meaning.APPROVED,
            asks=("hazard_evaluation",), emits="recall.no_action", evidence=Label("签署的健康危害评估", "The signed health hazard evaluation"),
        ),
        Transition(
            action="decide", zh="决定召回", en="Decide", from_=("evaluating",), to="decided", by="recall_board+exec", meaning=Meaning.APPROVED,
            asks=("hazard_evaluation", "recall_class", "action", "in_cn", "in_eu", "in_us"),
            guards=(recall_guards.STOP_SHIP_IN_FORCE.name, recall_guards.SCOPE_SNAPSHOT.name), emits="recall.decided",
            evidence=Label("级别;范围快照;停发已生效", "The class; the snapshot of the scope; shipping is stopped"),
        ),
        Transition(
            action="notify", zh="通知", en="Notify", from_=("decided",), to="notifying", by="ra|svc", meaning=Meaning.PERFORMED,
            asks=("plan", "authority_no"), guards=(recall_guards.NO_DRILL.name, recall_guards.LINES_LISTED.name, recall_guards.LINES_NOTIFIED.name),
            emits="recall.notified", evidence=Label("事件报告表;逐个单位的通知", "The report to the authority; a notice to each consignee"),
        ),
        Transition(
            action="end_mock", zh="结束演练", en="End the drill", from_=("decided",), to="mock_done", by="qa_mgr", meaning=Meaning.CLOSED,
            asks=("drill_conclusion",),
            guards=(recall_guards.DRILL.name, recall_guards.LINES_LISTED.name, recall_guards.NOBODY_NOTIFIED.name, recall_guards.LINES_BALANCE.name, recall_guards.ENDS_DECIDED.name),
            emits="recall.mock_done", evidence=Label("范围、用时与核对率已记录,未通知任何单位", "Scope, time and reconciliation are recorded, nobody was notified"),
        ),
        Transition(
            action="first_acknowledgements", zh="收到首批确认", en="First acknowledgements", from_=("notifying",), to="executing", by="svc", meaning=Meaning.PERFORMED,
            guards=(recall_guards.ACKNOWLEDGED.name,), evidence=Label("各单位的确认", "Acknowledgement line by line"),
        ),
        Transition(
            action="all_lines_actioned", zh="全部处置完毕", en="All lines actioned", from_=("executing",), to="effectiveness", by="svc", meaning=Meaning.PERFORMED,
            guards=(recall_guards.LINES_ACTIONED.name, recall_guards.LINES_BALANCE.name),
            evidence=Label("已发 = 已退 + 已用 + 已毁 + 尚存", "Shipped = returned + used + destroyed + outstanding"),
        ),
        Transition(
            action="insufficient", zh="有效性不足", en="Insufficient", from_=("effectiveness",), to="executing", by="qa_mgr", meaning=Meaning.REJECTED, reason=True,
            evidence=Label("低于该级别的目标", "Below the target for its depth"),
        ),
        Transition(
            action="terminate", zh="终止召回", en="Terminate", from_=("effectiveness",), to="terminated", by="recall_board", meaning=Meaning.APPROVED,
            asks=("effectiveness", "effectiveness_target", "summary_report"), guards=(recall_guards.EFFECTIVE.name, recall_guards.LINES_BALANCE.name),
            emits="recall.terminated", evidence=Label("总结报告已提交", "The summary report is filed"),
        ),
        Transition(
            action="close", zh="关闭", en="Close", from_=("terminated",), to="closed", by="mr", meaning=Meaning.CLOSED, asks=("capa", "disposal_witness"),
            guards=(recall_guards.ENDS_DECIDED.name,), emits="recall.closed",
            evidence=Label("CAPA 已关联,退回品在见证下处置,断点均已决定", "The CAPA is linked, returned goods are disposed of before a witness, unresolved ends are decided"),
        ),
    ),
    duties=(Duty("notify", "terminate"), Duty("all_lines_actioned", "terminate")),
    clocks=(
        Clock(name="stop_ship", zh="停发", en="Stop-ship", span="5 min", since="opened", until=("evaluating",), escalate="qa_mgr"),
        _notice("1", "1 d", ("12 h",)),
        _notice("2", "3 d", ("1 d",)),
        _notice("3", "7 d", ("2 d",)),
        Clock(
            name="cn_plan", zh="调查评估报告与召回计划", en="CN: evaluation report and recall plan", span="5 wd", since="decided", until=TOLD,
            when=(("purpose", "actual"), ("in_cn", "yes")), basis=f"{CN_RECALL} 第十六至十七条", statutory=True, warn=("2 wd",), escalate="mr",
        ),
        Clock(
            name="cn_summary", zh="召回总结报告", en="CN: summary report", span="10 wd", since="effectiveness", until=("terminated",),
            when=(("purpose", "actual"), ("in_cn", "yes")), basis=f"{CN_RECALL} 第二十至二十一条", statutory=True, warn=("3 wd",), escalate="mr",
        ),
        Clock(
            name="us_report", zh="更正与移除报告", en="US: report of correction or removal", span="10 wd", since="decided", until=TOLD,
            when=(("purpose", "actual"), ("in_us", "yes")), basis="21 CFR 806.10(b)", statutory=True, warn=("3 wd",), escalate="mr",
        ),
    ),
    clauses=("ISO 13485:2016 8.3.3", "ISO 13485:2016 8.2.3", "CFDA Order 29 (2017)", "Regulation (EU) 2017/745 Art. 87, 89", "21 CFR 806", "21 CFR 820.10(b)(4)"),
)
