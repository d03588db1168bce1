"""Settings that cannot be meant are refused when the workspace opens."""

from typing import Any

import pytest

from medthread.model.errors import ConfigurationError
from medthread.trust.account_rules import BOUNDS, AccountRules

ROLES = frozenset({"qa", "system_admin"})


def test_what_is_not_said_stays_as_it_ships() -> None:
    assert AccountRules.read({}, roles=ROLES) == AccountRules()
    read = AccountRules.read({"accounts": {"idle_minutes": 5, "second_factor_for": ["qa"]}}, roles=ROLES)
    assert (read.idle_minutes, read.second_factor_for, read.session_hours) == (5, ("qa",), AccountRules().session_hours)


def test_what_ships_is_within_its_own_bounds() -> None:
    for name, (least, most) in BOUNDS.items():
        assert least <= getattr(AccountRules(), name) <= most


@pytest.mark.parametrize("given", [
    {"idle_minuts": 5}, {"idle_minutes": "5"}, {"idle_minutes": 0}, {"idle_minutes": True}, {"shortest_password": 7},
    {"second_factor_for": "qa"}, {"second_factor_for": ["qaa"]}, "yes",
])
def test_what_cannot_be_meant_is_refused(given: Any) -> None:
    with pytest.raises(ConfigurationError) as found:
        AccountRules.read({"accounts": given}, roles=ROLES)
    assert found.value.hint
