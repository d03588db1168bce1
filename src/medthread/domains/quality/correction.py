from datetime import date
from typing import Annotated

from medthread.masters.lot import THE_LOT
from medthread.model import (
    About,
    Dimension,
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
    Rule,
    State,
    Transition,
)

EVENTS = (EventType("correction.verified", "纠偏已复核", "Correction verified", "quality"),)
KINDS = {
    "deviation": Label("偏差", "Deviation"),
    "nonconformance": Label("不合格品", "Nonconformance"),
    "capa": Label("CAPA", "CAPA"),
    "complaint": Label("投诉", "Complaint"),
    "audit_finding": Label("审核发现", "Audit finding"),
}
CORRECTION = Process(
    name="correction",
    zh="纠偏",
    en="Correction",
    states=(
        State("ordered", "已下达", "Ordered"),
        State("done", "已执行", "Done"),
        State("verified", "已复核", "Verified"),
        State("dropped", "已取消", "Dropped"),
    ),
    initial=("ordered",),
    terminal=("verified", "dropped"),
    transitions=(
        Transition(
            action="carry_out", zh="执行", en="Carry out", from_=("ordered",), to="done", by="prod|prod_mgr|qc|maint|whs|eng", meaning=Meaning.PERFORMED,
            asks=("result", "done_on"),
        ),
        Transition(action="verify", zh="复核", en="Verify", from_=("done",), to="verified", by="qa|qc_mgr", meaning=Meaning.VERIFIED, emits="correction.verified"),
        Transition(action="send_back", zh="退回", en="Send back", from_=("done",), to="ordered", by="qa|qc_mgr", meaning=Meaning.REJECTED, reason=True),
        Transition(action="drop", zh="取消", en="Drop", from_=("ordered",), to="dropped", by="qa", meaning=Meaning.REJECTED, reason=True),
    ),
    duties=(Duty("carry_out", "verify"),),
    clauses=("ISO 13485:2016 8.3.1", "ISO 9000:2015 3.12.3"),
)


class Correction(Entity):
    """What removes a fault that was found (ISO 9000:2015, 3.12.3): not its cause, which is a CAPA's, nor the finding itself."""

    about = About(
        "纠偏",
        "Correction",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="correction_no",
        meaning=Label("消除已发现问题的措施,区别于消除原因的 CAPA", "What removes a fault that was found; its cause is a CAPA's"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3"),
        rules=(
            Rule(
                name="cause_named", about=Label("纠偏须指明针对哪张单", "a correction names the record it answers"),
                broken="cause_entity is null or cause_no is null", needs=("cause_entity", "cause_no"), dimension=Dimension.COMPLETENESS,
            ),
        ),
        synonyms=("纠正", "correction"),
        process=CORRECTION,
    )
    correction_no: Annotated[str, F("纠偏号", "Correction no.", key=True, series="COR", search=True)]
    cause_entity: Annotated[str, F("针对", "Answers a", codes=KINDS)]
    cause_no: Annotated[str, F("单号", "Its number", search=True, names="cause_entity")]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"))]
    lot_no: Annotated[str | None, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    what: Annotated[str, F("措施", "What is to be done", long=True)]
    due_on: Annotated[date, F("期限", "Due on")]
    done_on: Annotated[date | None, F("完成日", "Done on")]
    result: Annotated[str | None, F("结果", "Result", long=True, in_list=False)]
