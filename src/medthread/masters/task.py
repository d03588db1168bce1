from datetime import date, timedelta
from typing import Annotated

from medthread.model import About, Entity, Event, F, Home, Label, Meaning, Process, Retention, State, Transition, Work

ANYBODY = (
    "eng|eng_mgr|ra|qa|qa_mgr|mr|qc|qc_mgr|prod|prod_mgr|release|market_release|purch|purch_mgr|sqe|doc|maint|metro|user_dept|svc|pms|recall_board|exec|whs"
)
TASK = Process(
    name="task",
    zh="任务",
    en="Task",
    states=(State("open", "待办", "To do"), State("done", "已完成", "Done"), State("dropped", "不再需要", "Dropped")),
    initial=("open",),
    terminal=("done", "dropped"),
    transitions=(
        Transition(action="finish", zh="完成", en="Finish", from_=("open",), to="done", by=ANYBODY, role_in="role", meaning=Meaning.PERFORMED, asks=("result",)),
        Transition(action="drop", zh="撤销", en="Drop", from_=("open",), to="dropped", by=ANYBODY, role_in="role", reason=True),
        Transition(action="drop_by_system", zh="系统撤销", en="Dropped by the system", from_=("open",), to="dropped", by="system"),
    ),
)


class Task(Entity):
    """Something that a role must see to because something else happened, and that no process of its own carries."""

    about = About(
        "任务",
        "Task",
        domain="compliance",
        group="people",
        owner="quality",
        home=Home.NATIVE,
        title="subject",
        meaning=Label("因某事件而须由某岗位处理的事项", "Something that a role must see to because of an event"),
        retain=Retention(years=10, anchor="close"),
        process=TASK,
        synonyms=("待办",),
    )
    task_no: Annotated[str, F("任务号", "Task no.", key=True, search=True, series="TSK")]
    subject: Annotated[str, F("事项", "Subject", search=True)]
    role: Annotated[str, F("处理角色", "For", search=True)]
    record_ref: Annotated[str | None, F("相关记录", "Record", search=True)]
    event: Annotated[str | None, F("来源事件", "Event", in_list=False)]
    detail: Annotated[str | None, F("说明", "Detail", long=True, in_list=False)]
    due_on: Annotated[date | None, F("期限", "Due on")]
    result: Annotated[str | None, F("处理结果", "Result", long=True)]


def assign(work: Work, event: Event, *, role: str, subject: str, detail: str = "", days: int = 10) -> None:
    """Give a role something to do because of an event, unless the same waits for it already."""
    ref = f"{event.entity}/{event.record}"
    if any(t["_state"] == "open" for t in work.find("task", role=role, subject=subject, record_ref=ref)):
        return
    due = (work.now + timedelta(days=days)).date()
    work.create("task", {"role": role, "subject": subject, "record_ref": ref, "event": event.type, "detail": detail or None, "due_on": due})
