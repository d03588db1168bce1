"""Kafka: a consumer group of its own, whose place is committed by hand after what was taken is kept."""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, Message, TopicPartition

from medthread.model.errors import ConfigurationError, StoreError
from medthread.stores.bus.port import Address, Delivery

WAIT = 1.0  # seconds to wait for something to come in
CONNECT = 5_000  # milliseconds until a broker that does not answer counts as away
SESSION = 10_000  # milliseconds after which what a member that died held is given to the next
PORT = 9092
UNBOUND = 1_000_000  # messages; the broker counts none that are out
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
# What no waiting mends by itself, or nobody knows how long it takes. A single broker that is away is none of these.
TOLD = {getattr(KafkaError, n) for n in ("_ALL_BROKERS_DOWN", "_AUTHENTICATION", "_SSL", "_FATAL", "_MAX_POLL_EXCEEDED")}
LOG = logging.getLogger("medthread.kafka")


class KafkaInlet:
    """Takes from a topic, or from all that a pattern such as `^mes` names, from their beginning. What is not acknowledged comes again with the next connection."""

    most = UNBOUND

    def __init__(self, address: Address, *, subject: str, durable: str) -> None:
        self._address, self._topic = address, subject
        self._settings = {**settings(address), "group.id": durable, "error_cb": self._hear}
        self._consumer: Consumer | None = None
        self._why, self._broken = "", False

    def fetch(self, limit: int) -> Sequence[Delivery]:
        """The next ones."""
        try:
            if self._consumer is None:
                self._consumer = Consumer(self._settings, logger=LOG)
                self._consumer.subscribe([self._topic])
            came = self._consumer.consume(limit, WAIT)
        except (KafkaException, ValueError) as error:
            raise self._error(str(error)) from error
        wrong = next((e for m in came if (e := m.error()) is not None), None)
        if wrong is not None:
            raise self._error(wrong.str())
        if self._broken and not came:
            raise self._error(self._why)
        return [_delivery(m) for m in came]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge: the group goes on behind the last one of each partition."""
        if self._consumer is None:
            raise self._error("nothing was taken through this connection")
        try:
            settled = self._consumer.commit(offsets=_behind(d.handle for d in deliveries), asynchronous=False) or []
        except KafkaException as error:
            raise self._error(str(error)) from error
        refused = next((p.error for p in settled if p.error is not None), None)
        if refused is not None:
            raise self._error(refused.str())

    def close(self) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        self._why, self._broken = "", False
        if consumer is not None:
            consumer.close()

    def _hear(self, error: KafkaError) -> None:
        """Called in `consume`. The reason is told first, and after it that no broker is left."""
        if error.code() == getattr(KafkaError, "_ALL_BROKERS_DOWN") and self._why:  # noqa: B009 - the stubs have no private codes
            self._broken = True
            return
        self._why = error.str()
        self._broken = self._broken or error.code() in TOLD

    def _error(self, said: str) -> StoreError:
        return StoreError(f"Kafka at {self._address.shown}: {said}", hint="are the brokers and the topic there, and are name and password right?")


def settings(address: Address) -> dict[str, Any]:
    """How to connect, in the words of librdkafka. Raises `ConfigurationError`."""
    parts = urlsplit(address.url)
    is_encrypted = parts.scheme == "tls+kafka"
    made: dict[str, Any] = {
        "bootstrap.servers": ",".join(h if ":" in h else f"{h}:{PORT}" for h in address.hosts),
        "client.id": "medthread",
        "session.timeout.ms": SESSION,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "allow.auto.create.topics": False,
        "socket.connection.setup.timeout.ms": CONNECT,
        "security.protocol": ("sasl_" if address.user else "") + ("ssl" if is_encrypted else "plaintext"),
    }
    if is_encrypted and address.ca is not None:
        made["ssl.ca.location"] = str(address.ca)
    if address.secret and not address.user:
        raise ConfigurationError("the address of Kafka names nobody whose password the secret is", hint=f"write {parts.scheme}://NAME@…")
    if address.user:
        mechanism = parse_qs(parts.query).get("mechanism", ["PLAIN"])[0].upper()
        if mechanism not in MECHANISMS:
            raise ConfigurationError(f"Kafka knows no mechanism {mechanism}", hint=f"write ?mechanism= behind the address with one of {', '.join(MECHANISMS)}")
        made |= {"sasl.mechanism": mechanism, "sasl.username": address.user, "sasl.password": address.secret or ""}
    return made


def _behind(messages: Iterable[Message]) -> list[TopicPartition]:
    last: dict[tuple[str, int], int] = {}
    for message in messages:
        place = (message.topic() or "", message.partition() or 0)
        last[place] = max(last.get(place, 0), message.offset() or 0)
    return [TopicPartition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]


def _delivery(message: Message) -> Delivery:
    place = f"{message.topic()}:{message.partition()}:{message.offset()}"
    kind, milliseconds = message.timestamp()
    sent = None if kind == TIMESTAMP_NOT_AVAILABLE else datetime.fromtimestamp(milliseconds / 1000, UTC)
    # A deletion of a compacted topic has no content: as a message it is null.
    return Delivery(place, _bytes(message.value(), b"null"), message, id=place, subject=message.topic(), key=_word(message.key()), sent_at=sent)


def _bytes(value: str | bytes | None, nothing: bytes) -> bytes:
    return nothing if value is None else value.encode() if isinstance(value, str) else value


def _word(value: str | bytes | None) -> str | None:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
