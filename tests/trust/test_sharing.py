"""The sharing port: where somebody stands, and that those who stand nowhere are asked for by no rule."""

import pytest

from medthread.model.errors import ForbiddenError
from medthread.model.sharing import Effect, Places, Recipient, Recipients, SharingRule, ShippedRule
from medthread.trust.access import Actor
from medthread.trust.sharing import Sharing
from tests.registry import registry

PLACES = Places(organisations={"O": "EU"}, plants={"P": "CN"}, systems={"portal": "US", "relay": "EU"})
FOR_THE_PORTAL = SharingRule(name="portal", zh="门户", en="portal", effect=Effect.REFUSE, clause="c", to=Recipients(systems=("portal",)))


def sharing(*own: SharingRule) -> Sharing:
    registry()
    return Sharing((*own, *ShippedRule.all().values()), PLACES)


def test_somebody_stands_where_they_are_bound_first() -> None:
    port = sharing()
    assert port.recipient(Actor("a", "A", ())) == Recipient()
    assert port.recipient(Actor("a", "A", (), regions=("US", "CN"))).region == "US"
    assert port.recipient(Actor("a", "A", (), organisations=("O",))).region == "EU"
    assert port.recipient(Actor("a", "A", (), ("P",), organisations=("O",))).region == "CN", "the plant says more than the organisation"
    assert port.recipient(Actor("a", "A", (), ("?",))).region is None


def test_a_token_stands_where_its_system_lies_else_where_its_owner_does() -> None:
    port = sharing()
    assert port.recipient(Actor("a", "A", (), regions=("US",), system="portal")) == Recipient("US", "portal")
    assert port.recipient(Actor("a", "A", (), system="portal")) == Recipient("US", "portal")
    with pytest.raises(ForbiddenError, match="portal lies in US"):
        port.recipient(Actor("a", "A", (), regions=("CN",), system="portal"))
    assert port.recipient(Actor("a", "A", (), regions=("CN",), system="other")) == Recipient("CN", "other")
    assert port.relay == Recipient("EU", "relay")


def test_nothing_changes_for_those_who_are_bound_to_nothing() -> None:
    port, customer, actor = sharing(), registry()["customer"], Actor("a", "A", ("steward",))
    assert not port.restricts(actor)
    assert not port.terms(customer, actor)
    assert port.restricts(Actor("a", "A", (), regions=("EU",)))


def test_a_rule_for_a_system_takes_its_tokens_and_nobody_else() -> None:
    port, customer = sharing(FOR_THE_PORTAL), registry()["customer"]
    assert port.terms(customer, Actor("a", "A", (), system="portal")).records
    assert not port.terms(customer, Actor("a", "A", ()))


def test_within_a_region_sharing_is_free() -> None:
    port, customer = sharing(), registry()["customer"]
    terms = port.terms(customer, Actor("a", "A", (), regions=("CN",)))
    assert terms.withheld(terms.origin_of({"_plant": "P"})) == {}
    assert {"contact", "phone"} <= set(terms.withheld(terms.origin_of({"_org": "O"}))), "personal data of the EU stay there"
