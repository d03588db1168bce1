"""Providers that could not be meant are refused when the workspace opens; one that does not answer says so."""

from pathlib import Path
from typing import Any

import pytest

from medthread.model.errors import ConfigurationError
from medthread.trust.identity import UnreachableError, configured

GOOD = {"issuer": "https://idp.example", "client_id": "m"}


def test_what_is_said_is_kept(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("hush\n", encoding="utf-8")
    found = configured({"identity": {"a": {**GOOD, "client_secret_file": str(tmp_path / "s"), "roles": {"Q": ["qa"]}, "create_accounts": True}, "b": GOOD}})
    assert list(found) == ["a", "b"]
    assert found["a"].roles == {"Q": ("qa",)}
    assert found["a"].create_accounts
    assert found["b"].roles is None
    assert not found["b"].create_accounts
    assert found["b"].label == ("b", "b")
    assert configured({}) == {}


@pytest.mark.parametrize("section", [
    "yes", {**GOOD, "kind": "saml"}, {**GOOD, "issuer": ""}, {**GOOD, "issuer": "http://idp.example"}, {**GOOD, "issuer": 7}, {"issuer": GOOD["issuer"]},
    {**GOOD, "scopes": ["profile"]}, {**GOOD, "scopes": "openid"}, {**GOOD, "client_secret_file": "/nowhere/secret"}, {**GOOD, "create_accounts": "yes"},
    {**GOOD, "roles": ["qa"]}, {**GOOD, "roles": {"Q": ["king"]}}, {**GOOD, "roles": {"Q": "qa"}},
])
def test_what_cannot_be_meant_is_refused(section: Any) -> None:
    with pytest.raises(ConfigurationError) as found:
        configured({"identity": {"a": section}})
    assert "identity.a" in found.value.message
    assert found.value.hint


@pytest.mark.parametrize("settings", [{"identity": 7}, {"identity": {"A b": GOOD}}])
def test_a_section_that_is_none_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        configured(settings)


def test_a_provider_that_does_not_answer_is_unreachable() -> None:
    given = configured({"identity": {"a": {"issuer": "http://127.0.0.1:9", "client_id": "m"}}})["a"]
    with pytest.raises(UnreachableError) as found:
        given.provider.begin(state="s", redirect_to="http://127.0.0.1/answer", afresh=False)
    assert found.value.status == 502
    assert found.value.hint
