"""The service catalogue: what is offered, by whom, to whom, how it ends, and who uses it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from medthread import __version__
from medthread.api.catalogue import Catalogue
from medthread.api.identity import Given, Reader
from medthread.api.offered import callers, schema_of, shown
from medthread.api.subjects import Subject
from medthread.derive import asyncapi_of
from medthread.governance.service_use import PERIOD, callers_of, days_of, use_of_all
from medthread.methods.names import sound
from medthread.model.owners import owner_label
from medthread.model.service import OFFERS, Offer, Service, Stability

router: APIRouter = Subject("services", "服务目录", "Service catalogue", owner="it").router()
NOTHING = {"calls": 0, "refused": 0, "callers": 0, "last_at": None}
NAMES = "audit:read"  # who may see which accounts call


def catalogue_of(request: Request) -> Catalogue:
    """The catalogue of this server."""
    found: Catalogue = request.app.state.catalogue
    return found


def _fits(service: Service, wanted: str) -> bool:
    owner = owner_label(service.owner)
    texts = (service.id, service.address, service.owner, owner.zh, owner.en, service.label.zh, service.label.en, sound(service.label.zh))
    return all(any(word in text.lower() for text in texts) for word in wanted.lower().split())


@router.get("/services", summary="列出服务 · List services")
def services(
    request: Request, given: Given, _: Reader, q: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[Offer | None, Query(description="operation, event, decision, calculation, entity or mart")] = None,
    stability: Annotated[Stability | None, Query(description="internal, stable, deprecated or withdrawn")] = None,
    used: Annotated[bool | None, Query(description="whether anybody used it within the period")] = None,
) -> dict[str, Any]:
    """Everything offered, with its use within the last ninety days.

    提供的一切,及其最近九十天的使用情况。
    """
    with given.store.transaction() as tx:
        use = use_of_all(tx)
    found = [s for s in catalogue_of(request).values() if _fits(s, q) and stability in (None, s.stability) and used in (None, s.id in use)]
    counts = {o: sum(s.offer is o for s in found) for o in Offer}
    return {
        "period_days": PERIOD, "kinds": [{"name": o.value, "label": {"zh": OFFERS[o].zh, "en": OFFERS[o].en}, "count": n} for o, n in counts.items()],
        "items": [{**shown(s), **use.get(s.id, NOTHING)} for s in found if kind in (None, s.offer)],
    }


@router.get("/services/{id_}", summary="查看一项服务及其使用者 · Get a service and its consumers")
def service(id_: str, request: Request, given: Given, actor: Reader) -> dict[str, Any]:
    """One of them: its schema, who may call it, who does. Which accounts do, those see who may read the audit log.

    其中一项:结构、谁可调用、谁在调用。具体到账号的调用情况,只有可读审计日志的人看得到。
    """
    offered = catalogue_of(request)[id_]
    named = NAMES in given.access.can(actor)
    with given.store.transaction() as tx:
        use, by, days = use_of_all(tx).get(id_, NOTHING), callers_of(tx, id_) if named else [], days_of(tx, id_)
    return {
        **shown(offered), **use, "period_days": PERIOD, "days": days, "named": named, "consumers": by, "may_call": callers(given, offered),
        "schema": schema_of(given, offered, request.app.openapi()), **_followers(given, offered),
    }


def _followers(given: Given, offered: Service) -> dict[str, Any]:
    """Who hears of an event inside: the reactions of each domain."""
    reactions = given.workflow.rulebook.reactions_to.get(offered.name, ()) if offered.offer is Offer.EVENT else ()
    return {"reactions": [{"name": r.name, "label": {"zh": r.zh, "en": r.en}, "domain": r.domain, "mode": r.mode.value} for r in reactions]}


@router.get("/asyncapi.json", summary="取事件描述 AsyncAPI · Get the description of events (AsyncAPI)")
def events(given: Given, _: Reader) -> dict[str, Any]:
    """Every declared event as AsyncAPI 3.0, carried as CloudEvents 1.0.

    每个已声明的事件,以 AsyncAPI 3.0 描述,按 CloudEvents 1.0 传送。
    """
    return asyncapi_of(given.registry, given.workflow.rulebook, version=__version__)
