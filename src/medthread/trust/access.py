"""The one access port: who may do what, and which rows and fields they see.

Actions are decided by Cedar policies: those that ship (`policies/`), and a company's own, which may forbid more or
permit more within the same words. Rows follow plants, organisations and regions, fields follow the clearance of roles.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import cedarpy

from medthread.model import Classification, Entity, Source
from medthread.model.errors import DeclarationError, ForbiddenError
from medthread.stores.postgres.row_security import Reach
from medthread.trust.incompatible import groups_of
from medthread.trust.incompatible import policies as incompatible_policies
from medthread.trust.roles import ACTOR, READER, ROLES

SHIPPED = Path(__file__).parent / "policies"


@dataclass(frozen=True)
class Actor:
    """Somebody acting: their roles, narrowed by the scopes of the token they came with; their plants, organisations and regions, if bound."""

    name: str
    printed_name: str
    roles: tuple[str, ...]
    plants: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    language: str = "zh-CN"
    organisations: tuple[str, ...] = ()
    session: str | None = None  # the id of the session that they came with
    token: str | None = None  # the id of the token that they came with
    must: tuple[str, ...] = ()  # what they have to do before anything else: take another password, set a second factor
    regions: tuple[str, ...] = ()

    @property
    def clearance(self) -> Classification:
        """The highest of the roles' clearances."""
        return max((ROLES[r].clearance for r in self.roles if r in ROLES), default=Classification.PUBLIC)

    @property
    def reach(self) -> Reach:
        """Which rows they read and write."""
        return Reach(self.plants, self.organisations, self.regions)


@dataclass(frozen=True)
class Access:
    """The port. `own` are the company's policies by file name, beside those that ship."""

    own: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse policies that could not be meant: unknown words, unreadable text."""
        for name, text in self.own.items():
            _check(name, text)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action there is."""
        return _schema()[1]

    def can(self, actor: Actor) -> frozenset[str]:
        """Every action allowed."""
        return frozenset(a for a in self.actions if self.refused_by(actor, a) is None)

    def require(self, actor: Actor, action: str) -> None:
        """Refuse what the actor may not do, and say which policy or whose right it is."""
        because = self.refused_by(actor, action)
        if because is None:
            return
        holders = [r.label for r in ROLES.values() if self.refused_by(Actor("", "", (r.name,)), action) is None]
        zh, en = ("、".join(h.zh for h in holders), ", ".join(h.en for h in holders))
        raise ForbiddenError(
            f"{actor.name} may not {action}", hint=f"{because}; {en} may · {zh}可以", actor=actor.name, action=action, policy=because
        )

    def refused_by(self, actor: Actor, action: str) -> str | None:
        """Why an action is refused: the policy that forbids it, or that none permits it; nothing where it is allowed."""
        if actor.must:
            return f"first of all: {', '.join(actor.must)}"
        if actor.scopes is not None and action not in actor.scopes:
            return "the token's scopes"
        decided = self._decided(actor, action)
        return None if decided.allowed else ", ".join(decided.policies) or "no policy permits it"

    def permitted_by(self, actor: Actor, action: str) -> tuple[str, ...]:
        """The policies that permit an action; none where it is refused."""
        decided = self._decided(actor, action)
        return decided.policies if decided.allowed else ()

    def _decided(self, actor: Actor, action: str) -> "Decision":
        return _decide(tuple(sorted(self.own.items())), tuple(sorted(actor.roles)), actor.reach, action)


class Decision(NamedTuple):
    """Whether an action is allowed, and the policies that decided it."""

    allowed: bool
    policies: tuple[str, ...]


@lru_cache(maxsize=4096)
def _decide(own: tuple[tuple[str, str], ...], roles: tuple[str, ...], reach: Reach, action: str) -> Decision:
    policies, names = _policies(own)
    parents = [r for r in roles if r in ROLES]
    parents += [READER] if any(ROLES[r].reads for r in parents) else []
    parents += [ACTOR] if any(ROLES[r].acts for r in parents if r in ROLES) else []
    parents += groups_of(roles)
    account = {"uid": {"type": "Account", "id": "actor"}, "attrs": {"bound": reach.is_bound, **{n: list(v) for n, v in vars(reach).items()}},
               "parents": [{"type": "Role", "id": r} for r in parents]}
    groups = [{"uid": {"type": "Role", "id": r}, "attrs": {}, "parents": []} for r in parents]
    request = {"principal": 'Account::"actor"', "action": f"Action::{json.dumps(action)}", "resource": 'Installation::"this"', "context": {}}
    answer = cedarpy.is_authorized(request, policies, [account, *groups], _schema()[0])
    return Decision(answer.allowed, tuple(sorted(names[r] for r in answer.diagnostics.reasons)))


@cache
def _schema() -> tuple[cedarpy.Schema, tuple[str, ...]]:
    text = (SHIPPED / "schema.cedarschema").read_text(encoding="utf-8")
    words = cedarpy.Schema.from_str(text)
    declared = text[text.index("action ") : text.index("appliesTo")]
    return words, tuple(declared.split('"')[1::2])


@cache
def _policies(own: tuple[tuple[str, str], ...]) -> tuple[cedarpy.PolicySet, dict[str, str]]:
    """All policies, parsed once, and what each is called: Cedar numbers them, an `@id` names them."""
    shipped = "\n".join(p.read_text(encoding="utf-8") for p in sorted(SHIPPED.glob("*.cedar")))
    text = "\n".join([shipped, incompatible_policies(), *(t for _, t in own)])
    static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return cedarpy.PolicySet.from_str(text), {k: p.get("annotations", {}).get("id", k) for k, p in static.items()}


def _check(name: str, text: str) -> None:
    try:
        result = cedarpy.validate_policies(text, (SHIPPED / "schema.cedarschema").read_text(encoding="utf-8"))
    except ValueError as error:
        raise DeclarationError(f"{name}: {error}", hint="it is a Cedar policy file; compare it with one that ships") from error
    if not result.validation_passed:
        raise DeclarationError(f"{name}: {'; '.join(e.error for e in result.errors)}", hint=f"actions: {', '.join(_schema()[1])}")


def matrix(access: Access) -> list[list[str]]:
    """Role by action, for people to review: a header, then one row a role."""
    rows = [["role", *access.actions]]
    for role in ROLES.values():
        allowed = access.can(Actor("", "", (role.name,)))
        rows.append([role.name, *("yes" if a in allowed else "" for a in access.actions)])
    return rows


def row_rule(actor: Actor, entity: type[Entity]) -> tuple[str, tuple[str, ...]]:
    """The row rule as SQL with parameters: rows within the actor's reach and rows that belong to all; true where nothing binds."""
    bounds = list(actor.reach.bounds(entity.about.region))
    if not bounds:
        return "true", ()
    rule = " and ".join(f"""("{column}" is null or "{column}" in ({', '.join('?' for _ in values)}))""" for column, values in bounds)
    return rule, tuple(v for _, values in bounds for v in values)


def sources_seen(actor: Actor, sources: Iterable[Source]) -> frozenset[str]:
    """Sources whose raw rows the actor may see, by the same rule: a source belongs to an organisation, and to one plant or to none."""
    return frozenset(
        s.name for s in sources
        if (not actor.plants or s.plant is None or s.plant in actor.plants) and (not actor.organisations or s.org in actor.organisations))
