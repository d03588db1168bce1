"""NATS JetStream. Its client is asynchronous; here it lives in a loop in a thread of its own, and is asked from outside."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError, NoServersError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from medthread.model.errors import StoreError
from medthread.stores.bus.port import Address, Delivery, Message

Result = TypeVar("Result")
Ask = Callable[[Client, JetStreamContext], Coroutine[Any, Any, Result]]
CONNECT = 3  # seconds until a server that does not answer counts as away
ANSWER = 5.0  # seconds until an acknowledgement is missed
PATIENCE = 60.0  # seconds until a whole batch is given up
WAIT = 1.0  # seconds to wait for something to come in
TWICE_WITHIN = 3600.0  # seconds within which the server itself refuses an id a second time
UNACKNOWLEDGED = 20_000  # messages of a consumer that may be out at once; the server's own default is a thousand
ABREAST = 64  # records whose messages are under way at once


class Connection:
    """One connection, made when it is first needed and again after it broke."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client: Client | None = None
        self._heard: Exception | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()

    def ask(self, question: Ask[Result]) -> Result:
        """Ask the server; whatever goes wrong closes the connection and is a `StoreError`."""
        asked = asyncio.run_coroutine_threadsafe(self._ask(question), self._loop)
        try:
            return asked.result(PATIENCE)
        except MaxPayloadError as error:
            raise StoreError("an event is larger than the broker takes", hint="raise max_payload of the NATS server") from error
        except (Error, OSError, TimeoutError, ValueError) as error:
            asked.cancel()
            self._drop()
            said = str(self._heard if isinstance(error, NoServersError) else error) or type(error).__name__
            raise StoreError(f"NATS at {self._address.shown}: {said}", hint="is the server there, with JetStream (-js), and are name and password right?") from error

    async def _ask(self, question: Ask[Result]) -> Result:
        if self._client is None or not self._client.is_connected:
            context = ssl.create_default_context(cafile=self._address.ca) if self._address.ca else None
            await self._end()
            self._client = Client()
            await self._client.connect(
                **_named(self._address), allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0, connect_timeout=CONNECT,
                error_cb=self._hear, name="medthread", tls=context)
        return await question(self._client, self._client.jetstream(timeout=ANSWER))

    async def _hear(self, error: Exception) -> None:
        """The client tells here why it found no server; its own error only says that there is none."""
        self._heard = error

    def _drop(self) -> None:
        ended = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        try:
            ended.result(ANSWER)
        except (Error, OSError, TimeoutError):
            ended.cancel()

    async def _end(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await client.close()
        finally:
            if client._transport is not None:  # noqa: SLF001 - the client forgets its socket where the server is gone or refused it
                client._transport.close()  # type: ignore[no-untyped-call] # noqa: SLF001
            await asyncio.sleep(0.01)  # a socket closes in the loop's next turns

    def close(self) -> None:
        """End the connection and its thread."""
        self._drop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _named(address: Address) -> dict[str, Any]:
    """Where to connect and as whom: a secret without a name is a token."""
    if address.secret is None:
        return {"servers": address.url.replace("tls+nats://", "tls://")}
    bare = [f"{urlsplit(address.url).scheme.replace('tls+nats', 'tls')}://{host}" for host in address.hosts]
    return {"servers": bare, "user": address.user, "password": address.secret} if address.user else {"servers": bare, "token": address.secret}


class JetStreamPublisher:
    """Publishes into a stream of its own, which it makes when there is none. Messages of one key go one after the other."""

    def __init__(self, address: Address, *, stream: str, subjects: str) -> None:
        self._connection = Connection(address)
        self._stream, self._subjects = stream, subjects
        self._is_made = False

    def publish(self, messages: Sequence[Message]) -> None:
        """All of them acknowledged when it returns."""
        by_key: dict[str, list[Message]] = {}
        for message in messages:
            by_key.setdefault(message.key, []).append(message)

        async def all_(_: Client, stream: JetStreamContext) -> None:
            if not self._is_made:
                await _make(stream, self._stream, self._subjects)
                self._is_made = True
            turns = asyncio.Semaphore(ABREAST)
            ended = await asyncio.gather(*(_in_order(stream, given, turns) for given in by_key.values()), return_exceptions=True)
            for error in ended:
                if error is not None:
                    raise error

        self._connection.ask(all_)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


async def _make(stream: JetStreamContext, name: str, subjects: str) -> None:
    try:
        await stream.stream_info(name)
    except NotFoundError:
        await stream.add_stream(StreamConfig(name=name, subjects=[subjects], storage=StorageType.FILE, duplicate_window=TWICE_WITHIN))


async def _in_order(stream: JetStreamContext, messages: Sequence[Message], turns: asyncio.Semaphore) -> None:
    for message in messages:
        async with turns:
            await stream.publish(message.subject, message.content, headers={"Nats-Msg-Id": message.id, "Content-Type": message.media})


class JetStreamInlet:
    """Takes from a stream that somebody else fills, through a durable consumer: what is not acknowledged within `again_after` seconds comes again.

    Either the stream is named, or the subject is, and the stream that keeps it is found.
    """

    most = UNACKNOWLEDGED

    def __init__(self, address: Address, *, consumer: str, stream: str | None = None, subject: str = "", again_after: float = PATIENCE) -> None:
        self._connection = Connection(address)
        self._stream, self._subject, self._consumer, self._again_after = stream, subject, consumer, again_after
        self._pull: tuple[Client, JetStreamContext.PullSubscription] | None = None

    def fetch(self, limit: int) -> Sequence[Delivery]:
        """The next ones."""

        async def next_(client: Client, stream: JetStreamContext) -> list[Msg]:
            if self._pull is None or self._pull[0] is not client:
                self._pull = client, await self._subscribed(stream)
            try:
                return await self._pull[1].fetch(limit, timeout=WAIT)
            except TimeoutError:  # the client has two kinds of it, and both say that nothing came
                return []

        return [_delivery(m) for m in self._connection.ask(next_)]

    async def _subscribed(self, stream: JetStreamContext) -> JetStreamContext.PullSubscription:
        name = self._stream or await self._found(stream)
        kept = ConsumerConfig(ack_wait=self._again_after, max_ack_pending=UNACKNOWLEDGED)
        return await stream.pull_subscribe(self._subject, durable=self._consumer, stream=name, config=kept)

    async def _found(self, stream: JetStreamContext) -> str:
        try:
            return await stream.find_stream_name_by_subject(self._subject)
        except NotFoundError as error:
            raise StoreError(f"no stream keeps {self._subject}", hint="let the NATS server keep it: nats stream add") from error

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge."""

        async def ack(client: Client, _: JetStreamContext) -> None:
            for delivery in deliveries:
                await delivery.handle.ack()
            await client.flush()

        self._connection.ask(ack)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _delivery(message: Msg) -> Delivery:
    meta = message.metadata
    place = f"{meta.stream}:{meta.sequence.stream}"
    return Delivery(place, message.data, message, id=(message.headers or {}).get("Nats-Msg-Id") or place, subject=message.subject, sent_at=meta.timestamp)
