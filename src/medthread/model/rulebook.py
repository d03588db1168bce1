"""Everything declared about how records move: processes, guards, decisions, calculations, events, watches, reactions, checked to fit together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from medthread.model.errors import DeclarationError
from medthread.model.events import EventType, Mode, Reaction
from medthread.model.guards import Calculation, Decision, Guard
from medthread.model.process import Process
from medthread.model.registry import Registry
from medthread.model.watches import Watch


@dataclass(frozen=True)
class Rulebook:
    """Declarations by name. Built by `app.py` once every domain has spoken."""

    processes: dict[str, Process]
    guards: dict[str, Guard]
    decisions: dict[str, Decision]
    calculations: dict[str, Calculation]
    events: dict[str, EventType]
    reactions: dict[str, Reaction]
    watches: dict[str, Watch] = field(default_factory=dict)

    @classmethod
    def declared(cls, registry: Registry, own: Mapping[str, Process] | None = None) -> "Rulebook":
        """What has been declared so far; processes are those that an entity of the registry has, a company's `own` before them."""
        processes = {e.name: e.about.process for e in registry.values() if e.about.process is not None} | dict(own or {})
        book = cls(processes, Guard.all(), Decision.all(), Calculation.all(), EventType.all(), Reaction.all(), Watch.all())
        book._check()
        return book

    @cached_property
    def reactions_to(self) -> dict[str, tuple[Reaction, ...]]:
        """Reactions by the event they follow, in declared order."""
        found: dict[str, list[Reaction]] = {}
        for reaction in self.reactions.values():
            found.setdefault(reaction.on, []).append(reaction)
        return {event: tuple(r) for event, r in found.items()}

    def _check(self) -> None:
        names = [p.name for p in self.processes.values()]
        for name in names:
            if names.count(name) > 1:
                raise DeclarationError(f"there are two processes {name!r}", hint="give one of them another name")
        for decision in self.decisions.values():
            _known(decision.guards, self.guards, f"decision {decision.name} asks guard")
            for name in decision.guards:
                _known(self.guards[name].takes, decision.takes, f"decision {decision.name} cannot ask {name}, which takes")
        for watch in self.watches.values():
            _known([watch.event], self.events, f"watch {watch.name} tells event")
        for reaction in self.reactions.values():
            _known([reaction.on], self.events, f"reaction {reaction.name} follows event")
            if reaction.mode is Mode.BLOCK:
                _known([reaction.guard], self.guards, f"reaction {reaction.name} blocks by guard")
            elif reaction.do is None:
                raise DeclarationError(f"reaction {reaction.name} does nothing", hint="write it with @reaction(...) above a function")
            if reaction.mode is Mode.PROPOSE and not reaction.role:
                raise DeclarationError(f"reaction {reaction.name} is proposed to nobody", hint="say role=...")


def _known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    for name in names:
        if name not in set(known):
            raise DeclarationError(f"{what} {name!r}, which nobody declares", hint=f"there are: {', '.join(sorted(known))}")
