"""Separation of duties: whom a record has already bound, by person, through delegation too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from medthread.model.process import Duty, Process


@dataclass(frozen=True)
class Done:
    """That somebody did an act on the record, perhaps for somebody else."""

    action: str
    actor: str
    on_behalf_of: str | None = None
    organisation: str | None = None
    changed: bool = False  # no act: they changed what the record says, and are bound as by the work that others check

    @property
    def persons(self) -> frozenset[str]:
        """Everybody whom the act binds."""
        return frozenset(p for p in (self.actor, self.on_behalf_of) if p)


def broken_duty(
    process: Process, done: Iterable[Done], now: Done, values: Mapping[str, Any], *, bound: Iterable[str] = ()
) -> tuple[Duty, Done] | None:
    """The duty that an act would break, and the earlier act that binds; nothing when it is free.

    `bound` are those who changed work that was done, as `act/name` of the act that checks it: nobody checks their own change.
    """
    earlier, changers = list(done), [Done("", b.partition("/")[2], changed=True) for b in bound if b.partition("/")[0] == now.action]
    for duty in process.duties:
        if now.action not in (duty.one, duty.other) or (duty.when and not values.get(duty.when)):
            continue
        against = duty.other if now.action == duty.one else duty.one
        checks = changers if now.action == duty.other and duty.apart == "person" else []
        for act in [*(e for e in earlier if e.action == against), *checks]:
            if _together(duty, act, now):
                return duty, act
    return None


def _together(duty: Duty, act: Done, now: Done) -> bool:
    if act.persons & now.persons:
        return True
    return duty.apart == "organisation" and act.organisation is not None and act.organisation == now.organisation
