"""How a record goes through people's hands: states, transitions, who may, what they sign, what must hold first.

A process is data. It is declared beside its record, or read from a company's YAML, and `derive.soundness` proves
that it can stand. Terms: 21 CFR 11.50 (meaning of a signature), ISO 13485 8.2.5, 8.3, 8.5.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from medthread.model.errors import DeclarationError
from medthread.model.labels import Label

SPAN = re.compile(r"([1-9]\d*) (min|h|d|wd|mo)")
ORIGINATOR = "orig"  # who opened the record
SYSTEM = "system"  # nobody: a reaction or a clock
STRICT = ConfigDict(extra="forbid")  # where one is read from a file, every word is a known word


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50(a)(3))."""

    AUTHORED = "authored"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    VERIFIED = "verified"
    PERFORMED = "performed"
    RELEASED = "released"
    REJECTED = "rejected"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


MEANINGS: dict[Meaning, Label] = {
    Meaning.AUTHORED: Label("编制", "authored"),
    Meaning.REVIEWED: Label("审核", "reviewed"),
    Meaning.APPROVED: Label("批准", "approved"),
    Meaning.VERIFIED: Label("复核", "verified"),
    Meaning.PERFORMED: Label("执行", "performed"),
    Meaning.RELEASED: Label("放行", "released"),
    Meaning.REJECTED: Label("退回", "rejected"),
    Meaning.ACKNOWLEDGED: Label("知悉", "acknowledged"),
    Meaning.CLOSED: Label("关闭", "closed"),
}


@dataclass(frozen=True)
class State:
    """Where a record may stand."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    zh: str
    en: str

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One act that moves the record.

    `by` names roles: `qa|qc` any of them, `eng_mgr+qa_mgr` all of them, each by another person. `orig` is whoever
    opened the record, `system` nobody. `role_in` is a field of the record that names which one of the roles it takes
    this time. `asks` are fields of the record that must be filled when it is done, given
    with the act or before. `guards` are asked inside the act's own transaction.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    action: str
    zh: str
    en: str
    from_: tuple[str, ...]
    to: str
    by: str
    role_in: str | None = None
    meaning: Meaning | None = None
    asks: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    emits: str | None = None
    evidence: Label | None = None  # what the signer vouches for, in words
    reason: bool = False  # whether a reason must be given

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles named."""
        return tuple(re.split(r"[|+]", self.by))

    @property
    def needs_all(self) -> bool:
        """Whether every role must sign, each by another person."""
        return "+" in self.by


@dataclass(frozen=True)
class Duty:
    """Two acts on one record that one person may not both do, through delegation either.

    `apart` may ask for different organisations; `when` names a boolean field of the record that switches the rule on.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    one: str
    other: str
    apart: Literal["person", "organisation"] = field(default="person", kw_only=True)
    when: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time limit: from a moment of the record until it has come to one of some states.

    `since` is `opened`, a state, or a timestamp field of the record. `span` is such as `24 h`, `7 d`, `5 wd` (working
    days of the organisation's calendar), `3 mo`, `5 min`. `when` holds field values that switch the clock on. `then` are
    acts of the system, done when the limit passes: the first that nothing refuses.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    zh: str
    en: str
    span: str
    until: tuple[str, ...]
    since: str = "opened"
    when: tuple[tuple[str, str], ...] = ()
    basis: str = ""
    statutory: bool = False
    warn: tuple[str, ...] = ()
    escalate: str = "qa_mgr"
    then: tuple[str, ...] = ()

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)


@dataclass(frozen=True)
class Opening:
    """A record whose `field` has this value begins in `state`, not in the first of the initial ones."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    state: str
    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Process:
    """The whole of it. A case stays on the version that it began with."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    zh: str
    en: str
    version: int = 1
    states: tuple[State, ...]
    initial: tuple[str, ...]
    terminal: tuple[str, ...]
    opens: tuple[Opening, ...] = ()
    rest: tuple[str, ...] = ()  # may stay here for good; new facts bring it back
    binding: tuple[str, ...] = ()  # what the record says binds others while it stands here: lines are added, nothing is changed but by an act
    transitions: tuple[Transition, ...]
    duties: tuple[Duty, ...] = ()
    clocks: tuple[Clock, ...] = ()
    clauses: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()  # roles that write in it though they act on nothing: whoever carries out a line
    opened_by: str = ""  # roles that may open one, `a|b`; whoever may write, when empty

    def __post_init__(self) -> None:
        """Refuse what names nothing; whether the whole can stand is `derive.soundness`'s."""
        names = [s.name for s in self.states]
        said = [*self.initial, *(o.state for o in self.opens), *self.terminal, *self.rest, *self.binding, *(t.to for t in self.transitions), *(f for t in self.transitions for f in t.from_)]
        strangers = sorted(set(said) - set(names))
        if strangers:
            raise DeclarationError(f"process {self.name} has no state {strangers[0]!r}", hint=f"its states are {', '.join(names)}")
        for clock in self.clocks:
            for span in (clock.span, *clock.warn):
                if not SPAN.fullmatch(span):
                    raise DeclarationError(f"process {self.name}: clock {clock.name} runs for {span!r}", hint="write such as '24 h', '7 d', '5 wd', '3 mo'")

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)

    @property
    def openers(self) -> tuple[str, ...]:
        """Roles that may open one; empty: whoever may write."""
        return tuple(r for r in self.opened_by.split("|") if r)

    @property
    def parts(self) -> frozenset[str]:
        """Roles that have a part in it: who act, and who write in it besides."""
        return frozenset(r for t in self.transitions for r in t.roles) - {SYSTEM, ORIGINATOR} | {*self.contributors}

    def state(self, name: str) -> State:
        """A state by name."""
        return next(s for s in self.states if s.name == name)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """What may be done in a state."""
        return tuple(t for t in self.transitions if state in t.from_)

    def transition(self, action: str, *, state: str) -> Transition | None:
        """The transition of that name that leaves a state."""
        return next((t for t in self.leaving(state) if t.action == action), None)

    def begins(self, values: Mapping[str, Any]) -> str:
        """The state in which a record with these values begins."""
        return next((o.state for o in self.opens if str(values.get(o.field)) == o.value), self.initial[0])

    def is_over(self, state: str) -> bool:
        """Whether the record may not be changed any more."""
        return state in self.terminal
