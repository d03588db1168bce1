"""Periods of retention: what a company keeps longer than is declared; never shorter, because the declared spans stay beside it.

`retention:lot` is `{"years": 12, "anchor": "release", "device_life": false, "basis": "agreed with …"}`, or
`{"forever": true, "basis": "…"}`.
"""

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medthread.derive.retention import path_to
from medthread.governance.governed.words import Base, Content
from medthread.model import Home, Registry
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.retention import LONGEST_YEARS, NEEDS, Anchor, Retention, Span


class Longer(BaseModel):
    """A span beside those that are declared, and what it rests on."""

    model_config = ConfigDict(extra="forbid")
    years: int | None = Field(default=None, ge=0, le=LONGEST_YEARS)
    anchor: Anchor = "creation"
    device_life: bool = False
    forever: bool = False
    basis: str = Field(min_length=2, max_length=300)


class Periods:
    """Periods of retention as they are changed under governance."""

    def declared(self, base: Base, name: str) -> Content | None:  # noqa: ARG002 - what all kinds are asked
        """No file says anything of them."""
        return None

    def checked(self, base: Base, name: str, content: Content) -> Content:
        """The content as it is kept. Raises `InvalidError` for what is not longer than declared, or could never be reckoned."""
        if name not in base.registry:
            raise NotFoundError(f"no entity {name!r}", hint="GET /api/v1/retention/rules lists those whose records come to an end")
        entity = base.registry[name]
        if entity.about.part_of is not None or entity.about.home is Home.MASTER:
            raise InvalidError(f"records of {name} have no end of their own", hint="lines are kept as long as their whole, masters while anything names them")
        try:
            said = Longer.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the description of the interface") from error
        _longer(base.registry, name, said)
        kept = {"forever": True} if said.forever else {"years": said.years, "anchor": said.anchor, "device_life": said.device_life}
        return {**kept, "basis": said.basis.strip()}

    def told(self, content: Content) -> Content:
        """The period before what it rests on."""
        return {n: content[n] for n in ("years", "anchor", "device_life", "forever", "basis") if n in content}

    def narrows(self, before: Content | None, after: Content | None) -> bool:  # noqa: ARG002 - what all kinds are asked
        """Nobody gets less of what is kept longer."""
        return False


def with_period(declared: Retention, content: Content | None) -> Retention:
    """The declared retention with a company's own span beside it."""
    if content is None:
        return declared
    basis = f"{declared.basis}; {content['basis']}"
    if content.get("forever"):
        return replace(declared, forever=True, basis=basis)
    span = Span(years=content["years"], anchor=content["anchor"], device_life=content["device_life"])
    return replace(declared, at_least=(*declared.at_least, span), basis=basis)


def as_words(retain: Retention) -> dict[str, Any]:
    """A retention as people read it."""
    return {"zh": retain.label.zh, "en": retain.label.en}


def _longer(registry: Registry, name: str, said: Longer) -> None:
    declared = registry[name].about.retain
    if declared.forever:
        raise InvalidError(f"records of {name} are kept for ever", hint="nothing is longer than that; what the law declares is not shortened")
    if said.forever:
        return
    if said.years is None:
        raise InvalidError("a period has years, or is for ever", hint='write {"years": 12, "anchor": "release", "basis": "…"} or {"forever": true, "basis": "…"}')
    within = next((s for s in declared.spans if s.anchor == said.anchor and s.years >= said.years and s.device_life >= said.device_life), None)
    if within is not None:
        raise InvalidError(f"records of {name} are kept longer by declaration: {within.label.en} ({declared.basis})", hint="a company's period is longer than what the law declares, never shorter", labels=[within.label])
    for need in (said.anchor, *(["device_life"] if said.device_life else [])):
        if path_to(registry[name], need, registry) is None:
            raise InvalidError(f"nobody tells {NEEDS[need].en} of {name}", hint="count from another moment: from one that is not known nothing would ever come to its end", labels=[NEEDS[need]])
