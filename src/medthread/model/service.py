"""What the platform offers to others, as the catalogue lists it: operations, events, decisions, calculations, data."""

from dataclasses import dataclass
from enum import StrEnum

from medthread.model.labels import Label


class Offer(StrEnum):
    """Kinds of what is offered."""

    OPERATION = "operation"
    EVENT = "event"
    DECISION = "decision"
    CALCULATION = "calculation"
    ENTITY = "entity"
    MART = "mart"


class Stability(StrEnum):
    """How much others may count on it."""

    INTERNAL = "internal"  # for the console alone; changes with it
    STABLE = "stable"  # changes as its version says
    DEPRECATED = "deprecated"  # works, and has an end
    WITHDRAWN = "withdrawn"  # past its end


OFFERS: dict[Offer, Label] = {
    Offer.OPERATION: Label("接口操作", "operation"),
    Offer.EVENT: Label("事件", "event"),
    Offer.DECISION: Label("判定", "decision"),
    Offer.CALCULATION: Label("计算", "calculation"),
    Offer.ENTITY: Label("业务对象", "entity"),
    Offer.MART: Label("集市表", "mart"),
}
STABILITIES: dict[Stability, Label] = {
    Stability.INTERNAL: Label("内部", "internal"),
    Stability.STABLE: Label("稳定", "stable"),
    Stability.DEPRECATED: Label("弃用", "deprecated"),
    Stability.WITHDRAWN: Label("已停用", "withdrawn"),
}


@dataclass(frozen=True, kw_only=True)
class Service:
    """One thing offered. `address` is how it is asked for; `action` what the access port is asked, nothing where nobody is."""

    offer: Offer
    name: str
    label: Label
    owner: str
    domain: str
    version: str
    address: str
    action: str | None = None
    about: Label | None = None
    stability: Stability = Stability.STABLE
    sunset: str | None = None
    successor: str | None = None

    @property
    def id(self) -> str:
        """Unique in the catalogue, fit for an address."""
        return f"{self.offer}.{self.name}"
