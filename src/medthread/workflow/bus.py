"""How a company's installation is joined to its message broker: `[relay]` in `medthread.toml`.

    [relay]
    url = "nats://broker:4222"          # or MEDTHREAD_RELAY_URL, with name and password
    stream = "MEDTHREAD"
    source = "urn:medthread:acme"
    ca = "ca.pem"                       # for tls://, where the certificate is signed by one's own authority

    [relay.inbound]
    stream = "ERP"
    accepts = ["equipment.out_of_tolerance"]

All of it is checked when the installation begins to serve.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from medthread.derive.cloud_event import FAMILY
from medthread.model.errors import ConfigurationError
from medthread.stores.bus import Address, Inlet, JetStreamInlet, JetStreamPublisher, Publisher
from medthread.workflow.settings import section_of

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCHEMES = ("nats", "tls")
STREAM = "MEDTHREAD"
CONSUMER = "medthread"
WORDS = {"url", "stream", "source", "ca", "inbound"}


@dataclass(frozen=True)
class Inbound:
    """Which stream is read, and which kinds of events are taken from it."""

    stream: str
    accepts: tuple[str, ...]


@dataclass(frozen=True)
class Bus:
    """The broker, as configured."""

    address: Address
    stream: str
    source: str
    inbound: Inbound | None

    def publisher(self) -> Publisher:
        """The way out; nothing is connected yet."""
        return JetStreamPublisher(self.address, stream=self.stream, subjects=f"{FAMILY}>")

    def inlet(self) -> Inlet | None:
        """The way in, where there is one."""
        return JetStreamInlet(self.address, stream=self.inbound.stream, consumer=CONSUMER) if self.inbound else None


def parse_bus(given: Any, *, name: str, home: Path, url: str | None, events: Mapping[str, Any]) -> Bus | None:
    """What the section says; nothing where there is none. `url` stands above the section's. Raises `ConfigurationError`."""
    if given is None and url is None:
        return None
    section = section_of(given, WORDS, "[relay]")
    found = url or section.get("url")
    if not isinstance(found, str) or urlsplit(found).scheme not in SCHEMES or not urlsplit(found).hostname:
        raise ConfigurationError("[relay] has no url of a broker", hint='write url = "nats://host:4222", or set MEDTHREAD_RELAY_URL')
    source = section.get("source", f"urn:medthread:{quote(name, safe='')}")
    if not isinstance(source, str) or not source.strip():
        raise ConfigurationError("[relay] source is no text", hint="a URI that names this installation, such as urn:medthread:acme")
    ca = home / str(section["ca"]) if "ca" in section else None
    if ca is not None and not ca.is_file():
        raise ConfigurationError(f"[relay] ca: no file {ca}", hint="put the authority's certificate into the workspace")
    return Bus(Address(found, ca), _stream(section.get("stream", STREAM), "[relay]"), source, _inbound(section.get("inbound"), events))


def _inbound(given: Any, events: Mapping[str, Any]) -> Inbound | None:
    if given is None:
        return None
    section = section_of(given, {"stream", "accepts"}, "[relay.inbound]")
    accepts = section.get("accepts", [])
    if not isinstance(accepts, list) or not accepts:
        raise ConfigurationError("[relay.inbound] accepts nothing", hint='name the kinds of events: accepts = ["equipment.out_of_tolerance"]')
    strangers = [a for a in accepts if a not in events]
    if strangers:
        raise ConfigurationError(f"[relay.inbound] accepts {strangers[0]!r}, which nobody declares", hint="GET /api/v1/asyncapi.json lists the kinds of events")
    return Inbound(_stream(section.get("stream"), "[relay.inbound]"), tuple(accepts))


def _stream(given: Any, where: str) -> str:
    if not isinstance(given, str) or not NAME.fullmatch(given):
        raise ConfigurationError(f"{where} stream is {given!r}", hint="letters, digits, - and _")
    return given
