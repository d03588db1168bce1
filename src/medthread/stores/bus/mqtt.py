"""MQTT 5, or 3.1.1 where the broker knows no other: QoS 1 in a session that the broker keeps while nobody is connected."""

import queue
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from medthread.model.errors import StoreError
from medthread.stores.bus.port import Address, Delivery

CONNECT = 5.0  # seconds until a broker that does not answer counts as away
WAIT = 1.0  # seconds to wait for something to come in
KEEP_ALIVE = 30  # seconds
KEPT_FOR = 30 * 24 * 3600  # seconds that a broker keeps what comes in while nobody is connected
MOST = {MQTTProtocolVersion.MQTTv5: 5_000, MQTTProtocolVersion.MQTTv311: 20}  # in flight: what we ask for, and what brokers allow who cannot ask
PORTS = {"mqtt": 1883, "mqtts": 8883}
REFUSED = 0x80  # codes from here on are refusals (MQTT 5, 2.4)
NO_SUCH_VERSION = 0x84
HINT = "is the broker there, and are name, password and topic right?"


@dataclass(frozen=True)
class _Handle:
    """Which message of which connection: another connection gives the same number to another message."""

    client: Client
    number: int
    qos: int


class _Encrypted(ssl.SSLSocket):
    """Closed where the two do not agree; the client forgets it."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as the standard library has it
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class MqttInlet:
    """Takes what is sent to a topic filter. What is not acknowledged comes again with the next connection."""

    def __init__(self, address: Address, *, subject: str, durable: str, version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5) -> None:
        self._address, self._filter, self._name, self._version = address, subject, durable, version
        self._client: Client | None = None
        self._came: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._broken: str | None = None

    @property
    def most(self) -> int:
        """As many as the broker lets be in flight."""
        return MOST[self._version]

    def fetch(self, limit: int) -> Sequence[Delivery]:
        """The next ones; the first call after a connection broke tells so."""
        self._check()
        if self._client is None:
            self._connect()
        found: list[Delivery] = []
        try:
            found.append(self._came.get(timeout=WAIT))
            while len(found) < limit:
                found.append(self._came.get_nowait())
        except queue.Empty:
            self._check()
        return found

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge, in the order in which they came (MQTT 5, 4.6)."""
        for delivery in deliveries:
            handle: _Handle = delivery.handle
            if handle.client is not self._client or self._broken or handle.client.ack(handle.number, handle.qos) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self.close()
                raise self._error("the connection broke before all was acknowledged")

    def close(self) -> None:
        """End the connection; the broker keeps the session."""
        client, self._client = self._client, None
        self._broken = None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        self._came, self._told = queue.SimpleQueue(), queue.SimpleQueue()

    def _check(self) -> None:
        if self._broken:
            said = self._broken
            self.close()
            raise self._error(said)

    def _error(self, said: str) -> StoreError:
        return StoreError(f"MQTT at {self._address.shown}: {said}", hint=HINT)

    def _connect(self) -> None:
        try:
            answer = self._greeted()
            if answer.value == NO_SUCH_VERSION and self._version is MQTTProtocolVersion.MQTTv5:
                self.close()
                self._version = MQTTProtocolVersion.MQTTv311
                answer = self._greeted()
            if answer.value >= REFUSED:
                raise self._error(str(answer))
            self._subscribe()
        except (OSError, ValueError) as error:
            self.close()
            raise self._error(str(error) or type(error).__name__) from error
        except StoreError:
            self.close()
            raise

    def _greeted(self) -> ReasonCode:
        """Connect in the session of before; gives what the broker says to it."""
        parts = urlsplit(self._address.url)
        is_5 = self._version is MQTTProtocolVersion.MQTTv5
        client = Client(
            CallbackAPIVersion.VERSION2, self._name, clean_session=None if is_5 else False, protocol=self._version,
            reconnect_on_failure=False, manual_ack=True)
        if parts.scheme == "mqtts":
            context = ssl.create_default_context(cafile=self._address.ca)
            context.sslsocket_class = _Encrypted
            client.tls_set_context(context)
        if self._address.user or self._address.secret:
            client.username_pw_set(self._address.user or "", self._address.secret)
        came, told = self._came, self._told
        client.on_connect = lambda _c, _u, _f, code, _p: told.put(("connect", code))
        client.on_subscribe = lambda _c, _u, _m, codes, _p: told.put(("subscribe", codes))
        client.on_disconnect = lambda c, _u, _f, code, _p: self._lost(c, str(code), told)
        client.on_message = lambda c, _u, message: came.put(_delivery(c, message))
        self._client = client
        client.connect_timeout = CONNECT
        client.connect(parts.hostname or "", parts.port or PORTS[parts.scheme], KEEP_ALIVE, **_session() if is_5 else {})
        client.loop_start()
        code: ReasonCode = self._answer("connect")
        return code

    def _lost(self, client: Client, said: str, told: queue.SimpleQueue[tuple[str, Any]]) -> None:
        if client is self._client:
            self._broken = f"the connection ended: {said}"
        told.put(("lost", said))

    def _subscribe(self) -> None:
        if self._client is not None:
            self._client.subscribe(self._filter, qos=1)
        refused = next((c for c in self._answer("subscribe") if c.value != 1), None)
        if refused is not None:
            raise self._error(f"no subscription to {self._filter}: {refused}")

    def _answer(self, wanted: str) -> Any:
        until = time.monotonic() + CONNECT
        while (left := until - time.monotonic()) > 0:
            try:
                kind, value = self._told.get(timeout=left)
            except queue.Empty:
                break
            if kind == wanted:
                return value
            if kind == "lost":
                raise self._error(f"the connection ended: {value}")
        raise self._error("no answer")


def _session() -> dict[str, Any]:
    """A session that outlives the connection, and as much in flight as a batch takes."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = KEPT_FOR
    properties.ReceiveMaximum = MOST[MQTTProtocolVersion.MQTTv5]
    return {"clean_start": False, "properties": properties}


def _delivery(client: Client, message: MQTTMessage) -> Delivery:
    """MQTT numbers only what is in flight: an id is what the sender gives as user property `id`, as CloudEvents do."""
    given = dict(getattr(message.properties, "UserProperty", ()) or ())
    handle = _Handle(client, message.mid, message.qos)
    return Delivery(f"{message.topic}:{message.mid}", bytes(message.payload), handle, id=given.get("id"), subject=message.topic, key=given.get("partitionkey"))
