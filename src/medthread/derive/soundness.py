"""Whether a process can stand, proven from its definition alone: what people edit is checked before it runs.

Reachable states, no dead end, duties that neither never bind nor can never be kept, clocks with a basis, and every
role, field, guard and event known.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from medthread.model import Entity
from medthread.model.process import ORIGINATOR, SYSTEM, Clock, Duty, Process, Transition


@dataclass(frozen=True)
class Flaw:
    """One reason why a definition cannot stand, and what to do about it."""

    process: str
    rule: str
    message: str
    hint: str


@dataclass(frozen=True)
class Known:
    """The words that a definition may use."""

    roles: Collection[str]
    events: Collection[str]
    guards: Mapping[str, Collection[str]]  # by name, with the parameters they take
    record: type[Entity] | None = None


def flaws(process: Process, known: Known) -> list[Flaw]:
    """Everything that is wrong with it; nothing when it can stand."""
    found = [*_shape(process), *_words(process, known), *(f for d in process.duties for f in _duty(process, d))]
    found += [f for c in process.clocks for f in _clock(process, c, known)]
    return [Flaw(process.name, *f) for f in found]


Found = tuple[str, str, str]
OF_ACT = ("id", "record", "actor", "role")  # what a guard may take of an act besides the record's fields


def reachable(process: Process, start: Collection[str]) -> set[str]:
    """The states that can be come to from some."""
    seen, front = set(start), list(start)
    while front:
        for t in process.leaving(front.pop()):
            if t.to not in seen:
                seen.add(t.to)
                front.append(t.to)
    return seen


def _shape(process: Process) -> Iterator[Found]:
    names = [s.name for s in process.states]
    if len(set(names)) != len(names):
        yield "twice", "a state stands twice", "give each state a name of its own"
    if not process.initial:
        yield "entry", "no state to begin in", "name at least one under initial"
    for lost in sorted(set(names) - reachable(process, process.initial)):
        yield "unreachable", f"nothing leads to {lost!r}", "add a transition to it, or drop the state"
    for state in names:
        leaving = process.leaving(state)
        if state in process.terminal and leaving:
            yield "terminal", f"{state!r} is terminal and can be left by {leaving[0].action!r}", "drop one of the two: terminal records are never edited"
        if state not in process.terminal and not leaving:
            yield "dead_end", f"{state!r} cannot be left", "add a transition, or call it terminal"
        if state not in process.terminal and not reachable(process, [state]) & {*process.terminal, *process.rest}:
            yield "no_end", f"no way leads from {state!r} to an end", "add a transition towards a terminal state"
        for action in sorted({t.action for t in leaving if sum(o.action == t.action for o in leaving) > 1}):
            yield "ambiguous", f"two transitions {action!r} leave {state!r}", "name them apart"


def _words(process: Process, known: Known) -> Iterator[Found]:
    for t in process.transitions:
        yield from _signers(t, known)
        if t.emits and t.emits not in known.events:
            yield "event", f"{t.action!r} emits {t.emits!r}, which nobody declares", "declare EventType(...) for it"
        yield from _guards(t, known)
        if t.role_in and (t.needs_all or (known.record is not None and t.role_in not in known.record.fields)):
            yield "field", f"{t.action!r} reads its role from {t.role_in!r}, which no record has, or is signed by all", "name a field of the record, and roles with | between"
        if known.record is not None:
            for name in sorted(set(t.asks) - set(known.record.fields)):
                yield "field", f"{t.action!r} asks for {name!r}, which {known.record.name} does not have", f"fields: {', '.join(known.record.fields)}"
    for opening in process.opens:
        if opening.state not in process.initial:
            yield "entry", f"it opens in {opening.state!r}, which is not initial", "name it under initial"
        if known.record is not None and opening.field not in known.record.fields:
            yield "field", f"it opens by {opening.field!r}, which {known.record.name} does not have", f"fields: {', '.join(known.record.fields)}"
    for role in (r for r in process.openers if r not in known.roles):
        yield "role", f"it is opened by {role!r}, which nobody has", f"roles: {', '.join(sorted(known.roles))}"


def _signers(t: Transition, known: Known) -> Iterator[Found]:
    nobody = {ORIGINATOR, SYSTEM}
    for role in t.roles:
        if role not in {*known.roles, *nobody}:
            yield "role", f"{t.action!r} names role {role!r}, which nobody has", f"roles: {', '.join(sorted(known.roles))}"
    if t.needs_all and t.meaning is None:
        yield "meaning", f"{t.action!r} is signed by several and says not what it means", "give it a meaning"
    if t.needs_all and nobody & set(t.roles):
        yield "role", f"{t.action!r} needs all of several and names one who holds no role", "name roles"
    if len(set(t.roles)) != len(t.roles):
        yield "role", f"{t.action!r} names a role twice", "name each role once"


def _guards(t: Transition, known: Known) -> Iterator[Found]:
    for name in t.guards:
        if name not in known.guards:
            yield "guard", f"{t.action!r} asks guard {name!r}, which nobody declares", "declare Guard(...) for it"
        elif known.record is not None:
            missing = sorted(set(known.guards[name]) - {*known.record.fields, *OF_ACT})
            if missing:
                yield "guard", f"guard {name!r} takes {missing[0]!r}, which {known.record.name} does not have", "let it take fields of the record"


def _duty(process: Process, duty: Duty) -> Iterator[Found]:
    at = f"{duty.one!r} and {duty.other!r}"
    ones = [t for t in process.transitions if t.action == duty.one]
    others = [t for t in process.transitions if t.action == duty.other]
    if not ones or not others:
        yield "duty", f"a duty separates {at}, and one of them is no act of the process", "use the acts' names"
        return
    if duty.one == duty.other:
        yield "impossible_duty", f"a duty separates {duty.one!r} from itself", "several signers of one act are always several persons; drop it"
        return
    if all(set(t.roles) == {SYSTEM} for t in ones) or all(set(t.roles) == {SYSTEM} for t in others):
        yield "vacuous_duty", f"a duty separates {at}, and one of them is done by nobody", "drop it: no person is bound by it"
    if not (_leads(process, ones, others) or _leads(process, others, ones)):
        yield "vacuous_duty", f"no path does both {at}", "drop it, or mend the transitions"
    if {r for t in ones for r in t.roles} == {ORIGINATOR} == {r for t in others for r in t.roles}:
        yield "impossible_duty", f"{at} are both done by whoever opened the record, who is one person", "let another role do one of them"


def _leads(process: Process, first: Collection[Transition], then: Collection[Transition]) -> bool:
    come_to = reachable(process, {t.to for t in first})
    return any(state in come_to for t in then for state in t.from_)


def _clock(process: Process, clock: Clock, known: Known) -> Iterator[Found]:
    names = {s.name for s in process.states}
    fields = known.record.fields if known.record is not None else {}
    if clock.statutory and not clock.basis:
        yield "basis", f"clock {clock.name!r} is statutory and names no basis", "name the article it comes from"
    if clock.since not in {"opened", *names, *fields}:
        yield "clock", f"clock {clock.name!r} runs since {clock.since!r}, neither a state nor a field", "say opened, a state, or a timestamp field"
    for state in clock.until:
        if state not in names:
            yield "clock", f"clock {clock.name!r} runs until {state!r}, which is no state", f"states: {', '.join(sorted(names))}"
    if not clock.until:
        yield "clock", f"clock {clock.name!r} never stops", "name the states that stop it"
    yield from _lapse(process, clock)
    if known.record is not None:
        for name, _ in clock.when:
            if name not in fields:
                yield "clock", f"clock {clock.name!r} depends on {name!r}, which {known.record.name} does not have", "name a field of the record"
    if clock.escalate not in known.roles:
        yield "role", f"clock {clock.name!r} escalates to {clock.escalate!r}, which nobody has", "name a role"


def _lapse(process: Process, clock: Clock) -> Iterator[Found]:
    """What a clock does when it passes is done by nobody, so the system must be allowed to."""
    for action in clock.then:
        if not any(t.action == action and SYSTEM in t.roles for t in process.transitions):
            yield "clock", f"clock {clock.name!r} does {action!r} when it passes, which the system may not do", "name acts whose roles hold system"
