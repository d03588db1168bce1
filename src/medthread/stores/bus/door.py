"""The adapter that an address asks for."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from medthread.model.errors import ConfigurationError
from medthread.stores.bus.jetstream import JetStreamInlet
from medthread.stores.bus.port import Address, Inlet

# Scheme of an address -> module of the adapter, its class, and the extra that brings its library.
OPTIONAL = {
    "kafka": ("kafka", "KafkaInlet", "kafka"),
    "tls+kafka": ("kafka", "KafkaInlet", "kafka"),
    "mqtt": ("mqtt", "MqttInlet", "mqtt"),
    "mqtts": ("mqtt", "MqttInlet", "mqtt"),
}
NATS = ("nats", "tls+nats")
SCHEMES = (*NATS, *OPTIONAL)


def open_inlet(url: str, *, secret: str | None, subject: str, durable: str, ca: Path | None = None) -> Inlet:
    """An inlet on what is sent to `subject` (topic), for the one reader that `durable` names; it connects when it is first asked.

    `secret` is the password of the user in the address, or a token where it names none. Raises `ConfigurationError`.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ConfigurationError(f"no broker is spoken to by {parts.scheme or url!r}", hint=f"schemes: {', '.join(SCHEMES)}")
    if parts.password is not None:
        raise ConfigurationError("the address of a broker holds a password", hint="name the environment variable that holds it under `secret`")
    address = Address(url, ca, secret)
    if parts.scheme in NATS:
        return JetStreamInlet(address, subject=subject, consumer=durable)
    return _adapter(parts.scheme)(address, subject=subject, durable=durable)


def _adapter(scheme: str) -> Callable[..., Inlet]:
    """Loaded when it is first wanted: its library is there only where somebody asked for it."""
    module, name, extra = OPTIONAL[scheme]
    try:
        found: Callable[..., Inlet] = getattr(import_module(f"medthread.stores.bus.{module}"), name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"{scheme}:// needs a library that is not installed", hint=f"pip install 'medthread[{extra}]'") from error
    return found
