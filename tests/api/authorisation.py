"""A company of one's own to be asked about rights: records of one's own plant, of another and of none, each value marked with how it is classified."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import cedarpy
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import insert

from medthread.api.identity import Asked, asked_by, whoever
from medthread.app import Installation
from medthread.derive.view import masked_fields
from medthread.model import Classification, Entity, Home, Kind
from medthread.stores.postgres.tables import account
from medthread.trust.access import SHIPPED, Actor
from medthread.trust.incompatible import groups_of
from medthread.trust.incompatible import policies as incompatible_policies
from medthread.trust.roles import ACTOR, READER, ROLES
from medthread.workflow import Context
from medthread.workflow.cases import open_case
from medthread.workflow.native import sealed_columns
from tests.coroutines import run
from tests.made import value_of

OWN, FOREIGN, SHARED = "OWN", "FOREIGN", "SHARED"  # plants; shared records are of none
PLANTS = {OWN: OWN, FOREIGN: FOREIGN, SHARED: None}
MARKED = re.compile(r"\b(OWN|FOREIGN|SHARED)-(\d)-\d{6}\b")
MARK = {"X-Requested-With": "medthread", "If-Match": '"1"'}


@dataclass(frozen=True)
class Call:
    """A route with one of its methods, and what it asks of its caller."""

    method: str
    path: str
    asked: Asked

    @property
    def is_of_records(self) -> bool:
        """Whether it is about one record."""
        return "{entity}" in self.path and "{id_}" in self.path

    def at(self, entity: str, id_: str) -> str:
        """Its address; what is neither entity nor id is a 1, which every other parameter can be."""
        return re.sub(r"\{[^}]*\}", "1", self.path.replace("{entity}", entity).replace("{id_}", id_))


def calls(app: FastAPI) -> list[Call]:
    """Every route that there is, read from the application."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            dependant: Dependant = route.dependant
            found += [Call(m, str(context.path_format), asked_by(dependant)) for m in sorted(route.methods or ())]
    return found


@dataclass
class Company:
    """The installation that is asked, and its records by entity and plant."""

    installation: Installation
    app: FastAPI
    context: Context
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def native(self) -> list[type[Entity]]:
        """Entities that are written here."""
        return self.installation.registry.at_home(Home.NATIVE)

    def fill(self) -> None:
        """One record of every entity and plant, every value set; and an account for every role."""
        numbers, rng = itertools.count(1), random.Random(20261125)
        with self.installation.store.transaction() as tx:
            for entity, (name, plant) in itertools.product(self.native, PLANTS.items()):
                id_ = f"{name}-0-{next(numbers):06d}"
                values = {f.name: _value(f, name, numbers, rng) for f in entity.fields.values()}
                columns = sealed_columns(tx, self.context, entity, values, id_=id_) | {"_plant": plant}
                if entity.about.plant is not None:
                    columns[entity.about.plant] = plant or ("" if entity.fields[entity.about.plant].required else None)
                tx.execute(insert(self.context.tables[entity.name]).values(id=id_, _created_by="t", _updated_by="t", **columns))
                if entity.name in self.context.rulebook.processes:
                    open_case(tx, self.context, entity=entity.name, record=id_, by="somebody", at=datetime.now(UTC), values=values)
                self.ids.setdefault(entity.name, {})[name] = id_
            tx.execute(insert(account), [{"name": n, "printed_name": n, "roles": [n]} for n in ROLES])

    def ask(self, actor: Actor | None, requests: list[tuple[str, str]]) -> list[Response]:
        """Answers to requests (method, address) of somebody, one after the other."""
        if actor is None:
            self.app.dependency_overrides.pop(whoever, None)
        else:
            self.app.dependency_overrides[whoever] = lambda: actor
        try:
            return run(self._answers(requests))
        finally:
            self.app.dependency_overrides.pop(whoever, None)

    async def _answers(self, requests: list[tuple[str, str]]) -> list[Response]:
        async with AsyncClient(transport=ASGITransport(app=self.app), base_url="http://company", headers=MARK) as client:
            return [await client.request(m, address, json=None if m in ("GET", "DELETE") else {}) for m, address in requests]


def _value(of: Any, name: str, numbers: Iterator[int], rng: random.Random) -> Any:
    """A value of a field; a text tells of which plant it is and how it is classified."""
    free = of.kind is Kind.TEXT and not of.mark.codes
    return f"{name}-{int(of.mark.classification)}-{next(numbers):06d}" if free else value_of(of, rng)


def leaks(text: str, actor: Actor) -> list[str]:
    """Marked values in an answer that this actor must not meet: above their clearance, or of a plant that is not theirs."""
    limit = max(actor.clearance, Classification.INTERNAL)
    return [m[0] for m in MARKED.finditer(text) if int(m[2]) > limit or (actor.reach.is_bound and m[1] == FOREIGN)]


def unmasked(entity: type[Entity], actor: Actor, items: list[dict[str, Any]]) -> list[str]:
    """Fields above the actor's clearance that came in clear, of whatever kind."""
    hidden = masked_fields(entity, actor.clearance)
    return [f"{entity.name}.{n}" for i in items for n in sorted(hidden) if i.get(n) is not None and "*" not in str(i[n])]


class Model:
    """The policy model asked by itself: Cedar on the policies as they ship, with nothing of our port between."""

    def __init__(self) -> None:
        text = "\n".join([*(p.read_text(encoding="utf-8") for p in sorted(SHIPPED.glob("*.cedar"))), incompatible_policies()])
        self._policies = cedarpy.PolicySet.from_str(text)
        self._schema = cedarpy.Schema.from_str((SHIPPED / "schema.cedarschema").read_text(encoding="utf-8"))
        self._known: dict[tuple[str, bool, str], bool] = {}

    def allows(self, actor: Actor, action: str) -> bool:
        """Whether somebody with one role may do it."""
        (role,) = actor.roles
        key = (role, actor.reach.is_bound, action)
        if key not in self._known:
            self._known[key] = self._decide(role, actor, action)
        return self._known[key]

    def _decide(self, role: str, actor: Actor, action: str) -> bool:
        groups = [role, *([READER] if ROLES[role].reads else []), *([ACTOR] if ROLES[role].acts else []), *groups_of([role])]
        attributes = {"bound": actor.reach.is_bound, "plants": list(actor.plants), "organisations": [], "regions": []}
        who = {"uid": {"type": "Account", "id": "x"}, "attrs": attributes, "parents": [{"type": "Role", "id": g} for g in groups]}
        parents = [{"uid": {"type": "Role", "id": g}, "attrs": {}, "parents": []} for g in groups]
        asked = {"principal": 'Account::"x"', "action": f'Action::"{action}"', "resource": 'Installation::"this"', "context": {}}
        return bool(cedarpy.is_authorized(asked, self._policies, [who, *parents], self._schema).allowed)
