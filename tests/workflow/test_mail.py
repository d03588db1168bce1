"""`[mail]` in the workspace: what it may say, and what is told of what it may not."""

from pathlib import Path
from typing import Any

import pytest

from medthread.model.errors import ConfigurationError
from medthread.workflow.mail import Mail, parse_mail

SECRET = "secret"
WHOLE = {"host": "mail.example.com", "sender": "medthread@example.com", "user": "medthread"}


def parsed(given: Any, *, home: Path = Path(), url: str | None = "https://medthread.example.com/", password: str | None = SECRET) -> Mail | None:
    return parse_mail(given, home=home, public_url=url, password=password)


def test_nothing_is_sent_where_nothing_is_said() -> None:
    assert parsed(None) is None


@pytest.mark.parametrize(("more", "port"), [({}, 587), ({"security": "tls"}, 465), ({"port": 2525}, 2525)])
def test_what_is_said_and_what_follows_from_silence(more: dict[str, Any], port: int, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    mail = parsed({**WHOLE, **more, "ca": "ca.pem"}, home=tmp_path)
    assert mail is not None
    assert (mail.server.port, mail.server.user, mail.server.password, mail.server.ca) == (port, "medthread", "secret", tmp_path / "ca.pem")
    assert mail.address == "https://medthread.example.com"


@pytest.mark.parametrize(("given", "says"), [
    ("mail.example.com", "no section"), ({}, "names no host"), ({**WHOLE, "sender": "nobody"}, "no host and sender"), ({**WHOLE, "host": 7}, "host is 7"),
    ({**WHOLE, "host": "a\nb"}, "host is"), ({**WHOLE, "hosts": "x"}, "no word 'hosts'"), ({**WHOLE, "security": "ssl"}, "security is 'ssl'"),
    ({**WHOLE, "port": "587"}, "port is '587'"), ({**WHOLE, "port": 70000}, "port is 70000"), ({**WHOLE, "security": "none"}, "in the open"),
    ({**WHOLE, "ca": "missing.pem"}, "no file"), ({**WHOLE, "address": "x"}, "no word 'address'"),
])
def test_what_is_wrong_is_told(given: Any, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        parsed(given)


def test_a_user_needs_a_password() -> None:
    with pytest.raises(ConfigurationError, match="no password"):
        parsed(WHOLE, password=None)


def test_letters_lead_to_the_console() -> None:
    with pytest.raises(ConfigurationError, match="lead nowhere"):
        parsed(WHOLE, url=None)
