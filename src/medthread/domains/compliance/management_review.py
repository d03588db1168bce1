from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Meaning, Process, Retention, State, Transition

INPUTS = {
    "capa": Label("纠正预防措施", "Corrective and preventive action"),
    "complaint": Label("投诉", "Complaints"),
    "reporting": Label("向监管部门报告", "Reporting to authorities"),
    "audit": Label("审核", "Audits"),
    "process": Label("过程监视", "Monitoring of processes"),
    "product": Label("产品监视", "Monitoring of product"),
    "change": Label("可能影响体系的变更", "Changes that could affect the system"),
    "regulation": Label("新的法规要求", "New regulatory requirements"),
    "supplier": Label("供方", "Suppliers"),
}
AGENDA = Process(
    name="management_review",
    zh="管理评审事项",
    en="Item of a management review",
    states=(State("on_agenda", "已列入议程", "On the agenda"), State("decided", "已决定", "Decided"), State("dropped", "不再需要", "Dropped")),
    initial=("on_agenda",),
    terminal=("decided", "dropped"),
    transitions=(
        Transition(
            action="decide", zh="作出决定", en="Decide", from_=("on_agenda",), to="decided", by="mr+exec", meaning=Meaning.APPROVED, asks=("decision",),
        ),
        Transition(action="drop", zh="撤下", en="Take off", from_=("on_agenda",), to="dropped", by="mr", meaning=Meaning.REJECTED, reason=True),
    ),
    clauses=("ISO 13485:2016 5.6",),
)


class ManagementReviewItem(Entity):
    """Something that top management must look at, and what it decided (ISO 13485:2016, 5.6)."""

    about = About(
        "管理评审事项",
        "Management review item",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="subject",
        meaning=Label("提交管理评审的一项议题及其决定", "A matter for the management review, and what was decided"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 5.6.1"),
        process=AGENDA,
    )
    item_no: Annotated[str, F("事项号", "Item no.", key=True, search=True, series="MR")]
    input: Annotated[str, F("评审输入", "Input", codes=INPUTS)]
    subject: Annotated[str, F("议题", "Subject", search=True)]
    record_ref: Annotated[str | None, F("来源记录", "Record", search=True)]
    decision: Annotated[str | None, F("决定", "Decision", long=True)]
