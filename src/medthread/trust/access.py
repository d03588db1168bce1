"""The one access port: who may do what, and which fields they see in clear.

Roles are data. The full policies (row rules by region, relationship, unmask grants) fill this port later;
callers already ask only it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from medthread.model import Classification, Label, Source
from medthread.model.errors import ForbiddenError

ACTIONS = (
    "entities:read",
    "entities:write",
    "runs:start",
    "releases:publish",
    "trace:read",
    "audit:read",
    "masters:read",
    "quarantine:read",
    "tokens:own",
)
READ = frozenset({"entities:read", "trace:read", "masters:read", "tokens:own"})


@dataclass(frozen=True)
class Role:
    """What a role may do and how much it is cleared for."""

    name: str
    label: Label
    can: frozenset[str]
    clearance: Classification


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "data_engineer",
            Label("数据工程师", "Data engineer"),
            READ | {"runs:start", "releases:publish", "quarantine:read"},
            Classification.INTERNAL,
        ),
        Role(
            "steward",
            Label("数据管家", "Data steward"),
            READ | {"entities:write", "quarantine:read"},
            Classification.PERSONAL,
        ),
        Role(
            "quality",
            Label("质量工程师", "Quality engineer"),
            READ | {"entities:write", "quarantine:read"},
            Classification.CONFIDENTIAL,
        ),
        Role(
            "regulatory",
            Label("法规专员", "Regulatory affairs"),
            READ | {"entities:write"},
            Classification.CONFIDENTIAL,
        ),
        Role("buyer", Label("采购员", "Buyer"), READ | {"entities:write"}, Classification.CONFIDENTIAL),
        Role("manager", Label("厂长", "Plant manager"), READ, Classification.INTERNAL),
        Role("auditor", Label("审计员", "Auditor"), READ | {"audit:read", "quarantine:read"}, Classification.INTERNAL),
        Role(
            "administrator",
            Label("系统管理员", "System administrator"),
            frozenset({"audit:read", "tokens:own"}),
            Classification.INTERNAL,
        ),
    )
}


@dataclass(frozen=True)
class Actor:
    """Somebody acting: their roles, narrowed by the scopes of the token they came with; their plants, if bound."""

    name: str
    printed_name: str
    roles: tuple[str, ...]
    plants: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    language: str = "zh-CN"

    @property
    def can(self) -> frozenset[str]:
        """Every action allowed."""
        allowed = frozenset[str]().union(*(ROLES[r].can for r in self.roles if r in ROLES))
        return allowed if self.scopes is None else allowed & self.scopes

    @property
    def clearance(self) -> Classification:
        """The highest of the roles' clearances."""
        return max((ROLES[r].clearance for r in self.roles if r in ROLES), default=Classification.PUBLIC)


def plant_rule(actor: Actor) -> tuple[str, tuple[str, ...]]:
    """The row rule as SQL with parameters: rows of the actor's plants and of none; true where they are bound to no plant."""
    if not actor.plants:
        return "true", ()
    return f"(_plant is null or _plant in ({', '.join('?' for _ in actor.plants)}))", actor.plants


def sources_seen(actor: Actor, sources: Iterable[Source]) -> frozenset[str]:
    """Sources whose raw rows the actor may see, by the same rule: a source belongs to one plant, or to none."""
    return frozenset(s.name for s in sources if not actor.plants or s.plant is None or s.plant in actor.plants)


def require_unbound(actor: Actor) -> None:
    """Refuse somebody bound to plants what crosses all of them."""
    if actor.plants:
        raise ForbiddenError(
            f"{actor.name} sees {', '.join(actor.plants)} only, and this crosses all plants",
            hint="ask somebody whose account is bound to no plant", actor=actor.name,
        )


SYSTEM = Actor("system", "系统", ("data_engineer",))


def require(actor: Actor, action: str) -> None:
    """Refuse what the actor may not do."""
    if action not in actor.can:
        holders = "、".join(r.label.zh for r in ROLES.values() if action in r.can)
        raise ForbiddenError(
            f"{actor.name} may not {action}", hint=f"roles that may: {holders}", actor=actor.name, action=action
        )
