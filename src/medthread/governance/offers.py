"""What the declarations offer: events, decisions, calculations, business objects and marts, as entries of the catalogue."""

from collections.abc import Iterable, Iterator

from medthread import __version__
from medthread.derive.cloud_event import event_name
from medthread.model import Registry, Rulebook
from medthread.model.service import Offer, Service
from medthread.pipeline.build.model import Model

READ = "entities:read"  # what the access port is asked for data and for questions
RULES, ENTITIES = "POST /api/v1/rules", "GET /api/v1/entities"
PLATFORM = "platform"


def declared_offers(registry: Registry, rulebook: Rulebook, models: Iterable[Model]) -> Iterator[Service]:
    """Everything that is offered without a route of its own."""
    yield from _events(registry, rulebook)
    yield from _questions(rulebook)
    yield from _entities(registry)
    yield from map(_model, models)


def _events(registry: Registry, rulebook: Rulebook) -> Iterator[Service]:
    owners = {t.emits: registry[e].about.owner for e, p in rulebook.processes.items() for t in p.transitions if t.emits}
    for event in rulebook.events.values():
        yield Service(offer=Offer.EVENT, name=event.name, label=event.label, owner=owners.get(event.name, event.domain), domain=event.domain,
                      version=str(event.version), address=event_name(event.name), action=READ)


def _questions(rulebook: Rulebook) -> Iterator[Service]:
    for decision in rulebook.decisions.values():
        yield Service(offer=Offer.DECISION, name=decision.name, label=decision.label, owner=PLATFORM, domain="", version=__version__,
                      address=f"{RULES}/{decision.name}", action=READ)
    for calculation in rulebook.calculations.values():
        yield Service(offer=Offer.CALCULATION, name=calculation.name, label=calculation.label, owner=PLATFORM, domain="", version=__version__,
                      address=f"{RULES}/{calculation.name}", action=READ)


def _entities(registry: Registry) -> Iterator[Service]:
    for entity in registry.values():
        about = entity.about
        yield Service(offer=Offer.ENTITY, name=entity.name, label=about.label, owner=about.owner, domain=about.domain, version=__version__,
                      address=f"{ENTITIES}/{entity.name}", action=READ, about=about.meaning)


def _model(model: Model) -> Service:
    return Service(offer=Offer.MART, name=model.name, label=model.label, owner=model.owner, domain=model.domain, version=__version__,
                   address=model.table, action=READ, about=model.meaning)
