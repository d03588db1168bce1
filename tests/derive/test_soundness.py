"""The proof finds what it is for: a definition with one planted flaw of each kind is refused for that flaw."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import pytest

from medthread.derive.soundness import Known, flaws
from medthread.model import About, Clock, Duty, Entity, F, Home, Label, Meaning, Opening, Process, State, Transition


class Parcel:
    """Stands for the record: the proof reads its fields alone."""

    name = "parcel"
    fields: dict[str, object] = {"weight": None, "seen_at": None, "mine": None}  # noqa: RUF012 - as an entity has them


KNOWN = Known(roles={"qa", "qc", "prod"}, events={"parcel.sent"}, guards={"light": ("weight",), "foreign": ("height",)}, record=Parcel)  # type: ignore[arg-type]
SENT = Transition(action="send", zh="寄", en="Send", from_=("packed",), to="sent", by="qa", meaning=Meaning.RELEASED, asks=("weight",), guards=("light",), emits="parcel.sent")
PACK = Transition(action="pack", zh="装", en="Pack", from_=("new",), to="packed", by="prod|qc", meaning=Meaning.PERFORMED)
SOUND = Process(
    name="parcel", zh="包裹", en="Parcel", states=(State("new", "新", "New"), State("packed", "已装", "Packed"), State("sent", "已寄", "Sent")),
    initial=("new",), terminal=("sent",), transitions=(PACK, SENT), duties=(Duty("pack", "send"),),
    clocks=(Clock(name="send", zh="寄出", en="Send", span="2 d", until=("sent",), basis="own", escalate="qa"),), clauses=("own",))
BACK = Transition(action="unpack", zh="拆", en="Unpack", from_=("packed",), to="new", by="system")


def change(**words: object) -> Process:
    return replace(SOUND, name="flawed", **words)  # type: ignore[arg-type]


def acts(*transitions: Transition, **words: object) -> Process:
    return change(transitions=transitions, **words)


def clock(**words: object) -> Process:
    return change(clocks=(replace(SOUND.clocks[0], **words),))  # type: ignore[arg-type]


LOST = State("lost", "丢失", "Lost")
PLANTED: list[tuple[str, str, Callable[[], Process]]] = [
    ("twice", "stands twice", lambda: change(states=(*SOUND.states, State("new", "新", "New")))),
    ("entry", "no state to begin in", lambda: change(initial=())),
    ("entry", "which is not initial", lambda: change(opens=(Opening("packed", "weight", "1"),))),
    ("field", "opens by 'height'", lambda: change(opens=(Opening("new", "height", "1"),))),
    ("unreachable", "nothing leads to 'lost'", lambda: change(states=(*SOUND.states, LOST), terminal=("sent", "lost"))),
    ("terminal", "can be left by 'reopen'", lambda: acts(PACK, SENT, Transition(action="reopen", zh="重开", en="Reopen", from_=("sent",), to="new", by="qa"))),
    ("dead_end", "cannot be left", lambda: acts(PACK, SENT, Transition(action="lose", zh="丢", en="Lose", from_=("new",), to="lost", by="qa"), states=(*SOUND.states, LOST))),
    ("no_end", "no way leads from", lambda: acts(PACK, BACK, states=SOUND.states[:2], terminal=(), duties=(), clocks=())),
    ("ambiguous", "two transitions 'send'", lambda: acts(PACK, SENT, replace(SENT, to="new"))),
    ("event", "nobody declares", lambda: acts(PACK, replace(SENT, emits="parcel.flown"))),
    ("field", "asks for 'height'", lambda: acts(PACK, replace(SENT, asks=("height",)))),
    ("guard", "asks guard 'heavy'", lambda: acts(PACK, replace(SENT, guards=("heavy",)))),
    ("guard", "takes 'height'", lambda: acts(PACK, replace(SENT, guards=("foreign",)))),
    ("role", "names role 'pilot'", lambda: acts(PACK, replace(SENT, by="pilot"))),
    ("role", "names a role twice", lambda: acts(PACK, replace(SENT, by="qa|qa"))),
    ("role", "holds no role", lambda: acts(PACK, replace(SENT, by="qa+orig"))),
    ("field", "reads its role from 'height'", lambda: acts(PACK, replace(SENT, role_in="height"))),
    ("field", "is signed by all", lambda: acts(PACK, replace(SENT, by="qa+qc", role_in="weight"))),
    ("role", "opened by 'pilot'", lambda: change(opened_by="qa|pilot")),
    ("meaning", "says not what it means", lambda: acts(PACK, replace(SENT, by="qa+qc", meaning=None))),
    ("duty", "no act of the process", lambda: change(duties=(Duty("pack", "fly"),))),
    ("impossible_duty", "from itself", lambda: change(duties=(Duty("pack", "pack"),))),
    ("impossible_duty", "one person", lambda: acts(replace(PACK, by="orig"), replace(SENT, by="orig"))),
    ("vacuous_duty", "done by nobody", lambda: acts(PACK, replace(SENT, by="system", meaning=None))),
    ("vacuous_duty", "no path does both", lambda: acts(
        PACK, SENT, Transition(action="drop", zh="弃", en="Drop", from_=("new",), to="lost", by="qc"),
        states=(*SOUND.states, LOST), terminal=("sent", "lost"), duties=(Duty("send", "drop"),))),
    ("basis", "names no basis", lambda: clock(statutory=True, basis="")),
    ("clock", "neither a state nor a field", lambda: clock(since="flown_at")),
    ("clock", "which is no state", lambda: clock(until=("flown",))),
    ("clock", "never stops", lambda: clock(until=())),
    ("clock", "depends on 'height'", lambda: clock(when=(("height", "1"),))),
    ("clock", "which the system may not do", lambda: clock(then=("send",))),
    ("role", "escalates to 'pilot'", lambda: clock(escalate="pilot")),
]


def test_a_sound_definition_has_no_flaw() -> None:
    assert flaws(SOUND, KNOWN) == []


@pytest.mark.parametrize(("rule", "words", "make"), PLANTED, ids=[f"{rule}: {words}" for rule, words, _ in PLANTED])
def test_a_planted_flaw_is_found(rule: str, words: str, make: Callable[[], Process]) -> None:
    found = flaws(make(), KNOWN)
    assert [f for f in found if f.rule == rule and words in f.message], found
    assert all(f.hint for f in found)


def test_the_system_may_act_when_a_limit_passes() -> None:
    assert flaws(acts(PACK, SENT, BACK, clocks=(replace(SOUND.clocks[0], then=("unpack",)),)), KNOWN) == []


def test_an_entity_serves_as_the_record_too() -> None:
    kept = dict(Entity.declared)
    try:
        class Crate(Entity):
            about = About("箱", "Crate", domain="supply", owner="x", group="stock", home=Home.NATIVE, meaning=Label("箱", "crate"))
            crate_no: Annotated[str, F("箱号", "Crate no.", key=True)]
        assert {f.rule for f in flaws(SOUND, replace(KNOWN, record=Crate))} == {"field", "guard"}
    finally:
        Entity.declared.clear()
        Entity.declared.update(kept)
