from datetime import date
from typing import Annotated

from medthread.model import About, Entity, EventType, F, Home, Label, Meaning, Process, Retention, State, Transition

EVENTS = (EventType("legal_hold.lifted", "证据保全已解除", "Legal hold lifted", "compliance"),)
LEGAL_HOLD = Process(
    name="legal_hold",
    zh="证据保全",
    en="Legal hold",
    states=(State("standing", "保全中", "Standing"), State("lifted", "已解除", "Lifted")),
    initial=("standing",),
    terminal=("lifted",),
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
