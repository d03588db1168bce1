from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.lot import THE_LOT
from medthread.model import (
    NOT_NEGATIVE,
    About,
    Clock,
    Duty,
    Entity,
    EventType,
    F,
    Guard,
    Home,
    Label,
    Meaning,
    Process,
    Ref,
    Retention,
    State,
    Transition,
)

EVENTS = (
    EventType("sterilisation.accepted", "灭菌批已接受", "Sterilisation load accepted", "manufacturing"),
    EventType("sterilisation.rejected", "灭菌批被拒", "Sterilisation load rejected", "manufacturing"),
)
METHODS = {
    "eo": Label("环氧乙烷", "Ethylene oxide"),
    "gamma": Label("伽马辐照", "Gamma"),
    "ebeam": Label("电子束", "Electron beam"),
    "steam": Label("湿热", "Steam"),
    "plasma": Label("等离子", "Plasma"),
}
INDICATORS = {"negative": Label("阴性", "Negative"), "positive": Label("阳性", "Positive"), "dose_in_range": Label("剂量在范围", "Dose in range"), "dose_out": Label("剂量超范围", "Dose out of range")}
KEPT = Retention(years=15, anchor="expiry", basis="ISO 13485:2016 7.5.5")
HAS_LOTS = Guard(
    name="load_has_lots",
    zh="灭菌批列明了装载批次",
    en="the load lists its lots",
    takes=("steriliser", "load_no"),
    blocks="""
        select 'sterilisation_load/' || cast(:steriliser as text) || '|' || cast(:load_no as text) as record, '没有装载批次 / no lot' as detail
        where not exists (
            select 1 from native.sterilisation_load_lot where steriliser = cast(:steriliser as text) and load_no = cast(:load_no as text))""",
    clause="ISO 13485:2016 7.5.5",
)
CYCLE_VALIDATED = Guard(
    name="sterilisation_validated",
    zh="灭菌确认有效",
    en="the sterilisation is validated",
    takes=("validation",),
    blocks="""
        select 'process_validation/' || coalesce(cast(:validation as text), '-') as record, '灭菌确认无效 / not in force' as detail
        where not exists (
            select 1 from native.process_validation as v
            join medthread.process_case as c on c.entity = 'process_validation' and c.record = v.id and c.state = 'valid'
            where v.validation_no = cast(:validation as text) and v.kind = 'sterilisation' and v.valid_to >= cast(:today as date))""",
    clause="ISO 13485:2016 7.5.7",
)
INDICATED = Guard(
    name="sterilisation_indicated",
    zh="参数在限,指示物阴性或剂量在范围,EO 残留在限",
    en="parameters in limits, indicators negative or dose in range, EO residue within its limit",
    takes=("steriliser", "load_no", "method", "parameters_in_limits", "indicator", "residue", "residue_limit"),
    blocks="""
        select 'sterilisation_load/' || cast(:steriliser as text) || '|' || cast(:load_no as text) as record, w.zh || ' / ' || w.en as detail
        from (values
            ('参数超限', 'parameters out of limits', not coalesce(cast(cast(:parameters_in_limits as text) as boolean), false)),
            ('指示物或剂量不合格', 'indicator or dose fails', coalesce(cast(:indicator as text), '') not in ('negative', 'dose_in_range')),
            ('EO 残留缺失或超限', 'EO residue missing or above its limit', cast(:method as text) = 'eo'
                and coalesce(cast(:residue as numeric) > cast(:residue_limit as numeric), true))
        ) as w (zh, en, bad) where w.bad""",
    clause="ISO 13485:2016 7.5.5; ISO 11135:2014; ISO 10993-7:2008",
)
STERILISATION = Process(
    name="sterilisation_load",
    zh="灭菌批",
    en="Sterilisation load",
    states=(
        State("planned", "已计划", "Planned"),
        State("loaded", "已装载", "Loaded"),
        State("running", "运行中", "Running"),
        State("parametric_review", "参数审核", "Parameters in review"),
        State("indicators_incubating", "指示物培养", "Indicators incubating"),
        State("accepted", "已接受", "Accepted"),
        State("rejected", "被拒", "Rejected"),
    ),
    initial=("planned",),
    terminal=("accepted", "rejected"),
    transitions=(
        Transition(
            action="load", zh="装载", en="Load", from_=("planned",), to="loaded", by="prod", meaning=Meaning.PERFORMED, asks=("load_map",), guards=("load_has_lots",),
        ),
        Transition(
            action="start", zh="运行", en="Start", from_=("loaded",), to="running", by="prod", meaning=Meaning.PERFORMED, asks=("started_at",),
            guards=("sterilisation_validated",),
        ),
        Transition(
            action="finish", zh="结束", en="Finish", from_=("running",), to="parametric_review", by="prod", meaning=Meaning.PERFORMED, asks=("ended_at", "cycle_record"),
        ),
        Transition(
            action="review_parameters", zh="参数审核", en="Review parameters", from_=("parametric_review",), to="indicators_incubating", by="qc", meaning=Meaning.REVIEWED,
            asks=("parameters_in_limits",),
        ),
        Transition(
            action="accept", zh="接受", en="Accept", from_=("indicators_incubating",), to="accepted", by="qc_mgr|qa", meaning=Meaning.APPROVED,
            asks=("indicator",), guards=("sterilisation_indicated",), emits="sterilisation.accepted",
        ),
        Transition(
            action="reject", zh="拒绝", en="Reject", from_=("parametric_review", "indicators_incubating"), to="rejected", by="qc_mgr|qa",
            meaning=Meaning.REJECTED, reason=True, emits="sterilisation.rejected",
        ),
    ),
    duties=(Duty("review_parameters", "accept"), Duty("start", "accept")),
    clocks=(
        Clock(
            name="judge", zh="判定时限", en="Judge", span="21 d", since="indicators_incubating", until=("accepted", "rejected"),
            basis="ISO 13485:2016 7.5.5; company default", warn=("7 d",), escalate="qc_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 7.5.5", "ISO 13485:2016 7.5.7", "ISO 11135:2014", "GMP 2025 生产管理"),
)


class SterilisationLoad(Entity):
    """One run of a steriliser over several lots; a lot may need several (ISO 13485:2016, 7.5.5)."""

    about = About(
        "灭菌批",
        "Sterilisation load",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="load_no",
        meaning=Label("灭菌器一次运行,装载若干批次", "One run of a steriliser over several lots"),
        retain=KEPT,
        synonyms=("灭菌", "EO", "辐照"),
        process=STERILISATION,
    )
    steriliser: Annotated[str, F("灭菌器", "Steriliser", key=True, ref=Ref("equipment"), search=True)]
    load_no: Annotated[str, F("灭菌批号", "Load no.", key=True, search=True)]
    method: Annotated[str, F("方法", "Method", codes=METHODS)]
    cycle: Annotated[str, F("已确认周期", "Validated cycle", example="EO-CYC-03")]
    validation: Annotated[str, F("灭菌确认", "Validation", ref=Ref("process_validation"))]
    load_map: Annotated[str | None, F("装载图", "Load map", long=True, in_list=False)]
    started_at: Annotated[datetime | None, F("开始", "Started at")]
    ended_at: Annotated[datetime | None, F("结束", "Ended at")]
    cycle_record: Annotated[str | None, F("参数记录", "Cycle record", in_list=False)]
    parameters_in_limits: Annotated[bool | None, F("参数在限", "Parameters in limits")]
    indicator: Annotated[str | None, F("指示物或剂量", "Indicator or dose", codes=INDICATORS)]
    residue: Annotated[Decimal | None, F("EO 残留", "EO residue", unit="ug/g", rules=(NOT_NEGATIVE,), in_list=False)]
    residue_limit: Annotated[Decimal | None, F("EO 残留限值", "Limit of EO residue", unit="ug/g", rules=(NOT_NEGATIVE,), in_list=False)]


class SterilisationLoadLot(Entity):
    """A lot, or a part of it, in a sterilisation load."""

    about = About(
        "灭菌装载批次",
        "Lot in a sterilisation load",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("装入灭菌批的批次及数量", "A lot, or a part of it, in a sterilisation load"),
        retain=KEPT,
        part_of="load_no",
    )
    steriliser: Annotated[str, F("灭菌器", "Steriliser", key=True, ref=Ref("equipment"))]
    load_no: Annotated[str, F("灭菌批号", "Load no.", key=True, ref=Ref("sterilisation_load", along=(("steriliser", "steriliser"),)), search=True)]
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=THE_LOT, search=True)]
    quantity: Annotated[Decimal, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
