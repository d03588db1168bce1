"""An entry of the catalogue as its page shows it: what it is, its schema, which roles may call it."""

from collections.abc import Callable, Mapping
from typing import Any

from medthread import __version__
from medthread.api.services import Services
from medthread.derive import asyncapi_of
from medthread.governance.contracts.writing import ordered
from medthread.methods.compatibility.document import Document
from medthread.model.owners import owner_label
from medthread.model.service import OFFERS, STABILITIES, Offer, Service, Stability
from medthread.trust.access import Actor
from medthread.trust.roles import ROLES

Json = dict[str, Any]


def shown(service: Service) -> Json:
    """As a line of the list."""
    return {
        "id": service.id, "kind": service.offer.value, "kind_label": _pair(OFFERS[service.offer]), "name": service.name, "label": _pair(service.label),
        "about": _pair(service.about) if service.about else None, "owner": service.owner,
        "owner_label": _pair(owner_label(service.owner)), "domain": service.domain, "version": service.version,
        "address": service.address, "action": service.action, "stability": service.stability.value,
        "stability_label": _pair(STABILITIES[service.stability]), "reusable": service.stability is not Stability.INTERNAL,
        "sunset": service.sunset, "successor": service.successor,
    }


def _pair(label: tuple[str, str]) -> dict[str, str]:
    return {"zh": label[0], "en": label[1]}


def callers(given: Services, service: Service) -> Json:
    """Who may call: everybody, whoever is signed in, or the roles that a policy permits."""
    if not service.action:
        return {"who": "signed_in" if service.action == "" else "everybody", "action": None, "roles": []}
    roles = [r for r in ROLES.values() if given.access.refused_by(Actor("", "", (r.name,)), service.action) is None]
    return {"who": "roles", "action": service.action, "roles": [{"name": r.name, "label": _pair(r.label)} for r in roles]}


def schema_of(given: Services, service: Service, description: Mapping[str, Any]) -> Json:
    """Its schema in the language of its kind: OpenAPI, AsyncAPI, the parameters of a question, the contract of an object."""
    return SCHEMAS[service.offer](given, service, description)


def _operation(_: Services, service: Service, description: Mapping[str, Any]) -> Json:
    method, path = service.address.split(" ", 1)
    operation: Json = Document(dict(description), name="openapi").expanded(description["paths"][path][method.lower()])
    return operation


def _event(given: Services, service: Service, _: Mapping[str, Any]) -> Json:
    whole = asyncapi_of(given.registry, given.workflow.rulebook, version=__version__)
    schema: Json = Document(whole, name="asyncapi").expanded(whole["components"]["schemas"][service.name])
    return schema


def _decision(given: Services, service: Service, _: Mapping[str, Any]) -> Json:
    book = given.workflow.rulebook
    decision = book.decisions[service.name]
    guards = [{"name": g, "label": _pair(book.guards[g].label), "clause": book.guards[g].clause} for g in decision.guards]
    return {"takes": list(decision.takes), "optional": list(decision.optional), "guards": guards}


def _calculation(given: Services, service: Service, _: Mapping[str, Any]) -> Json:
    calculation = given.workflow.rulebook.calculations[service.name]
    return {"takes": {n: t.__name__ for n, t in calculation.takes.items()}, "optional": list(calculation.optional), "standard": calculation.standard}


def _entity(given: Services, service: Service, _: Mapping[str, Any]) -> Any:
    return ordered(given.contracts.one(service.name).content)


def _mart(given: Services, service: Service, _: Mapping[str, Any]) -> Json:
    """Its columns as the release has them; none before the first run."""
    snapshot = given.reader.current()
    if not snapshot.has(service.address):
        return {"columns": []}
    rows = snapshot.query(f"describe select * from {snapshot.relation(service.address)}")
    return {"columns": [{"name": r["column_name"], "type": r["column_type"]} for r in rows]}


SCHEMAS: dict[Offer, Callable[[Services, Service, Mapping[str, Any]], Json]] = {
    Offer.OPERATION: _operation, Offer.EVENT: _event, Offer.DECISION: _decision, Offer.CALCULATION: _calculation, Offer.ENTITY: _entity, Offer.MART: _mart,
}
