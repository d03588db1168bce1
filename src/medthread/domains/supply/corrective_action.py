from typing import Annotated

from medthread.model import (
    About,
    Clock,
    Duty,
    Entity,
    EventType,
    F,
    Home,
    Label,
    Meaning,
    Process,
    Ref,
    Retention,
    State,
    Transition,
)

EVENTS = (EventType("supplier.action_closed", "供方整改已关闭", "Supplier's corrective action closed", "supply"),)
SCAR = Process(
    name="supplier_corrective_action",
    zh="供方整改",
    en="Supplier corrective action",
    states=(
        State("draft", "草稿", "Draft"),
        State("issued", "已发出", "Issued"),
        State("answered", "已答复", "Answered"),
        State("closed", "已关闭", "Closed"),
        State("dropped", "已撤销", "Dropped"),
    ),
    initial=("draft",),
    terminal=("closed", "dropped"),
    transitions=(
        Transition(action="issue", zh="发出", en="Issue", from_=("draft",), to="issued", by="sqe|purch", meaning=Meaning.AUTHORED),
        Transition(action="drop", zh="撤销", en="Drop", from_=("draft",), to="dropped", by="sqe|qa_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(action="record_answer", zh="登记答复", en="Record the answer", from_=("issued",), to="answered", by="sqe|purch", meaning=Meaning.PERFORMED, asks=("cause", "action")),
        Transition(action="refuse", zh="退回答复", en="Refuse the answer", from_=("answered",), to="issued", by="qa|sqe", meaning=Meaning.REJECTED, reason=True),
        Transition(action="accept", zh="接受并关闭", en="Accept", from_=("answered",), to="closed", by="qa|qa_mgr", meaning=Meaning.VERIFIED, asks=("verification",), emits="supplier.action_closed"),
    ),
    duties=(Duty("record_answer", "accept"),),
    clocks=(Clock(name="answer", zh="供方答复时限", en="Supplier's answer", span="15 d", since="issued", until=("answered",), warn=("5 d",), escalate="purch_mgr"),),
    clauses=("ISO 13485:2016 7.4.1", "ISO 13485:2016 8.5.2"),
)


class SupplierCorrectiveAction(Entity):
    """A corrective action asked of a supplier (SCAR), and its answer."""

    about = About(
        "供方整改要求",
        "Supplier corrective action",
        domain="supply",
        group="supply",
        owner="quality",
        home=Home.NATIVE,
        title="scar_no",
        meaning=Label("要求供应商采取的纠正措施及其答复", "A corrective action asked of a supplier, and its answer"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 7.4.1"),
        process=SCAR,
        synonyms=("SCAR", "8D"),
    )
    scar_no: Annotated[str, F("整改号", "SCAR no.", key=True, search=True, series="SCAR")]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    origin: Annotated[str, F("来源单号", "Origin", search=True, example="NC-2026-00001")]
    problem: Annotated[str, F("问题", "Problem", long=True)]
    cause: Annotated[str | None, F("供方原因分析", "Supplier's cause", long=True, in_list=False)]
    action: Annotated[str | None, F("供方措施", "Supplier's action", long=True, in_list=False)]
    verification: Annotated[str | None, F("验证", "Verification", long=True, in_list=False)]
