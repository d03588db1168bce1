"""A process of the tests' own, with every kind of rule in it; it stands in no registry but theirs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.model import (
    About,
    Clock,
    Duty,
    Entity,
    Event,
    EventType,
    F,
    Guard,
    Home,
    Label,
    Meaning,
    Mode,
    Process,
    Reaction,
    Ref,
    Registry,
    Rulebook,
    State,
    Transition,
    Work,
)
from tests.registry import registry

PROCESS = Process(
    name="hot_work", zh="动火", en="Hot work",
    states=(State("asked", "已申请", "Asked"), State("checked", "已检查", "Checked"), State("granted", "已批准", "Granted"), State("closed", "已关闭", "Closed")),
    initial=("asked",), terminal=("closed",),
    transitions=(
        Transition(action="check", zh="检查", en="Check", from_=("asked",), to="checked", by="qc", meaning=Meaning.VERIFIED, asks=("place",)),
        Transition(action="grant", zh="批准", en="Grant", from_=("checked",), to="granted", by="qa_mgr+eng_mgr", meaning=Meaning.APPROVED,
                   guards=("no_gas",), emits="hot_work.granted"),
        Transition(action="close", zh="关闭", en="Close", from_=("granted",), to="closed", by="qa|orig|system", reason=True),
    ),
    duties=(Duty("check", "grant"), Duty("check", "close")),
    clocks=(Clock(name="answer", zh="答复", en="Answer", span="24 h", until=("granted", "closed"), warn=("2 h",)),
            Clock(name="work", zh="作业", en="Work", since="granted", span="8 h", until=("closed",), when=(("kind", "weld"),), escalate="eng_mgr")),
)
EVENT = EventType("hot_work.granted", "动火已批准", "Hot work was granted", "manufacturing")
NO_GAS = Guard(name="no_gas", zh="场所没有可燃气体", en="no gas at the place", takes=("place",),
               blocks="select 'gas_reading/' || id, place || ' ' || level from native.gas_reading where place = :place and level <> 'none'")


class HotWork(Entity):
    """A permit for hot work."""

    about = About("动火证", "Hot work permit", domain="manufacturing", group="production", owner="production", home=Home.NATIVE, process=PROCESS)
    permit_no: Annotated[str, F("证号", "Permit no.", key=True, series="HW")]
    kind: Annotated[str, F("种类", "Kind", codes={"weld": Label("焊", "Welding"), "cut": Label("割", "Cutting")})]
    place: Annotated[str | None, F("场所", "Place")]
    asked_on: Annotated[date, F("申请日", "Asked on", default="today")]
    asked_at: Annotated[datetime | None, F("申请时刻", "Asked at")]
    note: Annotated[str | None, F("备注", "Note", long=True)]


class HotWorkTool(Entity):
    """A line of a permit."""

    about = About("动火工具", "Hot work tool", domain="manufacturing", group="production", owner="production", home=Home.NATIVE, part_of="permit")
    permit: Annotated[str, F("证", "Permit", key=True, ref=Ref("hot_work"))]
    line_no: Annotated[int, F("行", "Line", key=True)]
    tool: Annotated[str, F("工具", "Tool")]


class GasReading(Entity):
    """What the guard looks at."""

    about = About("气体读数", "Gas reading", domain="manufacturing", group="production", owner="production", home=Home.NATIVE, written_by="eng|prod|qc")
    place: Annotated[str, F("场所", "Place", key=True)]
    level: Annotated[str, F("浓度", "Level")]
    ppm: Annotated[Decimal | None, F("数值", "Value")]
    read_at: Annotated[datetime | None, F("读数时间", "Read at", default="now")]


def watch(event: Event, work: Work) -> None:
    """At once: somebody watches the place."""
    work.create("gas_reading", {"place": f"watch {event.body['permit_no']}", "level": "none"})


def tell(event: Event, work: Work) -> None:
    """Soon after; refused when the place is called nowhere."""
    work.create("gas_reading", {"place": f"told {event.body['permit_no']}", "level": "none"})


def end(event: Event, work: Work) -> None:
    """When a person accepts."""
    work.act("hot_work", event.record, "close", reason="no work is needed")


REACTIONS = [
    Reaction(name="watch_the_place", on="hot_work.granted", domain="manufacturing", mode=Mode.AT_ONCE, zh="看守", en="Watch", do=watch),
    Reaction(name="tell_the_plant", on="hot_work.granted", domain="manufacturing", mode=Mode.AUTO, zh="告知", en="Tell", do=tell),
    Reaction(name="end_it", on="hot_work.granted", domain="manufacturing", mode=Mode.PROPOSE, zh="结束", en="End", do=end, role="qa"),
]
OWN = {e.name: e for e in (HotWork, HotWorkTool, GasReading)}
for name in OWN:  # heard by these tests alone
    Entity.declared.pop(name)
for kind, names in ((Guard, ["no_gas"]), (EventType, [EVENT.name]), (Reaction, [r.name for r in REACTIONS])):
    for name in names:
        kind.declared.pop(name)


def own_registry() -> Registry:
    return Registry({**registry(), **OWN})


def own_rulebook(process: Process = PROCESS) -> Rulebook:
    return Rulebook({"hot_work": process}, {"no_gas": NO_GAS}, {}, {}, {EVENT.name: EVENT}, {r.name: r for r in REACTIONS})
