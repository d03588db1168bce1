"""`[relay]` in the workspace: what it may say, and what is told of what it may not."""

from pathlib import Path
from typing import Any

import pytest

from medthread.model.errors import ConfigurationError
from medthread.workflow.bus import Bus, parse_bus

EVENTS = {"lot.held": None}
WHOLE = {"url": "nats://broker:4222", "stream": "OURS", "source": "urn:acme", "inbound": {"stream": "ERP", "accepts": ["lot.held"]}}


def parsed(given: Any, *, url: str | None = None, home: Path = Path()) -> Bus | None:
    return parse_bus(given, name="医脉 acme", home=home, url=url, events=EVENTS)


def test_nothing_is_joined_where_nothing_is_said() -> None:
    assert parsed(None) is None


def test_what_is_said_and_what_follows_from_silence(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    bus = parsed({**WHOLE, "ca": "ca.pem"}, home=tmp_path)
    assert bus is not None
    assert (bus.stream, bus.source, bus.inbound and bus.inbound.accepts) == ("OURS", "urn:acme", ("lot.held",))
    assert bus.address.ca == tmp_path / "ca.pem"
    bare = parsed(None, url="tls://ann:secret@broker")
    assert bare is not None
    assert (bare.stream, bare.source, bare.inbound) == ("MEDTHREAD", "urn:medthread:%E5%8C%BB%E8%84%89%20acme", None)
    assert bare.address.shown == "tls://broker"
    above = parsed(WHOLE, url="nats://other")
    assert above is not None
    assert above.address.url == "nats://other"


@pytest.mark.parametrize(("given", "says"), [
    ("nats://x", "no section"), ([], "no section"), ({}, "no url"), ({"url": 4222}, "no url"), ({"url": "http://x"}, "no url"), ({"url": "nats://"}, "no url"),
    ({**WHOLE, "urll": "x"}, "no word 'urll'"), ({**WHOLE, "stream": "A B"}, "stream is 'A B'"), ({**WHOLE, "stream": 7}, "stream is 7"),
    ({**WHOLE, "source": ""}, "source is no text"), ({**WHOLE, "ca": "absent.pem"}, "no file"), ({**WHOLE, "inbound": []}, "no section"),
    ({**WHOLE, "inbound": {"stream": "ERP"}}, "accepts nothing"), ({**WHOLE, "inbound": {"accepts": ["lot.held"]}}, "stream is None"),
    ({**WHOLE, "inbound": {"stream": "ERP", "accepts": ["lot.gone"]}}, "nobody declares"), ({**WHOLE, "inbound": {"stream": "ERP", "accepts": "lot.held"}}, "accepts nothing"),
    ({**WHOLE, "inbound": {"stream": "ERP", "accepts": ["lot.held"], "x": 1}}, "no word 'x'"),
])
def test_what_cannot_be_meant_is_refused(given: Any, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as refused:
        parsed(given)
    assert refused.value.hint
