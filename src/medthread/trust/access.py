"""The one access port: who may do what, and which rows and fields they see.

Actions are decided by Cedar policies: those that ship (`policies/`), and a company's own, which may forbid more or
permit more within the same words. Rows follow plants, organisations and regions, fields follow the clearance of roles.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy

from medthread.derive.writers import Writers
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
    system: str | None = None  # the system that asks, as it was assigned to the token that they came with

    @property
    def clearance(self) -> Classification:
        """The highest of the roles' clearances."""
        return max((ROLES[r].clearance for r in self.roles if r in ROLES), default=Classification.PUBLIC)

    @property
    def reach(self) -> Reach:
        """Which rows they read and write."""
        return Reach(self.plants, self.organisations, self.regions)


class Deed(NamedTuple):
    """An act of a process as policies see it: the roles that its definition names, and the one in which it would be done."""

    process: str
    action: str
    roles: tuple[str, ...]
    standing: str


class Writing(NamedTuple):
    """A record that goes through no process, as policies see who writes it: the roles that its declaration names, and the one in which it would be written."""

    entity: str
    roles: tuple[str, ...]
    standing: str


class Decision(NamedTuple):
    """Whether an action is allowed, and the policies that decided it."""

    allowed: bool
    policies: tuple[str, ...]


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
        raise ForbiddenError(
            f"{actor.name} may not {action}", hint=f"{because}; {', '.join(h.en for h in holders)} may", labels=holders,
            actor=actor.name, action=action, policy=because)

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

    def _decided(self, actor: Actor, action: str) -> Decision:
        return _decide(self._own, tuple(sorted(actor.roles)), actor.reach, action)

    def decide_act(self, actor: Actor, deed: Deed) -> Decision:
        """Whether somebody may do an act of a process in a role, their own or lent to them, and the policies that decided it."""
        return _decide(self._own, tuple(sorted(actor.roles)), actor.reach, "processes:act", deed)

    def decide_writing(self, actor: Actor, writing: Writing) -> Decision:
        """Whether somebody may make and change a kind of record in a role, their own or lent to them, and the policies that decided it."""
        return _decide(self._own, tuple(sorted(actor.roles)), actor.reach, "records:write", writing)

    @cached_property
    def _own(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.own.items()))


@lru_cache(maxsize=4096)
def _decide(own: tuple[tuple[str, str], ...], roles: tuple[str, ...], reach: Reach, action: str, asked: Deed | Writing | None = None) -> Decision:
    policies, names = _policies(own, action)
    parents = [r for r in roles if r in ROLES]
    parents += [READER] if any(ROLES[r].reads for r in parents) else []
    parents += [ACTOR] if any(ROLES[r].acts for r in parents if r in ROLES) else []
    parents += groups_of(roles)
    parents += [asked.standing] if asked is not None and asked.standing not in parents else []
    account = {"uid": {"type": "Account", "id": "actor"}, "attrs": {"bound": reach.is_bound, **{n: list(v) for n, v in vars(reach).items()}},
               "parents": [{"type": "Role", "id": r} for r in parents]}
    groups = [{"uid": {"type": "Role", "id": r}, "attrs": {}, "parents": []} for r in parents]
    resources = [] if asked is None else [_resource(asked)]
    resource = 'Installation::"this"' if asked is None else f'{resources[0]["uid"]["type"]}::"asked"'
    request = {"principal": 'Account::"actor"', "action": f"Action::{json.dumps(action)}", "resource": resource, "context": {}}
    answer = cedarpy.is_authorized(request, policies, [account, *groups, *resources], _schema()[0])
    return Decision(answer.allowed, tuple(sorted(names[r] for r in answer.diagnostics.reasons)))


def _resource(asked: Deed | Writing) -> dict[str, Any]:
    named = [{"__entity": {"type": "Role", "id": r}} for r in asked.roles]
    attrs = asked._asdict() | {"roles": named, "standing": {"__entity": {"type": "Role", "id": asked.standing}}}
    return {"uid": {"type": "Transition" if isinstance(asked, Deed) else "Record", "id": "asked"}, "attrs": attrs, "parents": []}


@cache
def _schema() -> tuple[cedarpy.Schema, tuple[str, ...]]:
    text = (SHIPPED / "schema.cedarschema").read_text(encoding="utf-8")
    words = cedarpy.Schema.from_str(text)
    declared = text[text.index("action ") : text.index("appliesTo")]
    return words, tuple(declared.split('"')[1::2])


@cache
def _policies(own: tuple[tuple[str, str], ...], action: str) -> tuple[cedarpy.PolicySet, dict[str, str]]:
    """The policies whose scope takes the action, parsed once, and what each is called: Cedar numbers them, an `@id` names them."""
    taken = {k: p for k, p in _all_policies(own).items() if _takes(p["action"], action)}
    parsed = cedarpy.PolicySet.from_json_str(json.dumps({"templates": {}, "staticPolicies": taken, "templateLinks": []}))
    return parsed, {k: p.get("annotations", {}).get("id", k) for k, p in taken.items()}


@cache
def _all_policies(own: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Any]]:
    shipped = "\n".join(p.read_text(encoding="utf-8") for p in sorted(SHIPPED.glob("*.cedar")))
    found: dict[str, dict[str, Any]] = json.loads(cedarpy.policies_to_json_str("\n".join([shipped, incompatible_policies(), *(t for _, t in own)])))["staticPolicies"]
    return found


def _takes(scope: dict[str, Any], action: str) -> bool:
    """Whether a policy's scope takes an action; the schema has no groups of actions. A policy that does not could never match."""
    named = scope.get("entities") or [scope["entity"]] if scope["op"] in ("==", "in") else None
    return named is None or action in {e["id"] for e in named}


def _check(name: str, text: str) -> None:
    try:
        result = cedarpy.validate_policies(text, (SHIPPED / "schema.cedarschema").read_text(encoding="utf-8"))
    except ValueError as error:
        raise DeclarationError(f"{name}: {error}", hint="it is a Cedar policy file; compare it with one that ships") from error
    if not result.validation_passed:
        raise DeclarationError(f"{name}: {'; '.join(e.error for e in result.errors)}", hint=f"actions: {', '.join(_schema()[1])}")


def matrix(access: Access, records: Iterable[Writers] = ()) -> list[list[str]]:
    """Role by action, and by kind of record, for people to review: a header, then one row a role."""
    kinds = tuple(records)
    rows = [["role", *access.actions, *(f"record {k.entity.name}" for k in kinds)]]
    for role in ROLES.values():
        allowed = access.can(Actor("", "", (role.name,)))
        rows.append([role.name, *("yes" if a in allowed else "" for a in access.actions), *(" ".join(hands_on(access, role.name, k)) for k in kinds)])
    return rows


def hands_on(access: Access, role: str, kind: Writers) -> list[str]:
    """What a role does to a kind of record beside the acts of its process: `create`, `change`, both or nothing."""
    actor = Actor("", "", (role,))
    if access.refused_by(actor, "entities:write") is not None:
        return []
    if kind.process is None:
        return ["create", "change"] if access.decide_writing(actor, Writing(kind.entity.name, kind.changed_by, role)).allowed else []
    opens = not kind.opened_by or role in kind.opened_by
    return [*(["create"] if opens else []), *(["change"] if role in kind.changed_by else [])]


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
