from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.manufacturing.codes import PARAMETERS
from medthread.model import (
    About,
    Clock,
    Dimension,
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
    Rule,
    State,
    Transition,
)

EVENTS = (EventType("environment.excursion", "环境超限", "Environmental excursion", "manufacturing"),)
KEPT = Retention(years=10, basis="ISO 13485:2016 6.4; GMP 2025 厂房与设施")
OUTSIDE = """
        from native.environment_reading as r
        join native.monitoring_point as p on p.point_no = r.point
        where r.round_no = cast(:round_no as text) and (r.value < p.action_low or r.value > p.action_high)"""
WITHIN = Guard(
    name="readings_within_action_limits",
    zh="本轮读数都在行动限内,每点都测到",
    en="every reading of the round is within its action limits, every point of the area was read",
    takes=("round_no", "plant", "area"),
    blocks=f"""
        select 'environment_reading/' || r.round_no || '#' || r.line_no as record, p.parameter || ' ' || trim_scale(r.value) as detail
        {OUTSIDE}
        union all
        select 'monitoring_point/' || p.point_no, '本轮没有读数 / was not read'
        from native.monitoring_point as p
        where p.plant = cast(:plant as text) and p.area = cast(:area as text) and p.active and not exists (
            select 1 from native.environment_reading as r where r.round_no = cast(:round_no as text) and r.point = p.point_no)
        order by 1""",
    clause="ISO 13485:2016 6.4.1, 6.4.2",
)
OUT = Guard(
    name="a_reading_is_outside",
    zh="本轮有读数超出行动限",
    en="a reading of the round is outside its action limits",
    takes=("round_no",),
    blocks=f"""
        select 'environment_round/' || cast(:round_no as text) as record, '没有超限读数 / none is outside' as detail
        where not exists (select 1 {OUTSIDE})""",
    clause="ISO 13485:2016 6.4.1",
)
ROUND = Process(
    name="environment_round",
    zh="环境监测轮次",
    en="Environmental monitoring round",
    states=(
        State("measuring", "监测中", "Measuring"),
        State("within", "符合", "Within limits"),
        State("excursion", "超限", "Excursion"),
        State("closed", "已关闭", "Closed"),
    ),
    initial=("measuring",),
    terminal=("within", "closed"),
    transitions=(
        Transition(
            action="judge_within", zh="判符合", en="Judge within limits", from_=("measuring",), to="within", by="qc", meaning=Meaning.PERFORMED,
            guards=("readings_within_action_limits",),
        ),
        Transition(
            action="find_excursion", zh="判超限", en="Find excursion", from_=("measuring",), to="excursion", by="qc|system", meaning=Meaning.PERFORMED,
            asks=("began_at", "ended_at"), guards=("a_reading_is_outside",), emits="environment.excursion",
        ),
        Transition(
            action="close", zh="关闭", en="Close", from_=("excursion",), to="closed", by="qa", meaning=Meaning.CLOSED, asks=("assessment",),
            evidence=Label("偏差已开,受影响批次已列", "a deviation is open, the lots affected are listed"),
        ),
    ),
    duties=(Duty("find_excursion", "close"),),
    clocks=(
        Clock(
            name="assess", zh="超限评估时限", en="Assess the excursion", span="2 wd", since="excursion", until=("closed",),
            basis="ISO 13485:2016 6.4.1; company default", escalate="qa_mgr",
        ),
    ),
    clauses=("ISO 13485:2016 6.4.1", "ISO 13485:2016 6.4.2", "GMP 2025 厂房与设施"),
)


class MonitoringPoint(Entity):
    """A place where a parameter of the surroundings is watched, with its alert and action limits."""

    about = About(
        "环境监测点",
        "Monitoring point",
        domain="manufacturing",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        written_by="qa|qa_mgr|qc_mgr",
        plant="plant",
        title="point_no",
        meaning=Label("监测某一环境参数的位置及警戒限、行动限", "A place where a parameter is watched, with alert and action limits"),
        retain=KEPT,
        rules=(
            Rule(
                name="limits_in_order", about=Label("下限不能大于上限", "the lower limit is not above the upper"), broken="action_low > action_high",
                needs=("action_low", "action_high"), dimension=Dimension.CONSISTENCY,
            ),
        ),
        synonyms=("洁净室", "EM"),
    )
    point_no: Annotated[str, F("监测点", "Point", key=True, search=True, example="EM-101-T")]
    plant: Annotated[str, F("工厂", "Plant", ref=Ref("organisation"))]
    area: Annotated[str, F("区域", "Area", search=True, ref=Ref("location", along=(("organisation", "plant"),)))]
    clean_class: Annotated[str | None, F("洁净级别", "Clean class", standard="ISO 14644-1")]
    parameter: Annotated[str, F("参数", "Parameter", codes=PARAMETERS)]
    uom: Annotated[str, F("单位", "Unit")]
    alert_low: Annotated[Decimal | None, F("警戒下限", "Alert, low", in_list=False)]
    alert_high: Annotated[Decimal | None, F("警戒上限", "Alert, high", in_list=False)]
    action_low: Annotated[Decimal | None, F("行动下限", "Action, low")]
    action_high: Annotated[Decimal | None, F("行动上限", "Action, high")]
    storage: Annotated[bool, F("贮存区", "Storage area", default="false")]
    active: Annotated[bool, F("启用", "Active", default="true")]


class EnvironmentRound(Entity):
    """One round of monitoring in an area: its readings, and whether the surroundings were as they must be."""

    about = About(
        "环境监测轮次",
        "Monitoring round",
        domain="manufacturing",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        plant="plant",
        title="round_no",
        meaning=Label("一个区域的一轮环境监测", "One round of monitoring in an area"),
        retain=KEPT,
        process=ROUND,
    )
    round_no: Annotated[str, F("轮次号", "Round no.", key=True, series="ENV", search=True)]
    plant: Annotated[str, F("工厂", "Plant", ref=Ref("organisation"))]
    area: Annotated[str, F("区域", "Area", search=True, ref=Ref("location", along=(("organisation", "plant"),)))]
    began_at: Annotated[datetime | None, F("超限起", "Excursion from")]
    ended_at: Annotated[datetime | None, F("超限止", "Excursion to")]
    assessment: Annotated[str | None, F("评估", "Assessment", long=True, in_list=False)]


class EnvironmentReading(Entity):
    """One reading at one point."""

    about = About(
        "环境读数",
        "Monitoring reading",
        domain="manufacturing",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="point",
        meaning=Label("某监测点的一次读数", "One reading at one point"),
        retain=KEPT,
        part_of="round_no",
    )
    round_no: Annotated[str, F("轮次", "Round", key=True, ref=Ref("environment_round"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    point: Annotated[str, F("监测点", "Point", ref=Ref("monitoring_point"), search=True)]
    value: Annotated[Decimal, F("数值", "Value")]
    read_at: Annotated[datetime, F("时间", "Read at", default="now")]
    gauge: Annotated[str | None, F("仪器", "Instrument", ref=Ref("equipment"))]
