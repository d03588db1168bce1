"""Roles that one person never holds together: each pair is refused when given, and decides against whoever got it anyhow."""

from itertools import combinations

import pytest

from medthread.model.errors import InvalidError, RefusedError
from medthread.trust.access import Access, Actor
from medthread.trust.incompatible import ADMINISTRATORS, BUSINESS, INCOMPATIBLE, Incompatible, check_roles, found_in
from medthread.trust.roles import ROLES

ACCESS = Access()
PAIRS = [(a, b) for a, b in combinations(sorted(ROLES), 2) if found_in((a, b))]


@pytest.mark.parametrize("pair", INCOMPATIBLE, ids=lambda p: p.id)
def test_a_declared_pair_names_roles_there_are_and_says_why(pair: Incompatible) -> None:
    assert pair.one in ROLES
    assert pair.other in ROLES or pair.other == BUSINESS
    assert pair.because.zh
    assert pair.because.en


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_a_pair_is_refused_when_given_and_at_every_decision(pair: tuple[str, str]) -> None:
    with pytest.raises(RefusedError) as found:
        check_roles(("doc", *pair) if not set(pair) & set(ADMINISTRATORS) else pair)
    assert found.value.attributes["because"][0]["guard"].startswith("incompatible.")
    both = Actor("x", "X", pair)
    assert ACCESS.can(both) == frozenset()
    for action in ACCESS.actions:
        assert "incompatible." in str(ACCESS.refused_by(both, action))


def test_every_pair_of_roles_that_is_not_declared_goes_together() -> None:
    """What policies say of two roles is exactly what the table says: a pair either decides against everything or adds up."""
    for one, other in combinations(sorted(ROLES), 2):
        both = ACCESS.can(Actor("x", "X", (one, other)))
        each = ACCESS.can(Actor("x", "X", (one,))) | ACCESS.can(Actor("x", "X", (other,)))
        assert both == (frozenset() if (one, other) in PAIRS else each), (one, other)


def test_the_three_administrators_are_apart_and_see_no_data() -> None:
    business = {r.name for r in ROLES.values() if r.is_business}
    for admin in ADMINISTRATORS:
        assert not ROLES[admin].is_business
        for other in business | set(ADMINISTRATORS) - {admin}:
            assert found_in((admin, other))
    can = {a: ACCESS.can(Actor("x", "X", (a,))) for a in ADMINISTRATORS}
    assert "roles:assign" not in can["system_admin"]
    assert "accounts:write" not in can["security_admin"]
    assert can["audit_admin"] & {"roles:assign", "accounts:write"} == set()
    assert "audit:read" in can["audit_admin"]
    for allowed in can.values():
        assert not allowed & {"entities:read", "entities:write", "masters:read", "quarantine:read", "trace:read", "runs:start", "releases:publish"}


def test_not_even_a_companys_own_policy_lets_an_administrator_see_data() -> None:
    own = Access({"own.cedar": 'permit (principal in Role::"system_admin", action == Action::"entities:read", resource);'})
    assert own.refused_by(Actor("x", "X", ("system_admin",)), "entities:read") == "administrators.see_no_data"


def test_a_role_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidError, match="king"):
        check_roles(("qa", "king"))
