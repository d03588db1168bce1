from datetime import date
from typing import Annotated

from medthread.model import (
    About,
    Dimension,
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

SCOPES = {
    "entity": Label("某类全部记录", "All records of a kind"),
    "record": Label("某条记录", "One record"),
    "lot": Label("某批次的全部记录", "Everything that names a lot"),
}
NAMED = Rule(
    name="scope_named",
    about=Label("范围须写明:对象类型、记录号或批号", "the scope is named: a kind, a record, or a lot"),
    broken="(kind in ('entity', 'record') and entity is null) or (kind = 'record' and record is null) or (kind = 'lot' and lot_no is null)",
    needs=("kind", "entity", "record", "lot_no"),
    dimension=Dimension.COMPLETENESS,
)
EVENTS = (EventType("legal_hold.lifted", "证据保全已解除", "Legal hold lifted", "compliance"),)
LEGAL_HOLD = Process(
    name="legal_hold",
    zh="证据保全",
    en="Legal hold",
    version=2,
    states=(State("standing", "保全中", "Standing"), State("lifted", "已解除", "Lifted")),
    initial=("standing",),
    terminal=("lifted",),
    binding=("standing",),
    transitions=(
        Transition(
            action="lift", zh="解除", en="Lift", from_=("standing",), to="lifted", by="qa_mgr+mr", meaning=Meaning.APPROVED, asks=("lift_basis",), reason=True,
            emits="legal_hold.lifted",
        ),
    ),
    clauses=("ISO 13485:2016 4.2.5",),
)


class LegalHold(Entity):
    """That the records of a matter may not be destroyed, whatever their retention says, until it is lifted by two."""

    about = About(
        "证据保全",
        "Legal hold",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="matter",
        meaning=Label("某事项的记录在解除前不得销毁", "The records of a matter may not be destroyed until it is lifted"),
        retain=Retention(years=15, anchor="close"),
        process=LEGAL_HOLD,
        synonyms=("诉讼保全",),
    )
    hold_no: Annotated[str, F("保全号", "Legal hold no.", key=True, search=True, series="LH")]
    matter: Annotated[str, F("事项", "Matter", search=True)]
    cause_entity: Annotated[str, F("来源类别", "Kind of record", example="recall")]
    cause_no: Annotated[str, F("来源单号", "Record", search=True, names="cause_entity")]
    scope: Annotated[str | None, F("范围", "Scope", long=True, in_list=False)]
    placed_on: Annotated[date, F("保全日期", "Placed on", default="today")]
    lift_basis: Annotated[str | None, F("解除依据", "Basis for lifting", long=True, in_list=False)]


class LegalHoldScope(Entity):
    """What a legal hold stands over: all records of a kind, one record, or a lot with every record that names it."""

    about = About(
        "保全范围",
        "Scope of a legal hold",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="line_no",
        meaning=Label("证据保全所覆盖的对象、记录或批次", "What a legal hold stands over: a kind of record, a record, a lot"),
        retain=Retention(years=15, anchor="close"),
        part_of="hold_no",
        rules=(NAMED,),
    )
    hold_no: Annotated[str, F("保全号", "Legal hold no.", key=True, ref=Ref("legal_hold"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("范围类别", "Kind of scope", codes=SCOPES)]
    entity: Annotated[str | None, F("对象类型", "Kind of record", example="complaint")]
    record: Annotated[str | None, F("记录号", "Record", search=True, about=Label("多段主键以 / 连接", "Parts of a key are joined by /"))]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
